"""The language demo's part: English texts of our own making, as long as they are wanted."""

from random import Random
from typing import Any

from demos.core.devices import CPU
from demos.core.spec import ModelSpec
from demos.language_tasks import SPEC, inference
from demos.language_tasks.encoding import encode

DEMO = SPEC
FRAME = 2
"""Tokens that frame a text."""
FEWEST = 8
"""Tokens of a sentence, at least."""

THINGS = (
    *("The parcel", "My new printer", "Your last invoice", "The morning train", "Our hotel room"),
    *("This recipe", "The soup", "Her second book", "The repair", "The meeting on Monday"),
    *("Their service", "The garden chair", "This update", "The concert", "The small red lamp"),
)
GOOD = (
    *("was a pleasure from start to end", "came two days early", "works better than the old one"),
    *("looked exactly as promised", "made everybody smile", "was worth every cent"),
    *("was kind, quick and cheap", "is the best that we have had in years"),
)
BAD = (
    *("was late again", "broke on the first evening", "cost more than we had agreed"),
    *("smelled of smoke and cold fat", "was a waste of an afternoon", "made no sense at all"),
    *("was dirty, loud and far too small", "is worse than what it replaced"),
)
ENDS = (
    *("and nobody can tell me why", "and I have told all my neighbors", "as we saw last week"),
    *("so we will write to the office", "although it had rained all day", "says my brother"),
    *("and that is what matters to us", "which I did not expect", "and the children agree"),
)

PEOPLE = ("A man", "A woman", "A young girl", "An old man", "A boy", "A group of people")
CLOTHES = ("in a red shirt", "in a blue jacket", "with a hat", "in black", "with glasses")
DOING = (
    *("is riding a bike", "is playing the guitar", "is walking a brown dog", "is reading a book"),
    *("is sitting on a bench", "is jumping into the water", "is cooking a meal"),
)
PLACES = (
    *("in a park", "on the street", "near a lake", "in front of a house", "at a market"),
    *("on a sunny day", "next to a parked car"),
)


def on_cpu(spec: ModelSpec) -> Any:
    """A loaded model."""
    return inference.load(spec, CPU)


def texts(tokens: int, count: int, seed: int) -> list[str]:
    """`count` different texts of exactly so many tokens each, those that frame them included.

    Every other one praises, the rest complain; the last sentence ends where the tokens do.
    """
    rng = Random(seed)
    room = tokens - FRAME
    found: dict[str, None] = {}
    while len(found) < count:
        kind = len(found) % 2 == 0
        said = " ".join(sentence(rng, kind) for _ in range(room // FEWEST + 1))
        (whole,) = encode([said])
        text = said[: whole.places[room - 1][1]]
        if len(encode([text])[0]) == room:  # else a word was cut in two, and reads as another
            found[text] = None
    return list(found)


def sentence(rng: Random, kind: bool) -> str:
    return f"{rng.choice(THINGS)} {rng.choice(GOOD if kind else BAD)}, {rng.choice(ENDS)}."


def letter(sentences: int, seed: int) -> str:
    """Some praise, some complaint."""
    rng = Random(seed)
    return " ".join(sentence(rng, rng.random() < 0.5) for _ in range(sentences))


def captions(count: int, seed: int) -> str:
    """A text of so many sentences such as the translator knows: what is seen in a picture."""
    rng = Random(seed)
    parts = (PEOPLE, CLOTHES, DOING, PLACES)
    return " ".join(" ".join(map(rng.choice, parts)) + "." for _ in range(count))
