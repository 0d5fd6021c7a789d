"""Where a history comes from, and the list in which it is edited, in Streamlit's harness."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from demos.core.recommend.history import LIMIT, Entry, History, arranged, history_of
from demos.core.samples import Sample, SampleKind
from pages.components.recommend.history_list import PAGE, SHOWN
from tests.core.recommend.tiny import catalog
from tests.pages.harness import query, ran

FILMS = catalog()
HISTORY = "recommendations.tiny.history"
SEARCH = "recommendations.tiny.search"
LONG = arranged(FILMS, [Entry(None, f"title {number}") for number in range(LIMIT)])


@pytest.fixture
def personas(tmp_path: Path) -> tuple[Sample, ...]:
    files = {
        "space": "item\nStar Lanterns (1977)\nOrbit of Glass (1968)\nTen Days on Mars (1990)\n",
        "reader": 'item\nWar and Peace\n"*Emma*, a novel"\nToy Parad\n',
    }
    kinds = (SampleKind.TYPICAL, SampleKind.OUT_OF_SCOPE)
    for key, text in files.items():
        (tmp_path / f"{key}.csv").write_text(text)
    return tuple(
        Sample(key, "tiny", key.capitalize(), kind, None, f"About {key}.", tmp_path / f"{key}.csv")
        for key, kind in zip(files, kinds, strict=True)
    )


@pytest.fixture
def app(personas: tuple[Sample, ...]) -> Iterator[AppTest]:
    app = AppTest.from_function(page, default_timeout=30)
    app.session_state["personas"] = personas
    yield ran(app)


def page() -> None:
    from types import SimpleNamespace

    import streamlit as st

    from pages.components.recommend.history import choose_history, show_remarks
    from tests.core.recommend.tiny import catalog

    demo = SimpleNamespace(slug="recommendations")
    films = catalog()
    near = lambda name: [3] if "War" in name else []  # noqa: E731
    history = choose_history(
        demo,  # type: ignore[arg-type]
        SimpleNamespace(name="tiny"),  # type: ignore[arg-type]
        films,
        st.session_state["personas"],
        [("A taste", lambda: st.text("the third tab"))],
        near,
    )
    show_remarks(history, films)


def history(app: AppTest) -> History:
    found: History = app.session_state[HISTORY]
    return found


def titles(app: AppTest) -> list[str]:
    return [FILMS.titles[item] for item in history(app).items]


def press(app: AppTest, label: str) -> AppTest:
    """Press the one button whose label, without Markdown's backslashes, begins so."""
    found = [each for each in app.button if each.label.replace("\\", "").startswith(label)]
    assert len(found) == 1, [each.label for each in app.button]
    found[0].click()
    return ran(app)


def typed(app: AppTest, text: str) -> AppTest:
    app.text_input(SEARCH).set_value(text)
    return ran(app)


def said(app: AppTest) -> str:
    parts = [*app.caption, *app.info, *app.warning, *app.markdown]
    return " ".join(each.value for each in parts).replace("\\", "")


def test_it_opens_with_the_first_persona_whose_address_is_shown(app: AppTest) -> None:
    assert titles(app)[0] == "Star Lanterns (1977)"
    assert query(app) == {"sample": "space", "model": "tiny"}
    assert "About space" in said(app)
    assert "the third tab" in app.text[0].value


def test_another_persona_is_chosen_and_what_it_lacks_is_said(app: AppTest) -> None:
    press(app, "Reader")
    assert query(app)["sample"] == "reader"
    assert history(app).unknown == ("War and Peace", "*Emma*, a novel", "Toy Parad")
    assert "None of these 3 titles is among the 40 films" in said(app)


def test_titles_from_outside_are_never_markdown(app: AppTest) -> None:
    press(app, "Reader")
    shown = [each.value for each in app.markdown if "Emma" in each.value]
    assert shown and all(r"\*Emma\*" in each for each in shown)


def test_a_misspelt_title_of_a_history_can_be_replaced(app: AppTest) -> None:
    press(app, "Reader")
    press(app, "Did you mean Toy Parade (1995)?")
    assert titles(app) == ["Toy Parade (1995)"]
    assert "in place of “Toy Parad”" in said(app)
    press(app, "Nearest in meaning: Star Lanterns (2015)")
    assert titles(app) == ["Star Lanterns (2015)", "Toy Parade (1995)"]


def test_what_is_typed_is_found_added_last_and_the_field_emptied(app: AppTest) -> None:
    typed(app, "toy parad")
    press(app, "Toy Parade 2 (1999)")
    assert titles(app)[-1] == "Toy Parade 2 (1999)"
    assert app.text_input(SEARCH).value == ""
    assert query(app) == {}
    assert "no persona's" in said(app)


