"""The rows of many recordings: totals, filters, the table, one row in full, exports."""

import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from demos.core.batch import Fate
from demos.core.jobs import Job, State
from demos.core.spec import DemoSpec
from demos.core.speech.batch import Batch, Row, doubtful_share, summary, word_count
from demos.core.speech.batch_exports import ManyTranscripts, many_json, rows_csv, to_zip
from demos.core.wording import counted, percent
from pages.components.batch_table import LIST_PAGE
from pages.components.cases.export import Download, downloads
from pages.components.speech.many_row import MARKS, show_row, word
from pages.components.speech.transcript import LESS_SURE, clock
from pages.components.text import plain

MOST_TEXT = 240
"""Characters of a transcript in the table: it is sent whole each time; a row's details have all."""
ROW_HEIGHT = 40
HEARD, UNSURE, WRONG = "Transcript or reason", "Unsure words", "Word errors"


def show_totals(batch: Batch) -> None:
    """Recordings per outcome, words, and the errors where references came along."""
    totals = summary(batch.rows)
    with st.container(horizontal=True, gap="small", key="batch_totals"):
        for fate, count in totals.fates.items():
            st.metric(f"{MARKS[fate][0]} {word(fate)}", f"{count:,}", width="content")
        st.metric(":material/notes: Words", f"{totals.words:,}", width="content")
    if not totals.said:
        return
    text = f"Word error rate **{percent(totals.errors / totals.said)}**"
    if batch.pooled is not None and batch.pooled.n > 1:
        wer = batch.pooled.wer
        text += f" (95 % interval {percent(wer.low)} to {percent(wer.high)})"
    st.markdown(
        f":material/fact_check: {text}: {counted(totals.errors, 'error')} on "
        f"{counted(totals.said, 'word')} of {counted(totals.compared, 'recording')} that came with "
        "a text."
    )


def show_table(demo: DemoSpec, job: Job) -> None:
    """The table as filtered, the row selected in it and, once it is complete, the exports."""
    rows = tuple(job.result.rows)
    if not rows:
        return
    shown, filters = filtered(job, rows)
    if len(shown) < len(rows):
        st.markdown(f"{len(shown):,} of {counted(len(rows), 'recording')}")
    if not shown:
        st.info("No recording matches the filters.")
    elif st.toggle("Show as a plain list", key=f"list_{job.id}"):
        show_list(job, shown)
    else:
        selected = show_grid(job, shown, filters)
        if selected is not None:
            show_row(demo, job, selected)
    if job.finished:
        export(demo, job, rows)


def filtered(job: Job, rows: Sequence[Row]) -> tuple[list[Row], int]:
    """The rows that the person wants to see, by outcome, name and words; a hash of the filters."""
    fates = st.pills(
        "Show only",
        list(Fate),
        selection_mode="multi",
        format_func=lambda fate: f"{MARKS[fate][0]} {word(fate)}",
        key=f"fates_{job.id}",
        wrap=True,
    )
    part = st.text_input("File name or transcript contains", key=f"name_{job.id}")
    part = part.strip().casefold()
    shown = [
        row
        for row in rows
        if (not fates or row.fate in fates)
        and (part in row.name.casefold() or part in row.text.casefold())
    ]
    return shown, hash((tuple(fates), part))


