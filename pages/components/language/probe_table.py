"""What small changes do to a label: a sentence, and a row for each, those that flip it first."""

from collections.abc import Callable, Sequence

import streamlit as st

from demos.core.language.marks import visible
from demos.core.language.probes import Judged, Result
from demos.core.language.rows import Cell, Column, Scored, Table
from demos.core.language.surface import INVISIBLE
from demos.core.wording import counted
from pages.components.language.marked import show_rows
from pages.components.language.verdict import written
from pages.components.tables import unbroken

SHORT = 120
"""Characters of a changed text that is shown whole."""
AROUND = 40
"""Characters shown before the first change of a longer one; after it, twice as many."""
UNSEEN_SIGN = "·"
"""In place of a character that would not be seen."""

Say = Callable[[float], str]


def show_judged(found: Judged, text: str, names: Sequence[str], said: Say) -> Table:
    """The summary, all changes that could be made, and why the others could not; gives the table.

    `names` are the labels as they are read, `said` puts a score into figures.
    """
    st.markdown(unbroken(summary(found, names, said)))
    rows = table(found, text, names, said)
    show_rows(rows)
    st.caption(
        "Changes like these are how language models are tested (Ribeiro et al. 2020, [“Beyond "
        "Accuracy: Behavioral Testing of NLP Models with CheckList”]"
        "(https://arxiv.org/abs/2005.04118)). They are made by rules: read whether one still says "
        f"what you meant. “{UNSEEN_SIGN}” stands for an invisible character."
    )
    if found.left_out:
        title = f"{counted(len(found.left_out), 'change')} could not be made here"
        with st.expander(title, icon=":material/block:"):
            show_rows(
                Table(
                    "Changes that could not be made",
                    (Column("Change"), Column("Why not", wide=True)),
                    [(f"{each.kind}: {each.name}", each.note) for each in found.left_out],
                )
            )
    return rows


def summary(found: Judged, names: Sequence[str], said: Say) -> str:
    """How often the label flips where it should stay, how far its score falls, and by negation."""
    name = written(names[found.label])
    made, flipped = found.made(keeps=True), found.flipped(keeps=True)
    lines = []
    if flipped:
        flip = "flips" if len(flipped) == 1 else "flip"
        lines.append(
            f"**{len(flipped)} of {counted(len(made), 'change')}** that should not matter "
            f"**{flip} the label** from {name}."
        )
    elif made:
        lines.append(
            f"**None of {counted(len(made), 'change')}** that should not matter flips the label: "
            f"it stays {name}."
        )
    if made:
        worst = min(made, key=lambda each: each.score)
        if worst.score < found.score:
            lines.append(
                f"At worst its score falls from {said(found.score)} to {said(worst.score)} "
                f"({written(told(worst))})."
            )
    faded = len(found.faded(keeps=True))
    if faded:
        leaves = "leaves" if faded == 1 else "leave"
        which = f"{faded:,} more" if flipped else counted(faded, "such change")
        lines.append(f"**{which}** {leaves} it too unlikely to be sure.")
    for each in found.made(keeps=False):
        does = f"flips it to {written(names[each.label])}" if each.flips else "leaves the label"
        lines.append(f"The negation, which may well matter, {does}.")
    return " ".join(lines)


def told(result: Result) -> str:
    name = result.probe.name
    shown = name if name.isupper() or name.istitle() else name[:1].lower() + name[1:]
    return f"{result.probe.kind.lower()}: {shown}"


def table(found: Judged, text: str, names: Sequence[str], said: Say) -> Table:
    """A row per change: those that flip the label, those that leave it unsure, then by score."""
    ordered = sorted(found.results, key=lambda each: (not each.flips, not each.fades, each.score))
    rows: list[tuple[Cell, ...]] = [
        ("As it is", excerpt(text, text), Scored(said(found.score), found.score))
    ]
    rows += [
        (
            f"{each.probe.kind}: {each.probe.name}",
            " ".join(filter(None, (excerpt(text, each.probe.text or ""), bracketed(each)))),
            Scored(
                f"{said(each.score)} ({moved(each.score - found.score)})",
                each.score,
                became(each, names),
            ),
        )
        for each in ordered
    ]
    score = Column(f"Score of {names[found.label]}")
    columns = (Column("Change"), Column("Text", wide=True), score)
    return Table("What each change does", columns, rows)


def became(result: Result, names: Sequence[str]) -> str:
    if result.flips:
        return f"flips to {names[result.label]}"
    return "no longer sure" if result.fades else ""


def bracketed(result: Result) -> str:
    return f"[{result.probe.note}]" if result.probe.note else ""


def moved(difference: float) -> str:
    """By how much a score moved, in hundredths: percentage points where it is a probability."""
    points = round(100 * difference, 1)
    return "±0" if not points else f"{points:+.1f}".replace("-", "−")


def excerpt(text: str, changed: str) -> str:
    """A changed text, of a long one what is around the first change."""
    shown = changed.replace(INVISIBLE, UNSEEN_SIGN)
    if len(shown) <= SHORT:
        return visible(shown)
    pairs = zip(text, shown, strict=False)
    at = next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(text), len(shown)))
    if text == changed:
        at = 0
    start, end = max(at - AROUND, 0), at + 2 * AROUND
    before, after = "…" if start else "", "…" if end < len(shown) else ""
    return visible(f"{before}{shown[start:end]}{after}")
