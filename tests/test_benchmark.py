"""The benchmark's own arithmetic and protocol. Times are measured by running it, never asserted."""

import importlib
import json
import math
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.Exception_pb2 import Exception as ExceptionElement
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Heading_pb2 import Heading
from streamlit.proto.Markdown_pb2 import Markdown
from streamlit.proto.PageNotFound_pb2 import PageNotFound

from demos.benchmark import fraud_peer, fraud_rows
from demos.benchmark.fraud import DAYS, write_month
from demos.benchmark.imaging_contest import BATCH, Contest, drawn_files, play
from demos.benchmark.imaging_rows import disagreement, summarize
from demos.benchmark.measure import Stopwatch, peak_memory
from demos.benchmark.table import Part, Row, median_row, quantile, ratios, table
from demos.core.devices import process_memory
from demos.core.media import decode_image
from demos.core.settings import MIB, Settings
from demos.fraud_scoring.handbook import handbook_features
from demos.fraud_scoring.simulate import Process, for_rows, simulate, write

ROOT = Path(__file__).parents[1]

STARTS = {
    "healthy_seconds": [2.0, 1.0, 3.0],
    "ready_seconds": [4.0, 4.0, 4.0],
    "page_seconds": [7.0, 5.0, 6.5],
    "python_seconds": [1.0, 1.0, 1.0],
    "server_bytes": [300.0 * MIB],
    "python_bytes": [100.0 * MIB],
}
ROUNDS = {
    "ours": [0.004, 0.008],
    "peer": [0.010, 0.010],
    "our network": [0.003, 0.003],
    "peer, batch": [0.009, 0.009],
}


def rows(difference: float = 0.0) -> dict[str, Row]:
    summary = summarize(STARTS, {"Cells": [0.001 * i for i in range(101)]}, ROUNDS, difference)
    return {row.name: row for row in summary}


def test_a_row_is_the_median_between_its_extremes() -> None:
    row = rows()["Server, start to healthy"]
    assert (row.value, row.low, row.high, row.met) == (2.0, 1.0, 3.0, None)


def test_new_images_are_told_by_quantiles_in_milliseconds() -> None:
    assert rows()["New image, p50: Cells"].value == pytest.approx(50)
    assert rows()["New image, p95: Cells"].value == pytest.approx(95)


def test_ratios_are_taken_within_each_round() -> None:
    assert ratios([1, 30], [10, 100]) == [0.1, 0.3]
    row = rows()["Batch of 32 / peer one by one"]
    assert (row.value, row.low, row.high) == pytest.approx((0.6, 0.4, 0.8))
    with pytest.raises(ValueError):
        ratios([1], [1, 2])


def test_targets_are_judged() -> None:
    found = rows()
    assert found["First prediction, server start to end of page"].met is False
    assert found["First prediction, Python start to result"].met is True
    assert found["Batch of 32 / peer one by one"].met is False
    assert found["Batch of 32, network alone / peer one by one"].met is True


@pytest.mark.parametrize(("difference", "agrees"), [(0.0, True), (0.01, True), (0.0101, False)])
def test_the_gate_on_equal_predictions(difference: float, agrees: bool) -> None:
    assert (disagreement(difference) is None) is agrees
    assert rows(difference)["Largest difference in probability"].met is agrees


def test_a_difference_that_is_no_number_is_no_agreement() -> None:
    problem = disagreement(math.nan)
    assert problem is not None
    assert "FAILED" in problem


def test_the_table_has_a_line_per_row_and_straight_columns() -> None:
    lines = table(
        [
            median_row("Start", [1.0, 2.0, 4.0], "s", target=1.5),
            Row("Memory", 1234.5, "MiB"),
            median_row("Speed", [2.0, 4.0], "x", target=3, least=True),
        ]
    ).splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert cells[0] == ["Measured", "Value", "Min to max", "Target", "Met"]
    assert cells[2] == ["Start", "2 s", "1 to 4", "at most 1.5 s", "NO"]
    assert cells[3] == ["Memory", "1,234 MiB", "", "", ""]
    assert cells[4] == ["Speed", "3 x", "2 to 4", "at least 3 x", "yes"]
    assert len({len(line) for line in lines}) == 1


def test_a_target_can_be_the_least_that_is_wanted() -> None:
    assert Row("Speed", 2.9, "x", target=3, least=True).met is False
    assert Row("Speed", 3.1, "x", target=3, least=True).met is True
    assert Row("Seconds", 3.1, "s", target=3).met is False


