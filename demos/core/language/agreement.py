"""How far two answers to the same request are from each other: in a sentence, and in places."""

from difflib import SequenceMatcher

from demos.core.language.answers import (
    Answer,
    Answered,
    Entities,
    Found,
    Sorted,
    Span,
    Summarized,
    Translation,
)
from demos.core.language.terms import titled
from demos.core.language.units import Place, tells, units_of
from demos.core.language.words import word
from demos.core.results import Outcome
from demos.core.wording import counted, percent

MOST_PASSAGES = 3
"""The first ones of either answer, which are compared."""
MOST_WORDS = 3_000
"""Of a text that is compared word by word; the search for what is alike is quadratic at worst."""


def agreement(first: Answer, second: Answer) -> str:
    """Whether two answers say the same, or how far they are apart."""
    refused = [each.verdict.outcome is Outcome.REFUSED for each in (first, second)]
    if all(refused):
        return "Neither gives an answer."
    if any(refused):
        return f"Only the {'second' if refused[0] else 'first'} gives an answer."
    match first, second:
        case Sorted(), Sorted():
            return labels_alike(first, second)
        case Entities(), Entities():
            return names_alike(first, second)
        case Answered(), Answered():
            return answers_alike(first, second)
        case Found(), Found():
            return passages_alike(first, second)
        case ((Summarized() | Translation()), (Summarized() | Translation())):
            return words_alike(written(first), written(second))
    return "They answer in different ways, which cannot simply agree or differ."


def labels_alike(first: Sorted, second: Sorted) -> str:
    one, other = (titled(each.scores[0].label, each.request.task) for each in (first, second))
    if one.casefold() == other.casefold():
        return f"Both say {one}."
    known, others = ({each.label.casefold() for each in found.scores} for found in (first, second))
    how = "They disagree" if known == others else "They choose from different labels"
    return f"{how}: the first says {one}, the second {other}."


def names_alike(first: Entities, second: Entities) -> str:
    one, other = (set(map(identity, each.spans)) for each in (first, second))
    both, either = len(one & other), len(one | other)
    if not either:
        return "Neither finds a name."
    if both == either:
        return f"Both find the same {counted(both, 'name')}."
    return f"{both} of the {counted(either, 'name')} that either finds are found alike by both."


def identity(span: Span) -> tuple[int, int, str]:
    return span.start, span.end, span.label


def only_in(first: Entities, second: Entities) -> tuple[Span, ...]:
    """Names of the first that the second does not have there, or has as another kind."""
    known = set(map(identity, second.spans))
    return tuple(each for each in first.spans if identity(each) not in known)


def answers_alike(first: Answered, second: Answered) -> str:
    if not first.spans or not second.spans:
        return "One of the two names no place in the text."
    one, other = first.spans[0], second.spans[0]
    if folded(word(first, one)) == folded(word(second, other)):
        return "Both give the same answer."
    if one.start < other.end and other.start < one.end:
        return "They point at the same place, and cut the answer out differently."
    return "They give different answers."


def passages_alike(first: Found, second: Found) -> str:
    one, other = ([(each.start, each.end) for each in found.spans] for found in (first, second))
    if not one or not other:
        return "One of the two finds no passage."
    same = "the same passage" if one[0] == other[0] else "different passages"
    many = min(len(one), len(other), MOST_PASSAGES)
    if many == 1:
        return f"They put {same} first."
    both = len(set(one[:many]) & set(other[:many]))
    return f"They put {same} first; of the first {many}, {both} are in both answers."


def written(answer: Summarized | Translation) -> str:
    """What the model wrote or put together."""
    return answer.summary if isinstance(answer, Summarized) else answer.translation


def words_alike(first: str, second: str) -> str:
    places, others = told_words(first), told_words(second)
    if folded(first) == folded(second):
        return "Both write the same words." if places else "Neither writes a word."
    if max(len(places), len(others)) > MOST_WORDS:
        return "They write different texts, too long to be compared word by word."
    left, _ = differing(first, second)
    share = percent(len(left) / len(places)) if places else "none"
    return (
        f"They differ in {len(left):,} of the {counted(len(places), 'word')} of the first "
        f"({share}); the second has {counted(len(others), 'word')}."
    )


def differing(first: str, second: str) -> tuple[list[Place], list[Place]]:
    """Words of either text that the other does not have at that place; none in texts too long."""
    places, others = told_words(first), told_words(second)
    if max(len(places), len(others)) > MOST_WORDS:
        return [], []
    one = [first[slice(*each)].casefold() for each in places]
    other = [second[slice(*each)].casefold() for each in others]
    left, right = set(range(len(one))), set(range(len(other)))
    for block in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks():
        left -= set(range(block.a, block.a + block.size))
        right -= set(range(block.b, block.b + block.size))
    return [places[each] for each in sorted(left)], [others[each] for each in sorted(right)]


def told_words(text: str) -> list[Place]:
    return [each for each in units_of(text) if tells(text[slice(*each)])]


def folded(text: str) -> str:
    """The words alone, without capitals."""
    return " ".join(text[slice(*each)].casefold() for each in told_words(text))
