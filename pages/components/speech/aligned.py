"""Two texts word against word: what differs is marked by signs, lines and words, and by color.

The marks are HTML, with whatever comes from outside escaped; `st.html` cleans it once more.
"""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from pathlib import Path

import streamlit as st

from demos.core.speech.error_rate import Kind, Step
from demos.core.speech.normalization import normalized
from demos.core.wording import counted

STYLE = Path(__file__).parent / "aligned.css"
LONG = 200
"""Words from which on runs without an error are folded, and a text gets its own scroll bar."""
AROUND = 6
"""Words left on either side of an error."""

LEGEND = (
    (Step(Kind.SUBSTITUTION, "said", "heard"), "heard as another word"),
    (Step(Kind.DELETION, "said", ""), "said, but not heard"),
    (Step(Kind.INSERTION, "", "heard"), "heard, but not said"),
)


def show_alignment(steps: Sequence[Step]) -> None:
    """What was said against what was heard, with a legend; a long text is folded to its errors."""
    st.html(STYLE)
    label = "What was said against what was heard"
    if len(steps) > LONG:
        st.html(boxed(" ".join(pieces(steps)), label))
        with st.expander("Every word", icon=":material/unfold_more:"):
            st.html(boxed(" ".join(map(written, steps)), "Every word"))
    else:
        text = " ".join(map(written, steps))
        st.html(f'<div class="dlw-aligned" role="group" aria-label="{label}">{text}</div>')
    signs = " ".join(f"<span>{written(step)} <i>{text}</i></span>" for step, text in LEGEND)
    st.html(f'<div class="dlw-signs">{signs}</div>')


def written(step: Step) -> str:
    """One word as HTML; what the signs mean is read aloud."""
    said, heard = escape(step.reference_word), escape(step.hypothesis_word)
    match step.kind:
        case Kind.HIT:
            return heard
        case Kind.DELETION:
            return f'<del>{aside("not heard:")}<b aria-hidden="true">−</b>{said}</del>'
        case Kind.INSERTION:
            return f'<ins>{aside("added:")}<b aria-hidden="true">+</b>{heard}</ins>'
        case Kind.SUBSTITUTION:
            return (
                f'<span class="dlw-pair"><del>{aside("said:")}{said}</del>'
                f'<b aria-hidden="true">→</b><ins>{aside("heard:")}{heard}</ins></span>'
            )


def aside(text: str) -> str:
    """Words for who does not see the page."""
    return f'<span class="dlw-aside">{text} </span>'


def pieces(steps: Sequence[Step]) -> Iterator[str]:
    """The alignment as HTML, long runs without an error folded to what is around the errors."""
    runs = [(hit, list(run)) for hit, run in groupby(steps, lambda step: step.kind is Kind.HIT)]
    for place, (hit, run) in enumerate(runs):
        before = AROUND if place else 0
        after = AROUND if place < len(runs) - 1 else 0
        left_out = len(run) - before - after
        if not hit or left_out < AROUND:
            yield from map(written, run)
            continue
        yield from map(written, run[:before])
        yield f'<span class="dlw-same">… {counted(left_out, "word")} alike …</span>'
        yield from map(written, run[len(run) - after :])


def show_marked(text: str, words: Sequence[tuple[str, bool]], label: str) -> None:
    """A transcript whose differing words are marked; `words` are as `sides` gives them."""
    st.html(STYLE)
    st.html(boxed(" ".join(marked(each, differs) for each, differs in fitted(text, words)), label))


def marked(word: str, differs: bool) -> str:
    return f"<mark>{aside('differs:')}{escape(word)}</mark>" if differs else escape(word)


def boxed(content: str, label: str) -> str:
    """HTML that scrolls in itself once it is long, also with the keyboard."""
    return (
        f'<div class="dlw-aligned dlw-boxed" role="group" tabindex="0" '
        f'aria-label="{escape(label)}">{content}</div>'
    )


def sides(steps: Sequence[Step]) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """The words of either text, and whether each differs from the other text."""
    first = [(s.reference_word, s.kind is not Kind.HIT) for s in steps if s.reference_word]
    second = [(s.hypothesis_word, s.kind is not Kind.HIT) for s in steps if s.hypothesis_word]
    return first, second


def fitted(text: str, words: Sequence[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """The words as `text` writes them, with capitals and punctuation; as they are if none fit."""
    found: list[tuple[str, bool]] = []
    left = list(words)
    for token in text.split():
        parts = normalized(token).split()
        own, left = left[: len(parts)], left[len(parts) :]
        if parts != [word for word, _ in own]:
            return list(words)
        found.append((token, any(differs for _, differs in own)))
    return list(words) if left else found
