"""From texts to what the reader is trained on: tokens, and what is asked of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray

from demos.core.language.answers import Task
from demos.language_tasks.data import Asked, Labeled, Tagged
from demos.language_tasks.encoding import CLS, SEP, Tokens, encode
from demos.language_tasks.shapes import token_shapes
from demos.language_tasks.tasks import ENTITY_TAGS, MOST_QUESTION, MOST_SORTED

IGNORED = -100
MOST = {Task.ENTITIES: 128, Task.QUESTION_ANSWERING: 224}
"""Tokens of a text in training, those that frame it included."""
UNANSWERED = 0.3
"""Of the questions that are validated, asked of a passage that does not answer them."""
NEARBY = 12
"""Of so many passages that are nearest by their words one is taken: often of the same article."""
LENGTHS = (12, 16, 24, 32, 48, 64, 96, 128, 160, 192, 224)
"""What a batch is padded to."""
POOL = 40
"""Batches sorted by length together."""
BATCH = {
    Task.SENTIMENT: 64,
    Task.TOPIC: 32,
    Task.INTENT: 64,
    Task.EMOTION: 48,
    Task.TOXICITY: 48,
    Task.ENTITIES: 32,
    Task.QUESTION_ANSWERING: 24,
}


@dataclass(frozen=True, slots=True)
class Example:
    """`second` is where the second text begins, else the length; `target` a label, tags of the
    tokens or the first and last token of the answer; `shapes` for entities only."""

    task: Task
    ids: tuple[int, ...]
    second: int
    target: tuple[int, ...]
    shapes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """`ids`, `mask`, `kinds` and `shapes` (B, T); `target` (B,), (B, T) or (B, 2) by task."""

    task: Task
    ids: torch.Tensor
    mask: torch.Tensor
    kinds: torch.Tensor
    shapes: torch.Tensor
    target: torch.Tensor


def framed(tokens: Sequence[int], most: int = MOST_SORTED) -> tuple[int, ...]:
    return (CLS, *tokens[: most - 2], SEP)


def sorting_examples(task: Task, texts: Sequence[Labeled]) -> list[Example]:
    found = encode([each.text for each in texts])
    made = []
    for tokens, each in zip(found, texts, strict=True):
        ids = framed(tokens.ids)
        made.append(Example(task, ids, len(ids), (each.label,)))
    return made


def entity_examples(sentences: Sequence[Tagged]) -> list[Example]:
    most = MOST[Task.ENTITIES]
    found = encode([" ".join(each.tokens) for each in sentences])
    made = []
    for tokens, each in zip(found, sentences, strict=True):
        ids = framed(tokens.ids, most)
        forms = token_shapes(" ".join(each.tokens), tokens)
        tags = (IGNORED, *token_tags(tokens, each)[: most - 2], IGNORED)
        made.append(Example(Task.ENTITIES, ids, len(ids), tags, (0, *forms[: most - 2], 0)))
    return made


def token_tags(tokens: Tokens, sentence: Tagged) -> list[int]:
    """What the first token of each word is tagged; the others are not asked."""
    owner: list[int] = []
    for place, token in enumerate(sentence.tokens):
        owner += [place] * (len(token) + 1)
    tags, last, of = [], -1, -1
    for word, (start, _) in zip(tokens.words, tokens.places, strict=True):
        if word == last:
            tags.append(IGNORED)
            continue
        tag = sentence.tags[owner[start]]
        if tag.startswith("B-") and owner[start] == of:
            tag = f"I-{tag[2:]}"
        tags.append(ENTITY_TAGS.index(tag))
        last, of = word, owner[start]
    return tags


def question_examples(
    questions: Sequence[Asked],
    others: NDArray[np.int64],
    rng: Generator,
    unanswered: float = UNANSWERED,
) -> list[Example]:
    """Each question with a part of its passage that holds the answer, or of one of the `others`
    (n, k) without it."""
    asked = encode([each.question for each in questions])
    passages = encode([each.context for each in questions])
    made = []
    for n, each in enumerate(questions):
        question = asked[n].ids[:MOST_QUESTION]
        room = MOST[Task.QUESTION_ANSWERING] - 3 - len(question)
        if rng.random() < unanswered:
            m = int(rng.choice(others[n]))
            if each.answer.lower() in questions[m].context.lower():
                continue
            start = int(rng.integers(max(len(passages[m]) - room, 0) + 1))
            made.append(joined(question, passages[m].part(start, start + room).ids, (0, 0)))
            continue
        first, last = answer_tokens(passages[n], each)
        earliest, latest = max(last + 1 - room, 0), min(first, max(len(passages[n]) - room, 0))
        start = int(rng.integers(min(earliest, latest), max(earliest, latest) + 1))
        offset = len(question) + 2 - start
        made.append(
            joined(
                question,
                passages[n].part(start, start + room).ids,
                (first + offset, min(last, start + room - 1) + offset),
            )
        )
    return made


def nearest_passages(questions: Sequence[Asked]) -> NDArray[np.int64]:
    """For each question (n, at most `NEARBY`), those of others whose passages have most words in
    common with it and its own."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    terms = TfidfVectorizer(stop_words="english", sublinear_tf=True, dtype=np.float32)
    passages = terms.fit_transform([each.context for each in questions])
    asked = passages + terms.transform([each.question for each in questions])
    found = []
    for n in range(len(questions)):
        near = (passages @ asked[n].T).toarray().ravel()
        near[[each.context == questions[n].context for each in questions]] = -1
        found.append(np.argsort(-near, kind="stable")[:NEARBY])
    return np.stack(found)


