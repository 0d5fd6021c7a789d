"""The one text that is read: where it is kept and what it is made of.

It lives in the session; see `text_input` for how it is chosen.
"""

import json
from dataclasses import dataclass

import streamlit as st

from demos.core.language.documents import Document
from demos.core.language.text import clean, parts, sha256_of
from demos.core.samples import Sample
from demos.core.settings import Settings
from demos.core.spec import PACKAGE

TEXT_TAB, DOCUMENT_TAB = range(2)


@dataclass(frozen=True, slots=True, eq=False)
class ChosenText:
    """One text. `sample` or `document` is where it comes from, None if it was written; of a long
    document it is one `part`, counted from 0. `query` and `labels` are what a sample asks."""

    title: str
    text: str
    sha256: str
    sample: Sample | None = None
    document: Document | None = None
    part: int = 0
    query: str = ""
    labels: tuple[str, ...] = ()

    @property
    def file(self) -> str | None:
        """Where a sample lies, seen from the project's folder; the name of a document."""
        if self.sample is not None:
            return str(self.sample.path.relative_to(PACKAGE.parent))
        return self.document.name if self.document else None


def current(slug: str) -> ChosenText | None:
    chosen: ChosenText | None = st.session_state.get(f"{slug}.chosen")
    return chosen


def choose(slug: str, chosen: ChosenText, tab: int | None = None) -> None:
    """Make it the chosen one, and the tab it comes from the one that is open."""
    st.session_state[f"{slug}.chosen"] = chosen
    st.session_state.pop(f"{slug}.problem", None)
    if tab is not None:
        st.session_state[f"{slug}.tab"] = tab
    if chosen.sample is None:
        st.session_state[f"{slug}.own"] = True
    if chosen.document is None:
        st.session_state[f"{slug}.text"] = chosen.text


def choose_sample_text(slug: str, sample: Sample) -> None:
    """Make a sample the chosen text; as `permalink.follow` wants it."""
    choose(slug, of_sample(sample), TEXT_TAB)


def of_sample(sample: Sample) -> ChosenText:
    """A sample is plain text, or JSON: its `text`, and `query` and `labels` if it asks some."""
    raw = sample.read().decode()
    given = json.loads(raw) if sample.path.suffix == ".json" else {"text": raw}
    text = clean(given["text"]).strip("\n")
    return ChosenText(
        sample.title,
        text,
        sha256_of(text),
        sample,
        query=given.get("query", ""),
        labels=tuple(given.get("labels", ())),
    )


def of_document(document: Document, part: int, settings: Settings) -> ChosenText:
    """A document, or one part of it where it is longer than what is read at once."""
    places = parts(document.text, settings.max_text_characters)
    start, end = places[part]
    text = document.text[start:end]
    title = document.name if len(places) == 1 else f"{document.name}, part {part + 1}"
    return ChosenText(title, text, sha256_of(text), document=document, part=part)
