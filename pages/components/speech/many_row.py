"""One recording of a table in full: what was heard, with times, and everything known of it."""

import hashlib
from collections import deque
from collections.abc import Iterator

import streamlit as st

from demos.core.batch import Fate
from demos.core.batch_files import expanded
from demos.core.errors import InputError, UserError
from demos.core.jobs import Job
from demos.core.settings import read_settings
from demos.core.spec import DemoSpec
from demos.core.speech.batch import Batch, Row, doubtful_share, word_count
from demos.core.speech.error_rate import compare
from demos.core.speech.transcript import Segment, Transcription
from demos.core.wording import counted, duration, file_size, percent
from pages.components.batch_table import FATES
from pages.components.cases.export import downloads
from pages.components.speech.aligned import show_alignment
from pages.components.speech.keep import transcript_files
from pages.components.speech.listening import keep
from pages.components.speech.recording import Listening, choose, decoded
from pages.components.speech.transcript import LESS_SURE, clock, in_words
from pages.components.text import plain
from pages.components.uploads import held

MARKS = FATES | {Fate.ANSWER: (FATES[Fate.ANSWER][0], "✓ Transcribed")}
TALL = 30
"""Lines from which on a transcript scrolls in itself."""
TALL_PIXELS = 420
DOUBT = "(?)"


def word(fate: Fate) -> str:
    return MARKS[fate][1][2:]


def show_row(demo: DemoSpec, job: Job, row: Row) -> None:
    """The transcript to read, its comparison, its files, and the way to hear it; no model runs."""
    with st.container(border=True, key="batch_row"):
        st.markdown(f"**{plain(row.name)}**")
        st.markdown(f"{MARKS[row.fate][0]} {word(row.fate)}" + about(row))
        if row.reason:
            st.markdown(plain(row.reason))
        if row.heard is not None and row.text:
            show_text(row.heard)
        if row.errors is not None and row.reference is not None:
            show_comparison(row)
        st.caption("  \n".join(facts(row)))
        if row.heard is not None:
            files = transcript_files(row.heard, row.name, demo.disclaimer)
            stem = f"{job.result.spec.name}-{row.sha256[:8]}"
            downloads(f"{demo.slug}.{job.id}.{row.number}", stem, files)
            offer_sound(demo, job, row)


def about(row: Row) -> str:
    """How much was heard, and how sure it is."""
    if row.heard is None or not row.text:
        return ""
    share = doubtful_share(row.heard, LESS_SURE)
    sure = "" if share is None else f", {percent(share)} of them unsure"
    return f": {counted(word_count(row.heard), 'word')} in {clock(row.audio_seconds)}{sure}"


def show_text(heard: Transcription) -> None:
    """Segment by segment; a word that is little sure has a mark after it."""
    lines = list(written(heard))
    with st.container(
        height=TALL_PIXELS if len(lines) > TALL else "content", border=False, key="batch_row_text"
    ):
        st.markdown("\n".join(["| Time | Heard |", "|--:|:--|", *lines]))
    if any(DOUBT in line for line in lines):
        limit = in_words(LESS_SURE, heard.calibrated)
        measure = "probability" if heard.calibrated else "model score"
        st.caption(f"{DOUBT} after a word: its {measure} is below {limit}.")


def written(heard: Transcription) -> Iterator[str]:
    for segment in heard.segments:
        if text := marked(segment):
            yield f"| {clock(segment.start)} | {text} |"


def marked(segment: Segment) -> str:
    """The text of a segment, as Markdown."""
    doubtful = [each.score is not None and each.score < LESS_SURE for each in segment.words]
    if not any(doubtful):
        return plain(" ".join(segment.text.split()))
    return " ".join(
        f"*{plain(each.text)}* {DOUBT}" if doubt else plain(each.text)
        for each, doubt in zip(segment.words, doubtful, strict=True)
    )


def show_comparison(row: Row) -> None:
    """The transcript against the text that came with the recording."""
    assert row.errors is not None and row.reference is not None
    st.markdown(f":material/fact_check: {plain(row.errors.sentence)}")
    if row.errors.exact:
        return
    with st.expander("What was said against what was heard", icon=":material/difference:"):
        show_alignment(compare(row.reference, row.text).alignment)


def facts(row: Row) -> list[str]:
    """What is known of the file, line by line."""
    length = duration(row.audio_seconds) if row.audio_seconds else ""
    took = f"transcribed in {duration(row.seconds)}" if row.heard else ""
    language = f"language: {plain(row.heard.language)}" if row.heard and row.heard.language else ""
    said = [f"Row {row.number}", file_size(row.size), row.format, length, took, language]
    return [
        " · ".join(filter(None, said)),
        *(f":material/info: {plain(note)}" for note in row.notes),
        *([f"SHA-256 `{row.sha256}`"] if row.sha256 else []),
    ]


def offer_sound(demo: DemoSpec, job: Job, row: Row) -> None:
    """Where the file is still here: a button to the page of single recordings."""
    here = next(held(demo.slug), None) is not None
    if here and st.button(
        "Open it on the page, with its sound",
        icon=":material/graphic_eq:",
        key=f"open_{job.id}_{row.number}",
        help="With player and spectrogram. It is not transcribed again. A button leads back.",
    ):
        open_row(demo, job, row)
        st.rerun()  # the page, of which the table is a fragment


def open_row(demo: DemoSpec, job: Job, row: Row) -> None:
    """Choose a recording of the table; what was heard in it is taken along."""
    batch: Batch = job.result
    try:
        data, name = found(demo.slug, row)
        recording = decoded(data, name)
    except UserError as error:
        st.session_state[f"{demo.slug}.problem"] = error.bare()
        return
    if row.heard is not None:
        keep(Listening(batch.spec, recording, batch.options), row.heard)
    choose(demo.slug, recording)


def found(slug: str, row: Row) -> tuple[bytes, str]:
    """The bytes of an uploaded file and its name. Raises `InputError` if it is gone."""
    settings = read_settings()
    for file in expanded(deque(held(slug)), settings, settings.max_audio_bytes):
        if file.data is not None and hashlib.sha256(file.data).hexdigest() == row.sha256:
            return file.data, file.name
    raise InputError("This recording is no longer here: uploads are not kept.", "Upload it again.")
