"""What a session keeps is computed again only for something else."""

from typing import Any

import pytest
import streamlit as st

from pages.components.recommend.kept import kept


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    found: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", found)
    return found


def test_it_is_made_once_for_what_it_is_about() -> None:
    made: list[str] = []

    def get(about: str) -> str:
        def make() -> str:
            made.append(about)
            return f"of {about}"

        return kept("place", about, make)

    assert [get("a"), get("a"), get("b"), get("a")] == ["of a", "of a", "of b", "of a"]
    assert made == ["a", "b", "a"]


def test_nothing_is_worth_keeping_too(session: dict[str, Any]) -> None:
    made: list[int] = []
    for _ in range(2):
        assert kept("place", 1, lambda: made.append(1)) is None
    assert made == [1] and list(session) == ["place"]
