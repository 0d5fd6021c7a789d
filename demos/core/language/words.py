"""Answers of language models in words: a headline, how sure it is, and what else is to be said."""

import unicodedata
from collections import Counter

from demos.core.language.answers import (
    NO_ANSWER,
    Answer,
    Answered,
    Entities,
    Found,
    Sorted,
    Span,
    Summarized,
    Task,
    Translation,
)
from demos.core.language.marks import visible
from demos.core.language.scope import SURE, scope
from demos.core.language.terms import kind_of, language_name, titled
from demos.core.results import LabelScore, Outcome
from demos.core.wording import counted, model_score, percent, significant

MAX_HEADLINE = 120
"""Characters of a text that is said in large words."""
MOST_CANDIDATES = 3
NEARLY = 0.5
"""A label at least so many times as likely as the first is a candidate where it is unsure."""
DOUBTFUL = 0.5
"""A translated sentence whose score is lower is one to check."""

ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"
TURNING = {*("R", "AL", "AN"), *("RLE", "RLO", "LRE", "LRO", "PDF"), *("RLI", "LRI", "FSI", "PDI")}
"""Classes of characters that change the direction of text (Unicode Standard Annex 9)."""
NOT_ANSWERED = "Not answered"


def measure(answer: Answer) -> str:
    """What the scores of an answer are called."""
    if isinstance(answer, Found):
        return "similarity"
    return "probability" if isinstance(answer, Sorted) and answer.calibrated else "model score"


def said(score: float, answer: Answer) -> str:
    """A score in figures, as a percentage only where it is a probability."""
    match measure(answer):
        case "probability":
            return percent(score)
        case "similarity":
            return significant(round(score, 3)).replace("-", "−")
        case _:
            return model_score(score)


def certainty(score: float, answer: Answer) -> str:
    """A score with what it is."""
    out_of = " of 1" if measure(answer) == "model score" else ""
    return f"{measure(answer)} {said(score, answer)}{out_of}"


def candidates(scores: tuple[LabelScore, ...]) -> tuple[LabelScore, ...]:
    """The labels it is unsure between: two at least, where there are so many, and three at most."""
    near = [each for each in scores if each.score >= NEARLY * scores[0].score]
    return scores[: min(max(len(near), 2), MOST_CANDIDATES)]


def alternatives(scores: tuple[LabelScore, ...], task: Task) -> list[str]:
    """The labels it is unsure between, as they are read, in quotation marks."""
    return [f"“{titled(each.label, task)}”" for each in candidates(scores)]


def detected(answer: Answer) -> str:
    """The language that the text is in; nothing where there is no telling, as of a few words."""
    found = scope(answer.request.text)
    told = found.language if found.probability >= SURE else None
    return f"Language detected: {language_name(told)}." if told else ""


def not_found(answer: Answered) -> bool:
    """Whether it was looked for an answer, and there is none in the text."""
    return answer.verdict == NO_ANSWER


def nothing_found(answer: Answer) -> bool:
    """Whether it was looked for something, and nothing of the kind is in the text."""
    if isinstance(answer, Found):
        return answer.verdict.outcome is Outcome.REFUSED and bool(answer.spans)
    return isinstance(answer, Answered) and not_found(answer)


def compares(answer: Found) -> bool:
    """Whether the text as a whole was compared with the query, not passages of it."""
    whole = len(answer.request.text.strip())
    return len(answer.spans) == 1 and answer.spans[0].end - answer.spans[0].start >= whole


def word(answer: Answer, span: Span) -> str:
    """What stands at a place."""
    return answer.request.text[span.start : span.end]


def quoted(text: str) -> str:
    """A text in quotation marks; one that is read from right to left turns nothing around it."""
    line = shortened(text)
    turns = any(unicodedata.bidirectional(each) in TURNING for each in line)
    return f"“{ISOLATE}{line}{END_OF_ISOLATE}”" if turns else f"“{line}”"


def shortened(text: str, room: int = MAX_HEADLINE) -> str:
    """A text on one line, cut after a word if it is longer than there is room."""
    line = " ".join(visible(text[: 4 * room]).split())
    if len(line) <= room and len(text) <= 4 * room:
        return line
    whole = line[:room].rsplit(" ", 1)[0]
    return f"{whole if len(whole) > room / 2 else line[:room]}…"


def listed(parts: list[str], last: str = "and") -> str:
    return f" {last} ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def headline(answer: Answer) -> str:
    """The answer itself if it is short, else what there is of it."""
    if isinstance(answer, Answered):
        return answered_headline(answer)
    if isinstance(answer, Found):
        return found_headline(answer)
    if answer.verdict.outcome is Outcome.REFUSED:
        return NOT_ANSWERED
    match answer:
        case Sorted():
            return sorted_headline(answer)
        case Entities():
            return names_headline(answer)
        case Summarized():
            return summary_headline(answer)
        case Translation():
            return translation_headline(answer)


def sorted_headline(answer: Sorted) -> str:
    task = answer.request.task
    if not answer.scores:
        return NOT_ANSWERED
    if answer.verdict.outcome is Outcome.UNSURE:
        return listed([titled(each.label, task) for each in candidates(answer.scores)], "or")
    return titled(answer.scores[0].label, task)


