"""Fit what the engines that go by meaning are held to, and print it: nothing else is trained.

    python -m demos.language_tasks.calibrate_meaning --data DIR

The temperature of zero-shot sorting is fitted on training texts of AG News and its accuracy told of
held-out ones; how near questions are to the sentence that answers them, and to another passage's
nearest sentence, says where search finds nothing (`searching.NEAR`).
"""

import argparse
import json
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar

from demos.core import sentence_encoder
from demos.core.devices import CPU
from demos.core.language.answers import Task
from demos.core.language.sentences import sentences
from demos.language_tasks import data
from demos.language_tasks.label_scores import shares
from demos.language_tasks.meaning import Floats, Meaning
from demos.language_tasks.searching import NEAR
from demos.language_tasks.tasks import TOPICS
from demos.language_tasks.zero_shot import FAR, label_vectors

MOST_TEXTS, MOST_QUESTIONS = 2_000, 400
UNRELATED = ("knitting", "gardening", "recipes")
"""Labels that no section of a newspaper is about."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    folder = parser.parse_args().data
    encoder = sentence_encoder.load(CPU)
    source = sentence_encoder.SOURCE.sha256
    model = Meaning(encoder.encode, None, "", "", source, CPU, encoder.memory_bytes)
    print(json.dumps({"zero_shot": sorting(model, folder), "search": search(model, folder)}))


def sorting(model: Meaning, folder: Path) -> dict[str, float]:
    """The temperature, and of held-out texts how often the nearest label is right, also of those
    whose best score is above one half; and how many are near no label, their own or others."""
    train, held = data.sorting(folder, Task.TOPIC)
    near = label_vectors(model, TOPICS)
    chosen = np.random.default_rng(0).permutation(len(train))[:MOST_TEXTS]

    def read(texts: list[data.Labeled], near: Floats) -> tuple[Floats, np.ndarray]:
        found = model.encode([each.text for each in texts]) @ near.T
        return found, np.array([each.label for each in texts])

    cosines, answers = read([train[n] for n in chosen], near)

    def surprise(t: float) -> float:
        return float(-np.log(shares(cosines, t)[np.arange(len(answers)), answers] + 1e-9).mean())

    best = float(minimize_scalar(surprise, bounds=(0.005, 0.5), method="bounded").x)
    cosines, answers = read(held, near)
    others, _ = read(held, label_vectors(model, UNRELATED))
    odds = shares(cosines, best)
    right, sure = odds.argmax(axis=1) == answers, odds.max(axis=1) > 0.5
    return {
        "temperature": round(best, 4),
        "texts": len(held),
        "accuracy": round(float(right.mean()), 4),
        "sure": round(float(sure.mean()), 4),
        "accuracy_if_sure": round(float(right[sure].mean()), 4),
        "mean_score": round(float(odds.max(axis=1).mean()), 4),
        "far": round(float((cosines.max(axis=1) < FAR).mean()), 4),
        "far_from_others": round(float((others.max(axis=1) < FAR).mean()), 4),
    }


def search(model: Meaning, folder: Path) -> dict[str, float]:
    """Of questions, how many have a sentence of their passage, and of another one, that is as near
    as `NEAR`; and how often the nearest sentence is the one that answers."""
    questions = data.asked(folder)[1][:: max(len(data.asked(folder)[1]) // MOST_QUESTIONS, 1)]
    asked = model.encode([each.question for each in questions])
    places = [sentences(each.context) for each in questions]
    said = [
        model.encode([each.context[start:end] for start, end in found])
        for each, found in zip(questions, places, strict=True)
    ]
    half = len(questions) // 2
    own = [found @ q for found, q in zip(said, asked, strict=True)]
    other = [found @ q for found, q in zip([*said[half:], *said[:half]], asked, strict=True)]
    hits = [
        places[n][int(cosines.argmax())][0]
        <= questions[n].start
        < places[n][int(cosines.argmax())][1]
        for n, cosines in enumerate(own)
    ]
    return {
        "questions": len(questions),
        "found": round(float(np.mean([each.max() >= NEAR for each in own])), 4),
        "found_elsewhere": round(float(np.mean([each.max() >= NEAR for each in other])), 4),
        "own_5_percent": round(float(np.quantile([each.max() for each in own], 0.05)), 3),
        "elsewhere_95_percent": round(float(np.quantile([e.max() for e in other], 0.95)), 3),
        "answer_in_nearest_sentence": round(float(np.mean(hits)), 4),
    }


if __name__ == "__main__":
    main()
