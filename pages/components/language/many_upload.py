"""A person's own file of messages: what it looks like, which column they are in, what to find out.

Nothing of it is read past its beginning before the start; until then it lies in Streamlit's memory
and nowhere else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl
import streamlit as st

from demos.core.errors import UserError
from demos.core.language.answers import Task
from demos.core.language.batch_file import TEXT, MessageFile, look_at, with_names
from demos.core.language.batch_rows import MOST_ROWS
from demos.core.language.batch_scoring import MOST_CHARACTERS
from demos.core.language.marks import visible
from demos.core.language.words import shortened
from demos.core.settings import MIB, read_settings
from demos.core.tables import template
from demos.core.tables.files import FileFormat
from demos.core.wording import file_size
from pages.components.language.verdict import written
from pages.components.uploads import in_widget, widget_key

TEMPLATE, EXAMPLES = "messages-template.csv", "example-messages.csv"
CELL_LENGTH = 60
"""Characters of a cell that are shown."""


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """A file to start on: its bytes, its form, the column of the messages, those to keep beside
    it, and the tasks."""

    data: bytes
    file: MessageFile
    column: str
    kept: tuple[str, ...]
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Pending:
    """A file that was handed in."""

    file_id: str
    file: MessageFile


Start = Callable[[Chosen], None]


def upload_messages(here: str, tasks: Sequence[Task], examples: bytes, start: Start) -> None:
    """The uploader, and below it what the file looks like; `start` is called on a button.

    `here` is where the session keeps what belongs to it, `tasks` are those on offer, `examples` is
    a file of messages to try.
    """
    limits = read_settings()
    key = widget_key(here, "messages")
    st.file_uploader(
        "A file of messages: CSV, Parquet, or text with one in each line",
        key=key,
        on_change=take_file,
        args=(here, key),
        max_upload_size=limits.max_table_bytes // MIB,
    )
    about, get = st.columns([3, 1], gap="medium", vertical_alignment="center")
    about.caption(
        f"Also compressed with gzip or Zstandard; up to {limits.max_table_bytes // MIB} MiB and "
        f"{MOST_ROWS:,} messages. The first {MOST_CHARACTERS:,} characters of each are read."
    )
    get.download_button(
        "Template (CSV)",
        template((TEXT,)),
        TEMPLATE,
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"{here}.template",
        width="stretch",
    )
    pending: Pending | None = st.session_state.get(f"{here}.pending")
    uploaded = next(iter(in_widget(key)), None)
    if pending is None or uploaded is None or uploaded.file_id != pending.file_id:
        if st.session_state.get(f"{here}.running") is None:
            st.button(
                "Try it with our example messages",
                icon=":material/science:",
                on_click=start_examples,
                args=(tasks, examples, start),
                key=f"{here}.examples",
            )
        return
    if st.session_state.get(f"{here}.started") == pending.file_id:
        with st.expander("Change the settings and start again", icon=":material/tune:"):
            show_pending(here, pending, uploaded.getvalue(), tasks, start)
    else:
        with st.container(border=True, key="pending_messages"):
            show_pending(here, pending, uploaded.getvalue(), tasks, start)


def start_examples(tasks: Sequence[Task], examples: bytes, start: Start) -> None:
    file = look_at(examples, EXAMPLES, read_settings())
    others = tuple(each for each in file.names if each != file.column)
    start(Chosen(examples, file, file.column, others, tuple(tasks)))


def take_file(here: str, key: str) -> None:
    """Look at the beginning of a new file; a bad one leaves everything else as it was."""
    for name in ("pending", "problem"):
        st.session_state.pop(f"{here}.{name}", None)
    uploaded = next(iter(in_widget(key)), None)
    if uploaded is None:
        return
    try:
        file = look_at(uploaded.getvalue(), uploaded.name, read_settings())
    except UserError as error:
        st.session_state[f"{here}.problem"] = error.bare()
    else:
        st.session_state[f"{here}.pending"] = Pending(uploaded.file_id, file)


def show_pending(
    here: str, pending: Pending, data: bytes, tasks: Sequence[Task], start: Start
) -> None:
    """What the file looks like, the choices it leaves, and the button to start."""
    file, place = pending.file, f"{here}.choice.{pending.file_id}"
    size = file_size(file.size) if file.size >= 100_000 else "less than 0.1 MB"
    st.markdown(f":material/table: **{written(file.name)}** · {size} · {file.described}")
    if file.guessed:
        st.caption(
            f":material/warning: Its encoding is a guess: {file.other}. Look for wrong letters."
        )
    if file.format is FileFormat.CSV:
        has = st.checkbox(
            "The first row holds the names of the columns", file.has_names, key=f"{place}.names"
        )
        if has != file.has_names:
            file = with_names(data, file, has, read_settings())
    chosen = choose(place, file, data, tasks)
    show_rows(file, chosen.column)
    if not chosen.tasks:
        st.caption(":material/error: Choose at least one thing to find out.")
    started = st.session_state.get(f"{here}.started") == pending.file_id
    st.button(
        "Start again" if started else "Start",
        icon=":material/play_arrow:",
        type="secondary" if started else "primary",
        disabled=not chosen.tasks,
        on_click=begin,
        args=(here, pending.file_id, chosen, start),
        key=f"{here}.start",
    )


def begin(here: str, file_id: str, chosen: Chosen, start: Start) -> None:
    st.session_state[f"{here}.started"] = file_id
    start(chosen)


def choose(place: str, file: MessageFile, data: bytes, tasks: Sequence[Task]) -> Chosen:
    """The column of the messages, those to keep beside it, and what to find out."""
    column, keep = st.columns(2, gap="medium")
    of = str(file.has_names)  # read the other way, its columns are called otherwise
    name = column.selectbox(
        "Column with the messages",
        file.names,
        file.names.index(file.column),
        format_func=visible,
        key=f"{place}.column.{of}",
    )
    others = [each for each in file.names if each != name]
    kept = keep.multiselect(
        "Also keep in the results",
        others,
        format_func=visible,
        placeholder="No other column",
        help="Such as the number of a ticket. Each result has the number of its row anyway.",
        disabled=not others,
        key=f"{place}.kept.{of}.{name}",
    )
    wanted = st.pills(
        "What to find out about each message",
        list(tasks),
        selection_mode="multi",
        default=list(tasks),
        format_func=lambda task: task.value.capitalize(),
        help="All in one pass: several take hardly longer than one.",
        key=f"{place}.tasks",
        wrap=True,
    )
    return Chosen(data, file, name, tuple(kept), tuple(each for each in tasks if each in wanted))


def show_rows(file: MessageFile, column: str) -> None:
    """The first rows, the column of the messages before the others."""
    at = file.names.index(column)
    order = [at, *(place for place in range(len(file.names)) if place != at)]
    frame = pl.DataFrame(
        [[shortened(row[place], CELL_LENGTH) for place in order] for row in file.rows],
        schema=[(visible(file.names[place]), pl.String) for place in order],
        orient="row",
    )
    st.dataframe(frame, hide_index=True, width="stretch", alt="The first rows of the file.")
