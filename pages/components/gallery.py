"""The cards of the home page, drawn from what each demo ships."""

from dataclasses import dataclass

import streamlit as st

from demos.core.samples import Sample, SampleKind, one_of_each_first, samples
from demos.core.spec import Bundled, DemoSpec
from demos.core.wording import counted, file_size, percent
from pages.components.model_card import read_metrics
from pages.components.routes import page_file

PREVIEWS = 6
IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp"})

# Which figure of `metrics.json` stands on the card, and what it is called; all are shares.
HEADLINES = {
    "accuracy": "accuracy",
    "average_precision": "average precision",
    "recall_at_10": "next item among ten",
}


@dataclass(frozen=True, slots=True)
class Headline:
    """The one figure a demo is known by: a share, its 95 % interval, and the data behind it.

    `model` is named where the demo has several.
    """

    name: str
    model: str
    value: float
    interval: tuple[float, float] | None
    n: int
    split: str

    def figure(self) -> str:
        return percent(self.value)

    def meaning(self) -> str:
        text = f"{self.name} on {self.n:,} {self.split} examples"
        if self.model:
            text = f"{text} of {self.model}"
        if self.interval is None:
            return text
        low, high = (percent(bound) for bound in self.interval)
        return f"{text} (95 % interval {low} to {high})"


def read_headline(demo: DemoSpec) -> Headline | None:
    """The headline of a demo's default model from `metrics.json`; `None` where none is measured."""
    metrics = read_metrics(demo.slug, demo.models[0].name)
    key = next((key for key in HEADLINES if metrics.get(key) is not None), None)
    if key is None:
        return None
    bounds = metrics.get(f"{key}_ci95")
    return Headline(
        name=HEADLINES[key],
        model=demo.models[0].title if len(demo.models) > 1 else "",
        value=metrics[key],
        interval=(bounds[0], bounds[1]) if bounds else None,
        n=metrics["n"],
        split=metrics["split"],
    )


def shipped_samples(demo: DemoSpec) -> tuple[Sample, ...]:
    """Every sample in the demo's folder; those from the Hub share the bundled models'."""
    own = (model for model in demo.models if isinstance(model.source, Bundled))
    return tuple(each for model in own for each in samples(demo.slug, model.name))


def previews(shipped: tuple[Sample, ...]) -> list[Sample]:
    """Up to `PREVIEWS` typical sample images: as many of each model, labels before repeats."""
    images = [
        each
        for each in shipped
        if each.kind is SampleKind.TYPICAL and each.path.suffix.lower() in IMAGE_SUFFIXES
    ]
    models = list(dict.fromkeys(each.model for each in images))
    each_gets = PREVIEWS // max(len(models), 1)
    return [
        each
        for model in models
        for each in one_of_each_first([i for i in images if i.model == model])[:each_gets]
    ]


def bundled_text(demo: DemoSpec, shipped: tuple[Sample, ...]) -> str:
    """What works with no network: models with weights in the repository, and samples."""
    files = [
        model.source.path
        for model in demo.models
        if isinstance(model.source, Bundled) and model.source.path.exists()
    ]
    parts = []
    if files:
        size = sum(file.stat().st_size for file in files)
        parts.append(f"{counted(len(files), 'model')} ({file_size(size)})")
    if shipped:
        parts.append(counted(len(shipped), "sample"))
    return ", ".join(parts)


def demo_card(demo: DemoSpec) -> None:
    """One card: the question first, then what answers it and how well."""
    shipped = shipped_samples(demo)
    headline = read_headline(demo)
    bundled = bundled_text(demo, shipped)
    with st.container(border=True, key=f"card_{demo.slug}", height="stretch", gap="small"):
        st.markdown(f":material/{demo.icon}: {demo.title}")
        st.subheader(demo.question, anchor=False)
        st.markdown(demo.summary)
        shown = previews(shipped)
        if shown:
            with st.container(horizontal=True, gap="xsmall", key=f"previews_{demo.slug}"):
                for each in shown:
                    st.image(each.path, width=72, alt=f"Sample: {each.title}")
        with st.container(key=f"facts_{demo.slug}", gap="xxsmall"):
            if headline is not None:
                st.markdown(f":material/verified: **{headline.figure()}** {headline.meaning()}")
            if bundled:
                st.markdown(f":material/inventory_2: Bundled: {bundled}")
        st.page_link(
            page_file(demo),
            label=f"Open {demo.title}",
            icon=":material/arrow_forward:",
            icon_position="right",
        )
