"""Running a model where the person can see it, once per input."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import streamlit as st

from demos import catalog
from demos.core.errors import Busy, UserError
from demos.core.media import DecodedImage
from demos.core.results import Outcome
from demos.core.spec import ModelSpec
from pages.components.input import Chosen, decoded, forget_pixels
from pages.components.model_store import model_store
from pages.components.text import plain, told

KEPT = 8
"""Findings a session remembers."""

STAGES = {
    "waiting": "Waiting for a model: others are using them",
    "loading": "Loading the model",
    "running": "Running the model",
}


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """A prediction and its explanations for every class, so that looking closer needs no model."""

    result: Any
    explanations: dict[str, Any]


def find(spec: ModelSpec, chosen: Chosen, place: str = "answer") -> Finding | None:
    """The finding for an input, from the session or from the model.

    None when it could not be had; what to do about it is then on the page. `place` tells the
    parts of a page that ask for one apart.
    """
    findings = st.session_state.setdefault(f"{spec.demo}.findings", OrderedDict())
    weights = spec.source.version
    key = (weights, chosen.sha256)
    if key not in findings:
        try:
            findings[key] = run(spec, decoded(spec.demo, chosen))
        except UserError as error:
            show_problem(error, place)
            return None
        if len(findings) > KEPT:
            findings.popitem(last=False)
    if chosen.image is not None:
        forget_pixels(spec.demo, chosen)
    findings.move_to_end(key)
    found: Finding = findings[key]
    return found


def show_guard(guard: ModelSpec, spec: ModelSpec, chosen: Chosen, subject: str) -> None:
    """Say so where the bundled model `guard` refuses an input that `spec`, without a gate, took."""
    if guard == spec:
        return
    found = find(guard, chosen, "guard")
    if found is not None and found.result.outcome is Outcome.REFUSED:
        st.warning(
            f"The bundled model refuses this image: it does not look like {plain(subject)}. Unless "
            "this model was trained on such images, what it says of it may mean nothing.",
            icon=":material/block:",
        )


def run(spec: ModelSpec, image: DecodedImage) -> Finding:
    """Predict and explain; the stages show only once a run takes noticeable time."""
    inference = catalog.inference(spec.demo)

    def work(model: Any) -> Finding:
        tell("running")
        result = inference.predict(model, image)
        labels = [each.label for each in result.scores]
        return Finding(result, {each: inference.explain(model, result, each) for each in labels})

    with staged() as tell:
        return model_store().run(spec, work, on_stage=tell)


@contextmanager
def staged() -> Iterator[Callable[[str], None]]:
    """Gives a function that names the current stage; Streamlit shows it from half a second on."""
    place = st.empty()
    with ExitStack() as current:

        def tell(stage: str) -> None:
            current.close()
            current.enter_context(place.spinner(f"{STAGES[stage]} …"))

        yield tell
    place.empty()


def show_problem(error: UserError, place: str) -> None:
    """What went wrong and the way out; for a full queue, a button to try again."""
    icon = ":material/hourglass_top:" if isinstance(error, Busy) else ":material/error:"
    st.warning(told(error), icon=icon)
    if isinstance(error, Busy):
        key = f"try_again_{place}"
        st.button("Try again", icon=":material/refresh:", type="primary", key=key)  # it reruns
