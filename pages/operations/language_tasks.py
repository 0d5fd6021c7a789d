"""Language: a text in; its tone, names, an answer or a translation out. Reads as the data flows."""

from functools import partial

import streamlit as st

from demos.core.language.answers import Sorted, Task
from demos.language_tasks import SPEC, engines, inference, offered
from demos.language_tasks.record import facts, of_task, quality, report, snippet, trust
from pages.components import permalink
from pages.components.download import available
from pages.components.export import record
from pages.components.frame import opening
from pages.components.language import tasks
from pages.components.language.chat import show_chat
from pages.components.language.chat_models import talker_of
from pages.components.language.chat_state import Chat
from pages.components.language.chosen_text import choose_sample_text
from pages.components.language.compare import show_compare
from pages.components.language.keep import keep
from pages.components.language.many import follow_many, show_many
from pages.components.language.options import choose_request, link_to
from pages.components.language.result import ask_and_show
from pages.components.language.text_input import choose_text
from pages.components.language.what_if import show_what_if
from pages.components.language.why import show_why
from pages.components.model_card import model_card, read_metrics
from pages.components.model_store import model_store
from pages.components.recommend.kept import kept

opening(SPEC)
slug, run, reader = SPEC.slug, model_store().run, offered.READER
mode = tasks.choose_mode(slug, offered.TEXT_TASKS, linked=follow_many(SPEC))
if mode == tasks.MESSAGES:
    rules = kept(f"{slug}.rules", reader.source.version, lambda: run(reader, inference.rules))
    show_many(SPEC, reader, engines.batch_engine(run, rules), offered.messages())
    model_card(SPEC, reader, {})
    st.stop()
if mode == tasks.ASSISTANT:
    spec = tasks.choose_task_model(offered.demo_for(Task.CHAT))
    talker, quoting = talker_of(spec, inference.talk), (engines.vectors(run), engines.answerer(run))
    show_chat(Chat(slug, *quoting, *offered.assistant_sample(), talker=talker))
    model_card(SPEC, spec, of_task(read_metrics(slug, spec.name), Task.QUESTION_ANSWERING))
    st.stop()

task = tasks.choose_task(slug, offered.TEXT_TASKS)
demo, shipped = offered.demo_for(task), offered.samples_for(task)
permalink.follow(demo, choose_sample_text, shipped)
spec = tasks.choose_task_model(demo)
metrics = read_metrics(slug, spec.name)
chosen = choose_text(SPEC, shipped)
url = permalink.write(SPEC, spec, chosen.sample, task=task.value)
if not available(spec):
    st.stop()
asks = (offered.languages(spec), offered.question_for(chosen.sample))
request = choose_request(slug, task, chosen, *asks)
answer = None if request is None else ask_and_show(slug, spec, request, inference.predict)
if answer is None:
    model_card(SPEC, spec, of_task(metrics, task))
    st.stop()
asked, about = answer.request, (spec.source.version, answer.request)
url = link_to(url, asked)
weighed = tried = None
if isinstance(answer, Sorted) and answer.scores:
    sorter = kept(f"{slug}.about.sorter", about, lambda: engines.sorter(run, spec, asked))
    why, like = engines.explainer(run, spec, asked), engines.likener(run, asked, sorter.labels)
    weighed = show_why(slug, answer, about, sorter, why, like, offered.WRITTEN, trust(metrics))
    tried = show_what_if(slug, answer, about, sorter, engines.predictor(run, spec, asked))
measured = lambda each: quality(each, read_metrics(slug, each.name), task)
show_compare(offered.able(demo, asked), spec, answer, inference.predict, measured)
known = (chosen.title, chosen.file if chosen.sample else None)
made = partial(report, SPEC, spec, answer, *known, url, weighed, tried)
keep(SPEC, answer, chosen.title, made, f"{task}-{spec.name}-{chosen.sha256[:8]}", url)
record(facts(spec, answer), snippet(spec, answer, *known))
model_card(SPEC, spec, of_task(metrics, task))
