"""What every model here has in common: whom it tells how far it is, and what it cannot answer."""

from collections.abc import Callable

from demos.core.errors import EmptyInput
from demos.core.language.answers import Verdict
from demos.core.results import Outcome

Tell = Callable[[float, str], None]
"""Told the share that is done and the text so far, if it writes one; may raise to stop."""

NOTHING = Verdict(Outcome.REFUSED, "There is nothing to read in this text.")


def ignore(fraction: float, partial: str) -> None:
    """For whoever waits for the whole."""


def needed(text: str, what: str) -> None:
    """Raises `EmptyInput` if there is nothing in `text`, which is `what`."""
    if not text.strip():
        raise EmptyInput(f"There is no {what}.", f"Type a {what}, then try again.")
