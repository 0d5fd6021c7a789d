"""Fraud scoring: transactions in, the cards worth a call out. Reads as the data flows."""

from functools import partial

import streamlit as st

from demos.core.cases.case import Basis
from demos.core.results import Outcome
from demos.core.samples import samples
from demos.fraud_scoring import SPEC
from demos.fraud_scoring.close_up import close_up, day_cases
from demos.fraud_scoring.columns import COLUMNS
from demos.fraud_scoring.inference import explain_all, predict
from demos.fraud_scoring.record import SCENARIOS, case_report, facts, snippet
from demos.fraud_scoring.what_if import probabilities
from pages.components import permalink
from pages.components.cases.accounts import accounts
from pages.components.cases.export import export_cases, keep_decisions
from pages.components.cases.queue import choose_band, show_cases
from pages.components.cases.view import show_case
from pages.components.cases.workspaces import keep_link, workspace_for
from pages.components.drift import show_caution, show_drift
from pages.components.export import record
from pages.components.frame import opening
from pages.components.label_metrics import show_label_metrics
from pages.components.model_card import model_card, read_metrics
from pages.components.model_store import model_store
from pages.components.table_input import choose_sample_table, choose_table
from pages.components.triage.answer import show_answer_first
from pages.components.triage.controls import choose_policy, gathered
from pages.components.triage.decision import show_decision

opening(SPEC)
permalink.follow(SPEC, choose_sample_table)
spec, slug, run = SPEC.models[0], SPEC.slug, partial(model_store().run, SPEC.models[0])
metrics = read_metrics(slug, spec.name)
score = lambda table, tell: run(lambda model: predict(model, table, tell))
given = choose_table(SPEC, spec, COLUMNS, samples(slug, spec.group), score, "transactions")
scored, rows = given.result, given.result.transactions
if scored.outcome is Outcome.REFUSED:
    show_drift(slug, scored.drift)
    model_card(SPEC, spec, metrics)
    st.stop()

answer = st.container(border=True, key="answer")
days = gathered(slug, rows)
decision = choose_policy(slug, days)
policy, currency = decision.policy, decision.policy.currency
with answer:
    show_caution(scored.drift)
    day = show_answer_first(slug, rows, days, decision)

explain = lambda asked: run(lambda model: explain_all(model, scored, asked, currency))
why = partial(accounts, slug, f"{given.id} {currency}", explain)
cases = day_cases(rows, day, policy, why)
basis = Basis(policy, spec.name, scored.provenance.weights)
workspace = workspace_for(slug, given.table.sha256)
st.header("Cases", anchor=False)
case = show_cases(slug, choose_band(slug, cases), workspace, basis)
if case is not None:
    row = case.key.row
    around, edited = close_up(rows, row, currency)
    ask = lambda asked: run(lambda model: probabilities(model.log_odds, edited, asked))
    show_case(why([row])[row], around, ask, policy.threshold, f"{slug}.{given.id}.{row}")
show_decision(days, decision, SCENARIOS)
show_label_metrics(slug, given.id, rows, policy.threshold, policy.capacity, SCENARIOS)
show_drift(slug, scored.drift)

report = partial(case_report, SPEC, spec, scored, given.title, given.notes, day, cases, basis)
make = partial(report, workspace.snapshot())
export_cases(slug, make, rows, policy, f"fraud-{given.table.sha256[:8]}")
keep_decisions(slug, workspace, given.table.sha256, "fraud")
record(facts(spec, scored, basis), snippet(scored, given.table, given.file))
model_card(SPEC, spec, metrics)
keep_link(slug)
