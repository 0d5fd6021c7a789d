"""A transcript as it grows, chunk by chunk."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from demos.core.results import Outcome
from demos.core.speech.chunks import Chunk
from demos.core.speech.stitching import sentences, stitch, stitch_segments
from demos.core.speech.transcript import Region, Segment, Word
from demos.speech_recognition.doubts import LEAST_CERTAINTY
from demos.speech_recognition.hearing import Doubt, Heard
from demos.speech_recognition.languages import LANGUAGES
from demos.speech_recognition.token_words import within_voice

NO_SPEECH = "No speech detected."
NOTHING_SAID = "No speech detected: there is something like a voice, but no words in it."
MOST_PLACES = 3
"""That a sentence about doubts names."""
SENTENCES = {
    Doubt.REPEATS: "The model began to repeat itself at {}; the repetitions are left out.",
    Doubt.IMPROBABLE: "The model finds its own text improbable at {}.",
}


@dataclass(frozen=True, slots=True)
class HeardText:
    """What was heard so far in a recording with a voice in `regions`.

    `words` and `segments` say the same; without `word_times` there are segments only. `doubts` are
    where a chunk began that is doubtful, and why; `guessed` is a language that is not certain.
    """

    regions: tuple[Region, ...]
    word_times: bool
    words: tuple[Word, ...] = ()
    segments: tuple[Segment, ...] = ()
    doubts: tuple[tuple[float, Doubt], ...] = ()
    guessed: str = ""

    def extended(self, heard: Heard, chunk: Chunk, before: Chunk | None) -> "HeardText":
        """With what was heard in the next chunk; `before` is the one before it."""
        words = within_voice(heard.words, self.regions)
        end = before.end if before is not None and chunk.overlaps_previous else chunk.start
        shared = Region(chunk.start, max(end, chunk.start))
        said = tuple(stitch(self.words, words, shared)) if words else self.words
        if heard.segments:
            segments = tuple(stitch_segments(self.segments, heard.segments, shared))
        elif self.word_times or not words:
            segments = sentences(said) if words else self.segments
        else:
            segments = tuple(replace(each, words=()) for each in sentences(said))
        doubts = self.doubts
        if heard.doubt is not None:
            doubts = (*doubts, (chunk.start, heard.doubt))
        uncertain = heard.certainty < LEAST_CERTAINTY and heard.language is not None
        return HeardText(
            self.regions,
            self.word_times,
            said,
            segments,
            doubts,
            heard.language or "" if uncertain else self.guessed,
        )

    def outcome(self) -> tuple[Outcome, str]:
        """Whether it is an answer, and if not, a sentence that says why."""
        if not self.segments:
            return Outcome.REFUSED, NOTHING_SAID if self.regions else NO_SPEECH
        reasons = [
            sentence.format(places([at for at, doubt in self.doubts if doubt is kind]))
            for kind, sentence in SENTENCES.items()
            if any(doubt is kind for _at, doubt in self.doubts)
        ]
        if self.guessed:
            name = LANGUAGES.get(self.guessed, self.guessed)
            reasons.append(f"The language is a guess: {name}.")
        return (Outcome.UNSURE if reasons else Outcome.ANSWER), " ".join(reasons)


def places(moments: Sequence[float]) -> str:
    """Moments of a recording as minutes and seconds, the first few of them."""
    named = [f"{int(at) // 60}:{int(at) % 60:02d}" for at in moments[:MOST_PLACES]]
    more = len(moments) - len(named)
    return ", ".join(named) + (f" and {more} more place{'s' * (more > 1)}" if more > 0 else "")
