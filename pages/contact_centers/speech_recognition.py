"""Speech recognition: a recording in, words with their times out. Reads as the data flows."""

from functools import partial

import streamlit as st

from demos.core.samples import samples
from demos.core.spec import Bundled
from demos.speech_recognition import SPEC
from demos.speech_recognition.abilities import abilities
from demos.speech_recognition.inference import explain, predict
from demos.speech_recognition.languages import LANGUAGES
from demos.speech_recognition.record import facts, quality, report, snippet, trust
from pages.components import permalink
from pages.components.download import available
from pages.components.export import record
from pages.components.frame import opening
from pages.components.model_card import model_card, read_metrics
from pages.components.model_store import model_store
from pages.components.models import choose_model
from pages.components.speech import recording
from pages.components.speech.answer import show_answer_first
from pages.components.speech.assistant import show_assistant
from pages.components.speech.compare import show_compare
from pages.components.speech.keep import keep
from pages.components.speech.listening import keep_link, listen, show_keeping
from pages.components.speech.many import show_many, way_back
from pages.components.speech.modes import ASSISTANT, choose_mode, split
from pages.components.speech.options import choose_options
from pages.components.speech.panels import assistant
from pages.components.speech.reference import show_reference
from pages.components.speech.sound_chart import show_sound
from pages.components.speech.transcript import LESS_SURE
from pages.components.speech.what_if import show_what_if
from pages.components.speech.why import show_why

opening(SPEC)
permalink.follow(SPEC, recording.choose_sample_recording)
bundled, slug, run = SPEC.models[0], SPEC.slug, model_store().run
shipped, spoken = split(samples(slug, bundled.group))
if choose_mode(slug) == ASSISTANT:
    hear = lambda audio: run(bundled, lambda model: predict(model, audio))
    show_assistant(assistant(SPEC, shipped, hear), spoken)
    model_card(SPEC, bundled, read_metrics(slug, bundled.name))
    st.stop()
spec = choose_model(SPEC, str)
metrics = read_metrics(slug, spec.name)
chosen = recording.choose_recording(SPEC, shipped)
if not available(spec):
    keep_link(spec, chosen)
    st.stop()
options = choose_options(slug, *abilities(spec), LANGUAGES)
if isinstance(chosen, recording.ManyRecordings):
    show_many(SPEC, spec, chosen, options)
way_back(slug)
with st.container(border=True, key="answer"):
    heard = listen(spec, chosen, options)
    if heard is not None:
        show_answer_first(heard, chosen)
if heard is None:
    st.stop()

audio, said, about = chosen.audio, heard, (spec.name, chosen.sha256, options)
show_sound(audio, heard, f"{slug}.{spec.name}.{chosen.sha256}.sound")
reference = show_reference(slug, chosen, heard)
if isinstance(spec.source, Bundled):
    why = lambda place: run(spec, lambda model: explain(model, said, place, audio))
    show_why(slug, heard, about, why, trust(metrics))
show_what_if(spec, chosen, heard, reference)
quality_of = lambda each: quality(each, read_metrics(slug, each.name))
show_compare(SPEC, spec, chosen, heard, reference, quality_of)

url = keep_link(spec, chosen, options)
known = (chosen.title, chosen.file, reference, LESS_SURE)
made = partial(report, SPEC, spec, heard, *known, audio, url)
keep(SPEC, heard, chosen.title, made, f"{spec.name}-{chosen.sha256[:8]}", url)
show_keeping(spec, chosen, options)
record(facts(spec, heard), snippet(spec, heard, chosen.file))
model_card(SPEC, spec, metrics)
