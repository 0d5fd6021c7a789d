"""What each word adds to a score: signs and tints in the text, sentences, and all as a table."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from demos.core.language.attribution import TOLERANCE, Attribution, Share
from demos.core.language.marks import Entry, Mark, Tone
from demos.core.language.report import Weighed
from demos.core.language.rows import MOST_ROWS, Column, Table
from demos.core.language.units import tells
from demos.core.language.words import listed, shortened
from demos.core.reasons import NO_EFFECT, effect, factor, times
from demos.core.wording import percent, significant
from pages.components.language.marked import show_marked, show_rows
from pages.components.language.verdict import written
from pages.components.tables import unbroken
from pages.components.text import plain

LEVELS = (2 / 3, 1 / 3, 0.15)
"""Of the largest share: from each on, a word has three signs, two, or one."""
MOST_TOLD = 3
"""Words named for and against."""


@dataclass(frozen=True, slots=True)
class Total:
    """A word, how often it stands in what was explained, and all that it adds, in log-odds."""

    word: str
    times: int
    value: float


Named = Callable[[Total], str]

METHOD = """
Integrated gradients: every word is faded in from blank, all at once and in small steps, and at each
step the model tells how its score would follow each word. What a word gathers on the way is its
share (Sundararajan, Taly & Yan 2017, [“Axiomatic Attribution for Deep
Networks”](https://arxiv.org/abs/1703.01365)). Together the shares have to make the difference
between the score of the text and that of the blank one: that they do is checked here, each time.

It says what this model used, not what a reader would, and another blank would give other shares.
Words that only count together share what they add.
"""


def show_attribution(key: str, found: Attribution, label: str, measured: str) -> None:
    """The sentences, the tinted text, what the shares add up to, the method, and a table.

    `label` is its name in Markdown; `measured` what is known of how far to trust it.
    """
    st.markdown(unbroken(told(found, f"**{label}**", in_markdown)))
    show_marked(
        found.text, marks(found), "The text, with what each word adds marked", legend(found)
    )
    if not found.complete:
        st.warning(unbroken(rough(found)), icon=":material/warning:")
    if found.windows > 1:
        st.caption(parts(found))
    st.caption(unbroken(sums(found)))
    with st.popover("How this is computed", icon=":material/menu_book:", type="tertiary"):
        st.markdown(METHOD)
        if measured:
            st.markdown(unbroken(plain(measured)))
    with st.expander("The same as a table", icon=":material/table_rows:"):
        show_rows(table(found))


def weighed(found: Attribution, label: str) -> Weighed:
    """The same for a report."""
    lines = [told(found, label, in_words), sums(found)]
    if found.windows > 1:
        lines.insert(1, parts(found))
    if not found.complete:
        lines.append(rough(found))
    return Weighed(label, tuple(lines), tuple(marks(found)), tuple(legend(found)), table(found))


def told(found: Attribution, label: str, named: Named) -> str:
    """Which words say most for the label, and which against it, each as `named`."""
    words = [each for each in totals(found) if tells(each.word)]
    favor = [named(each) for each in words if each.value >= NO_EFFECT][:MOST_TOLD]
    against = [named(each) for each in words if each.value <= -NO_EFFECT][:MOST_TOLD]
    if not favor and not against:
        return f"No single word moves the score of {label}."
    lines = []
    if favor:
        lines.append(f"Pointing most to {label}: {listed(favor)}.")
    else:
        lines.append(f"No word points to {label}.")
    if against:
        lines.append(f"Pointing away from it: {listed(against)}.")
    return " ".join(lines)


def totals(found: Attribution) -> list[Total]:
    """The words with all they add, the strongest first; capitals make no other word."""
    words: dict[str, Total] = {}
    for each in found.shares:
        word = found.text[slice(*each.place)]
        known = words.get(word.casefold(), Total(word, 0, 0.0))
        words[word.casefold()] = Total(known.word, known.times + 1, known.value + each.value)
    return sorted(words.values(), key=lambda each: -abs(each.value))


def in_words(total: Total) -> str:
    """A word with what it does to the odds: "× 3" is three times the odds."""
    return f"“{shortened(total.word, 40)}” ({effects(total)})"


def in_markdown(total: Total) -> str:
    return f"**“{written(shortened(total.word, 40))}”** ({effects(total)})"


def effects(total: Total) -> str:
    times = f"{total.times:,} times, together " if total.times > 1 else ""
    return times + f"odds {factor(total.value)}".replace(" ", "\u00a0")


def level(share: Share, strongest: float) -> int:
    """How many signs a word has: none to three."""
    size = abs(share.value)
    if size < NO_EFFECT:
        return 0
    return sum(size >= each * strongest for each in LEVELS)


def marks(found: Attribution) -> list[Mark]:
    """A sign in words of one to three pluses or minuses behind each word that counts."""
    strongest = found.strongest
    marked = []
    for share in found.shares:
        signs = level(share, strongest)
        if signs:
            speaks = share.value > 0
            marked.append(
                Mark(
                    *share.place,
                    label=signs * ("+" if speaks else "−"),
                    tone=Tone.ACCENT if speaks else Tone.WARNING,
                    strength=abs(share.value) / strongest,
                    note=effect(share.value),
                )
            )
    return marked


def legend(found: Attribution) -> list[Entry]:
    """The signs that occur."""
    favor = any(each.value >= NO_EFFECT for each in found.shares)
    against = any(each.value <= -NO_EFFECT for each in found.shares)
    rows = [
        Entry(Tone.ACCENT, "+ to +++", "raises the score, a little to most"),
        Entry(Tone.WARNING, "− to −−−", "lowers it"),
    ]
    return [each for each, occurs in zip(rows, (favor, against), strict=True) if occurs]


def sums(found: Attribution) -> str:
    """What the shares add up to and what they should."""
    return (
        f"Checked: in log-odds, {signed(found.base)} (every word blank) and {signed(found.added)} "
        f"(all shares) make {signed(found.base + found.added)}; the model gives "
        f"{signed(found.total)}. Gap: {gap(found)}, after {found.steps} steps."
    )


def parts(found: Attribution) -> str:
    """Which part of a long text the words are of."""
    read = f"The model reads this text in {found.windows:,} parts"
    if found.explained == 1:
        return f"{read}. The answer is that of the worst one: only its words are explained."
    if found.explained == found.windows:
        return f"{read} and answers with their mean: every word is explained in that."
    return (
        f"{read} and answers with their mean. The words of the {found.explained} that speak most "
        "for this label are explained, beside the others as they are."
    )


def gap(found: Attribution) -> str:
    """The gap as a share of the difference where there is one, else as it is."""
    if found.gap < 1:
        return f"{percent(found.gap)} of the difference"
    return f"{significant(found.missed, 2)} log-odds"


def rough(found: Attribution) -> str:
    return (
        f"The shares miss the score by {gap(found)}, more than {percent(TOLERANCE)}, even after "
        f"{found.steps} steps: take them as a rough guide."
    )


def table(found: Attribution) -> Table:
    """The strongest words with all they add, wherever they stand."""
    words = totals(found)
    rows = [
        (each.word, f"{each.times:,}", odds(each.value), signed(each.value))
        for each in words[:MOST_ROWS]
    ]
    if abs(found.other) >= 0.005:
        rows[MOST_ROWS - 1 :] = [
            ("(what frames the text)", "", odds(found.other), signed(found.other))
        ]
    columns = (*(Column("Word", wide=True), Column("Times")), Column("Odds"), Column("Log-odds"))
    left = len(words) - MOST_ROWS
    label = f"What the {MOST_ROWS:,} strongest words add" if left > 0 else "What each word adds"
    return Table(label, columns, rows)


def odds(value: float) -> str:
    return "no change" if abs(value) < NO_EFFECT else f"{'×' if value > 0 else '÷'} {times(value)}"


def signed(value: float) -> str:
    """Log-odds to two decimals with a proper minus."""
    return f"{value:+.2f}".replace("-", "−") if abs(value) >= 0.005 else "0.00"
