"""How well names are found and questions answered.

Names as CoNLL-2003 counts them (Tjong Kim Sang and De Meulder 2003): right if all of its words and
its kind are. Answers as SQuAD does (Rajpurkar et al. 2016): compared without case, punctuation and
articles, by the words they share with the nearest of those that people gave.
"""

import re
import string
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from demos.core.language.answers import Answered, Entities, Request, Span, Task
from demos.core.results import Outcome
from demos.language_tasks import evaluate_figures as figures
from demos.language_tasks.data import Tagged
from demos.language_tasks.entity_spans import KINDS
from demos.language_tasks.evaluate_files import Question

Name = tuple[int, int, str]
"""The first word of a name, the one after its last, and its kind."""

ARTICLES = re.compile(r"\b(a|an|the)\b")
PUNCTUATION = str.maketrans("", "", string.punctuation)


def entities(ask: Callable[[Request], Entities], rows: Sequence[Tagged]) -> dict[str, Any]:
    """Figures of all sentences, by kind and by corpus. Names of kinds that are not marked here are
    left out, and counted in `names_of_other_kinds`."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    sentences = Counter(each.corpus for each in rows)
    others = refused = 0
    for each in rows:
        found = ask(Request(Task.ENTITIES, " ".join(each.tokens)))
        refused += found.verdict.outcome is Outcome.REFUSED
        every = set(names(each.tags))
        there = {name for name in every if name[2] in KINDS}
        given = set(by_words(each.tokens, found.spans))
        others += len(every) - len(there)
        for part, chosen in (("there", there), ("given", given), ("hits", there & given)):
            for *_, kind in chosen:
                counts[each.corpus, kind][part] += 1
    corpora = sorted(sentences)
    return (
        {"n": len(rows), "names_of_other_kinds": others}
        | together(counts.values())
        | {"refused": refused / len(rows) if rows else None}
        | {
            "per_label": {
                kind: together(counts[corpus, kind] for corpus in corpora) for kind in KINDS
            },
            "per_corpus": {
                corpus: {"n": sentences[corpus]} | together(counts[corpus, kind] for kind in KINDS)
                for corpus in corpora
            },
        }
    )


def together(counts: Iterable[Counter[str]]) -> dict[str, Any]:
    whole = sum(counts, Counter[str]())
    found = figures.found(whole["hits"], whole["given"], whole["there"])
    return {"n_names": found.pop("n")} | found


def names(tags: Sequence[str]) -> Iterator[Name]:
    """The names that tags mark; one that begins without a B is none the less."""
    first, kind = 0, ""
    for place, tag in enumerate([*tags, "O"]):
        if kind and tag != f"I-{kind}":
            yield first, place, kind
            kind = ""
        if tag != "O" and not kind:
            first, kind = place, tag[2:]


def by_words(tokens: Sequence[str], spans: Sequence[Span]) -> Iterator[Name]:
    """Names as the words, joined by spaces, that they have a part in. A word is of one name."""
    owner: list[int] = []
    for place, token in enumerate(tokens):
        owner += [place] * (len(token) + 1)
    taken = 0
    for span in sorted(spans, key=lambda each: each.start):
        first, end = max(owner[span.start], taken), owner[span.end - 1] + 1
        if first < end:
            yield first, end, span.label
            taken = end


def questions(ask: Callable[[Request], Answered], rows: Sequence[Question]) -> dict[str, Any]:
    """`f1` and `exact_match` are those of the likeliest place in the passage, even where the model
    would rather not answer; `answered` is how often it would. Questions without an answer count in
    `unanswerable_refused` alone."""
    exact: list[bool] = []
    overlaps: list[float] = []
    outcomes: list[Outcome] = []
    unanswerable: list[bool] = []
    for each in rows:
        found = ask(Request(Task.QUESTION_ANSWERING, each.context, each.question))
        outcome = found.verdict.outcome
        if not each.answers:
            unanswerable.append(outcome is Outcome.REFUSED)
            continue
        span = found.spans[0] if found.spans else None
        said = each.context[span.start : span.end] if span else ""
        exact.append(max(bare(said) == bare(answer) for answer in each.answers))
        overlaps.append(max(overlap(said, answer) for answer in each.answers))
        outcomes.append(outcome)
    answered = np.array([each is Outcome.ANSWER for each in outcomes], dtype=bool)
    refused = np.array([each is Outcome.REFUSED for each in outcomes], dtype=bool)
    return (
        {"n": len(exact)}
        | figures.mean("f1", overlaps)
        | figures.share("exact_match", exact)
        | figures.outcomes(answered, refused)
        | figures.mean("f1_answered", np.array(overlaps)[answered])
        | {"n_unanswerable": len(unanswerable)}
        | figures.share("unanswerable_refused", unanswerable)
    )


def bare(text: str) -> list[str]:
    """The words that are compared."""
    return ARTICLES.sub(" ", text.lower().translate(PUNCTUATION)).split()


def overlap(said: str, answer: str) -> float:
    """F1 of the words of two answers."""
    one, other = bare(said), bare(answer)
    if not one or not other:
        return float(one == other)
    common = (Counter(one) & Counter(other)).total()
    return 2 * common / (len(one) + len(other))
