"""The player's own frontend, and what it is told."""

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from demos.core.audio.sound import DecodedAudio
from demos.core.jobs import Job, Jobs
from pages.components.speech import player
from pages.components.speech.player import FRONTEND
from tests.pages.harness import PATIENCE, ran
from tests.pages.speech.heard import tone
from tests.pages.test_shell import contrast, style_colors

STYLE = (FRONTEND / "style.css").read_text()
SCRIPTS = {path.name: path.read_text() for path in FRONTEND.glob("*.js")}
MODES = ("light", "dark")

SCRIPT = """
import streamlit as st
from pages.components.speech.player import Line, Script, show_player, speak

words = (("one", 0.1, 0.4, "sure", "0.99"), ("<b>two</b>", 0.5, 0.9, "unsure", "0.2"))
lines = (Line("0:00", words),)
script = Script(lines, "model score", partial=st.session_state["partial"])
show_player(st.session_state["audio"], "Recording: x", "here", script)
speak("Left <i>pressed</i>.", "reply-1")
"""


def colors(mode: str) -> dict[str, str]:
    pairs = re.findall(r"--dlw-([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", STYLE)
    return {name: light if mode == "light" else dark for name, light, dark in pairs}


@pytest.mark.parametrize("mode", MODES)
def test_its_colors_are_those_of_the_page(mode: str) -> None:
    page, ours = style_colors(mode), colors(mode)
    assert len(ours) >= 8
    assert {name: ours[name] for name in ours if name in page} == {
        name: page[name] for name in ours if name in page
    }


@pytest.mark.parametrize("mode", MODES)
def test_words_stand_out_on_their_tints(mode: str) -> None:
    ours = colors(mode)
    pairs = [(ours["ink"], ours[tint]) for tint in ("tint", "warning-tint", "neutral-tint")]
    pairs += [(ours["muted"], ours["neutral-tint"]), (ours["on-accent"], ours["accent"])]
    pairs += [(ours["accent"], ours["tint"])]
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []


def test_how_sure_a_word_is_shows_without_color() -> None:
    lines = {
        kind: re.search(rf"\n\.{kind} {{[^}}]*text-decoration-style: (\w+)", STYLE)
        for kind in ("less", "unsure")
    }
    assert {kind: found and found[1] for kind, found in lines.items()} == {
        "less": "dashed",
        "unsure": "wavy",
    }


def test_no_text_becomes_html_and_no_script_is_inline() -> None:
    """The first would let a transcript bring its own elements; the second is not even run."""
    page = (FRONTEND / "index.html").read_text()
    assert re.findall(r"<script[^>]*>([^<]*)</script>", page) == [""]
    assert not re.search(r"\son\w+=|style=|https?:", page)
    assert {"main.js", "player.js", "reply.js"} <= SCRIPTS.keys()
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function"
    assert [name for name, text in SCRIPTS.items() if re.search(forbidden, text)] == []
    assert [name for name, text in SCRIPTS.items() if "http" in text] == []


def args(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(each.proto.json_args) for each in app.get("component_instance")]


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    player.component.cache_clear()
    app = AppTest.from_string(SCRIPT, default_timeout=20)
    app.session_state["audio"], app.session_state["partial"] = tone(1.0), False
    yield ran(app)
    player.component.cache_clear()


def test_what_the_frontend_is_told(page: AppTest) -> None:
    shown, reply = args(page)
    assert shown["kind"] == "player"
    assert re.fullmatch(r"/.*\.wav", shown["url"])
    assert shown["lines"] == [
        {
            "clock": "0:00",
            "parts": [["one", 0.1, 0.4, "sure", "0.99"], ["<b>two</b>", 0.5, 0.9, "unsure", "0.2"]],
        }
    ]
    assert (reply["kind"], reply["text"], reply["id"]) == (
        "reply",
        "Left <i>pressed</i>.",
        "reply-1",
    )


def test_a_recording_is_encoded_once(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def unexpected(pcm: object) -> bytes:
        raise AssertionError("again")

    before = args(page)[0]["url"]
    monkeypatch.setattr(player, "to_wav", unexpected)
    assert args(ran(page))[0]["url"] == before
    monkeypatch.undo()
    page.session_state["audio"] = tone(1.5)
    assert args(ran(page))[0]["url"] != before


def test_a_long_one_is_compressed_in_the_background(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    board, gate = Jobs(1), threading.Event()

    def compressed(audio: DecodedAudio) -> tuple[bytes, str]:
        assert gate.wait(PATIENCE)
        return b"ID3", "audio/mpeg"

    monkeypatch.setattr(player, "job_board", lambda: board)
    monkeypatch.setattr(player, "to_compressed", compressed)
    monkeypatch.setattr(player, "UNCOMPRESSED_SECONDS", 1.2)
    page.session_state["audio"], page.session_state["partial"] = tone(1.5), True
    assert args(ran(page))[0]["url"] == "", "what is heard can be read before it can be listened to"
    gate.set()
    page.session_state["partial"] = False
    assert args(ran(page))[0]["url"].endswith(".mp3")
    assert not board._jobs
    board.close(PATIENCE)


def test_what_cannot_be_compressed_goes_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    board = Jobs(1)
    monkeypatch.setattr(player, "job_board", lambda: board)
    monkeypatch.setattr(player, "UNCOMPRESSED_SECONDS", 1.2)
    monkeypatch.setattr(player, "to_compressed", lambda audio: 1 / 0)
    job = player.prepared(tone(1.5))
    assert isinstance(job, Job)
    data, kind = player.made(job, tone(1.5))
    assert kind == "audio/wav" and len(data) == 44 + 2 * 24_000
    board.close(PATIENCE)


def test_its_address_holds_under_a_base_path() -> None:
    """The frame lies at BASE/component/NAME/index.html, the sound at BASE/media/FILE."""
    assert "`../..${args.url}`" in SCRIPTS["player.js"]
    assert 'url("../../app/static/' in STYLE
    fonts = re.findall(r"\.\./\.\./app/static/([\w.-]+)", STYLE)
    static = Path(__file__).parents[3] / "pages" / "static"
    assert fonts and all((static / name).exists() for name in fonts)
