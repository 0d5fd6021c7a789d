"""Two models on the same input, side by side."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from importlib.metadata import files
from pathlib import Path
from typing import Any

import streamlit as st

from demos.core.brief import Brief, agreement
from demos.core.hub import cached
from demos.core.results import Provenance
from demos.core.spec import Bundled, DemoSpec, Hub, ModelSpec, Packaged
from demos.core.wording import duration, file_size, memory
from pages.components.input import Chosen
from pages.components.model_card import read_metrics
from pages.components.model_store import model_store
from pages.components.models import at_hand, group_of
from pages.components.prediction import Finding, find
from pages.components.result import OUTCOMES
from pages.components.text import plain

SCORES_SHOWN = 3
MOST_ABSENT = 2
"""Models not on this server that are named one below the other; more are folded away."""


def show_compare(
    demo: DemoSpec,
    spec: ModelSpec,
    chosen: Chosen,
    finding: Finding,
    brief_of: Callable[[ModelSpec, Any, Mapping[str, Any]], Brief],
) -> None:
    """Offer the other models of the group for the same input; nothing where there is none.

    `brief_of` puts the result of a model, and what was measured of it, into words. A second model
    runs once it is chosen.
    """
    second = choose_second(demo, spec, "Choose one: it runs on the same image")
    if second is None:
        return
    found = find(second, chosen, "compare")
    if found is None:
        return
    pairs = [(spec, finding.result), (second, found.result)]
    briefs = [brief_of(*pair, read_metrics(demo.slug, pair[0].name)) for pair in pairs]
    st.markdown(f":material/compare_arrows: **{plain(agreement(*briefs))}**")
    for place, (each, result), brief in zip(st.columns(2), pairs, briefs, strict=True):
        with place, st.container(border=True, key=f"compared_{each.name}", height="stretch"):
            show_one(each, result.provenance, brief)


def choose_second(demo: DemoSpec, spec: ModelSpec, placeholder: str) -> ModelSpec | None:
    """Another model of the group, under a header; None until one is chosen.

    Those that are not on this server are named with what to do about it.
    """
    others = [each for each in group_of(demo, spec) if each != spec]
    if not others:
        return None
    st.header("Compare with another model", anchor=False)
    ready = [each.name for each in others if at_hand(each)]
    absent = [each for each in others if each.name not in ready]
    with ExitStack() as fold:
        if len(absent) > MOST_ABSENT:
            title = f"{len(absent)} more models are not on this server"
            fold.enter_context(st.expander(title, icon=":material/cloud_download:"))
        for each in absent:
            st.caption(f":material/cloud_download: {away(each)}")
    if not ready:
        return None
    name = st.selectbox(
        "Second model",
        ready,
        index=None,
        format_func=lambda name: demo.model(name).title,
        placeholder=placeholder,
        key=f"{spec.name}.second",
        persist_state="session",
    )
    return None if name is None else demo.model(name)


def away(spec: ModelSpec) -> str:
    """What to do about a model that is not on this server."""
    assert isinstance(spec.source, Hub)
    size = file_size(spec.source.download_bytes)
    return f"{plain(spec.title)} is not on this server: choose it at the top to download {size}."


def show_one(spec: ModelSpec, record: Provenance, brief: Brief) -> None:
    """One model's answer, its highest scores, and what it costs."""
    st.markdown(f"{plain(spec.title)}  \n:small[{OUTCOMES[brief.outcome]}]")
    st.subheader(brief.headline, anchor=False)
    if brief.scores:
        highest = brief.scores[:SCORES_SHOWN]
        st.markdown("\n".join(f"- {plain(title)}: {plain(figure)}" for title, figure in highest))
        st.caption(f"Scores: {plain(brief.kind)}.")
    show_properties(spec, [("This run", ran(record))], brief.quality)


def ran(record: Provenance) -> str:
    """How long it took, in what and on what."""
    return f"{duration(record.seconds)}, {plain(record.engine)} on {record.device.upper()}"


def show_properties(spec: ModelSpec, run: Sequence[tuple[str, str]], quality: str) -> None:
    """What is known of this `run`, and what the model costs and is worth, as a table."""
    rows = (
        *run,
        ("Memory", memory(memory_of(spec))),
        ("On disk", file_size(size_on_disk(spec.source))),
        ("License", plain(spec.license)),
        ("Quality", plain(quality)),
    )
    table = [f"| {name} | {text} |" for name, text in rows]
    st.markdown("\n".join(["| Property | Value |", "|:--|:--|", *table]))


def memory_of(spec: ModelSpec) -> int:
    """What the model occupies, measured if it is loaded now, else as specified."""
    loaded = {
        (each.spec.demo, each.spec.name): each.memory_bytes
        for each in model_store().snapshot().models
    }
    return loaded.get((spec.demo, spec.name), spec.memory_bytes)


def size_on_disk(source: Bundled | Packaged | Hub) -> int:
    """Bytes of the files of a model; where another package has some of them, all of the package."""
    if isinstance(source, Bundled):
        beside = size_on_disk(source.beside) if source.beside else 0
        return source.path.stat().st_size + beside
    if isinstance(source, Packaged):
        paths = [Path(str(each.locate())) for each in files(source.distribution) or ()]
        return sum(path.stat().st_size for path in paths if path.is_file())
    folder = cached(source)
    return sum((folder / name).stat().st_size for name in source.files) if folder else 0
