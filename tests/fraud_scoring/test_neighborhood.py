"""Timelines and network around a case, by hand."""

import math

import pytest

from demos.core.graph import Network, Node
from demos.core.timeline import Known
from demos.fraud_scoring.neighborhood import card_lane, network, terminal_lane
from demos.fraud_scoring.transaction import find
from tests.fraud_scoring.tables import Purchase, busy_month, table

PURCHASES: list[Purchase] = [
    (0, "early", "shop", 10, 1),  # more than 30 days before the case
    (2, "a", "old shop", 10, 0),
    (12, "b", "shop", 20, 1),
    (13, "b", "far", 20, 1),
    (14, "c", "shop", 30, 0),
    (14, "c", "shop", 30, 0),
    (15, "a", "cafe", 15, 0),
    (16, "c", "cafe", 12, 0),
    (30, "d", "shop", 50, 1),  # fraud, but not known yet
    (33, "a", "cafe", 15, None),
    (35, "a", "shop", 99, 1),  # the case
    (36, "a", "shop", 98, 1),  # the future
    (36, "e", "shop", 97, 0),
]
SCORES = [0.9, 0.1, 0.5, 0.6, 0.01, 0.02, 0.03, 0.04, 0.7, 0.05, 0.8, 0.99, 0.98]
TABLE = table(PURCHASES, SCORES)
CASE = find(TABLE, 12)


def node(found: Network, name: str) -> Node:
    return next(each for each in found.nodes if each.name == name)


def linked(found: Network) -> dict[tuple[str, str], tuple[int, int, bool]]:
    return {
        (found.nodes[e.start].name, found.nodes[e.end].name): (e.transactions, e.frauds, e.case)
        for e in found.edges
    }


def test_the_card_s_timeline_ends_with_the_case_and_knows_no_more_than_it_did() -> None:
    lane = card_lane(TABLE, CASE)
    assert (lane.title, lane.other, lane.earlier) == ("Card a", "terminal", 0)
    assert [each.other for each in lane.events] == ["old shop", "cafe", "cafe", "shop"]
    assert [each.case for each in lane.events] == [False, False, False, True]
    assert [each.known for each in lane.events] == [
        Known.LEGITIMATE,
        Known.LEGITIMATE,
        Known.OPEN,
        Known.OPEN,
    ]
    assert [each.score for each in lane.events] == pytest.approx([0.1, 0.03, 0.05, 0.8])


def test_the_terminal_s_timeline() -> None:
    lane = terminal_lane(TABLE, CASE)
    assert lane.title == "Terminal shop"
    assert [each.other for each in lane.events] == ["early", "b", "c", "c", "d", "a"]
    fraud, good, unknown = Known.FRAUD, Known.LEGITIMATE, Known.OPEN
    assert [each.known for each in lane.events] == [fraud, fraud, good, good, unknown, unknown]


def test_a_long_timeline_is_cut_at_its_beginning_and_says_so() -> None:
    lane = terminal_lane(TABLE, CASE, most=2)
    assert [each.other for each in lane.events] == ["d", "a"]
    assert lane.earlier == 4


def test_a_label_is_known_once_it_is_seven_days_old() -> None:
    purchases = table([(0, "a", "s", 1, 1), (0.5, "a", "s", 1, 1), (7, "a", "s", 1, 0)], [0] * 3)
    events = card_lane(purchases, find(purchases, 4)).events
    assert [each.known for each in events] == [Known.FRAUD, Known.OPEN, Known.OPEN]


def test_the_network_is_of_two_steps_and_thirty_days() -> None:
    found = network(TABLE, CASE)
    assert [(each.name, each.ring) for each in found.nodes] == [
        ("a", 0),
        ("shop", 1),
        ("cafe", 1),
        ("b", 2),
        ("d", 2),
        ("c", 2),
    ]
    assert linked(found) == {
        ("shop", "a"): (1, 0, True),
        ("cafe", "a"): (2, 0, False),
        ("shop", "b"): (1, 1, False),
        ("shop", "c"): (2, 0, False),
        ("cafe", "c"): (1, 0, False),
        ("shop", "d"): (1, 0, False),
    }
    assert found.left_out == (("terminal", 0), ("card", 0))


