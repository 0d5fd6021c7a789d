"""From texts to what the reader is trained on."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from demos.core.language.answers import Task
from demos.core.sentence_encoder import vocabulary
from demos.language_tasks.data import Asked, Labeled, Tagged
from demos.language_tasks.encoding import CLS, SEP, encode
from demos.language_tasks.examples import (
    BATCH,
    IGNORED,
    LENGTHS,
    MOST,
    NEARBY,
    Example,
    answer_tokens,
    batched,
    collated,
    entity_examples,
    nearest_passages,
    question_examples,
    sorting_examples,
)
from demos.language_tasks.tasks import ENTITY_TAGS, MOST_SORTED

STORY = "The ferry left Gdansk at noon. Ms. O'Hara-Lindqvist, its captain, waved to 1,200 people."


def asked(question: str, answer: str, context: str = STORY) -> Asked:
    return Asked(question, context, answer, context.index(answer))


def others(questions: Sequence[Asked]) -> NDArray[np.int64]:
    return np.array([np.arange(len(questions))] * len(questions))


def test_the_nearest_passages_are_of_others_about_the_same() -> None:
    questions = [
        Asked(f"Question {n}?", f"{subject} {chr(97 + n) * 3}{more[0]}, {more}", more, 0)
        for n in range(20)
        for subject, more in (("the river ferry", "water"), ("a bank loan", "money"))
    ]
    near = nearest_passages(questions)
    assert near.shape == (40, NEARBY)
    for n, row in enumerate(near):
        assert n not in row
        assert {questions[k].answer for k in row} == {questions[n].answer}


def marked(example: Example) -> str:
    """The tokens that the target points at."""
    first, last = example.target
    return str(vocabulary().decode(list(example.ids[first : last + 1])))


def test_the_target_is_the_answer_wherever_its_passage_is_cut() -> None:
    long = "Nothing happened that day. " * 60 + STORY + " It rained in the evening." * 60
    questions = [asked("Where did it leave?", "Gdansk", context) for context in (STORY, long)] + [
        asked("How many saw it?", "1,200 people", context) for context in (STORY, long)
    ]
    for seed in range(5):
        made = question_examples(questions * 4, others(questions * 4), np.random.default_rng(seed))
        answered = [each for each in made if each.target != (0, 0)]
        assert {marked(each) for each in answered} == {"gdansk", "1, 200 people"}
        assert all(len(each.ids) <= MOST[Task.QUESTION_ANSWERING] for each in made)
        assert all(each.ids[each.second - 1] == SEP and each.ids[0] == CLS for each in made)


def test_questions_asked_of_another_passage_have_no_answer() -> None:
    questions = [
        Asked(f"Who was number {n}?", f"Number {n} was Ann{n} of that town.", f"Ann{n}", 13)
        for n in range(30)
    ]
    near = np.array([[n if n < 5 else 0] for n in range(30)])
    made = question_examples(questions, near, np.random.default_rng(0), 1.0)
    assert len(made) == 25, "their own passage does answer the first five"
    assert all(each.target == (0, 0) for each in made)
    passages = {vocabulary().decode(list(each.ids[each.second :])) for each in made}
    assert passages == {"number 0 was ann0 of that town."}


def test_a_part_of_a_word_is_the_whole_token() -> None:
    (passage,) = encode([STORY])
    first, last = answer_tokens(passage, asked("Who?", "Lindqvist"))
    start, end = passage.places[first][0], passage.places[last][1]
    assert STORY[start:end] == "Lindqvist"


def test_the_first_piece_of_a_word_has_its_tag_and_a_name_goes_on_within_a_token() -> None:
    sentence = Tagged(("Ann-Marie", "left", "Northwold-on-Sea"), ("B-PER", "O", "B-LOC"), "own")
    (made,) = entity_examples([sentence])
    pieces = [vocabulary().id_to_token(each) for each in made.ids]
    tags = [None if each == IGNORED else ENTITY_TAGS[each] for each in made.target]
    told = {piece: tag for piece, tag in zip(pieces, tags, strict=True) if tag is not None}
    assert told["ann"] == "B-PER" and told["marie"] == "I-PER" and told["left"] == "O"
    assert told["sea"] == "I-LOC" and tags[0] is None and tags[-1] is None
    assert all(tag is None for piece, tag in zip(pieces, tags, strict=True) if piece[:2] == "##")
    assert len(made.shapes) == len(made.ids)


def test_long_texts_are_cut_to_what_is_read_at_once() -> None:
    (made,) = sorting_examples(Task.TOPIC, [Labeled("word " * 500, 2)])
    assert len(made.ids) == MOST_SORTED and made.target == (2,)


def test_every_example_is_in_one_batch_of_like_length() -> None:
    texts = [Labeled("word " * (1 + n % 40), n % 2) for n in range(500)]
    made = sorting_examples(Task.SENTIMENT, texts)
    batches = list(batched(made, np.random.default_rng(0)))
    assert sorted(id(each) for batch in batches for each in batch) == sorted(map(id, made))
    assert max(map(len, batches)) == BATCH[Task.SENTIMENT]
    spread = [max(len(e.ids) for e in b) - min(len(e.ids) for e in b) for b in batches]
    assert np.median(spread) <= 8


def test_a_batch_is_padded_and_padding_is_never_asked() -> None:
    sentences = [
        Tagged(("Ann", "left"), ("B-PER", "O"), ""),
        Tagged(("It", "rained", "in", "Gdansk"), ("O", "O", "O", "B-LOC"), ""),
    ]
    batch = collated(entity_examples(sentences))
    assert batch.ids.shape == batch.target.shape == (2, LENGTHS[0])
    assert batch.mask.sum(dim=1).tolist() == [4, 6]
    assert (batch.target[batch.mask == 0] == IGNORED).all()
    pair = collated(
        question_examples(
            [asked("Where?", "Gdansk")] * 3, np.zeros((3, 1), int), np.random.default_rng(1), 0.0
        )
    )
    assert pair.target.shape == (3, 2)
    assert ((pair.kinds == 1) <= (pair.mask == 1)).all()
    assert torch.equal(pair.ids[pair.mask == 0], torch.zeros_like(pair.ids[pair.mask == 0]))
