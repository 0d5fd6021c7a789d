"""Taking cases away and bringing decisions back, in Streamlit's own harness."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from demos.core.cases.case import Mark
from demos.core.cases.decisions_file import MAX_BYTES, write_decisions
from demos.core.cases.workspace import Workspace
from demos.core.cases.workspaces import Workspaces
from pages.components.cases import workspaces as held
from tests.core.cases.case_tables import BASIS, HASH, START, Ticking, key
from tests.pages.harness import ran

SLUG = "fraud"


def script(table_sha256: str) -> None:
    import streamlit as st

    from pages.components.cases.export import export_cases, keep_decisions
    from pages.components.cases.queue import show_cases
    from pages.components.cases.workspaces import keep_link, workspace_for
    from tests.core.cases.case_tables import BASIS, POLICY, some_cases, transactions
    from tests.core.cases.test_case_report import report

    workspace = workspace_for("fraud", table_sha256)
    show_cases("fraud", some_cases(), workspace, BASIS)

    def make() -> object:
        st.session_state["made"] = st.session_state.get("made", 0) + 1
        return report(workspace)

    export_cases("fraud", make, transactions(("A", "B")), POLICY, "march")
    keep_decisions("fraud", workspace, table_sha256, "march")
    keep_link("fraud")


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch) -> Workspaces:
    """Workspaces of this test's own."""
    store = Workspaces()
    monkeypatch.setattr(held, "_workspaces", store)
    return store


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], Any]]:
    """What each download button of the latest run would make, by its file name."""
    found: dict[str, Callable[[], Any]] = {}

    def button(label: str, data: Any, file_name: str, *_: object, **given: Any) -> None:
        assert given["on_click"] == "ignore", "a download that reruns the page"
        found[file_name] = data

    monkeypatch.setattr(st, "download_button", button)
    return found


def page(id: str | None = None) -> AppTest:
    app = AppTest.from_function(script, default_timeout=60, args=(HASH,))
    if id is not None:
        app.query_params["case"] = id
    return ran(app)


def press(app: AppTest, key: str) -> AppTest:
    app.button(f"{SLUG}.{key}").click()
    return ran(app)


def hand_in(app: AppTest, data: bytes | str, name: str = "decisions.json") -> AppTest:
    data = data.encode() if isinstance(data, str) else data
    app.file_uploader[0].set_value((name, data, "application/json"))
    return ran(app)


def decisions(app: AppTest) -> list[str]:
    return list(app.dataframe[0].value["Decision"])


def test_files_are_made_when_they_are_asked_for(files: dict[str, Callable[[], Any]]) -> None:
    app = press(page(), "queue.confirmed")
    assert "made" not in app.session_state
    assert set(files) == {
        *("march.html", "march.csv", "march.json", "march-scored.csv", "march-scored.parquet"),
        "march-decisions.json",
    }
    assert "Confirmed fraud" in files["march.html"]() and "confirmed" in files["march.csv"]()
    assert json.loads(files["march.json"]())["progress"]["handled"] == 1
    assert files["march-scored.csv"]().count(b"\r\n") == 5
    assert files["march-scored.parquet"]()[:4] == b"PAR1"


def test_decisions_outlive_the_server(
    files: dict[str, Callable[[], Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = page()
    app.text_area[0].set_value("called at noon")
    app = press(press(ran(app), "queue.confirmed"), "queue.later")
    kept = files["march-decisions.json"]()
    monkeypatch.setattr(held, "_workspaces", Workspaces())
    app = page(app.query_params["case"])
    assert decisions(app) == ["○ Open"] * 3 and "no longer here" in app.info[0].value
    app = hand_in(app, kept)
    assert decisions(app) == ["! Confirmed fraud", "… Later", "○ Open"]
    assert app.success[0].value.startswith("2 decisions were loaded; Undo takes it all back.")
    assert app.file_uploader[0].value is None, "the widget is empty again"
    assert not app.info and not ran(app).success
    app = press(app, "queue.undo")
    assert decisions(app) == ["○ Open"] * 3
    app = hand_in(press(app, "queue.redo"), kept)
    assert app.success[0].value == "All decisions of the file are here already."


def test_older_decisions_do_not_replace_newer_ones() -> None:
    there = Workspace(now=Ticking())
    there.mark({key("A"): 0.9}, Mark.CLEARED, BASIS)  # some time ago
    app = press(page(), "queue.confirmed")
    app = hand_in(app, write_decisions(there.snapshot().decisions.values(), HASH, START))
    assert decisions(app)[0] == "! Confirmed fraud"
    assert app.success[0].value.endswith("1 in the file are older than those here, which stay.")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\x00\xff", "This is no file of decisions"),
        (b" " * (MAX_BYTES + 1), "at most"),
        (write_decisions((), "00" * 32, START), "made on another table"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(data: bytes | str, problem: str) -> None:
    app = hand_in(page(), data)
    assert problem in app.warning[0].value
    assert decisions(app) == ["○ Open"] * 3
    assert app.file_uploader[0].value is None


def test_decisions_can_be_deleted_for_all_who_share_them(store: Workspaces) -> None:
    app = page()
    assert app.button(f"{SLUG}.decisions.forget").disabled
    app = press(app, "queue.confirmed")
    id = app.query_params["case"]
    other = page(id)
    app = press(app, "decisions.forget")
    assert decisions(app) == ["○ Open"] * 3 and "case" not in app.query_params
    other = ran(other)
    assert decisions(other) == ["○ Open"] * 3 and "no longer here" in other.info[0].value
    assert not store.knows(id)
