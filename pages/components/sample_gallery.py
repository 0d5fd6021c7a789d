"""The samples a demo ships, as a row of cards to choose from."""

from collections.abc import Callable

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


def card(slug: str, sample: Sample, shown: bool, take: Take) -> None:
    with st.container(key=f"sample_{sample.key}", width=CARD_WIDTH, gap=None):
        st.image(str(sample.path), width="stretch", output_format="PNG", alt="")
        st.button(
            f"{sample.title}  \n:small[{KIND_BADGES[sample.kind]}]",
            key=f"{slug}.sample.{sample.key}",
            on_click=take,
            args=(slug, sample),
            type="primary" if shown else "tertiary",
            width="stretch",
        )
