"""What to do: with one text, and which of the tasks; with many messages; or ask the assistant.

    mode = choose_mode(slug, tasks, linked=follow_many(SPEC))
    task = choose_task(slug, tasks)
    spec = choose_task_model(demo_for(task))

The address names it, as `?task=`, so that a link brings it back.
"""

from collections.abc import Sequence

import streamlit as st

from demos.core.language.answers import Task
from demos.core.spec import DemoSpec, ModelSpec
from pages.components import permalink
from pages.components.models import choose_model

TEXT, MESSAGES, ASSISTANT = "text", "messages", Task.CHAT.value
"""The modes as the address has them, the first in place of the task."""
MODES = {
    TEXT: ":material/article: One text",
    MESSAGES: ":material/table_rows: Messages",
    ASSISTANT: ":material/quick_reference_all: Assistant",
}
TITLES = {
    Task.SENTIMENT: ":material/thumbs_up_down: Sentiment",
    Task.TOPIC: ":material/category: Topic",
    Task.INTENT: ":material/assistant_direction: Intent",
    Task.EMOTION: ":material/mood: Emotion",
    Task.TOXICITY: ":material/report: Toxicity",
    Task.ENTITIES: ":material/badge: Names",
    Task.QUESTION_ANSWERING: ":material/help: Question",
    Task.SIMILARITY: ":material/search: Search",
    Task.ZERO_SHOT: ":material/label: Labels of your own",
    Task.SUMMARY: ":material/short_text: Summary",
    Task.TRANSLATION: ":material/translate: Translation",
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
        format_func=lambda name: TITLES[Task(name)],
        required=True,
        key=key,
        persist_state="session",
        label_visibility="collapsed",
        wrap=True,
    )
    task = Task(chosen) if chosen else tasks[0]
    put(slug, task.value)
    return task


def choose_task_model(demo: DemoSpec) -> ModelSpec:
    """The model to use, of those that do the task; the one of before where it is among them."""
    key = f"{demo.slug}.model"
    if st.session_state.get(key) not in {each.name for each in demo.models}:
        st.session_state[key] = demo.models[0].name
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
