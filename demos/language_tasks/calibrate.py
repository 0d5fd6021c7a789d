"""From the trained reader to its weights file: temperatures, floors, graph.

    python -m demos.language_tasks.calibrate --data DIR --run runs/reader

On validation texts, as the graph in 8 bits reads them. A temperature for each task makes its
probabilities as often right as they say (Guo et al. 2017). Below a task's floor an answer is
unsure; of intents it is out of scope, by the floor that finds most of what is none while
enough requests are still heard. Writes `weights/reader.safetensors` and prints its SHA-256, unless
8 bits cost a task more than `MOST_LOST` of its accuracy or F1 in single precision.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save
from safetensors.torch import load_file
from scipy.optimize import minimize_scalar

from demos.core.devices import choose_device
from demos.core.language.answers import SORTING, Task
from demos.core.spec import Bundled, ModelSpec
from demos.language_tasks import data, measure, reading
from demos.language_tasks.encoding import encode
from demos.language_tasks.evaluate_reading import entities, questions
from demos.language_tasks.examples import MOST, entity_examples, nearest_passages, question_examples
from demos.language_tasks.label_scores import shares
from demos.language_tasks.network import Reader
from demos.language_tasks.pack import packed
from demos.language_tasks.reader import HEADS, Model, Row, framed, loaded, read, torch_forward
from demos.language_tasks.tasks import OUT_OF_SCOPE

WEIGHTS = Path(__file__).parent / "weights" / "reader.safetensors"
FLOOR = 0.6
"""Of sorting: an answer below it is wrong four times of ten."""
ANSWER_FLOOR = 0.4
HEARD = 0.955
"""Share of requests of known intents that are sorted rightly, at least."""
MOST_ASKED = 1_000
MOST_LOST = 0.003
"""Of a task's accuracy or F1."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    labels = data.labels_of(arguments.data)
    network = Reader(labels)
    network.load_state_dict(load_file(arguments.run / "reader.safetensors"))
    facts: dict[str, Any] = {
        "labels": {str(task): list(names) for task, names in labels.items()},
        "temperatures": {str(task): 1.0 for task in HEADS},
        "floors": {str(task): FLOOR for task in SORTING}
        | {str(Task.QUESTION_ANSWERING): ANSWER_FLOOR},
    }
    tensors = packed(network.eval(), facts)
    spec = ModelSpec("language_tasks", "reader", "", Bundled("", ""), 0, "", "")
    model = loaded(save(tensors), spec, "", choose_device("cpu"))
    single = replace(model, forward=torch_forward(network, model.device), dtype="float32")
    lost = {
        task: right(single, task, arguments.data) - right(model, task, arguments.data)
        for task in HEADS
    }
    print(json.dumps({"lost": lost}), flush=True)
    if max(lost.values()) > MOST_LOST:
        sys.exit(f"8 bits cost more than {MOST_LOST} of the answers: nothing is written.")
    facts["temperatures"] = {str(task): temperature(model, task, arguments.data) for task in HEADS}
    cooled = replace(model, temperatures={task: facts["temperatures"][task] for task in HEADS})
    facts["floors"][Task.INTENT] = intent_floor(cooled, arguments.data)
    tensors["facts"] = np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    encoded = save(tensors)
    arguments.output.write_bytes(encoded)
    chosen = {"sha256": hashlib.sha256(encoded).hexdigest(), "bytes": len(encoded)}
    del facts["labels"]
    print(json.dumps(chosen | facts, indent=1))


def temperature(model: Model, task: Task, folder: Path) -> float:
    """What the odds of a task are divided by, so that validation answers are least surprising."""
    odds, answers = held(model, task, folder)

    def surprise(t: float) -> float:
        return float(-np.log(shares(odds, t)[np.arange(len(answers)), answers] + 1e-9).mean())

    return round(float(minimize_scalar(surprise, bounds=(0.3, 5.0), method="bounded").x), 3)


def right(model: Model, task: Task, folder: Path) -> float:
    """Share of right answers; of names and of answers to questions their F1."""
    if task is Task.ENTITIES:
        return float(entities(partial(reading.mark, model), data.tagged(folder)[1])["f1"])
    if task is Task.QUESTION_ANSWERING:
        rows = [each for each in measure.asked(data.asked(folder)[1]) if each.answers]
        return float(questions(partial(reading.answer, model), rows)["f1"])
    odds, answers = held(model, task, folder)
    return float((odds.argmax(axis=1) == answers).mean())


def held(model: Model, task: Task, folder: Path) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Odds (n, L) of validation texts, of their words' tags or of where their answers start, and
    which was right."""
    if task in SORTING:
        texts = data.sorting(folder, task)[1]
        rows = [framed(each.ids[: reading.ROOM]) for each in encode([t.text for t in texts])]
        made = read(model, rows, [task])
        return np.stack([each[task] for each in made]), np.array([each.label for each in texts])
    if task is Task.ENTITIES:
        examples = entity_examples(data.tagged(folder)[1])
    else:
        asked = data.asked(folder)[1][:MOST_ASKED]
        examples = question_examples(asked, nearest_passages(asked), np.random.default_rng(0))
    rows = [
        Row(
            each.ids,
            [int(n >= each.second) for n in range(len(each.ids))],
            each.shapes or [0] * len(each.ids),
        )
        for each in examples
    ]
    made = read(model, rows, [task])
    if task is Task.ENTITIES:
        pairs = [
            (row, tag)
            for each, found in zip(examples, made, strict=True)
            for row, tag in zip(found[task], each.target, strict=True)
            if tag >= 0
        ]
        return np.stack([row for row, _ in pairs]), np.array([tag for _, tag in pairs])
    whole = np.full((len(examples), MOST[task]), -1e4, np.float32)
    for n, (each, found) in enumerate(zip(examples, made, strict=True)):
        starts = found[task][:, 0]
        whole[n, each.second : len(starts) - 1] = starts[each.second : -1]
        whole[n, 0] = starts[0]
    return whole, np.array([each.target[0] for each in examples])


def intent_floor(model: Model, folder: Path) -> float:
    """The highest probability that enough requests of known intents reach."""
    texts = data.sorting(folder, Task.INTENT)[1]
    names = model.labels[Task.INTENT]
    shares = reading.scores(model, [Task.INTENT], [each.text for each in texts])[Task.INTENT]
    outside = names.index(OUT_OF_SCOPE)
    known = [n for n, each in enumerate(texts) if each.label != outside]
    right = np.array([shares[n].argmax() == texts[n].label for n in known])
    best = np.array([shares[n].max() for n in known])
    return max(
        (floor for floor in floors() if float((right & (best >= floor)).mean()) >= HEARD),
        default=0.0,
    )


def floors() -> Sequence[float]:
    return [round(each, 2) for each in np.arange(0.0, 0.99, 0.01).tolist()]


if __name__ == "__main__":
    main()
