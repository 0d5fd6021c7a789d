"""Examples near a text: the nearest first, with their labels."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from demos.core.language.alike import alike

EXAMPLES = {"weather": ("rain", "snow"), "money": ("rent",)}
ANGLES = {"asked": 0.0, "rain": 60.0, "snow": 10.0, "rent": 30.0}


def vectors(texts: Sequence[str]) -> NDArray[np.float32]:
    angles = np.radians([ANGLES[each] for each in texts])
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


OTHERS = vectors(["rain", "snow", "rent"])


def test_the_nearest_come_first_with_label_and_cosine() -> None:
    found = alike(vectors(["asked"])[0], EXAMPLES, OTHERS)
    assert [(each.text, each.label) for each in found] == [
        ("snow", "weather"),
        ("rent", "money"),
        ("rain", "weather"),
    ]
    wanted = np.cos(np.radians([10, 30, 60]))
    assert [each.cosine for each in found] == pytest.approx(wanted, abs=1e-6)


def test_no_more_are_given_than_are_asked_for() -> None:
    assert [each.text for each in alike(vectors(["asked"])[0], EXAMPLES, OTHERS, most=1)] == [
        "snow"
    ]
