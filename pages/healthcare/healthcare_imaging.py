"""Healthcare imaging: an image in, an answer with its evidence out. Reads as the data flows."""

from functools import partial

import streamlit as st

from demos.core.results import Outcome
from demos.core.samples import samples
from demos.healthcare_imaging import SPEC
from demos.healthcare_imaging.modalities import modality
from demos.healthcare_imaging.record import SET_NAME, facts, report, score_rows, snippet
from demos.healthcare_imaging.verdict import FLOORS, METHOD, decide, mistakes, own_floor, verdict
from pages.components import permalink
from pages.components.explanation import show_explanation, show_seen
from pages.components.export import export, record
from pages.components.frame import opening
from pages.components.input import choose_image, choose_model, show_input
from pages.components.model_card import model_card, read_metrics
from pages.components.prediction import find
from pages.components.result import certainty_floor, scope_gauge, show_answer, show_scores

opening(SPEC)
permalink.follow(SPEC)
spec = choose_model(SPEC)
kind, metrics = modality(spec.name), read_metrics(SPEC.slug, spec.name)

chosen = choose_image(SPEC.slug, samples(SPEC.slug, spec.name))
finding = find(spec, chosen)
if finding is None:
    st.stop()
refused = finding.result.outcome is Outcome.REFUSED
threshold = own_floor(finding.result)

with st.container(border=True, key="answer"):
    given, told = st.columns([1, 2], gap="medium")
    with given:
        show_input(chosen, kind.title_of)
    answer = told.container()
    with told:
        if refused:
            scope_gauge(finding.result.scope, 1.0, "Scope score")
            floor = threshold
        else:
            floor = certainty_floor(f"{spec.name}.floor", threshold, FLOORS)
    result = decide(finding.result, floor)
    words = verdict(result, kind, floor, metrics)
    with answer:
        show_answer(words.outcome, words.headline, words.figure, words.meaning)

if refused:
    with st.expander("What it saw, and the scores withheld", icon=":material/visibility_off:"):
        st.markdown("For an image out of scope these figures mean nothing.")
        seen, chart = st.columns([1, 2], gap="large")
        with chart:
            show_scores(score_rows(result, kind), threshold, SET_NAME)
        with seen:
            figures = [show_seen(result.seen)]
else:
    st.header("How sure it is", anchor=False)
    show_scores(score_rows(result, kind), threshold, SET_NAME)
    st.header("What it looked at", anchor=False)
    figures = show_explanation(
        spec.name, chosen.sha256, result.seen, finding.explanations, kind.title_of, METHOD
    )
    cost = mistakes(result.scores[0].label, kind, metrics)
    if cost:
        st.header("What a mistake looks like", anchor=False)
        st.markdown("\n".join(f"- {sentence}" for sentence in cost))

st.header("Keep or share it", anchor=False)
url = permalink.write(SPEC, spec, chosen.sample)
figures.insert(0, chosen.figure)
made = partial(report, SPEC, spec, kind, result, words, floor, chosen.title, chosen.file, figures)
export(partial(made, url), f"{spec.name}-{chosen.sha256[:8]}", url)
with st.expander("The record, and the code that repeats it", icon=":material/fingerprint:"):
    record(facts(spec, result, floor), snippet(spec, result, floor, chosen.file))
st.header("About the model", anchor=False)
model_card(SPEC, spec, metrics)
