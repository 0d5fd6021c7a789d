"""Rules of a conversation that need no model: small talk, and questions that lean on the last one.

The rules are simple on purpose, so that a page can say them in a sentence.
"""

import re
from collections.abc import Sequence

from demos.core.language.retrieval import COMMON

FOLLOWS = (
    "A question that begins with “and”, “what about” or the like, that is nothing but “why?” or "
    "“how long?”, or that is short and has an “it” or “they” in it is read together with your last "
    "question that stands alone."
)
"""The rule of `leans`, as it is said to people."""

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
OPENING = re.compile(r"(and|or|but|also|then|so|what about|how about|what if|even if)\b")
BARE = frozenset(
    """ago and but exactly else far for from how in is it late long many much not of often on only
    really so soon that then this to until what when where which who whom whose why with""".split()
)
"""A question of these words alone asks about nothing of its own."""
PRONOUNS = frozenset(
    "it its they them their theirs he him his she her hers this that these those".split()
)
RELATIVE = frozenset({"that", "this", "these", "those"})
SHORT = 3
"""Words of a meaning of their own that a question with a pronoun may have, to lean on the last."""

HELLO = "Hello! Ask me something about the documents."
THANKS = "You are welcome."
BYE = "Goodbye! “Delete everything now” removes this conversation from the server."
FINE = "I am a program, and it runs. Ask me something about the documents."
NOTED = "Good. Ask on whenever you like."
ABILITIES = (
    "I look for the answer to a question in the documents you give me: plain text, Markdown, PDF "
    "or Word. I quote the passage I found it in, and say so when I find none. I read English, I "
    "know nothing but the documents, and I neither calculate nor compare."
)
TOLERATED = r"(?: (?:there|again|so|very|much|a lot|you|all|everyone|for that|for your help))*"
SMALL_TALK = tuple(
    (re.compile(rf"(?:{pattern}){TOLERATED}"), reply)
    for pattern, reply in (
        (r"hello|hi|hey|greetings|good (?:morning|afternoon|evening|day)", HELLO),
        (r"(?:ok |okay |great |no )?(?:thanks|thank you|many thanks|thx|cheers)", THANKS),
        (r"bye|bye bye|goodbye|good night|see you(?: later)?", BYE),
        (r"how are you(?: today| doing)?|how is it going|how's it going", FINE),
        (r"ok|okay|great|good|nice|perfect|yes|no|fine|i see|got it|cool", NOTED),
        (
            r"(?:hello |hi )?(?:what can (?:you|i) (?:do|ask)(?: here| for me)?|who are you|"
            r"what are you|help|help me|how do you work|how does this work|what is this)",
            ABILITIES,
        ),
    )
)


def small_talk(said: str) -> str:
    """What to reply to it if it is small talk and nothing else, else ""."""
    plain = " ".join(words(said))
    return next((reply for pattern, reply in SMALL_TALK if pattern.fullmatch(plain)), "")


def leans(question: str) -> bool:
    """Whether a question is to be read with the one before, by the rule that `FOLLOWS` says."""
    found = words(question)
    if not found:
        return False
    if OPENING.match(" ".join(found)) or BARE.issuperset(found):
        return True
    own = [word for word in map(stem, found) if word not in COMMON]
    return len(own) <= SHORT and any(refers(found, place) for place in range(len(found)))


def refers(found: Sequence[str], place: int) -> bool:
    """Whether the word there stands for something said before; "items that" says what it is."""
    word = stem(found[place])
    if word not in PRONOUNS:
        return False
    return word not in RELATIVE or place == 0 or stem(found[place - 1]) in COMMON


def stem(word: str) -> str:
    """A word without what an apostrophe has joined to it."""
    return word.replace("’", "'").split("'")[0]


def resolved(question: str, earlier: Sequence[str]) -> str:
    """The question as it is read: after the last of the earlier ones that stands alone, if it
    leans on it. `earlier` begins with the oldest."""
    if not leans(question):
        return question
    alone = (each for each in reversed(earlier) if not leans(each) and not small_talk(each))
    base = next(alone, "")
    return f"{base} {question}" if base else question


def words(text: str) -> list[str]:
    return WORD.findall(text.lower())
