"""The opposite of a text, by rules about its words and without a parser: "not" goes, or comes.

In each sentence the first rule that fits is applied, once: a negation is taken out; else one is put
behind the first auxiliary, before a main verb of our list with "do", or before a command.
"""

import re
from dataclasses import dataclass

from demos.core.language.verbs import BASES, FINITE, PASTS, THIRDS, participle

SENTENCES = re.compile(r"(?<=[.!?…])(?=\s)|(?=\n)")
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

SHORTENED = {"can't": "can", "cannot": "can", "won't": "will", "shan't": "shall", "ain't": "is"}
NEGATION = re.compile(
    r"\b(?P<short>cannot|[a-z]+n['’]t)\b|(?<!or )\b(?:not|never)\s+", re.IGNORECASE
)

MODALS = set("can could will would shall should must may might".split())
WITHOUT_SHORT = {"am", "may", "might", "shall"}
NEGATIVES = {"can": "can't", "will": "won't"}
HAVE = {"have": "do not have", "has": "does not have", "had": "did not have"}
DO = {"do": "do not do", "does": "does not do", "did": "did not do"}
AUXILIARIES = {"am", "is", "are", "was", "were", *MODALS, *HAVE, *DO}

PLURAL_SUBJECTS = set("i you we they".split())
SUBJECTS = PLURAL_SUBJECTS | set("he she it this that everyone everybody nobody".split())
POINTING = set("the a an this that these those my your our their his her its".split())
BEFORE_NOUNS = POINTING - SUBJECTS | {"to"}
BEFORE_PHRASES = BEFORE_NOUNS | set("of in on at by for with from about and or".split())
OPENERS = SUBJECTS | POINTING
QUESTIONS = set("what where when why how who which whose".split())
RELATIVES = {"that", "which", "who", "whom", "where", "when"}
SUBORDINATES = set("if when while although though because since as after before once".split())
ADVERBS = set("really just always also often still usually truly absolutely simply".split())
OPENINGS = set("please kindly just so and then well".split())
WITH_SHORT_VERBS = re.compile(
    r"(i'm|let's|(?:you|we|they)'re|(?:he|she|it|that|there|here)'s|\w+'(?:ll|ve|d))"
)
WH_IS = re.compile(r"(what|where|when|how|who)'s")


