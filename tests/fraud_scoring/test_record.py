"""What is kept of a scored table: facts, code that repeats it, and a report of a day."""

import contextlib
import io
from datetime import date
from pathlib import Path

import pytest

from demos.core.cases.case import Basis
from demos.core.cases.workspace import Workspace
from demos.core.devices import CPU
from demos.core.settings import Settings
from demos.core.tables import Table, preview, read, with_order
from demos.core.tables.times import Order
from demos.core.triage.policy import NEVER, Policy
from demos.fraud_scoring import SPEC
from demos.fraud_scoring.columns import COLUMNS
from demos.fraud_scoring.inference import load, predict
from demos.fraud_scoring.record import SCENARIOS, case_report, facts, snippet
from demos.fraud_scoring.scored import Scored
from demos.fraud_scoring.simulate import Process, scaled, simulate, write
from tests.core.cases.case_tables import DAY, some_cases

MODEL = SPEC.models[0]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("record") / "may.csv"
    write(simulate(scaled(Process(days=20, start=date(2026, 5, 1)), 0.02), 1), path)
    return path


@pytest.fixture(scope="module")
def table(file: Path) -> Table:
    seen = preview(file, file.name, COLUMNS, Settings())
    return read(file, file.name, COLUMNS, seen.layout, seen.mapping, Settings())


@pytest.fixture(scope="module")
def scored(table: Table) -> Scored:
    return predict(load(MODEL, CPU), table)


def repeated(code: str) -> Scored:
    """What the code makes of its file."""
    names: dict[str, object] = {}
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        exec(compile(code, "snippet", "exec"), names)
    assert "score" in shown.getvalue()
    found = names["scored"]
    assert isinstance(found, Scored)
    return found


def test_the_code_repeats_the_scores(scored: Scored, table: Table, file: Path) -> None:
    code = snippet(scored, table, str(file))
    assert scored.provenance.input_sha256 in code
    again = repeated(code)
    assert again.transactions.equals(scored.transactions)
    assert again.provenance.input_sha256 == scored.provenance.input_sha256


def test_the_code_reads_the_file_as_its_owner_said(tmp_path: Path) -> None:
    """Dates that can be read both ways, decimal commas, and columns of other names."""
    file = tmp_path / "wann.csv"
    lines = (
        f"0{1 + k % 9}.0{1 + k % 5}.2026 1{k % 9}:00;K{k % 3};T{k % 4};{k},{k % 10}0"
        for k in range(60)
    )
    file.write_text("wann;wer;wo;wieviel\n" + "\n".join(lines) + "\n")
    seen = preview(file, file.name, COLUMNS, Settings())
    mapping = {"time": "wann", "card": "wer", "terminal": "wo", "amount": "wieviel"}
    swapped = Order.MONTH_FIRST
    assert seen.layout.column("wann").time.order is not swapped
    layout = with_order(seen.layout, "wann", swapped)
    own = read(file, file.name, COLUMNS, layout, mapping, Settings())
    result = predict(load(MODEL, CPU), own)
    again = repeated(snippet(result, own, str(file)))
    assert again.transactions.equals(result.transactions)
    assert result.transactions["time"].dt.month().max() == 9
    assert result.transactions["amount"].max() == pytest.approx(59.9)


def test_a_hostile_file_name_stays_a_name(scored: Scored, table: Table) -> None:
    name = "a'); import os; os.remove('x"
    code = snippet(scored, table, name)
    (line,) = [each for each in code.splitlines() if each.startswith("file, settings")]
    assert repr(name) in line
    compile(code, "snippet", "exec")


def test_the_facts_say_what_was_decided_with_what(scored: Scored) -> None:
    policy = Policy(
        currency="CHF",
        loss_share=0.8,
        loss_fixed=25,
        review_cost=12.5,
        capacity=1500,
        threshold=0.3,
        reject=NEVER,
    )
    found = dict(facts(MODEL, scored, Basis(policy, MODEL.name, scored.provenance.weights)))
    assert found["Input SHA-256"] == scored.provenance.input_sha256
    assert found["Transactions"] == f"{scored.transactions.height:,}"
    assert MODEL.name in found["Model"] and MODEL.license in found["Model"]
    assert found["Weights SHA-256"] == scored.provenance.weights
    assert "ONNX Runtime on cpu" in found["Engine"]
    assert "30.0 %" in found.values() and "never" in found.values()
    assert "1,500 cards a day" in found.values() and "CHF 12.50 per card" in found.values()


def test_the_report_is_of_the_days_cases(scored: Scored) -> None:
    basis = Basis(Policy(threshold=0.4, capacity=5), MODEL.name, scored.provenance.weights)
    cases = some_cases("A", "B", "C")
    state = Workspace().snapshot()
    notes = ["2 rows could not be used."]
    found = case_report(SPEC, MODEL, scored, "may.csv", notes, DAY, cases, basis, state)
    figures = dict(found.figures)
    assert figures["Cards to review"] == "3"
    assert figures["Cards declined without a review"] == "0"
    assert figures["Money at risk in this queue"] == "EUR 600"
    assert (found.table_name, found.day, found.notes) == ("may.csv", DAY, tuple(notes))
    assert found.table_sha256 == scored.provenance.input_sha256
    assert found.disclaimer == SPEC.disclaimer and found.made.tzinfo is not None


def test_every_scenario_of_the_simulator_has_a_name(scored: Scored) -> None:
    assert set(scored.transactions["scenario"].unique()) - {0} <= set(SCENARIOS)
