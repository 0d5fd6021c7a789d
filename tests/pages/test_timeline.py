"""The timelines of a card and a terminal on the page."""

from datetime import datetime, timedelta

from streamlit.testing.v1 import AppTest

from demos.core.timeline import Event, Known, Lane
from pages.components.timeline import drawn, spoken

NOON = datetime(2026, 3, 1, 12)
DAY = timedelta(days=1)


def event(day: float, amount: float, known: Known = Known.OPEN, case: bool = False) -> Event:
    return Event(NOON + day * DAY, amount, 0.25, "shop <1>", known, case)


CARD = Lane(
    "Card a*b",
    "terminal",
    (
        event(0, 10, Known.LEGITIMATE),
        event(1, 20, Known.FRAUD),
        event(9, 5),
        event(10, 30.5, case=True),
    ),
    7,
)
TERMINAL = Lane("Terminal 9", "card", (event(10, 30.5, case=True),), 0)
ENDS = NOON + 3 * DAY


def page(lanes: list[Lane], labels_end: datetime = ENDS) -> AppTest:
    def script(**given: object) -> None:
        from pages.components.timeline import show_timeline

        show_timeline(**given)

    given = {"lanes": lanes, "currency": "EUR", "labels_end": labels_end}
    app = AppTest.from_function(script, default_timeout=60, kwargs=given).run()
    assert not app.exception
    return app


def text(app: AppTest) -> str:
    groups = (app.markdown, app.caption)
    return "\n".join(each.value for group in groups for each in group).replace("\u00a0", " ")


def test_the_table_has_the_latest_first_with_what_was_known() -> None:
    told = text(page([CARD, TERMINAL]))
    case = told.index(r"| 11 Mar, 12:00 | shop \<1\> | 30.50 | 25.0 % | this one |")
    fraud = told.index(r"| 02 Mar, 12:00 | shop \<1\> | 20.00 | 25.0 % | confirmed fraud |")
    assert case < fraud
    assert r"**Card a\*b**, the latest 4 up to 11 March 2026" in told
    assert "| Time | Terminal | EUR |" in told and "| Time | Card | EUR |" in told


def test_what_is_not_drawn_is_counted() -> None:
    told = text(page([CARD, TERMINAL]))
    assert r"Not drawn: Card a\*b: 7 earlier." in told
    assert "Not drawn" not in text(page([TERMINAL]))


def test_it_says_where_labels_end_or_that_there_are_none() -> None:
    assert "Right of the dotted line" in text(page([CARD]))
    early = text(page([CARD], NOON - DAY))
    assert "dotted line" not in early
    assert "It was not known yet of any of them" in early


def test_each_status_has_a_shape_of_its_own_and_one_entry_in_the_legend() -> None:
    figure = drawn([CARD, TERMINAL], "EUR", ENDS)
    traces = figure["data"]
    assert [(each["name"], each["yaxis"], len(each["x"])) for each in traces] == [
        ("confirmed fraud", "y", 1),
        ("legitimate", "y", 1),
        ("not known yet", "y", 1),
        ("this purchase", "y", 1),
        ("this purchase", "y2", 1),
    ]
    assert len({each["marker"]["symbol"] for each in traces}) == 4
    assert [each["showlegend"] for each in traces] == [True, True, True, True, False]
    [line] = figure["layout"]["shapes"]
    assert line["x0"] == ENDS
    assert not drawn([TERMINAL], "EUR", ENDS)["layout"]["shapes"]


def test_a_higher_probability_is_larger() -> None:
    risky = Event(NOON, 10, 0.9, "x", Known.OPEN, False)
    lane = Lane("Card", "terminal", (event(0, 10), risky, event(1, 1, case=True)), 0)
    small, large = drawn([lane], "EUR", ENDS)["data"][0]["marker"]["size"]
    assert large > small


def test_names_in_the_chart_are_not_markup() -> None:
    figure = drawn([Lane("Card <i>", "terminal", (event(0, 1),), 0)], "EUR", ENDS)
    assert "&lt;i&gt;" in figure["layout"]["annotations"][0]["text"]
    assert "shop &lt;1&gt;" in figure["data"][0]["text"][0]


def test_the_chart_in_words() -> None:
    assert spoken(CARD, "EUR") == (
        "Card a*b: 4 purchases from 01 March 2026 to 11 March 2026, 1 confirmed fraud, 1 "
        "legitimate, 2 not known yet. This purchase is of EUR 30.50, none of more, with a "
        "probability of fraud of 25.0 %."
    )
    cheap = Lane("Card", "terminal", (event(0, 10), event(1, 5, case=True)), 0)
    assert "1 other is of more" in spoken(cheap, "EUR")
