"""How far two answers are from each other, in words and in places."""

import pytest

from demos.core.language.agreement import agreement, differing, only_in
from demos.core.language.answers import (
    Answer,
    Answered,
    Entities,
    Found,
    Request,
    Sorted,
    Span,
    Summarized,
    Task,
    Translation,
    Verdict,
)
from demos.core.results import LabelScore, Outcome, Provenance

RECORD = Provenance("a" * 64, "m", "0" * 64, "none", "numpy", "cpu", "float32", 0.1, ())
TEXT = "Ada met Bob in Rome."
GIVEN, NONE = Verdict(), Verdict(Outcome.REFUSED, "No.")


def request(task: Task) -> Request:
    return Request(task, TEXT)


def labels(*scores: tuple[str, float], verdict: Verdict = GIVEN) -> Sorted:
    found = tuple(LabelScore(*each) for each in scores)
    return Sorted(request(Task.TOPIC), verdict, found, True, (), RECORD)


def spans(kind: type[Entities] | type[Found], *places: tuple[int, int, str]) -> Entities | Found:
    found = tuple(Span(*each, 0.9) for each in places)
    return kind(request(Task.ENTITIES), GIVEN, found, RECORD)


def answered(*places: tuple[int, int]) -> Answered:
    found = tuple(Span(*each, "", 0.9) for each in places)
    return Answered(request(Task.QUESTION_ANSWERING), GIVEN, found, 0.1, RECORD)


def summary(text: str) -> Summarized:
    return Summarized(request(Task.SUMMARY), GIVEN, (), text, RECORD)


def translation(text: str) -> Translation:
    return Translation(request(Task.TRANSLATION), GIVEN, (), text, RECORD)


ADA, BOB, ROME = (0, 3, "PER"), (8, 11, "PER"), (15, 19, "LOC")


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (labels(("a", 1)), labels(("A", 1)), "Both say A."),
        (
            labels(("a", 0.6), ("b", 0.4)),
            labels(("B", 0.9), ("A", 0.1)),
            "They disagree: the first says A, the second B.",
        ),
        (
            labels(("a", 0.6), ("b", 0.4)),
            labels(("c", 0.9)),
            "They choose from different labels: the first says A, the second C.",
        ),
        (
            labels(verdict=NONE),
            labels(("a", 1)),
            "Only the second gives an answer.",
        ),
        (labels(("a", 1)), labels(verdict=NONE), "Only the first gives an answer."),
        (labels(verdict=NONE), labels(verdict=NONE), "Neither gives an answer."),
        (spans(Entities, ADA, BOB), spans(Entities, ADA, BOB), "Both find the same 2 names."),
        (
            spans(Entities, ADA, BOB),
            spans(Entities, ADA, ROME),
            "1 of the 3 names that either finds are found alike by both.",
        ),
        (spans(Entities), spans(Entities), "Neither finds a name."),
        (answered((0, 3)), answered((0, 3)), "Both give the same answer."),
        (
            answered((0, 3)),
            answered((0, 11)),
            "They point at the same place, and cut the answer out differently.",
        ),
        (answered((0, 3)), answered((15, 19)), "They give different answers."),
        (answered((0, 3)), answered(), "One of the two names no place in the text."),
        (spans(Found, ADA), spans(Found, ADA), "They put the same passage first."),
        (
            spans(Found, ADA, BOB),
            spans(Found, BOB, ADA),
            "They put different passages first; of the first 2, 2 are in both answers.",
        ),
        (spans(Found, ADA), spans(Found), "One of the two finds no passage."),
        (summary("One two."), summary("one, two"), "Both write the same words."),
        (summary(""), summary(""), "Neither writes a word."),
        (
            translation("Ein alter Mann"),
            translation("Ein Mann schläft"),
            "They differ in 1 of the 3 words of the first (33.3 %); the second has 3 words.",
        ),
        (summary(""), summary("Hi"), "They differ in 0 of the 0 words of the first (none); "),
        (
            summary("a " * 4_000),
            summary("b"),
            "They write different texts, too long to be compared word by word.",
        ),
        (
            labels(("a", 1)),
            summary("x"),
            "They answer in different ways, which cannot simply agree or differ.",
        ),
    ],
)
def test_agreement_in_words(first: Answer, second: Answer, words: str) -> None:
    assert agreement(first, second).startswith(words)


def test_names_of_another_kind_are_not_the_same() -> None:
    first, second = spans(Entities, ADA, ROME), spans(Entities, ADA, (15, 19, "ORG"))
    assert isinstance(first, Entities) and isinstance(second, Entities)
    assert [each.label for each in only_in(first, second)] == ["LOC"]


def test_words_that_differ_have_places() -> None:
    first, second = "Ein alter Mann.", "Ein Mann schläft!"
    left, right = differing(first, second)
    assert [first[slice(*each)] for each in left] == ["alter"]
    assert [second[slice(*each)] for each in right] == ["schläft"]
    assert differing("a " * 4_000, "b") == ([], [])
