"""Tables of text as HTML, for a page or a report; on a phone each row becomes a card.

Their style is `answers.css`. No character of a cell becomes markup.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from demos.core.language.marks import safe

MOST_ROWS = 200
"""Rows shown; the exports have all."""
MANY_ROWS = 15
"""A table of more scrolls in itself, also with the keyboard."""
LONGEST_CELL = 600
"""Characters shown of a cell."""
SHORT = 24
"""Characters of a narrow cell whose words are not broken."""
WIDE = 65
"""Percent of a table's width that its wide columns share."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A figure, and a bar whose length is its `share` of 1; `remark` is said below it."""

    text: str
    share: float
    remark: str = ""


Cell = str | Scored


@dataclass(frozen=True, slots=True)
class Column:
    """`wide` ones take what room there is; `language` is the code of what is written in it."""

    title: str
    wide: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`label` names it to who hears the page; the first column is the heading of its row."""

    label: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]


def table_html(table: Table) -> str:
    """The table, which says how many of its rows it does not show."""
    width = WIDE / max(sum(each.wide for each in table.columns), 1)
    styles = [f' style="width:{width:.0f}%"' if each.wide else "" for each in table.columns]
    heads = "".join(
        f'<th scope="col" role="columnheader"{style}>{safe(each.title)}</th>'
        for each, style in zip(table.columns, styles, strict=True)
    )
    body = "\n".join(row_html(table.columns, row) for row in table.rows[:MOST_ROWS])
    hidden = len(table.rows) - MOST_ROWS
    more = f"{hidden:,} more rows are in the files to download."
    # The roles are those of the elements: styles that stack a row on a phone would take them away.
    shown = (
        f'<table class="dlw-rows" role="table" aria-label="{safe(table.label)}">'
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>\n'
        f'<tbody role="rowgroup">\n{body}\n</tbody></table>'
    )
    if len(table.rows) > MANY_ROWS:
        shown = (
            '<div class="dlw-boxed dlw-many" role="group" tabindex="0" '
            f'aria-label="{safe(table.label)}">{shown}</div>'
        )
    return shown + (f'<p class="dlw-more">{more}</p>' if hidden > 0 else "")


def row_html(columns: Sequence[Column], row: Sequence[Cell]) -> str:
    return '<tr role="row">' + "".join(map(cell_html, columns, row, range(len(row)))) + "</tr>"


def cell_html(column: Column, cell: Cell, place: int) -> str:
    """A cell, which knows the title of its column for where there is no room for that above it."""
    tag, attributes = ("td", ' role="cell"') if place else ("th", ' scope="row" role="rowheader"')
    if column.wide:
        attributes += ' class="dlw-wide"'
    elif isinstance(cell, str) and len(cell) <= SHORT:
        attributes += ' class="dlw-short"'
    if column.language:
        attributes += f' lang="{escape(column.language)}"'
    content = scored_html(cell) if isinstance(cell, Scored) else f"<span>{cut(cell)}</span>"
    return f'<{tag}{attributes} dir="auto" data-title="{safe(column.title)}">{content}</{tag}>'


def cut(text: str) -> str:
    """HTML of a cell, of which the beginning is shown if it is long."""
    if len(text) <= LONGEST_CELL:
        return safe(text)
    more = f"{len(text) - LONGEST_CELL:,} more characters"
    return f'{safe(text[:LONGEST_CELL])} <bdi class="dlw-gap">… {more}</bdi>'


def scored_html(scored: Scored) -> str:
    width = 100 * min(max(scored.share, 0.0), 1.0)
    remark = f'<b class="dlw-remark">{safe(scored.remark)}</b>' if scored.remark else ""
    return (
        f'<span class="dlw-score"><span>{safe(scored.text)}</span><span class="dlw-track" '
        f'aria-hidden="true"><i style="width:{width:.1f}%"></i></span>{remark}</span>'
    )
