"""How well texts are shortened, translated, and told alike."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.core.language.answers import Request, Summarized, Task, Translation
from demos.language_tasks import evaluate_figures as figures
from demos.language_tasks.evaluate_files import Caption, Pair, Paper

Rouge = Callable[[Sequence[str], str], float]


def summary(ask: Callable[[Request], Summarized], rows: Sequence[Paper]) -> dict[str, Any]:
    """F1 of ROUGE-1 (Lin 2004) with the nearest reference: of one sentence that the model chooses,
    of the first one, and of the best one that could be chosen."""
    rouge = rouge1()
    chosen, lead, best = [], [], []
    for each in rows:
        request = Request(Task.SUMMARY, " ".join(each.source), sentences=1)
        chosen.append(rouge(each.targets, ask(request).summary))
        options = [rouge(each.targets, sentence) for sentence in each.source] or [0.0]
        lead.append(options[0])
        best.append(max(options))
    above = np.subtract(chosen, lead)
    return (
        {"n": len(rows)}
        | figures.mean("rouge1", chosen)
        | figures.mean("rouge1_lead", lead)
        | figures.mean("rouge1_above_lead", above)
        | figures.mean("rouge1_oracle", best)
    )


def rouge1() -> Rouge:
    """As the package by Google has it, words stemmed."""
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer(["rouge1"], use_stemmer=True)

    def best(targets: Sequence[str], text: str) -> float:
        return max((scorer.score(each, text)["rouge1"].fmeasure for each in targets), default=0.0)

    return best


def translation(
    ask: Callable[[Request], Translation], rows: Sequence[Caption], languages: Sequence[str]
) -> dict[str, Any]:
    """BLEU (Papineni et al. 2002; Post 2018, "sacreBLEU") of each language; `bleu` is that of the
    first."""
    from sacrebleu.metrics.bleu import BLEU

    report: dict[str, Any] = {"n": len(rows)}
    for place, language in enumerate(languages):
        said = [
            ask(Request(Task.TRANSLATION, each.en, language=language)).translation for each in rows
        ]
        bleu = BLEU()
        wanted = [each.others[place] for each in rows]
        report[f"bleu_{language}"] = bleu.corpus_score(said, [wanted]).score if rows else None
        report["signature"] = str(bleu.get_signature()) if rows else None
    return {"bleu": report[f"bleu_{languages[0]}"]} | report


def similarity(
    vectors: Callable[[Sequence[str]], NDArray[np.float32]], rows: Sequence[Pair]
) -> dict[str, Any]:
    """How well cosines of vectors are in the order of people's scores; None for fewer than three
    pairs."""
    from scipy.stats import spearmanr

    if len(rows) < 3:
        return {"n": len(rows), "spearman": None}
    left, right = vectors([each.a for each in rows]), vectors([each.b for each in rows])
    cosines = (left * right).sum(axis=1)
    found = spearmanr(cosines, [each.score for each in rows]).statistic
    return {"n": len(rows), "spearman": float(found) if np.isfinite(found) else None}
