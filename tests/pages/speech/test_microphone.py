"""Where browsers give no microphone, the page says why and what to do."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.components.speech import microphone
from pages.components.speech.microphone import refused
from tests.pages.harness import ran

SCRIPT = """
from demos.core.settings import Settings
from pages.components.speech.microphone import microphone_tab
microphone_tab("speech", Settings(), print)
"""


@pytest.mark.parametrize(
    ("url", "is_refused"),
    [
        ("https://demo.example/speech_recognition", False),
        ("http://localhost:8501/speech_recognition", False),
        ("http://127.0.0.1:8501", False),
        ("http://[::1]:8501", False),
        ("http://dashboard.localhost", False),
        ("http://192.168.0.7:8501/speech_recognition", True),
        ("http://demo.example", True),
        ("http://localhost.example", True),
        ("", False),
    ],
)
def test_secure_contexts(url: str, is_refused: bool) -> None:
    assert refused(url) is is_refused


def opened(url: str, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(microphone, "address", lambda: url)
    return ran(AppTest.from_string(SCRIPT, default_timeout=20))


def test_a_refusal_is_explained_with_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("http://demo.example:8501/speech", monkeypatch)
    assert "plain HTTP" in app.warning[0].value and "demo\\.example" in app.warning[0].value
    ways = app.markdown[0].value
    assert "HTTPS" in ways and "ssh -L 8501:localhost:8501" in ways
    assert not app.get("audio_input")
    app.toggle[0].set_value(True)
    assert ran(app).get("audio_input")


def test_elsewhere_it_says_how_long_and_what_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = opened("http://localhost:8501/speech", monkeypatch)
    assert not app.warning and app.get("audio_input")
    assert "Up to 13 min." in app.caption[0].value
    assert "written to no disk" in app.caption[0].value
