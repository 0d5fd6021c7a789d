"""What to do: with one text, and which of the tasks; with many messages; or ask the assistant.

    mode = choose_mode(slug, tasks, linked=follow_many(SPEC))
    task = choose_task(slug, tasks)
    spec = choose_task_model(demo_for(task))

The address names it, as `?task=`, so that a link brings it back.
"""

from collections.abc import Sequence

import streamlit as st

from demos.core.language.answers import Task
from demos.core.language.terms import TASKS
from demos.core.spec import DemoSpec, ModelSpec
from pages.components import permalink
from pages.components.models import choose_model
from pages.components.text import plain

TEXT, MESSAGES, ASSISTANT = "text", "messages", Task.CHAT.value
"""The modes as the address has them, the first in place of the task."""
MODES = {
    TEXT: ":material/article: One text",
    MESSAGES: ":material/table_rows: Messages",
    ASSISTANT: ":material/quick_reference_all: Assistant",
}
ICONS = {
    Task.SENTIMENT: "thumbs_up_down",
    Task.TOPIC: "category",
    Task.INTENT: "assistant_direction",
    Task.EMOTION: "mood",
    Task.TOXICITY: "report",
    Task.ENTITIES: "badge",
    Task.QUESTION_ANSWERING: "help",
    Task.SIMILARITY: "search",
    Task.ZERO_SHOT: "label",
    Task.SUMMARY: "short_text",
    Task.TRANSLATION: "translate",
}
FINDS = {
    Task.SENTIMENT: "Whether a text speaks well or badly of what it is about.",
    Task.TOPIC: "Which section of a newspaper it belongs in: world, sports, business, or science "
    "and technology.",
    Task.INTENT: "Which of 150 requests to an assistant for banking, travel and the household it "
    "is, or none of them.",
    Task.EMOTION: "Which of six emotions it shows.",
    Task.TOXICITY: "Whether it is hateful, offensive, or neither.",
    Task.ENTITIES: "The people, places and organizations it names.",
    Task.QUESTION_ANSWERING: "The words of the text that answer a question, or that none do.",
    Task.SIMILARITY: "The passages that come nearest in meaning to your words.",
    Task.ZERO_SHOT: "Which of your own labels fits best.",
    Task.SUMMARY: "The sentences that say most of the whole.",
    Task.TRANSLATION: "The text in another language, sentence by sentence.",
}
PARAMETER = "task"


def choose_mode(slug: str, tasks: Sequence[Task], linked: bool) -> str:
    """One of `MODES`; `linked` is whether the address leads to a file of messages."""
    follow(slug, tasks)
    key = f"{slug}.mode"
    st.session_state.setdefault(key, TEXT)
    if linked:
        st.session_state[key] = MESSAGES
    chosen = st.segmented_control(
        "What to do",
        list(MODES),
        format_func=MODES.__getitem__,
        required=True,
        key=key,
        persist_state="session",
        label_visibility="collapsed",
    )
    mode = chosen or TEXT
    if mode != TEXT:
        if mode == ASSISTANT or "sample" in st.query_params:
            permalink.put({})
        put(slug, mode)
    return mode


def choose_task(slug: str, tasks: Sequence[Task]) -> Task:
    """What to do with one text; the first of `tasks` to begin with."""
    key = f"{slug}.task"
    st.session_state.setdefault(key, tasks[0].value)
    chosen = st.pills(
        "Task",
        [task.value for task in tasks],
        format_func=lambda name: f":material/{ICONS[Task(name)]}: {TASKS[Task(name)]}",
        required=True,
        key=key,
        persist_state="session",
        label_visibility="collapsed",
        wrap=True,
    )
    task = Task(chosen) if chosen else tasks[0]
    st.caption(FINDS[task])
    put(slug, task.value)
    return task


def choose_task_model(demo: DemoSpec) -> ModelSpec:
    """The model to use, of those that do the task; the one of before where it is among them. Folded
    away: the first one is there to begin with."""
    key = f"{demo.slug}.model"
    if st.session_state.get(key) not in {each.name for each in demo.models}:
        st.session_state[key] = demo.models[0].name
    chosen = demo.model(st.session_state[key])
    if len(demo.models) == 1:
        return chosen
    with st.popover(f"Model: {plain(chosen.title)}", icon=":material/model_training:"):
        return choose_model(demo, str)


def follow(slug: str, tasks: Sequence[Task]) -> None:
    """Choose what a newly opened address names; one that this page wrote is not followed again."""
    name = st.query_params.get(PARAMETER)
    if name in (None, st.session_state.get(f"{slug}.linked_task")):
        return
    st.session_state[f"{slug}.linked_task"] = name
    if name in (MESSAGES, ASSISTANT):
        st.session_state[f"{slug}.mode"] = name
    elif name in {task.value for task in tasks}:
        st.session_state[f"{slug}.mode"] = TEXT
        st.session_state[f"{slug}.task"] = name
    else:
        st.info("The link names a task that is not here; this is another one.")


def put(slug: str, name: str) -> None:
    """Have the address name it."""
    st.session_state[f"{slug}.linked_task"] = name
    if st.query_params.get(PARAMETER) != name:
        st.query_params[PARAMETER] = name
