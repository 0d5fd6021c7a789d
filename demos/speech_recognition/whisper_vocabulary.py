"""The tokens that Whisper is spoken to in: what each checkpoint calls them, and its prompts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demos.core.hub_files import read_json, unfit
from demos.core.speech.transcript import Options
from demos.speech_recognition.hub_catalog import KnownSpeech
from demos.speech_recognition.hub_networks import tokenizer
from demos.speech_recognition.languages import ENGLISH, UNSPACED
from demos.speech_recognition.token_words import Span, spans

TIMESTAMP_SECONDS = 0.02
"""From one timestamp token to the next."""


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Tokens by what they mean. `languages` by their codes; empty where only English is known.

    Text tokens come before `end`, timestamps after `no_timestamps`. `never` are not written,
    `never_first` not at the beginning; the first timestamp is at most `latest_first`.
    """

    tokenizer: Any
    start: int
    end: int
    no_timestamps: int
    no_speech: int
    languages: Mapping[str, int]
    tasks: Mapping[str, int]
    never: tuple[int, ...]
    never_first: tuple[int, ...]
    latest_first: int

    def prompt(self, language: str, options: Options, timestamps: bool) -> tuple[int, ...]:
        """What the decoder is given to continue."""
        task = self.tasks.get("translate" if options.translate else "transcribe")
        named = [self.languages[language], task] if self.languages else []
        last = [] if timestamps else [self.no_timestamps]
        return (self.start, *(each for each in named if each is not None), *last)

    def text_only(self, ids: Sequence[int]) -> list[int]:
        return [each for each in ids if each < self.end]

    def decode(self, ids: Sequence[int]) -> str:
        text: str = self.tokenizer.decode(list(ids))
        return text

    def words(self, ids: Sequence[int], language: str) -> list[Span]:
        """The words of text tokens."""
        return spans(ids, self.decode, spaced=language not in UNSPACED)

    def seconds(self, token: int) -> float | None:
        """The time that a timestamp token stands for, None for any other."""
        first = self.no_timestamps + 1
        return (token - first) * TIMESTAMP_SECONDS if token >= first else None


def vocabulary(known: KnownSpeech, folder: Path) -> Vocabulary:
    """As the files of the model have it. Raises `WeightsMismatch` if they lack what is needed."""
    settings = read_json(known, folder, "generation_config.json")
    loaded = tokenizer(known, folder, read_json(known, folder, "config.json")["vocab_size"])
    languages = settings.get("lang_to_id", {}) if settings.get("is_multilingual", True) else {}
    no_speech = loaded.token_to_id("<|nospeech|>") or loaded.token_to_id("<|nocaptions|>")
    try:
        found = Vocabulary(
            tokenizer=loaded,
            start=settings["decoder_start_token_id"],
            end=settings["eos_token_id"],
            no_timestamps=settings["no_timestamps_token_id"],
            # The token has no name in every checkpoint, but its place in all of them.
            no_speech=no_speech or settings["no_timestamps_token_id"] - 1,
            languages={name.strip("<|>"): token for name, token in languages.items()},
            tasks=settings.get("task_to_id", {}) if languages else {},
            never=tuple(settings.get("suppress_tokens") or ()),
            never_first=tuple(settings.get("begin_suppress_tokens") or ()),
            latest_first=settings.get("max_initial_timestamp_index") or 50,
        )
    except KeyError as error:
        raise unfit(known) from error
    wanted = set(known.languages) if found.languages else {ENGLISH}
    if not wanted <= set(found.languages or known.languages):
        raise unfit(known)
    return found
