"""What a task is asked besides the text: a question, labels, a language, a number of sentences.

request = choose_request(slug, task, chosen, languages)     # None: something has to be typed first
url = link_to(url, request)                                 # brings the same back

What was typed is in a link that is given away, not in the address, which stays in the history.
"""

from collections.abc import Mapping
from functools import partial
from urllib.parse import urlencode

import streamlit as st

from demos.core.language.answers import Request, Task
from pages.components.language.chosen_text import ChosenText

LONGEST = 500
"""Characters of a question."""
MOST_LABELS, LONGEST_LABEL = 20, 60
MOST_SENTENCES, SENTENCES = 10, 3
ASKED = {
    Task.QUESTION_ANSWERING: (
        "Question",
        "Such as “Who signed it?” The answer is a place in the text.",
        "Type a question: the answer is then looked for in the text.",
    ),
    Task.SIMILARITY: (
        "What to look for",
        "In your own words: it is compared by what it means.",
        "Type what to look for: the passages that come nearest in meaning are then shown.",
    ),
}
"""What the box is called, what is in it while it is empty, and what is said then."""
QUERY, LABELS, COUNT, INTO = "ask", "labels", "sentences", "into"
"""What a link may say, each under its name."""


def choose_request(
    slug: str, task: Task, chosen: ChosenText, languages: Mapping[str, str], query: str = ""
) -> Request | None:
    """The request for a text, asked for as far as the task needs more.

    `languages` are the codes and names of those that the model translates into; `query` is asked
    of a text that brings no question with it.
    """
    request = partial(Request, task, chosen.text)
    if task in ASKED:
        asked = choose_query(slug, task, chosen, query)
        return request(query=asked) if asked else None
    if task is Task.ZERO_SHOT:
        labels = choose_labels(slug, chosen)
        return request(labels=labels) if labels else None
    if task is Task.SUMMARY:
        return request(sentences=choose_sentences(slug))
    if task is Task.TRANSLATION:
        return request(language=choose_language(slug, languages))
    return request()


def choose_query(slug: str, task: Task, chosen: ChosenText, otherwise: str) -> str:
    """What is asked of the text."""
    key, (title, placeholder, missing) = f"{slug}.query", ASKED[task]
    bring(key, chosen, linked(QUERY)[:LONGEST] or chosen.query or otherwise)
    asked = st.text_input(
        title, key=key, max_chars=LONGEST, placeholder=placeholder, persist_state="session"
    )
    if not asked.strip():
        st.info(missing, icon=":material/edit:")
    return asked.strip()


def choose_labels(slug: str, chosen: ChosenText) -> tuple[str, ...]:
    """Two labels or more, any words; none as long as there are fewer."""
    key = f"{slug}.labels"
    given_away = linked(LABELS).split("\n")[:MOST_LABELS]
    bring(key, chosen, [*filter(None, given_away)] or list(chosen.labels))
    given: list[str] = st.multiselect(
        "Labels: type one, then Enter",
        list(dict.fromkeys([*chosen.labels, *st.session_state[key]])),
        key=key,
        max_selections=MOST_LABELS,
        accept_new_options=True,
        placeholder="Any words, such as “complaint” or “order”",
        persist_state="session",
    )
    words = (" ".join(each.split())[:LONGEST_LABEL] for each in given)
    labels = tuple(dict.fromkeys(filter(None, words)))
    if len(labels) < 2:
        st.info("Type two labels or more to choose from.", icon=":material/edit:")
        return ()
    return labels


def bring(key: str, chosen: ChosenText, own: str | list[str]) -> None:
    """Put in the box what a newly chosen sample asks. What a person asked last is asked of a text
    that brings nothing; what a sample brought is not asked of a person's own text."""
    state = st.session_state
    state.setdefault(key, own)
    if state.get(f"{key}.of") == chosen.sha256:
        return
    state[f"{key}.of"] = chosen.sha256
    if chosen.sample is None:
        if state[key] == state.get(f"{key}.brought"):
            state[key] = type(own)()
    elif own:
        state[key] = state[f"{key}.brought"] = own


def choose_sentences(slug: str) -> int:
    asked = linked(COUNT)
    if asked.isdecimal():
        st.session_state[f"{slug}.sentences"] = min(max(int(asked[:4]), 1), MOST_SENTENCES)
    st.session_state.setdefault(f"{slug}.sentences", SENTENCES)
    return st.slider(
        "Sentences of the summary, at most",
        1,
        MOST_SENTENCES,
        key=f"{slug}.sentences",
        persist_state="session",
        width=320,
    )


def choose_language(slug: str, languages: Mapping[str, str]) -> str:
    """What to translate into, of what the model can."""
    key, codes = f"{slug}.language", list(languages)
    into = linked(INTO)
    if into in codes:
        st.session_state[key] = into
    if st.session_state.get(key) not in codes:
        st.session_state[key] = codes[0]
    language = st.segmented_control(
        "Translate into",
        codes,
        format_func=languages.__getitem__,
        required=True,
        key=key,
        persist_state="session",
    )
    return language or codes[0]


def linked(name: str) -> str:
    """What the address says under a name, which it then forgets; empty if nothing."""
    return str(st.query_params.pop(name, ""))


def link_to(url: str | None, request: Request) -> str | None:
    """The URL of a result, with what was asked; None where the result has none."""
    said = {
        QUERY: request.query,
        LABELS: "\n".join(request.labels),
        COUNT: str(request.sentences) if request.task is Task.SUMMARY else "",
        INTO: request.language if request.task is Task.TRANSLATION else "",
    }
    more = {name: value for name, value in said.items() if value}
    return f"{url}&{urlencode(more)}" if url and more else url
