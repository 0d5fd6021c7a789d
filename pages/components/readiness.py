"""How far the warm-up of the server is, as pages may ask.

Pages run inside the server but cannot reach the objects of `app.py`; it hands them over here.
"""

from collections.abc import Sequence
from typing import Protocol


class Stage(Protocol):
    """One step of the warm-up; `state` is `waiting`, `running`, `done` or `failed`."""

    @property
    def name(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def problem(self) -> str: ...


class WarmUp(Protocol):
    @property
    def stages(self) -> Sequence[Stage]: ...


_followed: list[WarmUp] = []


def follow(warm_up: WarmUp) -> None:
    """Make this the warm-up that `stages` reports; the server calls it once, when it starts."""
    _followed[:] = [warm_up]


def stages() -> Sequence[Stage]:
    """The steps of the warm-up, empty where nobody warms up (a page run in a test)."""
    return _followed[0].stages if _followed else ()
