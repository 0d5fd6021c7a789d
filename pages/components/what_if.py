"""What if the image were worse? Four sliders, and the answer along any of them.

Nothing runs until a slider is touched. What the model then says is kept in the session, so going
back and forth along a slider asks it once per position.
"""

import base64
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from demos import catalog
from demos.core.errors import UserError
from demos.core.explain import png
from demos.core.media import DecodedImage
from demos.core.results import Outcome
from demos.core.spec import Hub, ModelSpec
from demos.core.what_if import (
    CONTROLS,
    UNCHANGED,
    Change,
    Control,
    Reading,
    alter_each,
    refined,
    sweep,
    working_copy,
)
from pages.components.input import Chosen, decoded
from pages.components.model_store import model_store
from pages.components.prediction import Finding, show_problem, staged
from pages.components.result import OUTCOMES
from pages.components.tables import unbroken
from pages.components.text import told
from pages.components.what_if_chart import Names, show_sweep

KEPT = 1000
"""Readings a session remembers, each of about a kilobyte."""
POINTS, POINTS_HUB = 17, 9
"""Positions along a control; models that take one image at a time are asked less often."""
FORMATS = {"blur": "%.1f px", "noise": "%.0f %%", "brightness": "%.0f %%", "rotation": "%.0f°"}
HELP = {
    "blur": "Out of focus: the width of the blur, in pixels of what the model is given.",
    "noise": "Grain: its standard deviation, in % of the range from black to white.",
    "brightness": "Exposure: how much brighter or darker every pixel becomes.",
    "rotation": "Counterclockwise. What comes in at the edges is the image itself, mirrored.",
}

Memory = OrderedDict[tuple[str, str, Change], Reading]
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """The image that is altered, no larger than it needs to be, and what the model said of it."""

    spec: ModelSpec
    image: DecodedImage
    scale: float
    result: Any
    floor: float

    @property
    def key(self) -> str:
        return f"{self.spec.demo}.{self.spec.name}.{self.image.sha256}.what_if"


def show_what_if(
    spec: ModelSpec, chosen: Chosen, finding: Finding, kind: Any, floor: float = 0.0
) -> None:
    """The sliders, the altered image with its answer, and a chart along one of them.

    An answer less probable than `floor` is shown as unsure, as the page does.
    """
    st.header("What if the image were worse?", anchor=False)
    side = min(finding.result.seen.shape[:2])
    try:
        image = working_image(spec.demo, chosen, side)
    except UserError as error:
        st.info(told(error), icon=":material/info:")
        return
    scale = min(image.pixels.shape[:2]) / side
    panel(Subject(spec, image, scale, finding.result, floor), kind)


def working_image(slug: str, chosen: Chosen, side: int) -> DecodedImage:
    """The image to alter; of the last one the session keeps a small copy. Raises `InputError`."""
    key, wanted = f"{slug}.what_if.image", (chosen.sha256, side)
    kept: tuple[tuple[str, int], DecodedImage] | None = st.session_state.get(key)
    if kept is None or kept[0] != wanted:
        image = decoded(slug, chosen)
        kept = wanted, replace(image, pixels=working_copy(image.pixels, side))
        st.session_state[key] = kept
    return kept[1]


@st.fragment
def panel(subject: Subject, kind: Any) -> None:
    pictures, controls = st.columns([1, 2], gap="medium")
    with controls:
        change, vary = ask(subject.key)
    try:
        with staged() as tell:
            seen, reading, found = asked(subject, change, vary, tell)
    except UserError as error:
        show_problem(error, "what_if")
        return
    names = Names(kind, hub=isinstance(subject.spec.source, Hub))
    with pictures, st.container(key="what_if_seen", gap="small"):
        # In the page itself: a file of its own would be gone before the browser asks for it, when
        # the slider has already moved on.
        address = f"data:image/png;base64,{base64.b64encode(png(seen)).decode()}"
        st.image(address, width="stretch", alt=described(change))
        with st.container(key="what_if_answer", gap="xxsmall"):
            show_reading(reading, subject, names, change)
    if vary is None:
        with controls:
            st.caption(
                ":material/touch_app: Move a slider: the answer follows, and a chart shows where "
                "along it the answer would change."
            )
    else:
        own = subject.result.scores[0].label
        with controls:
            show_sweep(vary, vary_position(change, vary), found, own, names)


def ask(key: str) -> tuple[Change, Control | None]:
    """The change asked for, and the control to look along: the one touched last, or chosen."""
    places = [place for _ in range(2) for place in st.columns(2, gap="medium")]
    values: dict[str, float] = {}
    for place, control in zip(places, CONTROLS, strict=True):
        st.session_state.setdefault(f"{key}.{control.name}", 0.0)  # no default: `reset` sets it
        with place:
            values[control.name] = st.slider(
                control.title,
                control.value(control.low),
                control.value(control.high),
                step=control.step,
                format=FORMATS[control.name],
                key=f"{key}.{control.name}",
                on_change=follow,
                args=(key, control.name),
                help=HELP[control.name],
                persist_state="session",
            )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        name = st.segmented_control(
            "Look along",
            [each.name for each in CONTROLS],
            format_func=lambda name: control_of(name).title,
            key=f"{key}.vary",
            persist_state="session",
        )
        st.button(
            "Reset",
            icon=":material/restart_alt:",
            on_click=reset,
            args=(key,),
            key=f"{key}.reset",
            disabled=name is None and not any(values.values()),
            help="Back to the untouched image.",
        )
    change = Change(**{each: round(value, 6) for each, value in values.items()})
    return change, None if name is None else control_of(str(name))


