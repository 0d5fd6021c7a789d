"""Marked texts: what is marked is said in words, and nothing of the text becomes markup."""

import re
from pathlib import Path

import pytest

from demos.core.language.marks import (
    AROUND,
    BOXED,
    MOST_MARKS,
    STYLE_FILE,
    WHOLE,
    Entry,
    Mark,
    Tone,
    apart,
    legend_html,
    marked_html,
    safe,
    visible,
)
from tests.core.html_page import Page
from tests.core.language.said import HOSTILE

THEME = Path(__file__).parents[3] / "pages" / "components" / "theme.css"


def words(html: str) -> str:
    page = Page(html)
    assert page.open == []
    return page.words.replace("\u00a0", " ")


def test_a_mark_is_followed_by_what_it_is() -> None:
    html = marked_html("Ada lives in Oslo.", [Mark(0, 3, "person"), Mark(13, 17, "place")], "Names")
    assert words(html) == "Ada person lives in Oslo place."
    assert html.count("<mark") == 2 and 'aria-label="Names"' in html and 'dir="auto"' in html


@pytest.mark.parametrize("text", [HOSTILE, HOSTILE * 2_000], ids=["short", "long"])
def test_given_text_never_becomes_markup(text: str) -> None:
    mark = Mark(3, len(text) - 3, HOSTILE, note=HOSTILE)
    html = marked_html(text, [mark], HOSTILE, language='"><script>')
    html += legend_html([Entry(Tone.WARNING, HOSTILE, HOSTILE)])
    assert {tag for tag, _ in Page(html).tags} <= {"div", "mark", "bdi", "span", "i", "ul", "li"}
    assert "<script" not in html
    html.encode()  # no half of a surrogate pair is left
    assert "\x00" not in html


def test_every_character_stays_where_it_was() -> None:
    assert len(visible(HOSTILE)) == len(HOSTILE)
    assert words(safe(HOSTILE)) == visible(HOSTILE)
    assert visible("\x00\x1b\x7f\ud800\t\n\U0001f600") == "␀␛␡\ufffd\t\n\U0001f600"
    assert words(marked_html("a\r\nb\rc", [], "Lines")) == "a\nb\nc"


def test_of_two_that_overlap_the_first_given_is_shown() -> None:
    best, inside, across, beside = Mark(5, 10), Mark(6, 8), Mark(9, 12), Mark(10, 12)
    assert apart([best, inside, across, beside], 20) == [best, beside]
    assert apart([inside, best], 20) == [inside]
    assert apart([beside, best], 20) == [best, beside]
    assert apart([Mark(0, 20), best], 20) == [Mark(0, 20)]


@pytest.mark.parametrize(("start", "end"), [(3, 3), (5, 4), (-1, 2), (18, 21), (30, 40)])
def test_what_covers_nothing_of_the_text_is_dropped(start: int, end: int) -> None:
    assert apart([Mark(start, end)], 20) == []
    assert "<mark" not in marked_html("x" * 20, [Mark(start, end)], "Text")


def test_marks_side_by_side_and_at_both_ends() -> None:
    html = marked_html("abc", [Mark(0, 1, "1"), Mark(1, 2, "2"), Mark(2, 3, "3")], "Text")
    assert words(html) == "a 1b 2c 3"
    assert words(marked_html("", [], "Text")) == ""


def test_a_long_text_scrolls_also_with_the_keyboard() -> None:
    assert "tabindex" not in marked_html("x" * BOXED, [], "Text")
    assert 'class="dlw-text dlw-boxed" tabindex="0"' in marked_html("x" * (BOXED + 1), [], "Text")


def test_a_line_of_a_megabyte_is_folded_to_what_is_marked() -> None:
    text = "é" * 1_000_000
    told = words(marked_html(text, [Mark(500_000, 500_004, "here")], "Text"))
    assert len(told) < 6 * AROUND
    assert "… 499,400 characters not shown …" in told and "éééé here" in told
    whole = words(marked_html(text, [Mark(0, len(text), "all")], "Text"))
    assert "… 999,400 characters not shown …" in whole and whole.endswith(" all")
    bare = words(marked_html(text, [], "Text"))
    assert bare.startswith("é" * WHOLE + " …")


def test_marks_that_are_too_many_for_a_long_text_are_counted() -> None:
    text = "ab " * WHOLE
    html = marked_html(text, [Mark(at, at + 2, "x") for at in range(0, len(text), 3)], "Text")
    assert html.count("<mark") == MOST_MARKS
    assert f"with {WHOLE - MOST_MARKS:,} more marks not shown" in words(html)


def test_the_deeper_the_surer_and_never_out_of_bounds() -> None:
    html = marked_html("abc", [Mark(0, 1, strength=0.256), Mark(1, 2, strength=-3)], "Text")
    assert 'style="--strength:0.26"' in html and 'style="--strength:0.00"' in html
    assert "style=" not in marked_html("abc", [Mark(0, 1, strength=7)], "Text")


def test_the_legend_is_a_list_of_words() -> None:
    html = legend_html([Entry(Tone.VIOLET, "LOC", "a place")])
    assert words(html) == "LOC a place" and html.startswith("<ul") and "dlw-violet" in html
    assert legend_html([]) == ""


# Colors


def channels(color: str) -> tuple[float, ...]:
    return tuple(int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))


def luminance(color: tuple[float, ...]) -> float:
    """As WCAG 2.2 defines it."""
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in color
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def colors(mode: int) -> dict[str, tuple[float, ...]]:
    """The colors of both style sheets by name, light for 0 and dark for 1."""
    style = THEME.read_text() + STYLE_FILE.read_text()
    pairs = re.findall(r"--dlw-([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", style)
    return {name: channels((light, dark)[mode]) for name, light, dark in pairs}


@pytest.mark.parametrize(("mode", "text"), [(0, "#1b2529"), (1, "#e7ecec")], ids=["light", "dark"])
def test_text_stands_out_on_every_mark(mode: int, text: str) -> None:
    found = colors(mode)
    most = int(re.findall(r"var\(--strength, 1\) \* (\d+)%", STYLE_FILE.read_text())[0]) / 100
    for name in ("accent", "violet", "muted", "warning"):
        ink, card = found[name], found["card"]
        mixed = tuple(most * a + (1 - most) * b for a, b in zip(ink, card, strict=True))
        assert contrast(channels(text), mixed) >= 4.5, name
        assert contrast(ink, card) >= 4.5, name


def test_tones_differ_by_more_than_color() -> None:
    lines = re.findall(r"--line: (\w+);", STYLE_FILE.read_text())
    assert len(lines) == len(set(lines)) == len(Tone)