def answer_tokens(passage: Tokens, each: Asked) -> tuple[int, int]:
    """The first and last token that the answer has a part in."""
    end = each.start + len(each.answer)
    inside = [n for n, (a, b) in enumerate(passage.places) if b > each.start and a < end]
    return inside[0], inside[-1]


def joined(question: Sequence[int], passage: Sequence[int], target: tuple[int, int]) -> Example:
    ids = (CLS, *question, SEP, *passage, SEP)
    return Example(Task.QUESTION_ANSWERING, ids, len(question) + 2, target)


def batched(examples: Sequence[Example], rng: Generator) -> Iterator[list[Example]]:
    """All of them once, in batches of like length, in no order."""
    size = BATCH[examples[0].task]
    order = rng.permutation(len(examples))
    batches = []
    for at in range(0, len(order), size * POOL):
        pool = sorted(order[at : at + size * POOL], key=lambda n: len(examples[n].ids))
        batches += [pool[k : k + size] for k in range(0, len(pool), size)]
    for k in rng.permutation(len(batches)):
        yield [examples[n] for n in batches[k]]


def collated(examples: Sequence[Example]) -> Batch:
    """Padded to one of `LENGTHS`."""
    longest = max(len(each.ids) for each in examples)
    length = next(each for each in LENGTHS if each >= longest)
    shape = (len(examples), length)
    ids, mask, kinds, forms = (torch.zeros(shape, dtype=torch.long) for _ in range(4))
    task = examples[0].task
    tags = torch.full(shape, IGNORED)
    for row, each in enumerate(examples):
        size = len(each.ids)
        ids[row, :size] = torch.tensor(each.ids)
        mask[row, :size] = 1
        kinds[row, each.second : size] = 1
        if task is Task.ENTITIES:
            forms[row, :size] = torch.tensor(each.shapes)
            tags[row, :size] = torch.tensor(each.target)
    if task is Task.ENTITIES:
        target = tags
    elif task is Task.QUESTION_ANSWERING:
        target = torch.tensor([each.target for each in examples])
    else:
        target = torch.tensor([each.target[0] for each in examples])
    return Batch(task, ids, mask, kinds, forms, target)
