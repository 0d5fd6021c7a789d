"""A reader of two labels for tests of the page's language components: it knows four words."""

import math
import re
from collections.abc import Sequence
from html import unescape
from typing import Any

import numpy as np
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from demos.core.language.answers import Request, Sorted, Task, Verdict
from demos.core.language.attribution import Attribution, Share, Tell
from demos.core.language.units import units_of
from demos.core.results import LabelScore, Outcome, Provenance

LABELS = ("negative", "positive")
WEIGHTS = {"great": 3.0, "kind": 1.0, "slow": -1.5, "not": -2.5}
RECORD = Provenance("a" * 64, "own", "0" * 64, "none", "numpy", "cpu", "float32", 0.02, ())
GIVEN = Verdict()
REFUSED = Verdict(Outcome.REFUSED, "This is not English.")


def weight(word: str) -> float:
    return WEIGHTS.get(word.lower(), 0.0)


def log_odds(text: str) -> float:
    return -0.5 + sum(weight(text[slice(*each)]) for each in units_of(text))


def answer(text: str, verdict: Verdict = GIVEN) -> Sorted:
    one = 1 / (1 + math.exp(-log_odds(text)))
    scores = sorted(zip(LABELS, (1 - one, one), strict=True), key=lambda each: -each[1])
    found = tuple(LabelScore(*each) for each in scores)
    return Sorted(Request(Task.SENTIMENT, text), verdict, found, True, (), RECORD)


class Engine:
    """What a page hands on, and what it was asked."""

    def __init__(
        self, error: Exception | None = None, gap: float = 0.0, least: float = 0.5
    ) -> None:
        self.error, self.gap, self.least = error, gap, least
        self.explained: list[str] = []
        self.scored: list[list[str]] = []
        self.asked: list[str] = []
        self.text = ""

    def explain(self, label: str, tell: Tell) -> Attribution:
        if self.error is not None:
            raise self.error
        self.explained.append(label)
        tell(1.0)
        sign, text = (1 if label == "positive" else -1), self.text
        shares = tuple(Share(each, sign * weight(text[slice(*each)])) for each in units_of(text))
        total = sign * log_odds(text) + self.gap
        return Attribution(text, label, shares, 0.0, sign * -0.5, total, 16)

    def scores_of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.error is not None:
            raise self.error
        self.scored.append(list(texts))
        one = 1 / (1 + np.exp(-np.array([log_odds(each) for each in texts])))
        return np.stack([1 - one, one], axis=1).astype(np.float32)

    def ask(self, text: str) -> Sorted:
        if self.error is not None:
            raise self.error
        self.asked.append(text)
        return answer(text, REFUSED if "12345" in text else GIVEN)


def text(app: AppTest) -> str:
    """All that is written in Markdown, and the HTML of ours."""
    groups: Any = (app.header, app.subheader, app.markdown, app.caption, app.warning, app.info)
    told = "\n".join(each.value for group in groups for each in group).replace("\\", "")
    html = "\n".join(each.proto.body for each in app.get("html"))
    return f"{told}\n{html}".replace("\u00a0", " ")


def marked(app: AppTest) -> list[str]:
    """What is marked in texts and legends, each with what stands beside it."""
    html = "\n".join(each.proto.body for each in app.get("html"))
    found = re.findall("<mark.*?</mark>", html, re.DOTALL)
    return [" ".join(unescape(re.sub("<.*?>", "", each)).split()) for each in found]
