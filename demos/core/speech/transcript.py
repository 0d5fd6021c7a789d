"""What a recognizer heard: words with times and scores, whichever model they are from."""

from dataclasses import dataclass

from demos.core.results import Outcome, Provenance


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of the recording, in seconds from its beginning."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Word:
    """One word as written, without spaces around it, and when it was said, in seconds.

    `score` is between 0 and 1: a probability where the transcript is calibrated, else the model's
    own; None where the model gives none.
    """

    text: str
    start: float
    end: float
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence or so. `words` is empty where no times of words were asked for."""

    text: str
    start: float
    end: float
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """Speech that was heard and turned away: no word of the vocabulary fits it well enough.

    `nearest` is the word that fits best all the same, `score` how well, as in `Word`.
    """

    start: float
    end: float
    nearest: str
    score: float


@dataclass(frozen=True, slots=True)
class Options:
    """What to do with speech. `language` is an ISO 639-1 code, None to have it detected.

    `translate` asks for English whatever the language; `word_times` for a time for every word.
    A model that cannot do one of them says so in its specification and ignores it.
    """

    language: str | None = None
    translate: bool = False
    word_times: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Transcription:
    """What one model heard in one recording of `seconds`.

    `outcome` is REFUSED where there is nothing to read: no speech, or none that fits; `reason` is
    then a sentence for the user, and another one where it is UNSURE. `regions` are where there is a
    voice. `calibrated` says whether word scores are probabilities. `done` is how far, in seconds,
    the recording has been heard: less than `seconds` while the transcript is still being produced.
    `language` is an ISO 639-1 code, None where the model has only one or tells none.
    """

    outcome: Outcome
    reason: str
    segments: tuple[Segment, ...]
    regions: tuple[Region, ...]
    rejected: tuple[Rejected, ...]
    language: str | None
    calibrated: bool
    seconds: float
    done: float
    options: Options
    provenance: Provenance

    @property
    def text(self) -> str:
        return " ".join(each.text for each in self.segments if each.text)

    @property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for each in self.segments for word in each.words)
