"""Errors whose text is meant for the person using the dashboard.

    UserError
    ├── InputError        the file or text cannot be used as it is
    │   ├── EmptyInput
    │   ├── TooLarge
    │   ├── UnsupportedType
    │   └── Unreadable
    ├── ModelError        the model cannot be used
    │   ├── WeightsMismatch
    │   ├── ModelTooLarge
    │   ├── HubUnavailable
    │   └── DiskFull
    └── Busy              every place is taken; waiting did not help

Anything else that is raised is a defect of ours and stays loud in the log.
"""

from typing import Self


class UserError(Exception):
    """A problem to be shown as is: one sentence for what is wrong, one for the way out."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy

    def bare(self) -> Self:
        """Itself without its traceback, which keeps alive what the code had in hand."""
        self.__traceback__ = self.__context__ = self.__cause__ = None
        return self


class InputError(UserError):
    """The file or text given cannot be used as it is."""


class EmptyInput(InputError):
    """There is nothing in it."""


class TooLarge(InputError):
    """It is over a limit of `demos.core.settings`."""


class UnsupportedType(InputError):
    """Its content is of a kind the demo does not read, whatever its name says."""


class Unreadable(InputError):
    """It is of a kind the demo reads, but damaged or cut short."""


class ModelError(UserError):
    """The model cannot be used."""


class WeightsMismatch(ModelError):
    """The weights on disk are not the ones the specification names."""


class ModelTooLarge(ModelError):
    """The model does not fit the memory budget, even alone."""


class HubUnavailable(ModelError):
    """The Hub cannot be reached, or does not give the model away."""


class DiskFull(ModelError):
    """The files of the model do not fit the disk."""


class Busy(UserError):
    """The queue is full, or the deadline passed while waiting in it.

    `position` is the place in the queue, counted from 1.
    """

    def __init__(self, position: int) -> None:
        super().__init__(
            f"All models are in use, and your request is number {position} in the queue.",
            "Nothing is lost: try again in a few seconds.",
        )
        self.position = position