def show_grid(job: Job, rows: Sequence[Row], filters: int) -> Row | None:
    """A table that sorts by a click on a column; the row selected in it.

    A selection is an index: other `filters` make another table, rows that are added do not.
    """
    columns: dict[str, list[object]] = {
        "File": [row.name for row in rows],
        "Outcome": [MARKS[row.fate][1] for row in rows],
        HEARD: [in_short(row) for row in rows],
        "Words": [word_count(row.heard) if row.heard else None for row in rows],
        UNSURE: [in_percent(unsure(row)) for row in rows],
        WRONG: [in_percent(row.errors.wer) if row.errors else None for row in rows],
        "Length": [row.audio_seconds or None for row in rows],
        "Time": [row.seconds if row.heard else None for row in rows],
        "Language": [row.heard.language if row.heard else None for row in rows],
        "Row": [row.number for row in rows],
    }
    for name in (UNSURE, WRONG, "Language"):
        if not any(value is not None for value in columns[name]):
            del columns[name]
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    event = st.dataframe(
        columns,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * min(len(rows), 10) + 40,
        column_config={
            "File": text(width=200),
            "Outcome": text(width=116),
            HEARD: text(width=250),
            "Words": number(format="%d", width=66),
            UNSURE: number(format="%.1f %%", width=108, help=f"Score below {LESS_SURE:g}"),
            WRONG: number(format="%.1f %%", width=98, help="Word error rate"),
            "Length": number(format="%.1f s", width=76),
            "Time": number(format="%.2f s", width=72, help="Decoding and transcribing"),
            "Language": text(width=82),
            "Row": number(format="%d", width=50),
        },
        placeholder="",
        key=f"table_{job.id}_{filters}",
        on_select="rerun",
        selection_mode="single-row",
        alt="One row per recording; “Show as a plain list” gives the same as text",
    )
    chosen = [index for index in event["selection"]["rows"] if index < len(rows)]
    if not chosen:
        st.caption(
            ":material/touch_app: Select a row to read it in full (by keyboard: Shift and Space); "
            "click a column's name to sort."
        )
        return None
    return rows[chosen[0]]


def unsure(row: Row) -> float | None:
    return doubtful_share(row.heard, LESS_SURE) if row.heard else None


def in_percent(share: float | None) -> float | None:
    """As a number, so that it sorts."""
    return None if share is None else round(100 * share, 1)


def in_short(row: Row) -> str:
    """What was heard, or why nothing was."""
    said = row.text or row.reason
    return said if len(said) <= MOST_TEXT else f"{said[:MOST_TEXT].rstrip()} …"


def show_list(job: Job, rows: Sequence[Row]) -> None:
    """The same as text, a page at a time."""
    pages = math.ceil(len(rows) / LIST_PAGE)
    page = 1
    if pages > 1:
        page = min(st.pagination(pages, key=f"page_{job.id}"), pages)
    lines = ["| File | Outcome |", "|:--|:--|"]
    for row in rows[LIST_PAGE * (page - 1) : LIST_PAGE * page]:
        outcome = f"{MARKS[row.fate][0]} **{word(row.fate)}:** {plain(in_short(row))}"
        length = f", {clock(row.audio_seconds)}" if row.audio_seconds else ""
        lines.append(f"| {row.number}. {plain(row.name)}{length} | {outcome} |")
    with st.container(key="batch_list"):
        st.markdown("\n".join(lines))


def export(demo: DemoSpec, job: Job, rows: Sequence[Row]) -> None:
    """All recordings to take away, whatever the filters show."""
    batch: Batch = job.result

    def made(make: Callable[[ManyTranscripts], str | bytes]) -> str | bytes:
        return make(
            ManyTranscripts(
                title=f"{demo.title}: {batch.spec.title}",
                model=f"{batch.spec.title} ({batch.spec.name}), {batch.spec.license}",
                rows=tuple(rows),
                doubtful=LESS_SURE,
                pooled=batch.pooled,
                complete=job.state is State.DONE,
                made=datetime.now(UTC),
                disclaimer=demo.disclaimer,
            )
        )

    files: tuple[Download, ...] = (
        ("All transcripts (ZIP)", "zip", "application/zip", "folder_zip", partial(made, to_zip)),
        ("Table of all (CSV)", "csv", "text/csv", "table", partial(made, rows_csv)),
        ("Data of all (JSON)", "json", "application/json", "data_object", partial(made, many_json)),
    )
    stem = f"{batch.spec.name}-{batch.made:%Y%m%d-%H%M}"
    downloads(f"{demo.slug}.{job.id}", stem, files, main="zip")
    st.caption(
        "Each holds all recordings, whatever the filters show; the ZIP has text, subtitles (SRT, "
        "WebVTT) and data of each, and the table."
    )