def names_headline(answer: Entities) -> str:
    """How many names of each kind, the most frequent first."""
    kinds = Counter(each.label for each in answer.spans).most_common()
    if not kinds:
        return "No names"
    return listed([f"{many:,} {kind_of(label, many > 1)}" for label, many in kinds])


def answered_headline(answer: Answered) -> str:
    if not_found(answer):
        return "Not found in the text"
    if answer.verdict.outcome is Outcome.REFUSED or not answer.spans:
        return NOT_ANSWERED
    return perhaps(answer, quoted(word(answer, answer.spans[0])))


def perhaps(answer: Answer, words: str) -> str:
    return f"Perhaps {words}" if answer.verdict.outcome is Outcome.UNSURE else words


def found_headline(answer: Found) -> str:
    if answer.verdict.outcome is Outcome.REFUSED:
        return "Nothing near it in the text" if answer.spans else NOT_ANSWERED
    if not answer.spans:
        return "No passage"
    best = answer.spans[0]
    if compares(answer):
        return f"Similarity {said(best.score, answer)}"
    return perhaps(answer, quoted(word(answer, best)))


def summary_headline(answer: Summarized) -> str:
    if len(answer.summary) <= MAX_HEADLINE:
        return shortened(answer.summary) or "No summary"
    chosen = sum(each.chosen for each in answer.sentences)
    if chosen:
        return f"{chosen:,} of {counted(len(answer.sentences), 'sentence')}"
    return f"A summary of {counted(len(answer.summary.split()), 'word')}"


def translation_headline(answer: Translation) -> str:
    if len(answer.translation) <= MAX_HEADLINE:
        return shortened(answer.translation) or "No translation"
    language = language_name(answer.request.language)
    if not answer.sentences:
        return f"Translated into {language}"
    return f"{counted(len(answer.sentences), 'sentence')} in {language}"


def how_sure(answer: Answer) -> str:
    """How sure it is, in one sentence; empty where nothing was scored or all is withheld."""
    if isinstance(answer, Answered):
        return answered_certainty(answer)
    if answer.verdict.outcome is Outcome.REFUSED:
        return ""
    match answer:
        case Sorted(scores=(first, *_)):
            return sorted_certainty(answer, first)
        case Entities(spans=(_, *_)):
            least = min(answer.spans, key=lambda each: each.score)
            return f"Least sure: {quoted(word(answer, least))}, {certainty(least.score, answer)}."
        case Found(spans=(best, *_)) if not compares(answer):
            among = f", the nearest of {len(answer.spans):,}" if len(answer.spans) > 1 else ""
            return begun(f"{certainty(best.score, answer)}{among}")
        case Summarized(summary=summary) if summary and answer.request.text:
            before, after = len(answer.request.text.split()), len(summary.split())
            share = percent(len(summary) / len(answer.request.text))
            return f"{after:,} of {counted(before, 'word')}, {share} of the length."
        case Translation(sentences=(_, *_)):
            lowest = min(each.score for each in answer.sentences)
            among = f"Least sure of {len(answer.sentences):,} sentences: "
            return begun(f"{among if len(answer.sentences) > 1 else ''}{certainty(lowest, answer)}")
        case _:
            return ""


def sorted_certainty(answer: Sorted, first: LabelScore) -> str:
    """The score of the label, or where it is unsure, of each of the candidates."""
    if answer.verdict.outcome is not Outcome.UNSURE:
        return begun(certainty(first.score, answer))
    parts = [
        f"{titled(each.label, answer.request.task)} {said(each.score, answer)}"
        for each in candidates(answer.scores)
    ]
    return begun(f"{measure(answer)}: {', '.join(parts)}")


def answered_certainty(answer: Answered) -> str:
    best = answer.spans[0].score if answer.spans else None
    if not_found(answer):
        against = "" if best is None else f", against {said(best, answer)} for the best candidate"
        return f"Model score of there being no answer: {said(answer.none, answer)}{against}."
    if best is None or answer.verdict.outcome is Outcome.REFUSED:
        return ""
    none = f"; of there being no answer: {said(answer.none, answer)}" if answer.none else ""
    return begun(f"{certainty(best, answer)}{none}")


def begun(words: str) -> str:
    """A sentence of words that may begin with a measure."""
    return f"{words[:1].upper()}{words[1:]}."


def meaning(answer: Answer) -> tuple[str, ...]:
    """Why it is no plain answer, and what follows from the figures, a sentence each."""
    reason = visible(answer.verdict.reason)
    found = [reason] if reason else []
    if answer.verdict.outcome is Outcome.REFUSED:
        return tuple(found)
    match answer:
        case Sorted(scores=(_, second, *_)) if answer.verdict.outcome is Outcome.ANSWER:
            label = titled(second.label, answer.request.task)
            found.append(f"Next: {label}, {said(second.score, answer)}.")
        case Translation(sentences=sentences):
            doubtful = sum(each.score < DOUBTFUL for each in sentences)
            if doubtful:
                which = "1 sentence is" if doubtful == 1 else f"{doubtful:,} sentences are"
                found.append(f"{which} marked to be checked.")
        case Summarized(sentences=(), summary=summary) if summary:
            found.append("The model wrote this itself: check it against the text.")
    return tuple(found)
