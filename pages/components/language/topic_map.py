"""What a file of messages is about: a map of its topics, a table of them, and typical messages."""

import streamlit as st

from demos.core.errors import UserError
from demos.core.jobs import Job, State
from demos.core.language.answers import Task
from demos.core.language.batch import Batch
from demos.core.language.batch_answers import names
from demos.core.language.batch_results import Rows, rows_of
from demos.core.language.batch_topics import TopicMap, commonest, topic_map
from demos.core.language.marks import safe
from demos.core.language.retrieval import Vectors
from demos.core.language.rows import Cell, Column, Scored, Table
from demos.core.language.terms import titled
from demos.core.language.topics import LEAST, MOST, Topic
from demos.core.language.words import shortened
from demos.core.wording import percent
from pages.components.job_board import job_board
from pages.components.job_progress import show_job
from pages.components.language.marked import show_rows
from pages.components.language.topic_chart import drawn
from pages.components.tables import unbroken
from pages.components.text import told

STATUS_SECONDS = 1.0
TYPICAL_LENGTH = 90
"""Characters of a typical message in the table."""
LEAST_APART = 0.03
"""A silhouette below that: the groups run into each other."""
MOST_SPOKEN = 6


def show_topics(here: str, job: Job, vectors: Vectors) -> None:
    """The map, or the button that has it drawn, or how far that is."""
    batch: Batch = job.result
    st.header("Topics", anchor=False)
    problem: UserError | None = st.session_state.get(f"{here}.map_problem")
    if problem is not None:
        st.warning(told(problem), icon=":material/error:")
    drawing = job_board().find(batch.map_job)
    if drawing is None or drawing.state is State.CANCELED:
        offer(here, batch, vectors)
    elif drawing.state is State.DONE:
        show_map(here, rows_of(batch), drawing.result)
    elif drawing.error is not None:
        st.warning(told(drawing.error), icon=":material/error:")
        offer(here, batch, vectors)
    else:
        st.fragment(run_every=STATUS_SECONDS)(show_drawing)(drawing)


def offer(here: str, batch: Batch, vectors: Vectors) -> None:
    st.button(
        "Draw the map of topics",
        icon=":material/scatter_plot:",
        on_click=begin,
        args=(here, batch, vectors),
        disabled=batch.distinct < LEAST,
        key=f"{here}.draw_map",
    )
    st.caption(
        f"Groups up to {MOST:,} different messages by their meaning, names each group by the words "
        f"that tell it from the others, and draws them as a map. It takes {LEAST} messages or more."
    )


def begin(here: str, batch: Batch, vectors: Vectors) -> None:
    """Have the map drawn in the background."""
    st.session_state.pop(f"{here}.map_problem", None)
    rows = rows_of(batch)
    try:
        batch.map_job = job_board().start(lambda job: topic_map(rows, vectors, job)).id
    except UserError as error:
        st.session_state[f"{here}.map_problem"] = error.bare()


def show_drawing(drawing: Job) -> None:
    """How far it is; reruns by itself, and the page once it is there."""
    if drawing.finished:
        st.rerun()
    show_job(drawing, "Drawing the map")


def show_map(here: str, rows: Rows, found: TopicMap) -> None:
    """The chart, how to read it, the table of topics, and one of them from near."""
    st.plotly_chart(
        drawn(found),
        config={"displayModeBar": False},
        alt=spoken(found),
        key=f"{here}.topic_map",
    )
    st.caption(fine_print(found))
    tasks = rows.batch.tasks
    task = tasks[0]
    if len(tasks) > 1:
        task = st.selectbox(
            "Commonest answer in each topic",
            tasks,
            format_func=lambda each: each.value.capitalize(),
            key=f"{here}.topic_task",
        )
    show_list(rows, found, task)
    show_one(here, found)


def numbered(found: TopicMap) -> list[tuple[int, Topic]]:
    return list(enumerate(found.topics.topics, start=1))


def spoken(found: TopicMap) -> str:
    """The map in words."""
    topics = [f"{n}: {each.name}, {percent(each.share)}" for n, each in numbered(found)]
    more = len(topics) - MOST_SPOKEN
    listed = "; ".join(topics[:MOST_SPOKEN]) + (f"; and {more} smaller ones" if more > 0 else "")
    return (
        f"Map of {len(found.rows):,} messages in {len(topics)} topics, near each other where they "
        f"mean alike. {listed}. The table below says the same."
    )


def fine_print(found: TopicMap) -> str:
    """How to read the map, and how far to trust it."""
    looked = f"all {found.different:,}"
    if len(found.rows) < found.different:
        looked = f"a sample of {len(found.rows):,} of {found.different:,}"
    apart = found.topics.silhouette
    measured = f"How far apart they are, of −1 to 1 (mean silhouette): {apart:.2f}."
    clear = f"{measured} Topics of short texts always overlap."
    if len(found.topics.topics) == 1:
        clear = "No groups were found that differ."
    elif apart < LEAST_APART:
        clear = f"{measured} They run into each other, so take their names with care."
    return (
        f"Of {looked} different messages that were not refused. Each dot is one, its sign and "
        "color are those of its group, whose number stands in the middle. Near each other are "
        "messages that mean alike; distances across the map mean little (t-SNE, van der Maaten & "
        f"Hinton 2008). Groups are by k-means on the sentence encoder's vectors. {clear}"
    )


def show_list(rows: Rows, found: TopicMap, task: Task) -> None:
    """All topics, the largest first."""
    label, _, _, _, outcome = names(task)
    answers = commonest(rows, found, label, outcome)
    lines: list[tuple[Cell, ...]] = [
        (
            f"{number}",
            each.name,
            Scored(percent(each.share), each.share),
            unbroken(f"{titled(name, task)} {percent(share)}") if name else "–",
            shortened(found.texts[each.typical[0]], TYPICAL_LENGTH),
        )
        for (number, each), (name, share) in zip(numbered(found), answers, strict=True)
    ]
    columns = (
        *(Column("No."), Column("Topic", wide=True), Column("Share")),
        *(Column(task.value.capitalize()), Column("Typical message", wide=True)),
    )
    show_rows(Table("All topics, the largest first", columns, lines))


def show_one(here: str, found: TopicMap) -> None:
    """The most typical messages of a topic."""
    topics = dict(numbered(found))
    number = st.selectbox(
        "Read typical messages of a topic",
        list(topics),
        format_func=lambda each: f"{each}. {topics[each].name}",
        key=f"{here}.topic",
    )
    items = "".join(
        f'<li dir="auto"><span style="overflow-wrap: anywhere">{safe(found.texts[at])}</span> '
        f"<small>(row&nbsp;{found.rows[at] + 1:,})</small></li>"
        for at in topics[number].typical
    )
    st.html(f"<ol>{items}</ol>")
