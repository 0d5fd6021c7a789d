"""The assistant's conversation and documents, which stay in the session, and what changes them.

Changes happen in callbacks, before the page is drawn. Nothing of it is in a cache that sessions
share, and nothing is written to disk.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import streamlit as st

from demos.core.errors import InputError, TooLarge, UserError
from demos.core.language.answers import Citation
from demos.core.language.assistant import Answerer, Told
from demos.core.language.documents import Document, read_document
from demos.core.language.grounded import Talk
from demos.core.language.retrieval import Known, Vectors
from demos.core.language.text import clean
from pages.components.job_board import text_board

KEPT = 50
"""Turns of a conversation; older ones are let go."""
WAITING = 5
"""Questions that may wait for their answer."""
MOST_DOCUMENTS = 20
MOST_CHARACTERS = 4_000_000
"""Of all documents together: what is cut off the end of them is small beside it."""
PARTS = ("documents", "turns", "waiting", "problems", "failed", "known", "index", "job")


@dataclass(frozen=True, slots=True, eq=False)
class Talker:
    """A chat model of the Hub: its name and how it talks."""

    title: str
    talk: Talk


@dataclass(frozen=True, slots=True, eq=False)
class Chat:
    """The assistant of one page.

    `vectors` and `answerer` run the bundled models. `sample` is the document there is at first,
    `suggested` are questions to try on it. With a `talker`, that one writes the replies.
    """

    slug: str
    vectors: Vectors
    answerer: Answerer
    sample: Document
    suggested: tuple[str, ...]
    talker: Talker | None = None

    def key(self, part: str) -> str:
        return f"{self.slug}.chat.{part}"

    def get(self, part: str, default: Any) -> Any:
        return st.session_state.get(self.key(part), default)

    def put(self, part: str, value: object) -> None:
        st.session_state[self.key(part)] = value

    @property
    def documents(self) -> tuple[Document, ...]:
        found: tuple[Document, ...] = self.get("documents", (self.sample,))
        return found

    @property
    def turns(self) -> tuple[Told, ...]:
        """The conversation, oldest first."""
        found: tuple[Told, ...] = self.get("turns", ())
        return found

    @property
    def waiting(self) -> tuple[str, ...]:
        """Questions that are still to be answered, oldest first."""
        found: tuple[str, ...] = self.get("waiting", ())
        return found

    @property
    def problems(self) -> tuple[UserError, ...]:
        """Why files that were given last are not among the documents."""
        found: tuple[UserError, ...] = self.get("problems", ())
        return found

    @property
    def known(self) -> Known:
        """Vectors of passages that have been read."""
        found: Known = st.session_state.setdefault(self.key("known"), {})
        return found

    @property
    def untouched(self) -> bool:
        """Whether there is nothing to delete."""
        return not self.turns and not self.waiting and self.documents in ((), (self.sample,))

    def submitted(self) -> None:
        """Callback of the input: files become documents, the text a question."""
        given = st.session_state[self.key("input")]
        if given is None:
            return
        problems = [self.add(file.name, file.getvalue()) for file in given.files]
        self.put("problems", tuple(each for each in problems if each is not None))
        if given.text.strip():
            self.question(given.text)

    def question(self, text: str) -> None:
        """Callback: this is to be answered."""
        self.put("waiting", (*self.waiting, clean(text).strip())[:WAITING])
        self.put("failed", None)

    def add(self, name: str, data: bytes) -> UserError | None:
        """Take a file among the documents; why it cannot be, if it cannot."""
        try:
            self.take(read_document(data, name))
        except UserError as error:
            return error.bare()
        return None

    def take(self, document: Document) -> None:
        """Look in this document, too. Raises `InputError`."""
        held = self.documents
        if any(each.sha256 == document.sha256 for each in held):
            raise InputError(
                f"“{document.name}” is among the documents already.", "Ask about it right away."
            )
        if len(held) >= MOST_DOCUMENTS:
            raise TooLarge(
                f"There are {MOST_DOCUMENTS} documents already.", "Remove one of them first."
            )
        if sum(len(each.text) for each in held) + len(document.text) > MOST_CHARACTERS:
            raise TooLarge(
                f"With “{document.name}” the documents would have more than "
                f"{MOST_CHARACTERS:,} characters.",
                "Remove one of them first, or give the part that matters.",
            )
        name = unused(document.name, [*held_names(held), *cited_names(self.turns)])
        self.put("documents", (*held, replace(document, name=name)))

    def take_sample(self) -> None:
        """Callback: look in the sample document again."""
        try:
            self.take(self.sample)
        except InputError as error:
            self.put("problems", (error.bare(),))

    def remove(self, sha256: str) -> None:
        """Callback: no longer look in this document, and keep nothing of it but what was quoted."""
        self.put("documents", tuple(each for each in self.documents if each.sha256 != sha256))
        for key in [key for key in self.known if key[0] == sha256]:
            del self.known[key]
        self.put("index", None)
        self.put("problems", ())

    def answered(self, told: Told) -> None:
        """The first of the waiting questions has its reply."""
        self.put("turns", (*self.turns, told)[-KEPT:])
        self.put("waiting", self.waiting[1:])

    def fail(self, error: UserError) -> None:
        """The first of the waiting questions cannot be answered now; it can be asked again."""
        self.put("failed", (self.waiting[0], error.bare()))
        self.put("waiting", self.waiting[1:])

    def delete(self) -> None:
        """Callback: keep nothing, neither conversation nor documents."""
        text_board().forget(self.get("job", ""))
        for part in PARTS:
            st.session_state.pop(self.key(part), None)
        self.put("documents", ())


def held_names(documents: Iterable[Document]) -> list[str]:
    return [each.name for each in documents]


def cited_names(turns: Iterable[Told]) -> list[str]:
    """Documents that replies refer to, whether they are still there or not."""
    citations: list[Citation] = [each for turn in turns for each in turn.citations]
    return [each.document for each in citations]


def unused(name: str, taken: Sequence[str]) -> str:
    """The name, with a number if it is taken: a citation must mean one document."""
    if name not in taken:
        return name
    numbered = (f"{name} ({number})" for number in count(2))
    return next(each for each in numbered if each not in taken)
