"""What is known of many recordings before the first is heard: how long they are, what is said.

A text file beside a recording of the same name, `call.txt` beside `call.wav`, is its reference:
what was really said. A text without a recording is a file like any other, and no recording.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from demos.core.audio.decoding import KINDS
from demos.core.audio.readers import NotInstalled, by_libsndfile, by_pyav
from demos.core.batch_files import Given, Incoming, check_count, expanded, listed
from demos.core.errors import InputError
from demos.core.jobs import Job
from demos.core.settings import Settings
from demos.core.signatures import looks_like

MAX_REFERENCE = 50_000
"""Characters: an hour of speech."""
TEXT = ".txt"


@dataclass(frozen=True, slots=True)
class Survey:
    """`lengths` are the seconds of the recordings as their files say, None where they do not.

    `paired` are the names of recordings, without their endings; `references` what is said in those
    that have a text, and `problems` why that of others is not used.
    """

    lengths: tuple[float | None, ...]
    paired: frozenset[str]
    references: dict[str, str]
    problems: dict[str, str]

    def is_reference(self, name: str) -> bool:
        """Whether a file of this name is the reference of a recording."""
        return is_text(name) and stem(name) in self.paired


def is_text(name: str) -> bool:
    return name.lower().endswith(TEXT)


def stem(name: str) -> str:
    """A path without its ending, as names are compared."""
    path = PurePosixPath(name.replace("\\", "/"))
    return str(path.with_suffix("") if path.name else path).casefold()


def stems_of_recordings(names: Sequence[str]) -> frozenset[str]:
    return frozenset(stem(name) for name in names if not is_text(name))


def count_recordings(given: Sequence[Given], settings: Settings) -> int:
    """How many rows there will be, without unpacking anything. Raises `TooLarge`."""
    names = listed(given, settings)
    paired = stems_of_recordings(names)
    return check_count(sum(not is_text(name) or stem(name) not in paired for name in names))


def survey(given: Sequence[Given], settings: Settings, job: Job) -> Survey:
    """Read every text and the header of every recording. Raises `Canceled`."""
    lengths: list[float | None] = []
    found = Survey((), stems_of_recordings(listed(given, settings)), {}, {})
    for number, file in enumerate(expanded(deque(given), settings, settings.max_audio_bytes), 1):
        job.report(0, None, f"Looking at file {number:,}")
        if not found.is_reference(file.name):
            lengths.append(stated_seconds(file, settings))
            continue
        try:
            found.references[stem(file.name)] = reference_text(file)
        except InputError as problem:
            found.problems[stem(file.name)] = problem.problem
    return Survey(tuple(lengths), found.paired, found.references, found.problems)


def stated_seconds(file: Incoming, settings: Settings) -> float | None:
    """How long a recording says it is; 0 where it will not be heard."""
    kind = KINDS.get(looks_like(file.data or b""))
    if kind is None or file.data is None:
        return 0.0
    reader = by_libsndfile if kind.libsndfile else by_pyav
    try:
        with reader(file.data, kind) as reading:
            seconds = reading.seconds
    except NotInstalled:
        return None
    except InputError:  # hardly any other reader makes something of it
        return 0.0
    return 0.0 if seconds is not None and seconds > settings.max_audio_seconds + 1 else seconds


def reference_text(file: Incoming) -> str:
    """The text of a file. Raises `InputError` where it is none, or too much of it."""
    if file.problem is not None or file.data is None:
        raise InputError("The text beside it could not be read.", "Save it as plain text.")
    try:
        text = file.data.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise InputError(
            "The text beside it was not used: it is not in UTF-8.", "Save it as UTF-8."
        ) from error
    if len(text) > MAX_REFERENCE:
        raise InputError(
            f"The text beside it was not used: it has {len(text):,} characters, and the limit is "
            f"{MAX_REFERENCE:,}.",
            "Shorten it.",
        )
    return text
