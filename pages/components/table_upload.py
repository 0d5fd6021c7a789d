"""A person's own table: what it looks like, which of its columns is which, and the start.

Nothing of the file is read past its beginning before the start; until then it lies in Streamlit's
memory and nowhere else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from demos.core.errors import UserError
from demos.core.settings import MIB, read_settings
from demos.core.tables import (
    Column,
    Kind,
    Layout,
    Preview,
    described,
    doubts,
    preview,
    template,
    with_decimal,
    with_order,
)
from demos.core.tables.preview import extra
from demos.core.tables.times import OTHER, Order
from demos.core.wording import file_size
from pages.components.text import plain
from pages.components.uploads import in_widget, widget_key

NOT_THERE = ""
SAMPLE_LENGTH = 24
NAMES_LISTED = 12

Start = Callable[[bytes, str, Layout, Mapping[str, str]], None]
"""Called with the file, its name, how to read it and its columns, once the person says so."""


@dataclass(frozen=True, slots=True, eq=False)
class Pending:
    """A file that was handed in and not started yet."""

    file_id: str
    seen: Preview


def upload_tab(slug: str, subject: str, columns: Sequence[Column], start: Start) -> None:
    """The uploader, and below it what the file looks like. `subject` names the rows."""
    limits = read_settings()
    key = widget_key(slug, "table")
    st.file_uploader(
        f"A table of {subject}: CSV or Parquet",
        key=key,
        on_change=take_file,
        args=(slug, key, columns),
        max_upload_size=limits.max_table_bytes // MIB,
    )
    about, get = st.columns([3, 1], gap="medium", vertical_alignment="center")
    about.caption(
        f"Also compressed with gzip or Zstandard; up to {limits.max_table_bytes // MIB} MiB and "
        f"{limits.max_table_rows:,} rows. Names of columns, decimal commas, dates and time zones "
        "are told from the file, and you can correct them."
    )
    get.download_button(
        "Template (CSV)",
        template(columns),
        "template.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"{slug}.template",
        width="stretch",
    )
    pending: Pending | None = st.session_state.get(f"{slug}.pending")
    file = next(iter(in_widget(key)), None)
    if pending is not None and file is not None and file.file_id == pending.file_id:
        show_pending(slug, pending, columns, partial(start_file, slug, file, start))


def start_file(
    slug: str,
    file: UploadedFile,
    start: Start,
    name: str,
    layout: Layout,
    mapping: Mapping[str, str],
) -> None:
    st.session_state[f"{slug}.started"] = file.file_id
    start(file.getvalue(), name, layout, mapping)


def take_file(slug: str, key: str, columns: Sequence[Column]) -> None:
    """Look at the beginning of a new file; a bad one leaves everything else as it was."""
    for name in ("pending", "problem"):
        st.session_state.pop(f"{slug}.{name}", None)
    file = next(iter(in_widget(key)), None)
    if file is None:
        return
    st.session_state[f"{slug}.tab"] = 1
    try:
        seen = preview(file.getvalue(), file.name, columns, read_settings())
    except UserError as error:
        st.session_state[f"{slug}.problem"] = error.bare()
    else:
        st.session_state[f"{slug}.pending"] = Pending(file.file_id, seen)


def show_pending(
    slug: str,
    pending: Pending,
    columns: Sequence[Column],
    start: Callable[[str, Layout, Mapping[str, str]], None],
) -> None:
    """What the file looks like, which column is which, and the button to start.

    All of it is folded away once it has been started: then the answer comes first.
    """
    seen, place = pending.seen, f"{slug}.map.{pending.file_id}"
    started = st.session_state.get(f"{slug}.started") == pending.file_id
    sure = not (seen.missing or doubts(seen.layout, seen.mapping, columns))
    icon = ":material/view_column:"
    whole: DeltaGenerator
    if started:
        whole = st.expander("Change the columns and read the file again", icon=icon)
    else:
        whole = st.container(border=True, key="pending_table")
    with whole:
        line = st.empty()
        if seen.missing and not started:
            st.warning(unmatched(seen), icon=":material/help:")
        title = "Change the columns" if sure else "Which column is which"
        with st.container() if started else st.expander(title, expanded=not sure, icon=icon):
            mapping = choose_columns(place, seen, columns)
            layout = choose_reading(place, seen.layout, mapping, columns)
        line.markdown(
            f":material/table: **{plain(seen.name)}** · {shown_size(seen.size)} · "
            f"{described(layout, mapping, columns)}"
        )
        if not started:
            show_details(seen, mapping, columns)
        problem = wrong_with(mapping, columns)
        if problem:
            st.caption(f":material/error: {problem}")
        st.button(
            "Start again" if started else "Start",
            icon=":material/play_arrow:",
            type="secondary" if started else "primary",
            disabled=bool(problem),
            on_click=start,
            args=(seen.name, layout, mapping),
            key=f"{slug}.start",
        )


def shown_size(size: int) -> str:
    return file_size(size) if size >= 100_000 else "less than 0.1 MB"


def unmatched(seen: Preview) -> str:
    """What no name tells, and why that may be."""
    titles = ", ".join(f"**{column.title}**" for column in seen.missing)
    if not seen.layout.names_line:
        return f"The file has no names above its columns. Say which column holds: {titles}."
    told = f"No column of the file is called anything like: {titles}."
    guessed = [
        f"**{each.title}** seems to be “{plain(seen.suggested[each.name])}”"
        for each in seen.missing
        if each.name in seen.suggested
    ]
    told += f" By the values, {', '.join(guessed)}: check that." if guessed else ""
    return told if len(guessed) == len(seen.missing) else f"{told} Say which column it is."


def choose_columns(place: str, seen: Preview, columns: Sequence[Column]) -> dict[str, str]:
    """A selection for each column, with some of the values that each of the file's holds."""
    names = [NOT_THERE, *seen.layout.names]
    values = {each.name: each.samples for each in seen.layout.columns}

    def told(name: str) -> str:
        if name == NOT_THERE:
            return "Not in the file"
        few = ", ".join(shortened(value) for value in dict.fromkeys(values[name][:20]) if value)
        return f"{name}: {few[: 3 * SAMPLE_LENGTH]}" if few else name

    chosen = {}
    for number, column in enumerate(columns):
        if number % 2 == 0:  # two by two, so that on a phone they keep their order
            sides = st.columns(2, gap="medium")
        found = seen.mapping.get(column.name) or seen.suggested.get(column.name, NOT_THERE)
        name = sides[number % 2].selectbox(
            column.title if column.required else f"{column.title} (optional)",
            names,
            names.index(found),
            format_func=told,
            help=column.note or None,
            key=f"{place}.{column.name}",
        )
        if name != NOT_THERE:
            chosen[column.name] = name
    return chosen


