"""A text as HTML with places in it marked, for a page or a report; its style is `answers.css`.

What a place is stands beside it in words; colors and lines only support that. No character of the
text becomes markup, and a text of a megabyte is folded to what is around its marks.
"""

from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from pathlib import Path

STYLE_FILE = Path(__file__).parent / "answers.css"

BOXED = 1_500
"""Characters; a longer text scrolls in itself."""
WHOLE = 20_000
"""Characters; of a longer text, long stretches without a mark are left out, and said to be."""
AROUND = 300
"""Characters left on either side of a mark, and at both ends of a long one."""
MOST_MARKS = 500
"""Marks shown in a text that is folded."""

UNSEEN = (
    {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n\r"}
    | {0x7F: 0x2421}
    | dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
)
"""Signs in place of control characters and of halves of surrogate pairs, one for one."""

SHORT_LABEL = 24
"""Characters of a label that stands on one line."""


class Tone(StrEnum):
    """How a mark looks: its color and, for who cannot tell colors apart, the line under it."""

    ACCENT = "accent"
    VIOLET = "violet"
    NEUTRAL = "neutral"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text, the end not included, and what stands beside it in words.

    `strength` from 0 to 1 is how deep its color is; `note` shows on pointing at it. Where `label`
    is empty, a table beside the text must say the same.
    """

    start: int
    end: int
    label: str = ""
    tone: Tone = Tone.ACCENT
    strength: float = 1.0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the legend: a tone with a sign in it, and what it means."""

    tone: Tone
    sign: str
    meaning: str


def visible(text: str) -> str:
    """A text that can be sent and shown, as long as it was."""
    return text.translate(UNSEEN)


def safe(text: str) -> str:
    """A text as HTML: nothing of it is markup, nothing of it is hidden."""
    return escape(visible(text).replace("\r\n", "\n").replace("\r", "\n"))


def apart(marks: Iterable[Mark], length: int) -> list[Mark]:
    """Marks that cover something of a text, in its order; of two that overlap, the one given first.

    Whatever reaches beyond the text is dropped.
    """
    starts: list[int] = []
    kept: list[Mark] = []
    for mark in marks:
        if not 0 <= mark.start < mark.end <= length:
            continue
        place = bisect(starts, mark.start)
        free = not place or kept[place - 1].end <= mark.start
        if free and (place == len(kept) or mark.end <= kept[place].start):
            starts.insert(place, mark.start)
            kept.insert(place, mark)
    return kept


def marked_html(text: str, marks: Iterable[Mark], label: str, language: str = "") -> str:
    """The text in a box of its own; `label` names it to who hears the page, `language` is a code.

    A long one scrolls, also with the keyboard.
    """
    long = len(text) > BOXED
    box = ' dlw-boxed" tabindex="0' if long else ""
    lang = f' lang="{escape(language)}"' if language else ""
    return (
        f'<div class="dlw-text{box}" role="group" aria-label="{safe(label)}" dir="auto"{lang}>'
        f"{''.join(pieces(text, apart(marks, len(text))))}</div>"
    )


def pieces(text: str, marks: Sequence[Mark]) -> Iterator[str]:
    """HTML of a text and its marks, which are in order and apart."""
    if len(text) <= WHOLE:
        at = 0
        for mark in marks:
            yield safe(text[at : mark.start])
            yield mark_html(safe(text[mark.start : mark.end]), mark)
            at = mark.end
        yield safe(text[at:])
        return
    at, shown = 0, marks[:MOST_MARKS]
    for mark in shown:
        yield folded(text[at : mark.start], AROUND, AROUND)
        yield mark_html(folded(text[mark.start : mark.end], AROUND, AROUND), mark)
        at = mark.end
    left = len(marks) - len(shown)
    if left:
        yield gap(f"{len(text) - at:,} characters with {left:,} more marks")
    else:
        yield folded(text[at:], AROUND if marks else WHOLE, AROUND)


def folded(text: str, before: int, after: int) -> str:
    """HTML of a stretch of text of which only the ends are shown if it is long."""
    left_out = len(text) - before - after
    if left_out < AROUND:
        return safe(text)
    end = len(text) - after
    return safe(text[:before]) + gap(f"{left_out:,} characters") + safe(text[end:])


def gap(what: str) -> str:
    """What is left out, in words."""
    return f' <bdi class="dlw-gap">… {what} not shown …</bdi> '


def mark_html(content: str, mark: Mark) -> str:
    """HTML of a marked place; `content` is its text as HTML."""
    note = f' title="{safe(mark.note)}"' if mark.note else ""
    strength = min(max(mark.strength, 0.0), 1.0)
    depth = "" if strength == 1 else f' style="--strength:{strength:.2f}"'
    # The space does not break: a label never stands alone at the beginning of a line.
    kind = "dlw-tag dlw-whole" if len(mark.label) <= SHORT_LABEL else "dlw-tag"
    tag = f'<i>&nbsp;<bdi class="{kind}">{safe(mark.label)}</bdi></i>' if mark.label else ""
    return f'<mark class="dlw-mark dlw-{mark.tone}"{depth}{note}><span>{content}</span>{tag}</mark>'


def legend_html(entries: Sequence[Entry]) -> str:
    """What the marks mean."""
    if not entries:
        return ""
    shown = "".join(
        f'<li><mark class="dlw-mark dlw-{each.tone}"><span>{safe(each.sign)}</span></mark> '
        f"{safe(each.meaning)}</li>"
        for each in entries
    )
    return f'<ul class="dlw-legend" aria-label="What the marks mean">{shown}</ul>'