def test_quantiles_interpolate() -> None:
    assert quantile([1.0, 2.0], 0.5) == 1.5


def test_drawn_files_differ_and_can_be_read() -> None:
    images = [decode_image(data, "drawn", Settings()) for data in drawn_files(4, seed=0)]
    assert len({image.sha256 for image in images}) == 4
    assert [image.format for image in images] == ["JPEG", "PNG"] * 2
    assert next(drawn_files(1, seed=0)) == next(drawn_files(1, seed=0))
    assert next(drawn_files(1, seed=0)) != next(drawn_files(1, seed=1))


def test_rounds_alternate_and_move_on_through_the_images(monkeypatch: pytest.MonkeyPatch) -> None:
    played: list[tuple[str, int, int]] = []
    for name in ("ours", "peers", "our_network", "peers_batch"):
        monkeypatch.setattr(
            Contest, name, lambda self, k, name=name: played.append((name, k[0], len(k)))
        )
    contest = Contest(None, None, images=[None] * 40, inputs=[None] * 40)  # type: ignore[arg-type]
    series = play(contest, rounds=2)
    order = ["ours", "peers", "our_network", "peers_batch"]
    assert played == [(n, 0, BATCH) for n in order] + [(n, BATCH, BATCH) for n in order]
    assert {name: len(seconds) for name, seconds in series.items()} == dict.fromkeys(ROUNDS, 2)


def test_a_stopwatch_splits_time_into_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter([10.0, 11.0, 15.0, 15.5])
    monkeypatch.setattr("time.perf_counter", lambda: next(ticks))
    watch = Stopwatch.started("read")
    for stage in ("features", "features", "network", "network"):
        watch.enter(stage)
    assert watch.seconds() == {"read": 1.0, "features": 4.0, "network": 0.5}


# --- fraud -----------------------------------------------------------------------------------


def test_the_peer_has_the_features_of_the_handbook(tmp_path: Path) -> None:
    transactions = simulate(for_rows(Process(), 4000, 40), seed=5)
    write(transactions, tmp_path / "month.csv")
    found = fraud_peer.features(fraud_peer.read(tmp_path / "month.csv"))
    assert found.shape == (len(transactions), 15)
    assert np.ptp(found, axis=0).all(), "a feature that never changes compares nothing"
    np.testing.assert_allclose(found, handbook_features(transactions), atol=1e-6)


def test_a_month_has_the_rows_asked_for_and_ends_within_it(tmp_path: Path) -> None:
    write_month(tmp_path / "month.csv", 20_000, seed=1)
    transactions = fraud_peer.read(tmp_path / "month.csv")
    assert len(transactions) == 20_000
    days = (transactions["TX_DATETIME"].max() - transactions["TX_DATETIME"].min()).days
    assert DAYS - 5 < days < DAYS


def test_both_score_one_file_and_every_stage_is_timed() -> None:
    part = fraud_rows.measure_fraud(rows=3000, rounds=2)
    assert part.problem is None
    for whose, stages in (
        ("ours", ("read", "features", "network", "drift")),
        ("peer", ("read", "features", "XGBoost")),
    ):
        seconds = part.measured[whose]
        assert set(seconds) == {*stages, "all"}
        for k in range(2):
            assert seconds["all"][k] == pytest.approx(sum(seconds[each][k] for each in stages))
            assert min(seconds[each][k] for each in stages) > 0
    assert all(0 < each <= 1 for each in part.measured["average_precision"].values())
    assert 0 < part.measured["memory"]["before"] < part.measured["memory"]["peak"]
    table(part.rows)


FOUND = fraud_rows.Found(rows=500_000, frauds=10, average_precision=0.7)


def test_speed_is_told_in_rows_per_second_and_against_the_peer() -> None:
    seconds = {"read": [1.0], "features": [2.0], "network": [3.0], "drift": [4.0], "all": [10.0]}
    peers = {"read": [1.0], "features": [35.0], "XGBoost": [4.0], "all": [40.0]}
    sizes = {"before": 100 * MIB, "peak": 600 * MIB}
    better = fraud_rows.Found(500_000, 10, 0.8)
    found = fraud_rows.summarize(500_000, seconds, peers, FOUND, better, sizes, [0.5])
    rows = {row.name: row for row in found}
    assert rows["Fraud, read"].value == 500
    assert rows["Fraud, file to scores"].value == pytest.approx(500 / 6)
    assert rows["Fraud, with the drift check"].value == 50
    assert rows["Peer, XGBoost"].value == 125
    assert rows["File to scores, ours / the peer's"].value == pytest.approx(40 / 6)
    assert rows["File to scores, ours / the peer's"].met is True
    assert rows["Average precision"].met is False
    assert rows["A million rows, with the drift check"].value == 20
    assert rows["A million rows, with the drift check"].met is True
    assert rows["Peak memory of the process"].value == 600
    assert rows["Memory per million rows"].value == 1000


