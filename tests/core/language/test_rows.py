"""Tables of text: readable aloud, whole on a phone, and without markup from outside."""

from demos.core.language.rows import LONGEST_CELL, MANY_ROWS, MOST_ROWS, Column, Scored, Table
from demos.core.language.rows import table_html as html_of
from tests.core.html_page import Page
from tests.core.language.said import HOSTILE

COLUMNS = (Column("No."), Column("Text", wide=True), Column("Score"))


def test_each_row_has_a_heading_and_each_cell_knows_its_column() -> None:
    html = html_of(Table("Passages", COLUMNS, [("1", "one", Scored("0.5", 0.5, "check"))]))
    page = Page(html)
    assert page.open == []
    assert "".join(page.words.split()) == "No.TextScore1one0.5check"
    heads = [kept for tag, kept in page.tags if tag == "th"]
    assert [each["scope"] for each in heads] == ["col", "col", "col", "row"]
    cells = [kept for tag, kept in page.tags if tag == "td"]
    assert [each["data-title"] for each in cells] == ["Text", "Score"]
    assert 'aria-label="Passages"' in html and 'style="width:50.0%"' in html
    assert "tabindex" not in html


def test_given_text_never_becomes_markup() -> None:
    columns = (Column(HOSTILE, language='"><script>'), Column(HOSTILE))
    html = html_of(Table(HOSTILE, columns, [(HOSTILE, Scored(HOSTILE, 9.0, HOSTILE))]))
    tags = {tag for tag, _ in Page(html).tags}
    assert tags <= {"table", "thead", "tbody", "tr", "th", "td", "span", "i", "b"}
    html.encode()


def test_a_bar_stays_in_its_track() -> None:
    for share, width in ((-0.2, "0.0"), (1.7, "100.0")):
        assert f"width:{width}%" in html_of(Table("x", COLUMNS[:1], [(Scored("", share),)]))


def test_long_tables_scroll_and_longer_ones_say_what_is_left_out() -> None:
    rows = [(str(number), "x", "y") for number in range(MOST_ROWS + 1_000)]
    html = html_of(Table("All", COLUMNS, rows))
    assert html.count("<tr") == MOST_ROWS + 1
    assert "1,000 more rows are in the files" in Page(html).words and 'tabindex="0"' in html
    assert "tabindex" not in html_of(Table("All", COLUMNS, rows[:MANY_ROWS]))


def test_a_cell_of_a_megabyte_is_cut() -> None:
    html = html_of(Table("All", COLUMNS, [("1", "x" * 1_000_000, "")]))
    assert len(html) < 3_000
    assert f"… {1_000_000 - LONGEST_CELL:,} more characters" in Page(html).words
