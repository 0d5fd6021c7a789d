"""Choosing what is read: a sample, a text of one's own, or a document.

    permalink.follow(SPEC, choose_sample_text)
    chosen = choose_text(SPEC, shipped)

The choice is made in callbacks, before the page is drawn.
"""

from functools import partial

import streamlit as st

from demos.core.errors import UserError
from demos.core.language.documents import Document, read_document
from demos.core.language.text import parts, sha256_of, usable
from demos.core.samples import Sample
from demos.core.settings import MIB, Settings, read_settings
from demos.core.spec import DemoSpec
from pages.components.language import asking
from pages.components.language.chosen_text import (
    DOCUMENT_TAB,
    TEXT_TAB,
    ChosenText,
    choose,
    choose_sample_text,
    current,
    of_document,
    of_sample,
)
from pages.components.sample_gallery import table_gallery
from pages.components.text import plain, told
from pages.components.uploads import drop, in_widget, widget_key

TABS = (":material/edit_note: Text", ":material/description: Document")
OWN = "Your text"
BOX_HEIGHT = 120
"""Pixels."""
HELD = (
    *("own", "answers", "part", "query", "query.of", "query.brought"),
    *("labels", "labels.of", "labels.brought"),
)
"""What the session keeps of a person's own."""
BEGINNING = 40
"""Characters that a part of a document is told by."""


def choose_text(demo: DemoSpec, shipped: tuple[Sample, ...]) -> ChosenText:
    """Samples and a box for text, and a document; the first sample is chosen until something else
    is."""
    slug, settings = demo.slug, read_settings()
    chosen = current(slug)
    if chosen is None or (chosen.sample and chosen.sample not in shipped):
        key = chosen.sample.key if chosen and chosen.sample else ""
        chosen = of_sample(next((each for each in shipped if each.key == key), shipped[0]))
        choose(slug, chosen)
    tab = st.session_state.get(f"{slug}.tab", TEXT_TAB)
    text_tab, document_tab = st.tabs(TABS, default=TABS[tab])
    with text_tab:
        table_gallery(slug, shipped, chosen.sample, choose_sample_text)
        show_box(slug, settings)
    with document_tab:
        document_uploader(slug, settings)
        if chosen.document:
            show_document(slug, chosen, chosen.document, settings)
    with st.container():  # in a place of its own: what is below would be drawn anew if it moved
        problem: UserError | None = st.session_state.get(f"{slug}.problem")
        if problem is not None:
            st.warning(told(problem), icon=":material/error:")
            st.caption("The result below is still the one before.")
    show_deletion(slug, shipped)
    return chosen


def show_box(slug: str, settings: Settings) -> None:
    """A box with the text that is read, or for another one; leaving it has it read, so that nothing
    that was written is lost by what is clicked next."""
    key = f"{slug}.text"
    st.session_state.setdefault(key, "")
    st.text_area(
        "The text: change it, or paste your own",
        key=key,
        height=BOX_HEIGHT,
        placeholder="Write or paste a text in English.",
        on_change=take_written,
        args=(slug,),
        persist_state="session",
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Read this text",
            icon=":material/play_arrow:",
            type="primary",
            on_click=take_written,
            args=(slug,),
            key=f"{slug}.read",
        )
        st.caption(
            f"Up to {settings.max_text_characters:,} characters. "
            "It stays in this server's memory and goes nowhere else.",
            width="stretch",
        )


def take_written(slug: str) -> None:
    """Read what is in the box; a sample that was not changed stays one."""
    before = current(slug)
    st.session_state[f"{slug}.tab"] = TEXT_TAB
    try:
        text = usable(st.session_state[f"{slug}.text"], read_settings())
    except UserError as error:
        st.session_state[f"{slug}.problem"] = error.bare()
        return
    if before and before.text == text and before.document is None:
        choose(slug, before)
        return
    choose(slug, ChosenText(OWN, text, sha256_of(text)))


