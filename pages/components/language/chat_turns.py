"""What was asked and what was replied, with the passages that it rests on to look into."""

from collections.abc import Sequence

import streamlit as st

from demos.core.language.answers import Citation
from demos.core.language.assistant import Place, Told
from demos.core.language.conversation import cited, source
from demos.core.language.documents import Document
from demos.core.language.marks import Entry, Mark, Tone
from demos.core.results import Outcome
from pages.components.language.marked import show_marked
from pages.components.language.verdict import written

YOU, ASSISTANT = ":material/person:", ":material/quick_reference_all:"
GONE = "This document was removed, and its text with it."
ANSWER = Entry(Tone.ACCENT, "answer", "the place the answer was read from")


def show_turn(turn: Told, documents: Sequence[Document], last: bool) -> None:
    """A question and its reply; of the last, the first passage is open."""
    show_question(turn.question)
    with st.chat_message("assistant", avatar=ASSISTANT):
        show_reply(turn, documents, last)


def show_question(question: str) -> None:
    with st.chat_message("user", avatar=YOU):
        st.markdown(lines(question))


def show_reply(turn: Told, documents: Sequence[Document], last: bool) -> None:
    outcome, reason, text = turn.verdict.outcome, turn.verdict.reason, turn.text
    if outcome is Outcome.UNSURE:
        st.markdown(f":orange[:material/help: **Unsure.**] {written(reason)}")
    elif outcome is Outcome.REFUSED:
        icon, title = ("search_off", "Not found") if turn.citations else ("block", "Not answered")
        st.markdown(f":orange[:material/{icon}: **{title}**]")
        text = text.removeprefix(f"{title}: ")
    quoted = bool(turn.marks) and turn.marks[0] is not None
    st.markdown(answer_first(text) if quoted else lines(text))
    if turn.understood != turn.question:
        st.caption(f":material/link: Read as: “{written(turn.understood)}”")
    for number, (citation, mark) in enumerate(zip(turn.citations, turn.marks, strict=True), 1):
        show_citation(number, citation, mark, documents, last and number == 1)


def show_citation(
    number: int,
    citation: Citation,
    mark: Place | None,
    documents: Sequence[Document],
    expanded: bool,
) -> None:
    """A passage, folded away, with the answer marked in it."""
    nearness = written(f"{max(citation.score, 0.0):.2f}")
    where = written(source(citation, documents))
    label = f"\\[{number}\\] {where} · similarity {nearness}"
    with st.expander(label, icon=":material/format_quote:", expanded=expanded):
        document = cited(citation, documents)
        if document is None:
            st.markdown(GONE)
            return
        passage = document.text[citation.start : citation.end]
        marks, legend = [], []
        if mark is not None:
            marks = [Mark(mark[0] - citation.start, mark[1] - citation.start)]
            legend = [ANSWER]
        show_marked(passage, marks, f"Passage {number} of {citation.document}", legend)


def answer_first(text: str) -> str:
    """A quotation as Markdown, with the answer before it in bold."""
    answer, quote, rest = text.partition(" “")
    return f"**{lines(answer)}** {lines(quote + rest)}" if rest else lines(text)


def lines(text: str) -> str:
    """Text as Markdown that shows it as it is, lines kept."""
    return "  \n".join(written(each.strip()) for each in text.splitlines())
