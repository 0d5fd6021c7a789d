"""The samples a demo ships, as a row of cards to choose from: pictures or tables."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from demos.core.samples import Sample, SampleKind, one_of_each_first

CARD_WIDTH = 120

KIND_BADGES = {
    SampleKind.TYPICAL: ":material/check: typical",
    SampleKind.HARD: ":material/psychology_alt: hard",
    SampleKind.FAILURE: ":material/error: known failure",
    SampleKind.OUT_OF_SCOPE: ":material/block: out of scope",
}

Take = Callable[[str, Sample], None]


def gallery(slug: str, shipped: tuple[Sample, ...], shown: Sample | None, take: Take) -> None:
    """Thumbnails of one kind of sample at a time, as a row that scrolls."""
    kinds = [kind for kind in SampleKind if any(each.kind is kind for each in shipped)]
    key = f"{slug}.kind"
    if st.session_state.get(key) not in kinds:
        st.session_state[key] = shown.kind if shown else kinds[0]
    kind = st.segmented_control(
        "Kind of sample",
        kinds,
        format_func=lambda kind: f"{KIND_BADGES[kind]} ({sum(s.kind is kind for s in shipped)})",
        required=True,
        key=key,
        label_visibility="collapsed",
        persist_state="session",
        wrap=False,
    )
    with st.container(horizontal=True, wrap=False, gap="small", key="gallery"):
        for each in one_of_each_first([each for each in shipped if each.kind is kind]):
            card(slug, each, each == shown, take)


def table_gallery(slug: str, shipped: tuple[Sample, ...], shown: Sample | None, take: Take) -> None:
    """Tables, each by its title; there are few of them, and what is in the chosen one is said."""
    with st.container(horizontal=True, gap="small", key="tables"):
        for each in shipped:
            choice(slug, each, each == shown, take, plain="secondary", width="content")
    if shown is not None and shown.note:
        st.caption(shown.note)


def card(slug: str, sample: Sample, shown: bool, take: Take) -> None:
    with st.container(key=f"sample_{sample.key}", width=CARD_WIDTH, gap=None):
        st.image(str(sample.path), width="stretch", output_format="PNG", alt="")
        choice(slug, sample, shown, take)


def choice(
    slug: str,
    sample: Sample,
    shown: bool,
    take: Take,
    *,
    plain: Literal["secondary", "tertiary"] = "tertiary",
    width: Literal["stretch", "content"] = "stretch",
) -> None:
    st.button(
        f"{sample.title}  \n:small[{KIND_BADGES[sample.kind]}]",
        key=f"{slug}.sample.{sample.key}",
        on_click=take,
        args=(slug, sample),
        type="primary" if shown else plain,
        width=width,
    )
