"""Recommendations: a history in, what comes next out, steered. Reads as the data flows."""

from functools import partial
from operator import methodcaller

import streamlit as st

from demos.core.recommend import trade_off
from demos.core.recommend.steering import steer
from demos.core.results import Outcome
from demos.core.samples import samples
from demos.recommendations import SPEC
from demos.recommendations.inference import explain, predict
from demos.recommendations.record import list_report
from demos.recommendations.tastes import EXAMPLES
from demos.recommendations.words import MIXED_IN, answer, compared, measured_on
from pages.components import permalink
from pages.components.frame import opening
from pages.components.model_card import model_card, read_metrics
from pages.components.model_store import model_store
from pages.components.models import choose_model
from pages.components.recommend import answer as page
from pages.components.recommend import batch, compare, similar
from pages.components.recommend.business import show_business
from pages.components.recommend.controls import choose_steering
from pages.components.recommend.encoder import encode, near
from pages.components.recommend.export import export_list
from pages.components.recommend.history import choose_history, show_remarks
from pages.components.recommend.history_state import choose_persona
from pages.components.recommend.kept import kept
from pages.components.recommend.map import show_map
from pages.components.recommend.search import search_one
from pages.components.recommend.taste import taste_input
from pages.components.recommend.why import influence_of

opening(SPEC)
permalink.follow(SPEC, choose_persona)
batch.follow_histories(SPEC)
spec, slug = choose_model(SPEC, lambda group: SPEC.model(group).title, "Catalog"), SPEC.slug
metrics, run = read_metrics(slug, spec.name), partial(model_store().run, spec)
catalog = run(lambda model: model.catalog)
scores = lambda histories: run(methodcaller("scores", histories))
given, answered = st.container(), st.container(border=True, key="answer")
places = answered.columns([7, 4], gap="medium")
with places[1]:
    steering = choose_steering(slug, catalog)
taste = partial(taste_input, slug, catalog, encode, EXAMPLES[catalog.name])
upload = partial(batch.upload_histories, SPEC, spec, catalog, scores, steering)
tabs = [(":material/chat: Describe a taste", taste), (":material/upload: Upload histories", upload)]
choices = (SPEC, spec, catalog, samples(slug, spec.group), tabs, partial(near, catalog))
with given:
    chosen = choose_history(*choices, elsewhere=batch.has_histories(SPEC, spec))

history, unknown = chosen.items, len(chosen.unknown)
about = (spec.name, history, unknown)
by = partial(predict, history=history, unknown=unknown)
ranking = kept(f"{slug}.{spec.name}.ranking", about, partial(run, by))
why = lambda items: run(lambda m: explain(m, ranking, items))
if ranking.outcome is not Outcome.REFUSED:
    influence = influence_of(slug, catalog, about, why)
    words = partial(answer, catalog, ranking)
    with given:
        show_remarks(chosen, catalog)
    items = page.show_recommendations(slug, catalog, ranking, steering, influence, words, places)
    if items:
        item = page.show_close_up(slug, catalog, influence, items, history)
        similar.show_similar(slug, catalog, partial(search_one, catalog), item, history)
    show_map(slug, catalog, history, items)
    plain = steering.unsteered
    listed = lambda name: steer(catalog, run(partial(by, method=name)).scores, history, plain)
    methods = [compare.Method(*each) for each in compared(metrics)]
    compare.show_methods(slug, catalog, methods, listed, (*about, plain), measured_on(metrics))
    show_business(slug, catalog, trade_off.read(metrics), steering.novelty, MIXED_IN)
    asked = (SPEC, spec, catalog, ranking, items, steering, influence, chosen.unknown)
    export_list(slug, catalog, list_report(*asked))
else:
    page.show_refusal(catalog, ranking, places[0])
model_card(SPEC, spec, metrics)
