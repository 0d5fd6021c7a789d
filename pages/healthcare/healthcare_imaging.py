"""Healthcare imaging: an image in, an answer with its evidence out. Reads as the data flows."""

from dataclasses import replace
from functools import partial

import streamlit as st

from demos.core.results import Outcome
from demos.core.samples import samples
from demos.healthcare_imaging import SPEC
from demos.healthcare_imaging.brief import MEASURES, METHODS, brief, question, row_words, title_of
from demos.healthcare_imaging.modalities import modality
from demos.healthcare_imaging.record import SET_NAME, facts, report, score_rows, snippet
from demos.healthcare_imaging.verdict import FLOORS, decide, mistakes, own_floor, set_threshold
from pages.components import permalink
from pages.components.batch import show_batch
from pages.components.compare import show_compare
from pages.components.decision import show_decision
from pages.components.download import available
from pages.components.explanation import show_explanation, show_withheld
from pages.components.export import export, record
from pages.components.frame import opening
from pages.components.input import Many, choose_input, show_input
from pages.components.model_card import model_card, read_metrics
from pages.components.models import choose_model
from pages.components.prediction import find, show_guard
from pages.components.result import choose_floor, show_answer, show_mistakes, show_scores
from pages.components.what_if import show_what_if

opening(SPEC)
permalink.follow(SPEC)
spec = choose_model(SPEC, lambda key: modality(key).title, "Kind of image")
kind, title, metrics = modality(spec.group), title_of(spec), read_metrics(SPEC.slug, spec.name)
measure, method = MEASURES[type(spec.source)], METHODS[type(spec.source)]
st.markdown(f"**{question(spec)}**")
chosen = choose_input(SPEC.slug, samples(SPEC.slug, kind.key), kind.whole)
if not available(spec):
    if not isinstance(chosen, Many):  # whose table keeps its link
        permalink.write(SPEC, spec, chosen.sample)
    st.stop()
if isinstance(chosen, Many):
    show_batch(SPEC, spec, chosen, title, kind.subject, measure=measure, words_of=row_words)
finding = find(spec, chosen)
if finding is None:
    st.stop()
own, threshold = own_floor(finding.result), set_threshold(finding.result)

with st.container(border=True, key="answer"):
    given, told = st.columns([1, 2], gap="medium")
    with given:
        show_input(chosen, kind.title_of)
    answer = told.container()
    with told:
        floor = choose_floor(f"{spec.name}.floor", finding.result, own, FLOORS)
        show_guard(SPEC.model(kind.key), spec, chosen, kind.subject)
    result = decide(finding.result, floor)
    words = brief(spec, result, metrics, floor)
    with answer:
        show_answer(words.outcome, words.headline, words.figure, words.meaning)

rows = score_rows(spec, result)
if result.outcome is Outcome.REFUSED:
    figures = show_withheld(result.seen, partial(show_scores, rows, words, threshold, SET_NAME))
else:
    show_scores(rows, words, threshold, SET_NAME)
    figures = show_explanation(spec, chosen, finding, title, method)
    show_mistakes(mistakes(result, kind, metrics))
    show_what_if(spec, chosen, finding, kind, floor)
    show_decision(result, kind, metrics.get("curve"))
    show_compare(SPEC, spec, chosen, replace(finding, result=result), brief)

url = permalink.write(SPEC, spec, chosen.sample)
figures.insert(0, chosen.figure)
made = partial(report, SPEC, spec, result, words, floor, chosen.title, chosen.file, figures)
export(partial(made, url), f"{spec.name}-{chosen.sha256[:8]}", url)
record(facts(spec, result, floor), snippet(spec, result, floor, chosen.file))
model_card(SPEC, spec, metrics)
