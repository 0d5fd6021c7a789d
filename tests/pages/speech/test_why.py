"""Why a word was heard: the choice, the sentences, the chart, of a score that is known."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from demos.core.audio.attribution import Attribution, Axes, occlusion
from demos.core.errors import Busy
from demos.core.speech.transcript import Transcription, Word
from pages.components.speech.why import spoken, told
from pages.components.speech.why_chart import bands_table, drawn, factor, faded
from tests.pages.harness import ran
from tests.pages.speech.heard import segment, transcription

FRAMES, BANDS = 60, 24
AXES = Axes(0.0, 0.01, np.linspace(200, 4800, BANDS, dtype=np.float32))
WORD = Word("yes", 0.1, 0.5)


def explained(favor: float = 0.05, against: float = -0.02) -> Attribution:
    """`favor` for each cell of 0.22 to 0.29 s and 1,400 to 2,400 Hz, `against` elsewhere."""
    weights = np.zeros((FRAMES, BANDS), np.float32)
    weights[22:30, 6:12] = favor
    weights[34:42, 15:18] = against

    def score_of(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.einsum("nfb,fb->n", batch, weights).astype(np.float32)

    features = np.ones((FRAMES, BANDS), np.float32)
    return occlusion(score_of, features, (10, 50), (8, 6), np.zeros(BANDS, np.float32), AXES)


class Explain:
    """Counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, place: int) -> Attribution:
        self.asked.append(place)
        return explained()


HEARD = transcription((segment(WORD, Word("no", 0.6, 0.9)),))


def page(explain: Callable[[int], Attribution], found: Transcription = HEARD) -> AppTest:
    def script(**given: object) -> None:
        from pages.components.speech.why import show_why

        show_why(**given)

    kwargs = {
        "slug": "speech",
        "transcription": found,
        "about": "model, recording",
        "explain": explain,
        "measured": "Measured: it holds.",
    }
    return ran(AppTest.from_function(script, default_timeout=60, kwargs=kwargs))


def text(app: AppTest) -> str:
    groups = (app.markdown, app.caption, app.warning)
    found = "\n".join(each.value for group in groups for each in group)
    return found.replace("\u00a0", " ").replace("\\", "")


def test_without_words_there_is_nothing_to_explain() -> None:
    app = page(Explain(), transcription())
    assert not app.header and not app.selectbox


def test_nothing_is_computed_before_a_word_is_chosen() -> None:
    explain = Explain()
    app = page(explain)
    assert app.selectbox[0].value is None
    assert app.selectbox[0].options == ["1. yes, 0.10 to 0.50 s", "2. no, 0.60 to 0.90 s"]
    assert explain.asked == [] and not app.get("plotly_chart")


def test_a_word_chosen_is_explained_once() -> None:
    explain = Explain()
    app = page(explain)
    app.selectbox[0].set_value(0)
    ran(ran(app))
    assert explain.asked == [0]
    shown = text(app)
    assert "Most of what speaks for **“yes”**" in shown
    assert len(app.get("plotly_chart")) == 1
    assert "Zeiler & Fergus 2014" in shown and "Measured: it holds." in shown
    assert "Patches of 80 ms by 6 of 24 bands" in shown
    app.selectbox[0].set_value(1)
    ran(app)
    assert explain.asked == [0, 1]


def test_a_full_queue_is_said() -> None:
    def busy(place: int) -> Attribution:
        raise Busy(2)

    app = page(busy)
    app.selectbox[0].set_value(0)
    assert "number 2 in the queue" in text(ran(app))


def test_the_sentences_say_where_and_how_much() -> None:
    shown = told(WORD, explained()).replace("\u00a0", " ")
    assert "between 0.18 and 0.34 s" in shown or "between 0.22 and 0.30 s" in shown
    # 48 cells of 0.05: e to the 2.4 is 11; 24 of -0.02 leave 1.92 of the whole, e to that is 6.8.
    assert "divides its score by 11; hiding the whole word divides its score by 6.8" in shown
    assert "What speaks most against it is around" in shown
    assert "hiding that multiplies its score by 1.6" in shown


def test_nothing_against_is_not_mentioned() -> None:
    assert "against" not in told(WORD, explained(against=0.0))


@pytest.mark.parametrize("favor", [0.0, -0.05])
def test_a_score_that_no_part_carries_is_said(favor: float) -> None:
    assert "No single part of the sound carries" in told(WORD, explained(favor))
    assert "leaves its score as it is" in told(WORD, explained(0.0, 0.0))


def test_a_word_from_outside_is_escaped() -> None:
    word = Word("*[x](y)<b>", 0.1, 0.5)
    assert "\\*\\[x\\]\\(y\\)\\<b\\>" in told(word, explained())
    [note] = drawn(word, explained())["layout"]["annotations"]
    assert note["text"] == "*[x](y)&lt;b&gt;"


def test_the_chart_in_words() -> None:
    assert "most of the evidence lies between 0." in spoken(WORD, explained())
    assert "no part raises the score" in spoken(WORD, explained(0.0, 0.0))


def test_the_chart_has_a_map_and_lines_and_the_word_s_ends() -> None:
    figure = drawn(WORD, explained())
    kinds = [each["type"] for each in figure["data"]]
    assert kinds == ["heatmap", "heatmap", "contour", "contour"]
    assert [each["line"]["dash"] for each in figure["data"][2:]] == ["solid", "dot"]
    assert [each["x0"] for each in figure["layout"]["shapes"]] == [0.1, 0.5]
    map_ = figure["data"][1]
    assert map_["zmin"] == -map_["zmax"] < 0
    assert len(map_["z"]) == BANDS and len(map_["z"][0]) == len(map_["x"]) == FRAMES
    assert map_["text"][0][0] == "0.00 s, 200 Hz<br>changes nothing"
    shares = [share for share, _ in map_["colorscale"]]
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] == 1


def test_without_any_effect_there_are_no_lines() -> None:
    assert [each["type"] for each in drawn(WORD, explained(0, 0))["data"]] == ["heatmap"] * 2


def test_the_table_shares_out_what_speaks_for_and_against() -> None:
    rows = {low: (favor, against) for low, favor, against in bands_table(explained())}
    assert rows["0–500 Hz"] == ("0.0 %", "0.0 %")
    assert float(rows["1,000–2,000 Hz"][0].split()[0]) > 40
    assert float(rows["2,000–4,000 Hz"][1].split()[0]) > 80
    assert bands_table(explained(0, 0))[0] == ("0–500 Hz", "–", "–")


def test_colors_and_factors() -> None:
    assert faded("#0b6e75", 0.35) == "rgba(11,110,117,0.35)"
    assert factor(0.01) == "changes nothing"
    assert factor(0.7) == "hidden: score ÷ 2" and factor(-0.7) == "hidden: score × 2"