def shortened(value: str) -> str:
    return value if len(value) <= SAMPLE_LENGTH else f"{value[:SAMPLE_LENGTH]}…"


def choose_reading(
    place: str, layout: Layout, mapping: Mapping[str, str], columns: Sequence[Column]
) -> Layout:
    """What values leave open: which comes first in a date, which sign is the decimal one."""
    kinds = {mapping[each.name]: each for each in columns if each.name in mapping}
    for name, column in kinds.items():
        file = layout.column(name)
        if column.kind is Kind.TIME and file.time is not None and file.time.order in OTHER:
            guess = file.time.order
            order = st.radio(
                f"{column.title}: what comes first in {plain(shortened(file.samples[0]))}?",
                [Order.DAY_FIRST, Order.MONTH_FIRST],
                index=[Order.DAY_FIRST, Order.MONTH_FIRST].index(guess),
                format_func={Order.DAY_FIRST: "Day", Order.MONTH_FIRST: "Month"}.__getitem__,
                horizontal=True,
                help="The file can be read both ways." if file.time.assumed else None,
                key=f"{place}.order.{column.name}",
            )
            if order is not guess:
                layout = with_order(layout, name, order)
        if column.kind is Kind.NUMBER and file.number is not None and file.number.doubtful:
            decimal = st.radio(
                f"{column.title}: decimals follow a",
                [".", ","],
                index=[".", ","].index(file.number.decimal),
                format_func={".": "point (1,234.50)", ",": "comma (1.234,50)"}.__getitem__,
                horizontal=True,
                key=f"{place}.decimal.{column.name}",
            )
            if decimal != file.number.decimal:
                layout = with_decimal(layout, name, decimal)
    return layout


def wrong_with(mapping: Mapping[str, str], columns: Sequence[Column]) -> str | None:
    """Why this matching cannot be started."""
    absent = [each.title for each in columns if each.required and each.name not in mapping]
    if absent:
        return f"Still to be said: {', '.join(absent)}."
    taken = list(mapping.values())
    twice = sorted({name for name in taken if taken.count(name) > 1})
    if twice:
        return f"Chosen more than once: {plain(', '.join(twice))}."
    return None


def show_details(seen: Preview, mapping: Mapping[str, str], columns: Sequence[Column]) -> None:
    """The first rows, what is not used, and what is not there."""
    with st.expander("The first rows, and what is not used", icon=":material/table_rows:"):
        frame = pl.DataFrame(
            list(seen.rows), schema=dict.fromkeys(seen.layout.names, pl.String), orient="row"
        )
        st.dataframe(frame, hide_index=True, width="stretch", alt="The first rows of the file.")
        unused = extra(seen.layout, mapping, columns)
        if unused:
            more = len(unused) - NAMES_LISTED
            listed = plain(", ".join(unused[:NAMES_LISTED]))
            st.caption(f"Not used: {listed}{f' and {more} more' if more > 0 else ''}.")
        absent = [each.title for each in columns if not each.required and each.name not in mapping]
        if absent:
            st.caption(f"Optional and not in the file: {', '.join(absent)}.")
