"""Whether a text is one that a model of English can make sense of, and if not, why.

py3langid (Lui and Baldwin 2012, "langid.py"; its fork carries its own model) tells the language
from the text's n-grams of bytes, and has a class for what is no language. Source code and keyboard
mash are told by signs of ours. Well below 0.2 ms a short message.
"""

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

from demos.core.language.answers import Verdict
from demos.core.language.languages import NAMES, NO_LANGUAGE, SAME
from demos.core.language.source_code import is_code, without_markup
from demos.core.results import Outcome

SAMPLE = 1_000
"""Characters looked at in each third of a long text: its beginning, middle and end."""
OTHER, OTHER_BRIEFLY = 0.3, 0.4
"""Least probability of another language that is named, and where there are few words."""
FEW = 2
"""Words."""
SURE = 0.6
"""Probability of a language at which words that look mashed are only unusual."""
TIMES = 2.0
"""How much likelier than the right one it has to be."""
NOISE = 0.4
"""Least probability of there being no language at all."""
UNLIKELY = 0.001
READS = "en"

ASKING = frozenset("who whom whose what which when where why how".split())
"""Words of hardly any other language."""
ASIDE = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+|(?<!\w)[@#]\w+")
"""Addresses, mentions and tags, which are of no language."""
STRETCHED = re.compile(r"(\w)\1{2,}")
"""A letter for emphasis, as in "soooo"."""
WORD = re.compile(r"[^\W\d_]+")
MASHED = re.compile(r"^([^\W\d_])\1{4,}$|[b-df-hj-np-tv-xz]{5}")
"""Nothing but a letter five times or more, or five consonants in a row."""
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop")
RUN = 4
"""Letters side by side on a keyboard that are no word."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Refused unless the text can be read. `language` is the likeliest one, an ISO 639 code, with
    its `probability`; None where none is likely, as in a single word."""

    verdict: Verdict
    language: str | None = None
    probability: float = 0.0


def warm_up() -> None:
    """Load the identifier: half a second and some 60 MB, once."""
    identifier()


def scope(text: str, reads: Sequence[str] = (READS,), named: str = "text") -> Scope:
    """Whether a model makes sense of the text, which is `named` so in reasons. `reads` are the
    languages of the model, keys of `NAMES`; without any it reads them all."""
    seen = sampled(text.strip())
    if "&" in seen:
        seen = html.unescape(seen)
    if not seen.strip():
        return refused(f"There is no {named}.")
    if not WORD.search(seen):
        return refused(f"The {named} has no words, only {of_what(seen)}.")
    if is_code(seen):
        return refused(
            f"The {named} seems to be source code or markup, which this model cannot read."
        )
    bare = ASIDE.sub(" ", without_markup(seen))
    words = WORD.findall(bare)
    if not words:
        return refused(f"The {named} has no words, only addresses or tags.")
    likely = languages(STRETCHED.sub(r"\1", bare))
    none = likely.pop(NO_LANGUAGE, 0.0)
    right = sum(likely.get(each, 0.0) for each in reads or likely)
    best, probability = max(likely.items(), key=itemgetter(1), default=("", 0.0))
    if (none >= NOISE and none > TIMES * right) or (probability < SURE and are_mashed(words)):
        return refused(f"The {named} seems to be random characters rather than words.")
    least = OTHER if len(words) > FEW else OTHER_BRIEFLY
    foreign = bool(reads) and best not in reads
    if foreign and probability >= least and probability > TIMES * right:
        known = " and ".join(NAMES[each] for each in reads)
        reason = f"The {named} seems to be {NAMES[best]}; this model reads {known}."
        return refused(reason, best, probability)
    return Scope(Verdict(), best if probability >= OTHER else None, probability)


def scope_of_question(question: str, reads: Sequence[str] = (READS,)) -> Scope:
    """Whether a model makes sense of a question. One with an English word for asking is English,
    whatever names are in it."""
    seen = scope(question, reads, "question")
    if seen.language is None or READS not in reads:
        return seen
    asks = not ASKING.isdisjoint(WORD.findall(question.lower()))
    return Scope(Verdict(), READS, seen.probability) if asks else seen


def refused(reason: str, language: str | None = None, probability: float = 0.0) -> Scope:
    return Scope(Verdict(Outcome.REFUSED, reason), language, probability)


def sampled(text: str) -> str:
    """A short text whole; of a long one the beginning, the middle and the end."""
    if len(text) <= 3 * SAMPLE:
        return text
    middle = len(text) // 2
    return "\n".join((text[:SAMPLE], text[middle : middle + SAMPLE], text[-SAMPLE:]))


def of_what(text: str) -> str:
    """What a text without words is made of, in words."""
    kinds = {unicodedata.category(each)[0] for each in text}
    has_emoji = any(unicodedata.category(each) == "So" for each in text)
    named = [("numbers", "N" in kinds), ("emoji", has_emoji)]
    return " and ".join(name for name, there in named if there) or "signs"


def are_mashed(words: list[str]) -> bool:
    """Whether at least half of the words are none, but keys struck at random."""
    mashed = [each for each in words if is_mashed(each.lower())]
    return 2 * sum(map(len, mashed)) >= sum(map(len, words))


def is_mashed(word: str) -> bool:
    if MASHED.search(word):
        return True
    return len(word) >= RUN and any(word in row or word[::-1] in row for row in ROWS)


def languages(text: str) -> dict[str, float]:
    """The probabilities of those languages of `NAMES`, and of `NO_LANGUAGE`, that have some."""
    found: dict[str, float] = {}
    for code, probability in identifier().rank(text):
        if probability < UNLIKELY:
            break
        name = SAME.get(code, code)
        found[name] = found.get(name, 0.0) + probability
    return found


@lru_cache(maxsize=1)
def identifier() -> Any:
    """Of the languages in `NAMES` only: rare ones are taken for short English texts too often."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    whole = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    whole.set_languages({*NAMES, *SAME, NO_LANGUAGE})
    # A new one, without the tables of the languages left out.
    return LanguageIdentifier(
        whole.nb_ptc,
        whole.nb_pc,
        whole.nb_classes,
        whole.tk_nextmove,
        whole.tk_output,
        norm_probs=True,
        tk_row=whole.tk_row,
    )
