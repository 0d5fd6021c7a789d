"""Windows cover every token once, and places take in what belongs to a character."""

import random
from itertools import pairwise

import pytest

from demos.language_tasks.windows import completed, windows


def words_of(lengths: list[int]) -> list[int]:
    return [n for n, length in enumerate(lengths) for _ in range(length)]


def test_what_fits_is_one_window() -> None:
    assert windows([], 8) == ()
    (only,) = windows([0, 1, 1], 3, 1)
    assert (only.start, only.end, only.first, only.last) == (0, 3, 0, 3)


@pytest.mark.parametrize("seed", range(20))
def test_every_token_counts_once_and_no_word_is_cut(seed: int) -> None:
    draw = random.Random(seed)
    words = words_of([draw.randint(1, 4) for _ in range(200)])
    room = draw.randint(24, 60)
    overlap = draw.randint(0, room // 4)
    found = windows(words, room, overlap)
    assert [n for each in found for n in range(each.first, each.last)] == list(range(len(words)))
    for each in found:
        assert each.start <= each.first < each.last <= each.end <= each.start + room
        for edge in (each.start, each.end, each.first, each.last):
            assert edge in (0, len(words)) or words[edge] != words[edge - 1]
    for before, after in pairwise(found):
        assert before.end - after.start >= overlap
        assert before.end - after.start <= overlap + 4
        # What counts lies at least about half an overlap from where its window was cut.
        assert before.end - before.last >= overlap // 2 - 4
        assert after.first - after.start >= overlap // 2 - 4


@pytest.mark.parametrize("overlap", [0, 100])
def test_a_megabyte_without_a_space_ends(overlap: int) -> None:
    found = windows([0] * 300_000, 384, overlap)
    assert len(found) < 2000
    assert sum(each.last - each.first for each in found) == 300_000


@pytest.mark.parametrize(
    ("text", "place", "whole"),
    [
        ("an apple.", (2, 8), "apple"),  # a space in front, as tokenizers with one have it
        ("Zu\u0308rich", (0, 2), "Zu\u0308"),
        ("Cafe\u0301s", (4, 5), "e\u0301"),
        ("ok \U0001f44d\U0001f3fd!", (3, 4), "\U0001f44d\U0001f3fd"),
        (
            "\U0001f468\u200d\U0001f469\u200d\U0001f467 x",
            (2, 3),
            "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        ),
        ("a \u2764\ufe0f b", (2, 3), "\u2764\ufe0f"),
        ("a   b", (1, 4), ""),
        ("שלום עולם", (4, 9), "עולם"),
    ],
)
def test_places_are_completed(text: str, place: tuple[int, int], whole: str) -> None:
    start, end = completed(text, *place)
    assert text[start:end] == whole
