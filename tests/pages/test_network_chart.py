"""The network around a case on the page."""

from dataclasses import replace

from streamlit.testing.v1 import AppTest

from demos.core.graph import Edge, Network, Node
from pages.components.network_chart import drawn, named, spoken, summary

NODES = (
    Node("a", "card", 0, 4, 0, 0.8, 0, 0),
    Node("sh|op", "terminal", 1, 5, 1, 0.9, 0, 0.5),
    Node("cafe", "terminal", 1, 2, 0, 0.1, 0, -0.5),
    Node("<b>", "card", 2, 2, 2, 0.6, 1, 0),
    Node("c", "card", 2, 3, 0, 0.05, -1, 0),
)
EDGES = (
    Edge(1, 0, 1, 0, True),
    Edge(1, 3, 1, 1, False),
    Edge(1, 4, 2, 0, False),
    Edge(2, 0, 2, 0, False),
    Edge(2, 4, 1, 0, False),
)
NETWORK = Network(NODES, EDGES, (("terminal", 0), ("card", 12)))


def page(network: Network) -> AppTest:
    def script(network: object) -> None:
        from pages.components.network_chart import show_network

        show_network(network, 30)

    app = AppTest.from_function(script, default_timeout=60, kwargs={"network": network}).run()
    assert not app.exception
    return app


def text(app: AppTest) -> str:
    groups = (app.markdown, app.caption)
    return "\n".join(each.value for group in groups for each in group).replace("\u00a0", " ")


def test_the_network_in_a_sentence() -> None:
    assert summary(NETWORK, 30) == (
        "In 30 days, card a was used at 2 terminals; 1 had confirmed fraud. Of 14 other cards seen "
        "there, 2 are shown, the most suspicious first; of those 1 had."
    )
    whole = replace(NETWORK, left_out=(("terminal", 0), ("card", 0)))
    assert summary(whole, 30).endswith("Of 2 other cards seen there, 1 had.")
    alone = Network(NODES[:2], EDGES[:1], (("terminal", 0), ("card", 0)))
    assert summary(alone, 30) == (
        "In 30 days, card a was used at 1 terminal; 1 had confirmed fraud. No other card was seen "
        "there."
    )


def test_terminals_left_out_may_have_fraud_too_where_the_last_one_shown_has() -> None:
    cut = replace(NETWORK, left_out=(("terminal", 9), ("card", 12)))
    assert "was used at 11 terminals; 1 had" in summary(cut, 30)
    worse = replace(NODES[2], frauds=1)
    nodes = (*NODES[:2], worse, *NODES[3:])
    assert "was used at 11 terminals; at least 2 had" in summary(replace(cut, nodes=nodes), 30)


def test_the_table_has_every_node_and_where_it_was_seen() -> None:
    told = text(page(NETWORK))
    assert r"| card a (this one) | 4 | 0 | 80.0 % | sh\|op, +1 |" in told
    assert r"| card \<b\> | 2 | 2 | 60.0 % | sh\|op |" in told
    assert "| terminal cafe | 2 | 0 | 10.0 % |  |" in told


def test_what_is_left_out_is_said() -> None:
    assert "Left out, as the least suspicious: 0 terminals, 12 cards." in text(page(NETWORK))
    whole = replace(NETWORK, left_out=(("terminal", 0), ("card", 0)))
    assert "Left out" not in text(page(whole))


def test_fraud_has_a_shape_as_well_as_a_color() -> None:
    traces = {each.get("name"): each for each in drawn(NETWORK)["data"]}
    assert traces["card"]["marker"]["symbol"] == "circle"
    assert traces["card with fraud"]["marker"]["symbol"] == "circle-x"
    assert traces["terminal with fraud"]["marker"]["symbol"] == "square-x"
    assert traces["card"]["marker"]["color"] != traces["card with fraud"]["marker"]["color"]
    assert len(traces["card"]["x"]) == 2


def test_lines_to_fraud_and_to_the_case_stand_out() -> None:
    plain, fraud, case = (each for each in drawn(NETWORK)["data"] if each["mode"] == "lines")
    assert plain["x"] == [0, -1, None, 0, 0, None, 0, -1, None]
    assert fraud["x"] == [0, 1, None] and case["y"] == [0.5, 0, None]
    assert len({each["line"]["color"] for each in (plain, fraud, case)}) == 3
    assert len({each["line"]["width"] for each in (plain, fraud, case)}) == 3


def test_names_of_the_case_and_of_fraud_are_drawn_and_are_not_markup() -> None:
    assert named(NETWORK) == {0, 1, 3}
    texts = [each["text"] for each in drawn(NETWORK)["layout"]["annotations"]]
    assert texts == ["<b>card a</b>", "<b>terminal sh|op</b>", "&lt;b&gt;"]
    assert [each["xanchor"] for each in drawn(NETWORK)["layout"]["annotations"]][2] == "right"


def test_names_that_would_run_into_each_other_are_not_drawn() -> None:
    close = tuple(replace(NODES[3], name=f"n{k}", x=0.9, y=0.9 - k / 100) for k in range(5))
    assert named(Network((*NODES, *close), EDGES, ())) == {0, 1, 3, 5}


def test_the_picture_in_words() -> None:
    assert spoken(NETWORK) == (
        "Card a in the middle, linked to 2 terminals, and these to 2 other cards. With confirmed "
        "fraud: terminal sh|op, 1 confirmed; card <b>, 2 confirmed."
    )
    clean = Network(tuple(replace(each, frauds=0) for each in NODES), EDGES, NETWORK.left_out)
    assert spoken(clean).endswith("No confirmed fraud among them.")
    many = tuple(replace(NODES[3], name=str(k)) for k in range(12))
    assert "and 6 more" in spoken(Network((*NODES, *many), EDGES, ()))
