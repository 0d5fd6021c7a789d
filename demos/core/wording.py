"""Figures as they are said to people, wherever they appear: page, report or answer of the API."""


def percent(share: float) -> str:
    """A share of 1 with at most three significant figures, never rounded up to a certainty."""
    if 0 < share < 0.0005:
        return "< 0.1 %"
    if 0.9995 <= share < 1:
        return "> 99.9 %"
    return f"{100 * share:.1f} %".replace("100.0", "100")