@dataclass(frozen=True, slots=True)
class Negated:
    """The text with `changed` of its `sentences` negated; those with no rule are as they were."""

    text: str
    changed: int
    sentences: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and its words in lower case with plain apostrophes."""

    text: str
    places: tuple[tuple[int, int], ...]
    words: tuple[str, ...]

    def word(self, at: int) -> str:
        return self.words[at] if 0 <= at < len(self.words) else ""

    def instead(self, at: int, replacement: str) -> str:
        """The sentence with another word at that place, in capitals as the first one was."""
        start, end = self.places[at]
        return self.text[:start] + like(self.text[start:end], replacement) + self.text[end:]

    def behind(self, at: int, addition: str = "not") -> str:
        start, end = self.places[at]
        shown = addition.upper() if capitals(self.text[start:end]) else addition
        return f"{self.text[:end]} {shown}{self.text[end:]}"


def negated(text: str) -> Negated:
    """Every sentence with the opposite meaning, as far as a rule says how."""
    parts = SENTENCES.split(text)
    turned = [turn(part) for part in parts]
    changed = sum(each is not None for each in turned)
    sentences = sum(bool(WORD.search(part)) for part in parts)
    whole = "".join(part if new is None else new for part, new in zip(parts, turned, strict=True))
    return Negated(whole, changed, sentences)


def turn(text: str) -> str | None:
    """One sentence negated; None where no rule fits."""
    without, found = NEGATION.subn(affirmed, text, count=1)
    if found:
        return opened(without, text)
    places = tuple(found.span() for found in WORD.finditer(text))
    words = tuple(text[start:end].replace("’", "'").lower() for start, end in places)
    sentence = Sentence(text, places, words)
    for at in range(main_clause(sentence), len(words)):
        if sentence.word(at - 1) in RELATIVES and at > 1:
            continue
        for rule in (auxiliary, contraction, main_verb):
            new = rule(sentence, at)
            if new is not None:
                return new
    return command(sentence)


def affirmed(found: re.Match[str]) -> str:
    short = found["short"]
    if short is None:
        return ""
    return like(short, SHORTENED.get(short.replace("’", "'").lower(), short[:-3]))


def opened(text: str, like_this: str) -> str:
    """A sentence that may have lost its first word, with a capital where there was one."""
    at, before = WORD.search(text), WORD.search(like_this)
    if at is None or before is None or not like_this[before.start()].isupper():
        return text
    return text[: at.start()] + text[at.start()].upper() + text[at.start() + 1 :]


def main_clause(sentence: Sentence) -> int:
    """The first word behind a clause such as "If it rains," that opens the sentence."""
    if sentence.word(0) not in SUBORDINATES or "," not in sentence.text:
        return 0
    comma = sentence.text.index(",")
    return sum(start < comma for start, _ in sentence.places)


def auxiliary(sentence: Sentence, at: int) -> str | None:
    """Behind "is", "can", "have" with a participle, "do" and the like; "Isn't it" in questions."""
    word, before, after = (sentence.word(at + step) for step in (0, -1, 1))
    if word not in AUXILIARIES or before in BEFORE_NOUNS:
        return None
    if word == "may" and at and sentence.text[sentence.places[at][0]] == "M":  # the month
        return None
    if asks(sentence, at):
        if word in WITHOUT_SHORT:
            return sentence.behind(at + 1)
        return sentence.instead(at, NEGATIVES.get(word, f"{word}n't"))
    if word in HAVE and not participle(after):
        return sentence.instead(at, HAVE[word]) if at and before not in MODALS else None
    if word in DO and (not after or after in POINTING):
        return sentence.instead(at, DO[word]) if at else None
    return sentence.instead(at, "cannot") if word == "can" else sentence.behind(at)


def asks(sentence: Sentence, at: int) -> bool:
    """Whether subject and verb have changed places, as in "Is it" and "Where is the"."""
    opens = at == 0 or (sentence.word(at - 1) in QUESTIONS and at <= 2)
    return opens and sentence.word(at + 1) in OPENERS


def contraction(sentence: Sentence, at: int) -> str | None:
    """Behind "I'm", "they're", "it's", "we'll", "let's"; of "what's" comes "what isn't"."""
    word = sentence.word(at)
    if found := WH_IS.fullmatch(word):
        return sentence.instead(at, f"{found[1]} isn't")
    return sentence.behind(at) if WITH_SHORT_VERBS.fullmatch(word) else None


def main_verb(sentence: Sentence, at: int) -> str | None:
    """A listed verb behind what should be its subject, with "do", "does" or "did"."""
    word, subject = sentence.word(at), at - 1
    while sentence.word(subject) in ADVERBS:
        subject -= 1
    who = sentence.word(subject)
    if not who or sentence.word(subject - 1) in RELATIVES:
        return None
    if word in BASES and who in PLURAL_SUBJECTS:
        return sentence.instead(at, f"do not {word}")
    noun = who not in BEFORE_PHRASES and sentence.word(at + 1) not in AUXILIARIES
    if word in PASTS and (who in SUBJECTS or (word in FINITE and noun)):
        return sentence.instead(at, f"did not {PASTS[word]}")
    return sentence.instead(at, f"does not {THIRDS[word]}") if word in THIRDS and noun else None


def command(sentence: Sentence) -> str | None:
    """Before a listed verb that opens the sentence, also behind "please"."""
    at = next((n for n, each in enumerate(sentence.words) if each not in OPENINGS), None)
    if at is None or sentence.words[at] not in BASES:
        return None
    return sentence.instead(at, f"do not {sentence.words[at]}")


def capitals(word: str) -> bool:
    return len(word) > 1 and word.isupper()


def like(word: str, replacement: str) -> str:
    """The replacement in capitals, with a capital, or neither, as `word` is."""
    if capitals(word):
        return replacement.upper()
    return replacement[:1].upper() + replacement[1:] if word[:1].isupper() else replacement
