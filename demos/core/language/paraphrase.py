"""The same said otherwise, by rules: contractions written out or drawn together, other words.

Each takes a text and gives another one, or the same where nothing in it can be said otherwise.
"""

import re
from collections.abc import Callable

from demos.core.language.negation import like
from demos.core.language.verbs import participle

POLITE = "Could you please have a look at this: "
NEUTRAL = "This was written in the afternoon."

SHORT_NOT = {"can't": "cannot", "won't": "will not", "shan't": "shall not", "ain't": "is not"}
ENDINGS = {"m": "am", "re": "are", "ve": "have", "ll": "will"}
SHORT = re.compile(
    r"\b(?:(?P<negated>[a-z]+n['’]t)|(?P<lets>let)['’]s|(?P<stem>[a-z]+)['’](?P<end>m|re|ve|ll)"
    r"|(?P<who>i|you|he|she|it|we|they|that|there|here|what|where|who|how)['’](?P<open>s|d))\b"
    r"(?=\s+(?P<next>[a-z]+)|)",
    re.IGNORECASE,
)

LONG = {
    r"(do|does|did|is|are|was|were|has|have|had|would|could|should)\s+not": r"\1n't",
    r"(ca)n ?not": r"\1n't",
    r"(w)ill\s+not": r"\1on't",
    r"(i)\s+am": r"\1'm",
    r"(it|that|he|she|there|what|where)\s+is(?=\s+\w)": r"\1's",
    r"(we|you|they)\s+are(?=\s+\w)": r"\1're",
    r"(i|we|you|they|he|she|it)\s+will(?=\s+\w)": r"\1'll",
}
LONG_FORMS = [
    (re.compile(rf"\b{pattern}\b", re.IGNORECASE), short) for pattern, short in LONG.items()
]

SYNONYMS = dict(
    each.split("/")
    for each in """
    film/movie movie/film films/movies movies/films shop/store shops/stores stores/shops
    children/kids kids/children car/vehicle cars/vehicles vehicle/car vehicles/cars truck/lorry
    lorry/truck parcel/package parcels/packages package/parcel packages/parcels journey/trip
    journeys/trips cash/money money/cash firm/company company/firm firms/companies companies/firms
    doctor/physician doctors/physicians phone/telephone telephone/phone holiday/vacation
    holidays/vacations vacation/holiday big/large large/big small/little quickly/rapidly
    rapidly/quickly totally/completely completely/totally maybe/perhaps perhaps/maybe
    terrible/dreadful dreadful/terrible boring/dull dull/boring funny/comical happy/joyful
    sad/sorrowful great/terrific wonderful/marvelous marvelous/wonderful bad/poor clever/smart
    weird/strange strange/weird scary/frightening begin/start begins/starts began/started
    buy/purchase bought/purchased purchased/bought choose/pick chose/picked require/need
    requires/needs repair/fix repaired/fixed fixed/repaired speak/talk spoke/talked
    """.split()
)
"""Ours; one word in its place for another, so that neither article nor grammar changes."""
OTHER_WORD = re.compile(rf"\b(?:{'|'.join(SYNONYMS)})\b", re.IGNORECASE)


def expanded(text: str) -> str:
    """ "don't" as "do not", "it's" as "it is", or "it has" before a participle."""
    return SHORT.sub(in_full, text)


def in_full(found: re.Match[str]) -> str:
    word, after = found[0].replace("’", "'"), (found["next"] or "").lower()
    if found["negated"]:
        full = SHORT_NOT.get(word.lower(), f"{word[:-3].lower()} not")
    elif found["lets"]:
        full = "let us"
    elif found["end"]:
        full = f"{found['stem']} {ENDINGS[found['end'].lower()]}"
    elif found["open"].lower() == "s":
        full = f"{found['who']} {'has' if after in {'been', 'got', 'had'} else 'is'}"
    else:
        full = f"{found['who']} {'had' if after == 'better' or participle(after) else 'would'}"
    return like(word, full)


def contracted(text: str) -> str:
    """ "do not" as "don't", "it is" as "it's" and the like."""
    for pattern, short in LONG_FORMS:
        text = pattern.sub(drawn_together(short), text)
    return text


def drawn_together(short: str) -> Callable[[re.Match[str]], str]:
    def made(found: re.Match[str]) -> str:
        return like(found[0], found.expand(short)) if found[0].isupper() else found.expand(short)

    return made


def with_synonyms(text: str) -> str:
    """Every word that our list has another one for, with that."""
    return OTHER_WORD.sub(lambda found: like(found[0], SYNONYMS[found[0].lower()]), text)


def polite(text: str) -> str:
    """Something polite before it."""
    return POLITE + text


def with_neutral_sentence(text: str) -> str:
    """A sentence at its end that says nothing of it."""
    stripped = text.rstrip()
    return f"{stripped}{'.' if stripped[-1:].isalnum() else ''} {NEUTRAL}"
