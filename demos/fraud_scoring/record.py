"""A scored table as something to keep: its record, the code that repeats it, and a report."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

from demos.core.cases.case import Basis, Case, policy_facts
from demos.core.cases.report import CaseReport
from demos.core.cases.workspace import Snapshot
from demos.core.devices import Device
from demos.core.spec import DemoSpec, ModelSpec
from demos.core.tables import Kind, Table
from demos.core.tables.layout import used
from demos.core.tables.times import OTHER
from demos.core.triage.policy import Band, money
from demos.core.wording import duration
from demos.fraud_scoring.scored import Scored

SCENARIOS = {
    1: "Amount over 220",
    2: "Tampered terminal",
    3: "Stolen card details",
}
"""The simulator's kinds of fraud."""

SNIPPET = """\
from pathlib import Path

from demos.core.devices import Device
from demos.core.settings import read_settings
from demos.core.tables import preview, read, with_decimal, with_order
from demos.core.tables.times import Order
from demos.fraud_scoring import SPEC
from demos.fraud_scoring.columns import COLUMNS
from demos.fraud_scoring.inference import load, predict

# Run in the project's folder. SHA-256 of the file:
# {sha256}
file, settings = Path({file!r}), read_settings()
layout = preview(file, file.name, COLUMNS, settings).layout
{reading}mapping = {mapping!r}
table = read(file, file.name, COLUMNS, layout, mapping, settings)
scored = predict(load(SPEC.model({model!r}), {device!r}), table)
print(scored.transactions.sort("score", descending=True).head())
"""


def snippet(scored: Scored, table: Table, file: str) -> str:
    """Python that repeats the scores; `file` is where the `table`, of any rows, lies.

    What a person may have said of the columns stands in it, whether or not it was found as well.
    """
    record = scored.provenance
    return SNIPPET.format(
        sha256=record.input_sha256,
        file=file,
        reading="".join(reading(table)),
        mapping=dict(table.mapping),
        model=record.model,
        device=Device.parse(record.device),
    )


def reading(table: Table) -> Iterator[str]:
    """Lines that set how dates and numbers written as text were read."""
    for column, found in used(table.layout, table.mapping, table.columns):
        if found.stored and not found.stored.endswith("string"):
            continue
        if column.kind is Kind.TIME and found.time and found.time.order in OTHER:
            order = f"Order.{found.time.order.name}"
            yield f"layout = with_order(layout, {found.name!r}, {order})\n"
        if column.kind is Kind.NUMBER and found.number:
            yield f"layout = with_decimal(layout, {found.name!r}, {found.number.decimal!r})\n"


def facts(spec: ModelSpec, scored: Scored, basis: Basis) -> tuple[tuple[str, str], ...]:
    """The provenance as rows of a table, and what was decided with it."""
    return (*run_facts(spec, scored), *policy_facts(basis.policy))


def run_facts(spec: ModelSpec, scored: Scored) -> tuple[tuple[str, str], ...]:
    """The provenance alone."""
    record = scored.provenance
    return (
        ("Input SHA-256", record.input_sha256),
        ("Transactions", f"{scored.transactions.height:,}"),
        ("Model", f"{spec.title} ({record.model}), {spec.license}"),
        ("Weights SHA-256", record.weights),
        ("Preprocessing", record.preprocessing),
        ("Engine", record.setting),
        ("Time", duration(record.seconds)),
    )


def case_report(
    demo: DemoSpec,
    spec: ModelSpec,
    scored: Scored,
    name: str,
    notes: Sequence[str],
    day: date,
    cases: Sequence[Case],
    basis: Basis,
    state: Snapshot,
) -> CaseReport:
    """The report of a day's cases. `name` is what the table is called."""
    currency = basis.policy.currency
    waiting = [case.expected_loss for case in cases if case.band is Band.REVIEW]
    at_risk = sum(waiting)
    return CaseReport(
        title=demo.title,
        question=demo.question,
        table_name=name,
        table_sha256=scored.provenance.input_sha256,
        day=day,
        figures=(
            ("Cards to review", f"{len(waiting):,}"),
            ("Cards declined without a review", f"{len(cases) - len(waiting):,}"),
            ("Money at risk in this queue", money(at_risk, currency)),
            ("Currency of the amounts", currency),
        ),
        cases=tuple(cases),
        state=state,
        basis=basis,
        notes=tuple(notes),
        facts=run_facts(spec, scored),
        provenance=scored.provenance,
        made=datetime.now(UTC),
        disclaimer=demo.disclaimer,
    )
