"""Figures as they are said to people."""

import pytest

from demos.core.wording import percent


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0.0 %"),
        (0.0004, "< 0.1 %"),
        (0.0005, "0.1 %"),
        (0.9819, "98.2 %"),
        (0.9994, "99.9 %"),
        (0.9996, "> 99.9 %"),
        (1.0, "100 %"),
    ],
)
def test_percent_has_three_figures_and_claims_no_certainty(share: float, text: str) -> None:
    assert percent(share) == text
