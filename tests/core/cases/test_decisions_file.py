"""Decisions that outlive the server: written, read back, and refused where they are not ours."""

import json
from typing import Any

import pytest

from demos.core.cases.case import Mark
from demos.core.cases.decisions_file import (
    MAX_BYTES,
    OtherTable,
    entry_document,
    read_decisions,
    write_decisions,
)
from demos.core.cases.workspace import Workspace
from demos.core.errors import TooLarge, Unreadable, UnsupportedType
from tests.core.cases.case_tables import BASIS, HASH, HOSTILE, START, Ticking, key


def decided(*cards: str) -> Workspace:
    workspace = Workspace(now=Ticking())
    workspace.mark({key(card): 0.9 for card in cards}, Mark.CONFIRMED, BASIS)
    workspace.annotate(key(cards[0]), 0.9, "zurückgerufen ☎", BASIS)
    workspace.annotate(key("only a note"), 0.25, "look again", BASIS)
    return workspace


def written(workspace: Workspace) -> bytes:
    return write_decisions(workspace.snapshot().decisions.values(), HASH, START).encode()


def changed(**values: Any) -> bytes:
    """A file with one decision, of which these fields are replaced."""
    document = json.loads(written(decided("A")))
    document["decisions"] = [document["decisions"][0] | values]
    return json.dumps(document).encode()


def test_what_is_written_is_read_back_whatever_it_says() -> None:
    workspace = decided(*HOSTILE)
    data = written(workspace)
    assert {each.case: each for each in read_decisions(data, HASH)} == (
        workspace.snapshot().decisions
    )
    assert read_decisions(b"\xef\xbb\xbf" + data, HASH), "an editor has added a byte order mark"
    elsewhere = Workspace(now=Ticking())
    assert elsewhere.load(read_decisions(data, HASH)).taken == len(HOSTILE) + 1
    assert elsewhere.snapshot().decisions == workspace.snapshot().decisions


def test_decisions_on_another_table_are_refused() -> None:
    with pytest.raises(OtherTable):
        read_decisions(written(decided("A")), "00" * 32)


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"\xff\xfe", b"{}", b"[]", b"null", b"[" * 100_000, b'{"format": 1e999}'),
        *(b"\x00" * 100, b'{"format": "deep-learning-at-work/decisions", "version": 2}'),
        b"1" * 5000,
    ],
)
def test_other_files_are_refused(data: bytes) -> None:
    with pytest.raises(UnsupportedType):
        read_decisions(data, HASH)


def test_a_file_that_is_too_large_is_not_even_parsed() -> None:
    with pytest.raises(TooLarge, match="at most"):
        read_decisions(b" " * (MAX_BYTES + 1), HASH)


POLICY = json.loads(written(decided("A")))["decisions"][0]["policy"]


@pytest.mark.parametrize(
    "values",
    [
        *({"mark": "guilty"}, {"mark": 1}, {"note": None}, {"note": "n" * 10_000}, {"card": 5}),
        *({"day": "14.3.2026"}, {"day": None}, {"row": -1}, {"row": True}, {"row": "2"}),
        *({"when": "2026-03-14T09:00:00"}, {"when": 0}, {"when": "0001-01-01T00:00:00+23:00"}),
        *({"score": 1.5}, {"score": float("nan")}, {"score": "0.5"}, {"score": True}),
        *({"policy": None}, {"policy": {}}, {"policy": POLICY | {"currency": "=1"}}),
        *({"policy": POLICY | {"capacity": 2.5}}, {"policy": POLICY | {"review_cost": -1}}),
        *({"policy": POLICY | {"more": 1}}, {"policy": POLICY | {"threshold": "0.5"}}),
        *({"policy": POLICY | {"reject": 10**400}}, {"card": "\ud800"}, {"model": "m" * 1000}),
    ],
)
def test_a_damaged_file_is_not_read_in_part(values: dict[str, Any]) -> None:
    assert len(read_decisions(changed(), HASH)) == 1
    with pytest.raises(Unreadable, match="nothing of it was loaded"):
        read_decisions(changed(**values), HASH)


def test_the_journal_is_written_with_before_and_after() -> None:
    workspace = decided("A")
    workspace.undo()
    *_, noted, undone = map(entry_document, workspace.snapshot().journal)
    assert undone["action"] == "undo" and undone["of"] == noted["number"]
    (change,) = undone["changes"]
    assert (change["card"], change["row"], change["after"]) == ("only a note", 2, None)
    assert change["before"] == noted["changes"][0]["after"]
    assert (change["before"]["note"], change["before"]["policy"]["threshold"]) == (
        *("look again", 0.4),
    )
    json.dumps(undone)
