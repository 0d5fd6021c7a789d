"""Which model answers: first what it reads, then which of the models that read it."""

from collections.abc import Callable

import streamlit as st

from demos.core.hub import cached
from demos.core.spec import DemoSpec, Hub, ModelSpec
from demos.core.wording import file_size

MOST_SIDE_BY_SIDE = 4
"""Models of which each is shown with its origin; of more, one is chosen from a list."""


def choose_model(
    demo: DemoSpec, title_of: Callable[[str], str], kind_of_input: str = "Kind of input"
) -> ModelSpec:
    """The model to use; what leaves no choice is not asked.

    `title_of` names a group. The choice is the session's, under `<slug>.model`; a permalink sets
    it there. Each group remembers its own.
    """
    spec = demo.model(st.session_state.setdefault(f"{demo.slug}.model", demo.models[0].name))
    st.session_state[last_key(spec)] = spec.name
    groups = list(dict.fromkeys(each.group for each in demo.models))
    if len(groups) > 1:
        key = f"{demo.slug}.group"
        st.session_state[key] = spec.group
        st.segmented_control(
            kind_of_input,
            groups,
            format_func=title_of,
            required=True,
            key=key,
            on_change=take_group,
            args=(demo, key),
        )
    members = group_of(demo, spec)
    if len(members) > 1:
        key = f"{demo.slug}.member"
        st.session_state[key] = spec.name
        names = [each.name for each in members]
        if len(members) > MOST_SIDE_BY_SIDE:
            st.selectbox(
                "Model",
                names,
                format_func=lambda name: f"{demo.model(name).title} · {origin(demo.model(name))}",
                key=key,
                on_change=take_member,
                args=(demo, key),
            )
            return spec
        st.radio(
            "Model",
            names,
            format_func=lambda name: demo.model(name).title,
            captions=[origin(each) for each in members],
            horizontal=True,
            key=key,
            on_change=take_member,
            args=(demo, key),
        )
    return spec


def take_group(demo: DemoSpec, key: str) -> None:
    """Go on with the model that was last used for this kind of input, else its first."""
    first = next(each for each in demo.models if each.group == st.session_state[key])
    st.session_state[f"{demo.slug}.model"] = st.session_state.get(last_key(first), first.name)


def take_member(demo: DemoSpec, key: str) -> None:
    st.session_state[f"{demo.slug}.model"] = st.session_state[key]


def last_key(spec: ModelSpec) -> str:
    return f"{spec.demo}.last.{spec.group}"


def group_of(demo: DemoSpec, spec: ModelSpec) -> list[ModelSpec]:
    """The models that read what `spec` reads, itself among them."""
    return [each for each in demo.models if each.group == spec.group]


def at_hand(spec: ModelSpec) -> bool:
    """Whether the model can be used with no network."""
    return not isinstance(spec.source, Hub) or cached(spec.source) is not None


def origin(spec: ModelSpec) -> str:
    """Where the model comes from and what that costs."""
    if not isinstance(spec.source, Hub):
        return "Bundled · works offline"
    if at_hand(spec):
        return "From the Hub · on this server"
    return f"From the Hub · {file_size(spec.source.download_bytes)} to download"
