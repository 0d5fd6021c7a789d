"""From text to tokens and back to places in it, with the encoder's own vocabulary."""

from collections.abc import Sequence
from dataclasses import dataclass

from demos.core.language.text import encodable
from demos.core.sentence_encoder import vocabulary

CLS, SEP, PAD = 101, 102, 0


@dataclass(frozen=True, slots=True)
class Tokens:
    """Word pieces of a text without those that frame it: their ids, the places (start, end) in the
    text, and which word each is of, counted from 0; a mark of punctuation is a word."""

    ids: list[int]
    places: list[tuple[int, int]]
    words: list[int]

    def __len__(self) -> int:
        return len(self.ids)

    def part(self, start: int, end: int) -> "Tokens":
        return Tokens(self.ids[start:end], self.places[start:end], self.words[start:end])


def encode(texts: Sequence[str]) -> list[Tokens]:
    """All tokens of each text, however many. Half a character becomes a question mark."""
    whole = [encodable(each) for each in texts]
    return [
        Tokens(found.ids, found.offsets, found.word_ids)
        for found in vocabulary().encode_batch(whole, add_special_tokens=False)
    ]
