"""The benchmark's own arithmetic and protocol. Times are measured by running it, never asserted."""

import importlib
import math
from pathlib import Path
from types import ModuleType

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.Exception_pb2 import Exception as ExceptionElement
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Heading_pb2 import Heading
from streamlit.proto.Markdown_pb2 import Markdown
from streamlit.proto.PageNotFound_pb2 import PageNotFound

from demos.benchmark.contest import BATCH, Contest, drawn_files, play
from demos.benchmark.table import Row, disagreement, median_row, quantile, ratios, summarize, table
from demos.core.media import decode_image
from demos.core.settings import MIB, Settings

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
        ]
    ).splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert cells[0] == ["Measured", "Value", "Min to max", "Target", "Met"]
    assert cells[2] == ["Start", "2 s", "1 to 4", "at most 1.5 s", "NO"]
    assert cells[3] == ["Memory", "1,234 MiB", "", "", ""]
    assert len({len(line) for line in lines}) == 1


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
