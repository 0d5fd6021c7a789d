"""Accounts are asked for once per transaction, and a session keeps only so many."""

from collections.abc import Sequence
from typing import Any

import pytest
import streamlit as st

from demos.core.reasons import Account
from pages.components.cases import accounts as module
from pages.components.cases.accounts import accounts


class Model:
    """Explains, and counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, rows: Sequence[int]) -> list[Account]:
        self.asked += rows
        return [Account((), float(row), 0.0, 0.0) for row in rows]


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    found: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", found)
    return found


def test_each_row_is_asked_for_once_until_the_table_is_another() -> None:
    model = Model()
    assert accounts("fraud", "may", model, [3, 1, 3])[3].base == 3
    assert list(accounts("fraud", "may", model, [1, 2])) == [1, 2]
    assert model.asked == [3, 1, 2]
    accounts("fraud", "june", model, [1])
    assert model.asked == [3, 1, 2, 1]


def test_a_session_keeps_the_latest(
    session: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 2)
    model = Model()
    for rows in ([1, 2, 3], [4], [5, 6, 7, 8]):
        assert list(accounts("fraud", "may", model, rows)) == rows
    _, kept = session["fraud.accounts"]
    assert list(kept) == [3, 4, 5, 6, 7, 8]
    accounts("fraud", "may", model, [3, 1])
    assert model.asked[-1] == 1
