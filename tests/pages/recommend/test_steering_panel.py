"""The steering controls, the list and its figures on the page, over the tiny catalog."""

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from demos.core.recommend.steering import Steering, steer
from pages.components.text import plain
from tests.core.recommend.tiny import SPACE, catalog, ranking
from tests.pages.harness import ran

TINY = catalog()
HISTORY = (1, 4, 29)
PREFIX = "recommendations.tiny"


def script(history: tuple[int, ...]) -> None:
    import streamlit as st

    from demos.core.recommend.list_metrics import list_metrics
    from demos.core.recommend.steering import steer
    from pages.components.recommend.controls import choose_steering
    from pages.components.recommend.effects import show_effects
    from pages.components.recommend.listing import show_listing
    from tests.core.recommend.tiny import catalog, ranking

    tiny, answer, slug = catalog(), ranking(history), "recommendations"
    steering = choose_steering(slug, tiny)
    items = steer(tiny, answer.scores, history, steering)
    usual = steer(tiny, answer.scores, history, steering.unsteered)
    metrics = [list_metrics(tiny, answer.scores, each) for each in (usual, items)]
    st.session_state["shown"], st.session_state["steering"] = items, steering

    def keep(name: str, item: int) -> None:
        st.session_state[name] = item

    show_listing(
        slug,
        tiny,
        answer,
        items,
        steering,
        {items[0]: "You *liked* <b>it</b>."} if items else {},
        lambda item: keep("why", item),
        lambda item: keep("added", item),
    )
    show_effects(tiny, steering, *metrics)


@pytest.fixture
def app() -> AppTest:
    return page()


def page(history: tuple[int, ...] = HISTORY) -> AppTest:
    return ran(AppTest.from_function(script, default_timeout=60, kwargs={"history": history}))


def shown(app: AppTest) -> list[int]:
    items: list[int] = app.session_state["shown"]
    return items


def text(app: AppTest) -> str:
    groups = (app.markdown, app.caption, app.info)
    return "\n".join(each.value for group in groups for each in group).replace("\u00a0", " ")


def press(app: AppTest, name: str) -> AppTest:
    app.button(key=f"{PREFIX}.{name}").click()
    return ran(app)


def drawn(app: AppTest) -> list[str]:
    return [str(each.proto.body) for each in app.get("html") if not isinstance(each, Block)]


def titles(app: AppTest) -> list[str]:
    return [each.value.split("\n")[0] for each in app.markdown if each.value.startswith("###")]


def test_it_opens_with_the_list_as_the_model_ranks_it(app: AppTest) -> None:
    assert app.session_state["steering"] == Steering()
    assert shown(app) == steer(TINY, ranking(HISTORY).scores, HISTORY, Steering())
    assert app.button(key=f"{PREFIX}.steering.reset").disabled
    told = text(app)
    assert len(titles(app)) == 10
    assert "badge" not in told and "Off the list" not in told
    assert "Nothing is set: these are the likeliest films." in told
    assert told.count("As unsteered") == len(app.metric) == 6


def test_every_row_has_its_details_its_reason_and_its_probability(app: AppTest) -> None:
    first, second = (TINY.titles[item] for item in shown(app)[:2])
    told = text(app)
    assert titles(app)[0].startswith("### 1\\. ") and titles(app)[9].startswith("### 10\\. ")
    assert first.split(" ")[0] in titles(app)[0] and second.split(" ")[0] in titles(app)[1]
    assert "You \\*liked\\* \\<b\\>it\\</b\\>\\." in told  # words of others are no markup
    assert plain(" · ".join((TINY.details[shown(app)[0]], *TINY.groups[shown(app)[0]]))) in told
    bars = [each for each in drawn(app) if '<div class="dlw-chance"' in each]
    assert len(bars) == 10 and "width:100.0%" in bars[0]