def test_a_node_counts_what_was_known_and_the_highest_score() -> None:
    found = network(TABLE, CASE)
    b, d, shop = node(found, "b"), node(found, "d"), node(found, "shop")
    assert (b.kind, b.transactions, b.frauds) == ("card", 2, 2)  # also at the terminal elsewhere
    assert b.score == pytest.approx(0.6)
    assert d.frauds == 0  # its fraud is five days old
    assert (shop.kind, shop.transactions, shop.frauds) == ("terminal", 5, 1)
    assert shop.score == pytest.approx(0.8)  # the case's own, not the future's


def test_cards_stand_around_the_center_beyond_their_terminal() -> None:
    found = network(TABLE, CASE)
    assert (found.nodes[0].x, found.nodes[0].y) == (0, 0)
    for each in found.nodes[1:]:
        assert math.hypot(each.x, each.y) == pytest.approx(each.ring / 2)
    shop, c = node(found, "shop"), node(found, "c")  # where c was twice, at the cafe once
    assert shop.x * c.x + shop.y * c.y > 0


def test_a_crowd_is_cut_to_the_most_suspicious() -> None:
    found = network(TABLE, CASE, most=4)
    assert [each.name for each in found.nodes] == ["a", "shop", "cafe", "b"]
    assert found.left_out == (("terminal", 0), ("card", 2))
    fewer = network(TABLE, CASE, most=4, most_terminals=1)
    assert [each.name for each in fewer.nodes] == ["a", "shop", "b", "d"]
    assert fewer.left_out == (("terminal", 1), ("card", 1))


def test_a_busy_month_stays_within_bounds_and_is_the_same_each_time() -> None:
    busy = busy_month(n=20_000, cards=400, terminals=50)
    case = find(busy, int(busy["row"][19_000]))
    found = network(busy, case)
    assert len(found.nodes) == 60
    assert found.nodes[1].name == case.terminal
    assert found == network(busy, case)
    assert sum(each.case for each in found.edges) == 1
    outer = [each.frauds for each in found.nodes if each.ring == 2]
    assert outer == sorted(outer, reverse=True)


def test_a_card_alone_on_its_first_day() -> None:
    alone = table([(0, "a", "s", 10, None)], [0.2])
    found = network(alone, find(alone, 2))
    assert [each.name for each in found.nodes] == ["a", "s"]
    assert linked(found) == {("s", "a"): (1, 0, True)}


def test_a_card_and_a_terminal_of_the_same_name_are_two_nodes() -> None:
    same = table(
        [(0, "7", "7", 10, None), (1, "8", "7", 10, None), (2, "7", "7", 1, None)], [0] * 3
    )
    found = network(same, find(same, 4))
    assert [(each.kind, each.name) for each in found.nodes] == [
        ("card", "7"),
        ("terminal", "7"),
        ("card", "8"),
    ]
    assert linked(found) == {("7", "7"): (2, 0, True), ("7", "8"): (1, 0, False)}


def test_names_are_one_short_line_whatever_is_in_them() -> None:
    shop, card = "shop\n| x |" + "y" * 100, "card\u202e\n7"
    rows = table([(0, card, shop, 10, 0), (1, "b", shop, 10, 0), (2, card, shop, 10, 0)], [0.1] * 3)
    case = find(rows, int(rows["row"][2]))
    lanes = card_lane(rows, case), terminal_lane(rows, case)
    shown = [each.title for each in lanes] + [e.other for each in lanes for e in each.events]
    found = network(rows, case)
    shown += [each.name for each in found.nodes]
    assert len(found.nodes) == 3 and len(found.edges) == 2
    assert "card 7" in shown and "Card card 7" in shown
    assert all("\n" not in each and "\u202e" not in each and len(each) < 60 for each in shown)
