"""What steering does to a whole catalog, and what it costs: figures measured before, for everybody.

show_business(SPEC.slug, model.catalog, trade_off.read(figures), steering.novelty, titles)
"""

from collections.abc import Mapping

import streamlit as st

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.trade_off import Curve, Point
from demos.core.wording import percent, score, significant
from pages.components.recommend.business_charts import (
    MEASURES,
    lorenz_chart,
    setting,
    trade_off_chart,
)
from pages.components.recommend.business_words import (
    cost,
    hits,
    lead,
    spoken_lorenz,
    spoken_trade_off,
    worth,
)
from pages.components.tables import show_table, unbroken
from pages.components.text import plain

NOTHING = ""


@st.fragment
def show_business(
    slug: str, catalog: Catalog, curve: Curve | None, novelty: float, titles: Mapping[str, str]
) -> None:
    """`novelty` is where the control stands; `titles` are the plain names of methods mixed in."""
    st.header("What this does to your catalog", anchor=False)
    if curve is None:
        st.info("What steering does to the whole catalog was not measured for this one.")
        return
    start, now = curve.at(0), curve.at(novelty)
    prefix = f"{slug}.{catalog.name}.business"
    st.markdown(unbroken(f"**{plain(lead(catalog, curve, now))}**"))
    st.markdown(unbroken(plain(cost(catalog, start, now))))
    each_worth = st.number_input(
        "What one hit is worth, in your currency",
        min_value=0.0,
        value=1.0,
        step=0.5,
        key=f"{prefix}.worth",
        persist_state="session",
        width=280,
        help=f"The margin when somebody takes the {plain(catalog.one)} that was recommended.",
    )
    st.markdown(unbroken(plain(worth(hits(start, now), each_worth))))
    show_figures(catalog, curve, start, now)
    show_trade_off(prefix, catalog, curve, now, titles)
    show_concentration(prefix, catalog, curve, now)
    st.caption(
        f"Measured offline: the last {plain(catalog.one)} of {curve.users:,} people was hidden, "
        f"and everybody got ten {plain(catalog.many)} out of all {catalog.size:,}. A hit: the "
        "hidden one is among the ten. The money assumes that everybody is shown ten once, that "
        "every hit is worth the same, and that without it nothing would have been taken; what "
        f"people do with {plain(catalog.many)} they would never have met cannot be measured this "
        "way. Only novelty moves these figures: diversity, groups and feedback do not."
    )


def show_figures(catalog: Catalog, curve: Curve, start: Point, now: Point) -> None:
    """The setting, and beside it no novelty where that is another."""
    rows = [
        ("Hits per 1,000 users", significant(1000 * now.recall), significant(1000 * start.recall)),
        ("NDCG@10", score(now.ndcg), score(start.ndcg)),
        ("Catalog that anybody is shown", percent(now.coverage), percent(start.coverage)),
        ("Recommendations from the long tail", percent(now.long_tail), percent(start.long_tail)),
        ("Gini coefficient", score(now.gini), score(start.gini)),
        ("Novelty, bits", significant(now.novelty), significant(start.novelty)),
    ]
    header = ("Everybody's ten", f"Novelty {setting(now)}", "Novelty 0 %")
    width = 2 if now == start else 3
    cells = [row[:width] for row in rows]
    show_table(f"{catalog.name}_business", header[:width], "lrr"[:width], cells)
    st.caption(
        f"Long tail: {plain(catalog.many)} outside the fewest that make up 80 % of all that was "
        "taken. Gini: 0 when all are recommended equally often, near 1 when a few get everything; "
        f"what people take by themselves has {score(curve.taken_gini)}."
    )


def show_trade_off(
    prefix: str, catalog: Catalog, curve: Curve, now: Point, titles: Mapping[str, str]
) -> None:
    """Hits against what is won, with a mark where the control stands."""
    st.subheader("What it costs in hits", anchor=False)
    left, right = st.columns(2)
    name: str = left.selectbox(
        "Along the bottom",
        list(MEASURES),
        format_func=lambda name: MEASURES[name].title,
        key=f"{prefix}.measure",
        persist_state="session",
    )
    toward: str = right.selectbox(
        "Another way to change the list",
        [NOTHING, *curve.toward],
        format_func=lambda name: f"Mix in: {titles.get(name, name)}" if name else "None",
        key=f"{prefix}.toward",
        persist_state="session",
        help="Instead of novelty: the probabilities of another way to recommend, from 0 to 100 %.",
    )
    measure, other = MEASURES[name], curve.toward.get(toward, ())
    title = titles.get(toward, toward)
    st.plotly_chart(
        trade_off_chart(curve.novelty, now, measure, other, title),
        config={"displayModeBar": False},
        alt=spoken_trade_off(curve.novelty, now, measure, other, title),
        key=f"{prefix}.trade_off",
    )
    st.caption(
        f"NDCG@10 (hits, those high in the list counting more) against {measure.title.lower()}. "
        "Each point is a setting, from 0 to 100 %; the diamond is where the novelty control "
        "stands."
    )
    with st.expander("The same as a table", icon=":material/table_rows:"):
        columns = ("Setting", "NDCG@10", "Hits per 1,000", "Catalog", "Long tail", "Bits", "Gini")
        rows = [setting_row(f"Novelty {setting(each)}", each) for each in curve.novelty]
        rows += [setting_row(f"{plain(title)} {setting(each)}", each) for each in other[1:]]
        show_table(f"{catalog.name}_trade_off", columns, "lrrrrrr", rows)


def setting_row(name: str, each: Point) -> tuple[str, ...]:
    return (
        name,
        score(each.ndcg),
        significant(1000 * each.recall),
        percent(each.coverage),
        percent(each.long_tail),
        significant(each.novelty),
        score(each.gini),
    )


def show_concentration(prefix: str, catalog: Catalog, curve: Curve, now: Point) -> None:
    st.subheader("Who gets the recommendations", anchor=False)
    st.plotly_chart(
        lorenz_chart(catalog, curve, now),
        config={"displayModeBar": False},
        alt=spoken_lorenz(catalog, curve, now),
        key=f"{prefix}.lorenz",
    )
    st.caption(
        f"Lorenz curve: {plain(catalog.many)} from the least to the most recommended, and the "
        "share of all recommendations they get together. The further below the straight line, "
        "the fewer get most of them."
    )
    with st.expander("The same as a table", icon=":material/table_rows:"):
        columns = (f"Of the {plain(catalog.many)}, the least", "Recommended", "Taken by people")
        rows = zip(curve.shares, now.lorenz, curve.taken, strict=True)
        show_table(
            f"{catalog.name}_lorenz",
            columns,
            "rrr",
            [tuple(percent(each) for each in row) for row in rows],
        )