def test_a_misspelling_is_asked_about(app: AppTest) -> None:
    typed(app, "ångstrom comit")
    assert "Nothing is called “ångstrom comit”. Did you mean" in said(app)
    press(app, "Ångström's Comet (1994)")
    assert titles(app)[-1] == "Ångström's Comet (1994)"


def test_a_title_that_is_there_already_becomes_the_latest_and_that_is_said(app: AppTest) -> None:
    typed(app, "star lanterns 1977")
    press(app, "Star Lanterns (1977)")
    assert titles(app)[-1] == "Star Lanterns (1977)" and len(titles(app)) == 3
    assert "was in the history already" in said(app)


def test_what_is_not_found_can_be_kept(app: AppTest) -> None:
    typed(app, "<b>qwfp</b> zxcv")
    assert "No film is like" in said(app)
    press(app, "Keep “<b>qwfp</b> zxcv”")
    assert history(app).unknown == ("<b>qwfp</b> zxcv",)
    assert "“<b>qwfp</b> zxcv” is not in this catalog" in said(app)


def test_entries_are_moved_and_removed(app: AppTest) -> None:
    press(app, "Move Ten Days on Mars (1990) up")
    assert titles(app)[1] == "Ten Days on Mars (1990)"
    press(app, "Move Star Lanterns (1977) down")
    assert titles(app)[0] == "Ten Days on Mars (1990)"
    press(app, "Remove Star Lanterns (1977)")
    assert titles(app) == ["Ten Days on Mars (1990)", "Orbit of Glass (1968)"]
    press(app, "Undo")
    assert len(titles(app)) == 3


def test_the_ends_cannot_be_moved_beyond(app: AppTest) -> None:
    off = [each.label.replace("\\", "") for each in app.button if each.disabled]
    assert off == ["Move Star Lanterns (1977) up", "Move Ten Days on Mars (1990) down"]


def test_clearing_is_undone(app: AppTest) -> None:
    press(app, "Clear")
    assert titles(app) == []
    assert "The history is empty" in said(app)
    press(app, "Undo")
    assert len(titles(app)) == 3
    assert query(app)["sample"] == "space"


def test_a_history_of_ones_own_survives_the_choice_of_a_persona(app: AppTest) -> None:
    press(app, "Remove Orbit of Glass (1968)")
    press(app, "Reader")
    press(app, "Undo")
    assert titles(app) == ["Star Lanterns (1977)", "Ten Days on Mars (1990)"]
    press(app, "Back to Reader")
    assert history(app).unknown[0] == "War and Peace"


def test_a_persona_that_is_replaced_unchanged_needs_no_undoing(app: AppTest) -> None:
    press(app, "Reader")
    assert not [each for each in app.button if each.label == "Undo"]


def test_of_a_long_history_only_a_part_is_sent(app: AppTest) -> None:
    app.session_state[HISTORY] = LONG
    ran(app)
    removes = [each for each in app.button if each.label.startswith("Remove")]
    assert len(removes) == SHOWN
    assert removes[-1].label == "Remove title 499"
    app.toggle[0].set_value(True)
    ran(app)
    removes = [each for each in app.button if each.label.startswith("Remove")]
    assert SHOWN < len(removes) <= SHOWN + PAGE
    assert removes[len(removes) - SHOWN - 1].label == "Remove title 487"


def test_nothing_follows_the_last_page_when_a_history_has_become_shorter(app: AppTest) -> None:
    app.session_state[HISTORY] = LONG
    ran(app)
    app.toggle[0].set_value(True)
    ran(app)
    app.session_state[HISTORY] = history_of(FILMS, FILMS.titles[1:])
    ran(app)
    removes = [each for each in app.button if each.label.startswith("Remove")]
    assert SHOWN < len(removes) <= SHOWN + PAGE


def test_one_item_is_looked_up_without_touching_the_history() -> None:
    def page() -> None:
        import streamlit as st

        from pages.components.recommend.search import search_one
        from tests.core.recommend.tiny import catalog

        st.text(f"item {search_one(catalog(), 'demo.tiny.similar')}")

    app = ran(AppTest.from_function(page, default_timeout=30))
    assert app.text[0].value == "item None"
    app.text_input[0].set_value("amelie")
    ran(app)
    press(app, "Amélie's Umbrella (2001)")
    assert app.text[0].value == "item 20"
    assert app.text_input[0].value == ""
    assert "demo.tiny.history" not in app.session_state
