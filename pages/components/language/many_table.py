"""What was found of many messages: by task, counted and drawn, filtered, and each one in full."""

import math

import numpy as np
import streamlit as st

from demos.core.batch import Fate
from demos.core.jobs import Job
from demos.core.language.answers import Task
from demos.core.language.batch import Batch
from demos.core.language.batch_results import (
    Filter,
    Places,
    Rows,
    Tally,
    labels_of,
    languages,
    matching,
    ordered,
    rows_of,
    shown,
    tally,
)
from demos.core.language.languages import NAMES
from demos.core.language.marks import visible
from demos.core.language.terms import titled
from demos.core.language.words import shortened
from demos.core.wording import counted, significant
from pages.components.batch_table import FATES, word
from pages.components.language.many_chart import show_labels
from pages.components.language.many_row import show_message
from pages.components.language.verdict import written

PAGE = 50
"""Messages shown at once."""
ROW_HEIGHT = 40
MESSAGE_LENGTH = 160
"""Characters of a message in the table."""
MOST_LANGUAGES = 30
AS_IN_FILE, LEAST_SURE, SUREST = "As in the file", "Least sure first", "Surest first"


def show_results(here: str, job: Job) -> None:
    """The task to look at, its labels, and its messages as filtered."""
    batch: Batch = job.result
    rows = rows_of(batch)
    if not len(rows):
        return
    task = batch.tasks[0]
    if len(batch.tasks) > 1:
        task = st.segmented_control(
            "Look at",
            batch.tasks,
            default=task,
            format_func=lambda each: each.value.capitalize(),
            required=True,
            key=f"{here}.task.{batch.made.timestamp()}",
        )
    found = tally(rows, task)
    show_totals(found)
    show_labels(here, found)
    st.header("Messages", anchor=False)
    wanted = choose_filter(f"{here}.{batch.made.timestamp()}.{task}", rows, task, found)
    places = matching(rows, wanted)
    st.markdown(f"{len(places):,} of {counted(len(rows), 'message')}")
    if len(places):
        show_page(f"{here}.{batch.made.timestamp()}.{task}", rows, task, wanted, places)
    else:
        st.info("No message matches the filters.")


def show_totals(found: Tally) -> None:
    """Messages per outcome, the mean score, and why messages were refused."""
    with st.container(horizontal=True, gap="small", key="many_totals"):
        for fate, count in found.fates.items():
            if count or fate is not Fate.FAILED:
                st.metric(f"{FATES[fate][0]} {word(fate)}", f"{count:,}", width="content")
        if found.mean is not None:
            st.metric(
                ":material/percent: Mean score",
                significant(found.mean),
                help="Of the answers. A model that is right as often as it says has this share "
                "of them right.",
                width="content",
            )
    if found.reasons:
        listed = [
            f"- **{count:,}** · {written(why)}" for why, count in found.reasons[:MOST_LANGUAGES]
        ]
        away = found.fates[Fate.REFUSED] + found.fates[Fate.FAILED]
        with st.expander(f"Why {counted(away, 'message')} got no answer", icon=":material/block:"):
            st.markdown("\n".join(listed))
            if len(found.reasons) > len(listed):
                st.caption(f"And {len(found.reasons) - len(listed)} more reasons, in the files.")


