"""What a visitor sees of an exception, through a real script run."""

import pytest
from streamlit.testing.v1 import AppTest

from server.script_errors import report_script_error


def handled_script(error: Exception) -> AppTest:
    """A page whose error meets the handler; AppTest itself cannot be given one."""

    def page(error: Exception, handle: object) -> None:
        handle(error)  # type: ignore[operator]

    return AppTest.from_function(page, args=(error, report_script_error)).run()


def test_a_defect_is_logged_and_shown_as_a_reference(caplog: pytest.LogCaptureFixture) -> None:
    app = handled_script(RuntimeError("secret detail"))
    shown = app.error[0].value
    assert "secret detail" not in shown
    assert "secret detail" in caplog.text
    reference = shown.split("**")[1]
    assert len(reference) == 8 and reference in caplog.text


def test_an_error_meant_for_people_is_shown_and_not_taken_for_markdown() -> None:
    from demos.core.errors import EmptyInput

    app = handled_script(EmptyInput("*x* is empty", "Choose [another](one)"))
    shown = [each.value for each in app.warning]
    assert shown == [r"\*x\* is empty Choose \[another\]\(one\)"]
    assert not app.error


def test_the_handler_tells_streamlit_that_the_error_is_shown() -> None:
    assert report_script_error(RuntimeError("outside any page")) is True