def document_uploader(slug: str, settings: Settings) -> None:
    """Where a document is handed in."""
    key = widget_key(slug, "document")
    st.file_uploader(
        "A document: TXT, Markdown, PDF or DOCX",
        key=key,
        on_change=take_document,
        args=(slug, key),
        max_upload_size=settings.max_document_bytes // MIB,
    )
    st.caption(
        f"Up to {settings.max_document_bytes // MIB} MiB, a PDF of up to "
        f"{settings.max_document_pages:,} pages and with text, not scanned. "
        f"{settings.max_text_characters:,} characters are read at once; longer documents in parts. "
        "The document stays in this server's memory and goes nowhere else."
    )
    chosen = current(slug)
    if in_widget(key) and (chosen is None or chosen.document is None):
        st.button(
            "Read this document",
            icon=":material/play_arrow:",
            on_click=take_document,
            args=(slug, key),
            key=f"{slug}.read_document",
        )


def take_document(slug: str, key: str) -> None:
    """Read a new document; a bad one leaves the choice as it was.

    So does taking one out: the browser does that before it hands in another, which may be bad.
    """
    st.session_state.pop(f"{slug}.problem", None)
    file = next(iter(in_widget(key)), None)
    if file is None:
        return
    settings = read_settings()
    st.session_state[f"{slug}.tab"] = DOCUMENT_TAB
    try:
        document = read_document(file.getvalue(), file.name, settings)
    except UserError as error:
        st.session_state[f"{slug}.problem"] = error.bare()
        return
    st.session_state.pop(f"{slug}.part", None)
    choose(slug, of_document(document, 0, settings))


def show_document(slug: str, chosen: ChosenText, document: Document, settings: Settings) -> None:
    """What the document is, and which part of it is read where it has several."""
    size = f"{len(document.text):,} characters"
    pages = f" on {len(document.pages):,} pages" if len(document.pages) > 1 else ""
    lines = [f":material/description: **{plain(document.name)}** · {size}{pages}"]
    lines += [f":material/info: {plain(note)}" for note in document.notes]
    st.caption("  \n".join(lines))
    places = parts(document.text, settings.max_text_characters)
    if len(places) == 1:
        return
    key = f"{slug}.part"
    st.session_state.setdefault(key, chosen.part)
    st.selectbox(
        "Part of the document that is read",
        range(len(places)),
        format_func=partial(named_part, document, places),
        key=key,
        on_change=take_part,
        args=(slug, document, settings),
        persist_state="session",
    )


def named_part(document: Document, places: tuple[tuple[int, int], ...], part: int) -> str:
    """Its number, pages and first words."""
    start, end = places[part]
    inside = [n for n, (a, b) in enumerate(document.pages, 1) if a < end and b > start]
    pages = f", pages {inside[0]}–{inside[-1]}" if inside else ""
    words = " ".join(document.text[start : start + 2 * BEGINNING].split())[:BEGINNING]
    return f"{part + 1} of {len(places)}{pages}: {words}…"


def take_part(slug: str, document: Document, settings: Settings) -> None:
    choose(slug, of_document(document, st.session_state[f"{slug}.part"], settings))


def show_deletion(slug: str, shipped: tuple[Sample, ...]) -> None:
    """A button that lets go of a person's own texts and documents, as long as there are any."""
    if st.session_state.get(f"{slug}.own"):
        st.button(
            "Delete my texts and results",
            icon=":material/delete:",
            type="tertiary",
            on_click=forget,
            args=(slug, shipped[0]),
            key=f"{slug}.delete",
            help="Your texts and documents, what was asked of them, and every result.",
        )


def forget(slug: str, sample: Sample) -> None:
    """Let go of everything that was given and of what was found of it, and choose the sample."""
    drop(slug)
    for each in (slug, f"{slug}.about.second"):
        asking.forget(each)
    held = {f"{slug}.{each}" for each in HELD}
    for name in [str(each) for each in st.session_state]:
        if name in held or name.startswith(f"{slug}.about."):
            del st.session_state[name]
    choose_sample_text(slug, sample)