def choose_filter(key: str, rows: Rows, task: Task, found: Tally) -> Filter:
    """Which messages the person wants to see."""
    fates = st.pills(
        "Show only",
        [fate for fate in Fate if found.fates[fate]],
        selection_mode="multi",
        format_func=lambda fate: f"{FATES[fate][0]} {word(fate)}",
        key=f"{key}.fates",
        wrap=True,
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        labels = st.multiselect(
            "Label",
            labels_of(rows.batch, task),
            format_func=lambda label: titled(label, task),
            placeholder="All",
            key=f"{key}.labels",
            width=200,
        )
        codes = dict(languages(rows)[:MOST_LANGUAGES])
        spoken = st.multiselect(
            "Language",
            list(codes),
            format_func=lambda code: f"{NAMES.get(code, visible(code))} ({codes[code]:,})",
            placeholder="All",
            key=f"{key}.languages",
            width=170,
        )
        text = st.text_input("Message contains", key=f"{key}.text", width=190)
        least = st.slider("Score of at least", 0.0, 1.0, 0.0, 0.05, key=f"{key}.least", width=150)
    return Filter(task, tuple(fates), tuple(labels), tuple(spoken), text.strip(), least)


def show_page(key: str, rows: Rows, task: Task, wanted: Filter, places: Places) -> None:
    """Some of the messages, in the order wanted; the one selected in full."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        order = st.selectbox(
            "Order", [AS_IN_FILE, LEAST_SURE, SUREST], key=f"{key}.order", width=200
        )
        as_text = st.toggle("Show as a plain list", key=f"{key}.list")
    if order != AS_IN_FILE:
        places = ordered(rows, places, task, least_first=order == LEAST_SURE)
    pages, page = math.ceil(len(places) / PAGE), 1
    if pages > 1:
        page = min(st.pagination(pages, key=f"{key}.page"), pages)
    some = places[PAGE * (page - 1) : PAGE * page]
    if as_text:
        show_list(rows, task, some)
        return
    selected = show_grid(f"{key}.{hash((wanted, order, page))}", rows, task, some)
    if selected is not None:
        show_message(rows, int(selected))


def show_grid(key: str, rows: Rows, task: Task, places: Places) -> np.int64 | None:
    """A page of messages as a table; the place of the one selected.

    A selection is an index: other filters make another table.
    """
    name = task.value
    found = shown(rows, places).to_dicts()
    scores = [each[f"{name}_score"] for each in found]
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    columns: dict[str, list[object]] = {
        "Label": [titled(each[name], task) if each[name] else None for each in found],
        "Score": [None if each is None else min(round(each, 3), 0.999) for each in scores],
        "Message": [shortened(each["text"], MESSAGE_LENGTH) for each in found],
        "Outcome": [FATES[Fate(each[f"{name}_outcome"])][1] for each in found],
        "Why": [shortened(each[f"{name}_reason"], MESSAGE_LENGTH) for each in found],
        "Language": [NAMES.get(each["language"] or "", each["language"]) for each in found],
        "Row": [each["row"] for each in found],
    }
    event = st.dataframe(
        columns,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * min(len(found), 10) + 40,
        column_config={
            "Label": text(width=115),
            "Score": number(format="%.3f", width=65),
            "Message": text(width=310),
            "Outcome": text(width=90),
            "Why": text(width=200),
            "Language": text(width=85),
            "Row": number(format="%d", width=60),
        },
        placeholder="",
        key=f"{key}.grid",
        on_select="rerun",
        selection_mode="single-row",
        alt="One row per message; “Show as a plain list” gives the same as text",
    )
    chosen = [index for index in event["selection"]["rows"] if index < len(found)]
    if not chosen:
        st.caption(
            ":material/touch_app: Select a row to read it in full (by keyboard: Shift and Space)."
        )
        return None
    place: np.int64 = places[chosen[0]]
    return place


def show_list(rows: Rows, task: Task, places: Places) -> None:
    """The same as text."""
    name = task.value
    lines = ["| Message | Outcome |", "|:--|:--|"]
    for each in shown(rows, places).to_dicts():
        fate = Fate(each[f"{name}_outcome"])
        answer = each[f"{name}_reason"]
        if fate is Fate.ANSWER:
            answer = f"{titled(each[name], task)}, {significant(min(each[f'{name}_score'], 0.999))}"
        message = written(shortened(each["text"], MESSAGE_LENGTH))
        lines.append(
            f"| {each['row']:,}. {message} | {FATES[fate][0]} **{word(fate)}:** {written(answer)} |"
        )
    with st.container(key="batch_list"):
        st.markdown("\n".join(lines))