def control_of(name: str) -> Control:
    return next(each for each in CONTROLS if each.name == name)


def vary_position(change: Change, vary: Control) -> int:
    return round(float(getattr(change, vary.name)) / vary.step)


def follow(key: str, name: str) -> None:
    st.session_state[f"{key}.vary"] = name


def reset(key: str) -> None:
    for each in CONTROLS:
        st.session_state[f"{key}.{each.name}"] = 0.0
    st.session_state[f"{key}.vary"] = None


def asked(
    subject: Subject, change: Change, vary: Control | None, tell: Tell
) -> tuple[NDArray[np.uint8], Reading, dict[int, Reading]]:
    """What the model saw of the changed image and said of it, and the refined sweep along `vary`.

    The model is borrowed only for what it has not said yet. Raises `UserError`.
    """
    memory = st.session_state.setdefault(f"{subject.spec.demo}.what_if.readings", OrderedDict())
    remember(memory, subject, UNCHANGED, subject.result)
    read = partial(readings, subject, memory, tell)
    seen = seen_of(subject, memory, tell, change)
    found = {}
    if vary is not None:
        points = POINTS_HUB if isinstance(subject.spec.source, Hub) else POINTS
        found = refined(read, change, vary, sweep(read, change, vary, points))
    reading = read([change])[0]
    while len(memory) > KEPT:
        memory.popitem(last=False)
    return seen, reading, found


def readings(
    subject: Subject, memory: Memory, tell: Tell, changes: Sequence[Change]
) -> list[Reading]:
    """One reading per change, under the page's own floor; new ones are asked for in one go."""
    unknown = [each for each in dict.fromkeys(changes) if key_of(subject, each) not in memory]
    for each, result in zip(unknown, predicted(subject, tell, unknown), strict=True):
        remember(memory, subject, each, result)
    return [decided(memory[key_of(subject, each)], subject.floor) for each in changes]


def predicted(subject: Subject, tell: Tell, changes: Sequence[Change]) -> list[Any]:
    """What the model says of the image under each change; most models take them as one batch."""
    if not changes:
        return []
    inference: Any = catalog.inference(subject.spec.demo)
    pixels = alter_each(subject.image.pixels, changes, subject.scale)
    images = [replace(subject.image, pixels=each) for each in pixels]

    def work(model: Any) -> list[Any]:
        tell("running")
        if isinstance(subject.spec.source, Hub):
            return [inference.predict(model, each) for each in images]
        return list(inference.predict_batch(model, images))

    return model_store().run(subject.spec, work, on_stage=tell)


def seen_of(subject: Subject, memory: Memory, tell: Tell, change: Change) -> NDArray[np.uint8]:
    """What the model was given of the changed image; the session keeps the last one."""
    if change == UNCHANGED:
        return np.asarray(subject.result.seen)
    key, wanted = f"{subject.spec.demo}.what_if.seen", key_of(subject, change)
    kept = st.session_state.get(key)
    if kept is None or kept[0] != wanted:
        result = predicted(subject, tell, [change])[0]
        remember(memory, subject, change, result)
        kept = st.session_state[key] = (wanted, np.asarray(result.seen))
    seen: NDArray[np.uint8] = kept[1]
    return seen


def key_of(subject: Subject, change: Change) -> tuple[str, str, Change]:
    return subject.spec.source.version, subject.image.sha256, change


def remember(memory: Memory, subject: Subject, change: Change, result: Any) -> None:
    memory[key_of(subject, change)] = Reading(result.outcome, tuple(result.scores))


def decided(reading: Reading, floor: float) -> Reading:
    """The reading, had an answer needed the probability `floor` as well."""
    if reading.outcome is Outcome.ANSWER and reading.scores[0].score < floor:
        return replace(reading, outcome=Outcome.UNSURE)
    return reading


def described(change: Change) -> str:
    done = [
        f"{each.title.lower()} {each.told(vary_position(change, each))}"
        for each in CONTROLS
        if getattr(change, each.name)
    ]
    return f"What the model saw of the image: {', '.join(done) or 'untouched'}"


def show_reading(reading: Reading, subject: Subject, names: Names, change: Change) -> None:
    """The answer for the altered image, beside that for the untouched one."""
    if not names.hub:
        st.markdown(f"**{OUTCOMES[reading.outcome]}**")
    if reading.outcome is Outcome.REFUSED:
        st.markdown(f"It no longer looks like {names.kind.subject}.")
    else:
        best, second = (*reading.scores, None)[:2]
        assert best is not None
        lines = [f"**{names.title(best.label)}** {names.figure(best.score)} {names.word}"]
        if second is not None:
            lines.append(f"{names.title(second.label)} {names.figure(second.score)}")
        st.markdown(unbroken("  \n".join(lines)))
    own = subject.result.scores[0]
    if change == UNCHANGED:
        st.caption("The untouched image, as the model saw it.")
    else:
        untouched = f"{names.title(own.label)} {names.figure(own.score)}"
        st.caption(unbroken(f"As the model saw it. Untouched: {untouched}"))
