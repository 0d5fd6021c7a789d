"""The rows of a batch: totals, filters, table, one row in detail, exports."""

import base64
import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from demos.core.batch import PROBABILITY, Batch, Fate, Row, figure, summary
from demos.core.batch_report import BatchReport, to_csv, to_html, to_json
from demos.core.jobs import Job, State
from demos.core.spec import DemoSpec
from demos.core.wording import duration, file_size
from pages.components.input import take_held
from pages.components.text import plain
from pages.components.uploads import held

FATES = {
    Fate.ANSWER: (":material/check_circle:", "✓ Answer"),
    Fate.UNSURE: (":material/help:", "? Unsure"),
    Fate.REFUSED: (":material/block:", "⊘ Refused"),
    Fate.FAILED: (":material/error:", "! Not read"),
}
DETAILS = "Candidates or reason"
LIST_PAGE = 50
ROW_HEIGHT = 48


def word(fate: Fate) -> str:
    return FATES[fate][1][2:]


def show_totals(rows: Sequence[Row]) -> None:
    """Files per outcome, and answers per class."""
    counted = summary(rows)
    with st.container(horizontal=True, gap="small", key="batch_totals"):
        for fate, count in counted.fates.items():
            st.metric(f"{FATES[fate][0]} {word(fate)}", f"{count:,}", width="content")
    if counted.answers:
        answers = [f"{plain(name)} **{count:,}**" for name, count in counted.answers.items()]
        st.markdown("Answers: " + " · ".join(answers))


def show_table(demo: DemoSpec, job: Job) -> None:
    """The table as filtered, the row selected in it and, once it is complete, the exports."""
    rows = tuple(job.result.rows)
    if not rows:
        return
    shown, filters = filtered(job, rows)
    if len(shown) < len(rows):
        st.markdown(f"{len(shown):,} of {len(rows):,} files")
    if not shown:
        st.info("No file matches the filters.")
    elif st.toggle("Show as a plain list", key=f"list_{job.id}"):
        show_list(job, shown)
    else:
        selected = show_grid(job, shown, filters)
        if selected is not None:
            show_row(demo, job, selected)
    if job.finished:
        export(demo, job, rows)


def filtered(job: Job, rows: Sequence[Row]) -> tuple[list[Row], int]:
    """The rows that the person wants to see, by outcome, answer and name; a hash of the filters."""
    counted = summary(rows)
    fates = st.pills(
        "Show only",
        list(Fate),
        selection_mode="multi",
        format_func=lambda fate: f"{FATES[fate][0]} {word(fate)}",
        key=f"fates_{job.id}",
        wrap=True,
    )
    answer, name = st.columns(2, gap="medium")
    with answer:
        answers = st.multiselect(
            "Answer", list(counted.answers), placeholder="All", key=f"answers_{job.id}"
        )
    with name:
        part = st.text_input("File name contains", key=f"name_{job.id}").strip().casefold()
    shown = [
        row
        for row in rows
        if (not fates or row.fate in fates)
        and (not answers or row.words.answer in answers)
        and part in row.name.casefold()
    ]
    return shown, hash((tuple(fates), tuple(answers), part))


def show_grid(job: Job, rows: Sequence[Row], filters: int) -> Row | None:
    """A table that sorts by a click on a column; the row selected in it.

    A selection is an index: other `filters` make another table, rows that are added do not.
    """
    batch: Batch = job.result
    columns: dict[str, list[object]] = {
        "Image": [data_url(row.thumbnail) for row in rows],
        "File": [row.name for row in rows],
        "Outcome": [FATES[row.fate][1] for row in rows],
        "Answer": [row.words.answer or None for row in rows],
        batch.measure: [shown_score(row.words.score, batch.measure) for row in rows],
        DETAILS: [row.words.candidates or row.words.reason for row in rows],
        "Time": [1000 * row.seconds for row in rows],
        "Row": [row.number for row in rows],
    }
    number = st.column_config.NumberColumn
    event = st.dataframe(
        columns,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * min(len(rows), 10) + 40,
        column_config={
            "Image": st.column_config.ImageColumn(width=56),
            "File": st.column_config.TextColumn(width=160),
            "Outcome": st.column_config.TextColumn(width=96),
            "Answer": st.column_config.TextColumn(width=162),
            batch.measure: number(
                format="%.1f %%" if batch.measure == PROBABILITY else "%.3f", width=92
            ),
            DETAILS: st.column_config.TextColumn(width=300),
            "Time": number(format="%.0f ms", width=80),
            "Row": number(format="%d", width=60),
        },
        placeholder="",
        key=f"table_{job.id}_{filters}",
        on_select="rerun",
        selection_mode="single-row",
        alt="One row per file; “Show as a plain list” gives the same as text",
    )
    chosen = [index for index in event["selection"]["rows"] if index < len(rows)]
    if not chosen:
        st.caption(
            ":material/touch_app: Select a row for its details (by keyboard: Shift and Space); "
            "click a column's name to sort."
        )
        return None
    return rows[chosen[0]]