def test_novelty_changes_the_list_at_once_and_says_from_where(app: AppTest) -> None:
    before = shown(app)
    app.slider(key=f"{PREFIX}.steering.novelty").set_value(100)
    ran(app)
    assert app.session_state["steering"] == Steering(novelty=1.0)
    assert shown(app) == steer(TINY, ranking(HISTORY).scores, HISTORY, Steering(novelty=1.0))
    told = text(app)
    assert told.count("green-badge[:material/add_circle: new, was ") == len(
        set(shown(app)) - set(before)
    )
    assert "arrow_upward: up, was" in told or "arrow_downward: down, was" in told
    assert "Off the list: " in told
    assert "Set: novelty 100 %. " in told and "hits in 100." in told
    assert "bits higher than unsteered, " in told


def test_groups_are_kept_out_or_put_first(app: AppTest) -> None:
    app.multiselect(key=f"{PREFIX}.steering.excluded").set_value([SPACE])
    ran(app)
    assert all(SPACE not in TINY.groups[item] for item in shown(app))
    app.multiselect(key=f"{PREFIX}.steering.pinned").set_value(["Documentary"])
    ran(app)
    assert all("Documentary" in TINY.groups[item] for item in shown(app)[:5])
    assert "Only 5 films of a genre to be shown first are left; others follow" in text(app)


def test_settings_that_leave_nothing_say_so_and_can_be_reset(app: AppTest) -> None:
    before = shown(app)
    app.multiselect(key=f"{PREFIX}.steering.excluded").set_value(list(TINY.group_names))
    ran(app)
    assert shown(app) == [] and titles(app) == []
    assert "No film is left to recommend under these settings\\." in text(app)
    assert "–" in {each.value for each in app.metric}
    press(app, "steering.reset")
    assert shown(app) == before


def test_the_length_is_as_chosen(app: AppTest) -> None:
    app.slider(key=f"{PREFIX}.steering.count").set_value(50)
    ran(app)
    assert len(shown(app)) == TINY.size - len(HISTORY) == len(titles(app))
    assert "Only 37 films may be shown" in text(app)


def test_the_history_is_marked_where_it_is_shown(app: AppTest) -> None:
    app.toggle(key=f"{PREFIX}.steering.seen").set_value(True)
    ran(app)
    listed = set(shown(app)) & set(HISTORY)
    assert listed and text(app).count("in the history]") == len(listed)


def test_more_like_this_moves_it_up_and_can_be_taken_back(app: AppTest) -> None:
    before = shown(app)
    item = before[-1]
    press(app, f"{item}.more")
    assert app.session_state["steering"].more == {item}
    assert shown(app).index(item) < 9
    chip = app.button(key=f"{PREFIX}.more.chip.{item}")
    assert "take back" in chip.label
    chip.click()
    ran(app)
    assert shown(app) == before
    press(app, f"{item}.more")
    press(app, f"{item}.more")  # the same button again
    assert shown(app) == before


def test_less_like_this_takes_it_off_and_a_mark_can_turn(app: AppTest) -> None:
    item = shown(app)[0]
    press(app, f"{item}.more")
    press(app, f"{item}.less")
    assert app.session_state["steering"].more == frozenset()
    assert app.session_state["steering"].less == {item}
    assert item not in shown(app) and "(was 1st)" in text(app)
    press(app, "steering.reset")
    assert app.session_state["steering"] == Steering() and item in shown(app)


def test_buttons_name_their_item_and_tell_the_page(app: AppTest) -> None:
    item = shown(app)[2]
    words = TINY.titles[item].split(" ")[0]
    assert words in app.button(key=f"{PREFIX}.{item}.why").label
    press(app, f"{item}.why")
    assert app.session_state["why"] == item
    press(app, f"{item}.add")
    assert app.session_state["added"] == item


def test_an_empty_history_and_one_of_everything(app: AppTest) -> None:
    assert len(titles(page(()))) == 10
    whole = page(tuple(range(1, TINY.size + 1)))
    assert "No film is left to recommend" in text(whole)
    whole.toggle(key=f"{PREFIX}.steering.seen").set_value(True)
    assert len(titles(ran(whole))) == 10