def test_two_that_scored_other_rows_are_not_compared() -> None:
    assert fraud_rows.mismatch(FOUND, FOUND) is None
    for rows, frauds in ((500_000, 11), (499_999, 10)):
        problem = fraud_rows.mismatch(FOUND, fraud_rows.Found(rows, frauds, 0.7))
        assert problem is not None
        assert "FAILED" in problem


def test_a_missing_xgboost_is_said_before_anything_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = importlib.import_module("demos.benchmark.__main__")
    monkeypatch.setattr(command, "measured", lambda arguments: pytest.fail("measured"))
    monkeypatch.setitem(sys.modules, "xgboost", None)
    monkeypatch.setattr(sys, "argv", ["benchmark"])
    with pytest.raises(SystemExit):
        command.main()
    assert "pip install -r requirements-dev.txt" in capsys.readouterr().err


def test_one_part_can_be_measured_by_itself(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    command = importlib.import_module("demos.benchmark.__main__")
    row = Row("Fraud, read", 1.0, "k rows/s")
    asked: list[tuple[int, int]] = []

    def measure_fraud(rows: int, rounds: int) -> Part:
        asked.append((rows, rounds))
        return Part("Fraud scoring", [row], {"rows": rows}, "FAILED: for this test")

    monkeypatch.setattr(fraud_rows, "measure_fraud", measure_fraud)
    written = tmp_path / "figures.json"
    arguments = ["--only", "fraud", "--fraud-rows", "7", "--json", str(written)]
    monkeypatch.setattr(sys, "argv", ["benchmark", *arguments])
    assert command.main() == 1
    said = capsys.readouterr()
    assert asked == [(7, 3)]
    assert "| Fraud, read | 1 k rows/s |" in said.out
    assert "FAILED: for this test" in said.err
    assert json.loads(written.read_text())["measured"] == {"Fraud scoring": {"rows": 7}}


def test_the_peak_is_at_least_what_is_occupied_now() -> None:
    assert peak_memory() >= process_memory() * 0.9


# --- the visitor without a browser -----------------------------------------------------------


class Stream:
    """A websocket on which a server has said all it will say."""

    def __init__(self, *messages: ForwardMsg) -> None:
        self.sent: list[bytes] = []
        self.left = [message.SerializeToString() for message in messages]

    def send(self, data: bytes) -> None:
        self.sent.append(data)

    def recv(self, timeout: float) -> bytes:
        return self.left.pop(0)


def shows(element: Element) -> ForwardMsg:
    return ForwardMsg(delta=Delta(new_element=element))


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    return importlib.import_module("visit")


FINISHED = ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY)
HEADING = shows(Element(heading=Heading(body="Monocyte")))
PARAGRAPH = shows(Element(markdown=Markdown(body="97 %")))


def test_a_visitor_asks_for_the_page_and_reads_it_to_the_end(visit: ModuleType) -> None:
    stream = Stream(HEADING, ForwardMsg(delta=Delta()), PARAGRAPH, FINISHED, HEADING)
    assert visit.first_run(stream, "a_page") == ["Monocyte", "97 %"]
    assert BackMsg.FromString(stream.sent[0]).rerun_script.page_name == "a_page"


@pytest.mark.parametrize(
    "message",
    [
        shows(Element(exception=ExceptionElement(message="gone wrong"))),
        ForwardMsg(page_not_found=PageNotFound(page_name="a_page")),
        ForwardMsg(script_finished=ForwardMsg.FINISHED_WITH_COMPILE_ERROR),
    ],
    ids=["exception", "no such page", "compile error"],
)
def test_a_page_that_failed_is_no_measurement(visit: ModuleType, message: ForwardMsg) -> None:
    with pytest.raises(RuntimeError):
        visit.first_run(Stream(HEADING, message, FINISHED), "a_page")