def shown_score(score: float | None, measure: str) -> float | None:
    """As `figure` says it, never rounded up to a certainty; a number, so that it sorts."""
    if score is None:
        return None
    if measure != PROBABILITY:
        return min(round(score, 3), 0.999)
    return 100.0 if score == 1 else min(round(100 * score, 1), 99.9)


def data_url(png: bytes) -> str | None:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}" if png else None


def show_list(job: Job, rows: Sequence[Row]) -> None:
    """The same as text, a page at a time."""
    batch: Batch = job.result
    pages = math.ceil(len(rows) / LIST_PAGE)
    page = 1
    if pages > 1:
        page = min(st.pagination(pages, key=f"page_{job.id}"), pages)
    lines = ["| File | Outcome |", "|:--|:--|"]
    for row in rows[LIST_PAGE * (page - 1) : LIST_PAGE * page]:
        details = plain(said(row, batch.measure) or row.words.reason)
        outcome = f"{FATES[row.fate][0]} **{word(row.fate)}** {details}"
        lines.append(f"| {row.number}. {plain(row.name)} | {outcome} |")
    with st.container(key="batch_list"):
        st.markdown("\n".join(lines))


def said(row: Row, measure: str) -> str:
    """The answer with its figure, or the candidates."""
    if row.words.score is None:
        return row.words.answer or row.words.candidates
    return f"{row.words.answer}, {measure.lower()} {figure(row.words.score, measure)}"


def show_row(demo: DemoSpec, job: Job, row: Row) -> None:
    """Everything kept of one file."""
    batch: Batch = job.result
    with st.container(border=True, key="batch_row"):
        picture, told = st.columns([1, 5], gap="medium")
        with picture:
            if row.thumbnail:
                st.image(row.thumbnail, width=96, output_format="PNG", alt=f"File {row.number}")
        with told:
            st.markdown(f"**{plain(row.name)}**")
            st.markdown(
                f"{FATES[row.fate][0]} {word(row.fate)}"
                + (f": {plain(said(row, batch.measure))}" if said(row, batch.measure) else "")
            )
            if row.words.reason:
                st.markdown(plain(row.words.reason))
            facts = [f"Row {row.number}", file_size(row.size), row.format, duration(row.seconds)]
            st.caption(
                "  \n".join(
                    [" · ".join(filter(None, facts))]
                    + [f":material/info: {note}" for note in row.notes]
                    + ([f"SHA-256 `{row.sha256}`"] if row.sha256 else [])
                )
            )
            here = row.fate is not Fate.FAILED and next(held(demo.slug), None) is not None
            if here and st.button(
                "Open this image on the page",
                icon=":material/open_in_full:",
                key=f"open_{job.id}",
                help="With explanation and report. A button leads back to the table.",
            ):
                take_held(demo.slug, row.sha256)
                st.rerun()
        if row.scores:
            name = "Scores withheld" if row.fate is Fate.REFUSED else "All scores"
            with st.expander(name, icon=":material/bar_chart:"):
                if row.fate is Fate.REFUSED:
                    st.markdown("For an image out of scope these figures mean nothing.")
                lines = [
                    f"| {plain(batch.title_of(each.label))} | {figure(each.score, batch.measure)} |"
                    for each in row.scores
                ]
                st.markdown("\n".join([f"| Class | {batch.measure} |", "|:--|--:|", *lines]))


def export(demo: DemoSpec, job: Job, rows: Sequence[Row]) -> None:
    """The whole batch to take away, whatever the filters show."""
    batch: Batch = job.result

    def made(make: Callable[[BatchReport], str]) -> str:
        report = BatchReport(
            title=f"{demo.title}: {batch.spec.title}",
            question=demo.question,
            model=f"{batch.spec.title} ({batch.spec.name}), {batch.spec.license}",
            measure=batch.measure,
            rows=tuple(rows),
            complete=job.state is State.DONE,
            made=datetime.now(UTC),
            disclaimer=demo.disclaimer,
        )
        return make(report)

    kinds: tuple[tuple[str, str, str, str, Callable[[BatchReport], str]], ...] = (
        ("Report (HTML)", "html", "text/html", "download", to_html),
        ("Table (CSV)", "csv", "text/csv", "table", to_csv),
        ("Data (JSON)", "json", "application/json", "data_object", to_json),
    )
    with st.container(horizontal=True, gap="small", key="batch_export"):
        for label, suffix, mime, icon, make in kinds:
            st.download_button(
                label,
                partial(made, make),
                f"{batch.spec.name}-{batch.made:%Y%m%d-%H%M}.{suffix}",
                mime,
                icon=f":material/{icon}:",
                type="primary" if suffix == "html" else "secondary",
                on_click="ignore",
                key=f"{suffix}_{job.id}",
            )
    st.caption("Each holds all files, whatever the filters show, and the disclaimer.")
