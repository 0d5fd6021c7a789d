"""Recommendations for all customers of a file: in sum, one by one, and to take away."""

import io
from datetime import UTC, datetime
from functools import partial
from pathlib import PurePath

import numpy as np
import polars as pl
import streamlit as st

from demos.core.recommend.batch_export import to_csv, to_json
from demos.core.recommend.concentration import concentration, shown
from demos.core.spec import ModelSpec
from demos.core.wording import counted, duration, percent, score, significant
from pages.components.recommend.batch_jobs import Recommended
from pages.components.tables import show_table
from pages.components.text import plain

TOP = 10
OFFERED = 50
HISTORY_SHOWN = 10


def show_results(here: str, spec: ModelSpec, result: Recommended, seconds: float) -> None:
    """How many, how varied, for whom what; then the files."""
    users = len(result.found)
    speed = f" · {significant(users / seconds, 2)} customers per second" if seconds else ""
    st.markdown(
        f":material/done_all: **Done.** {counted(users, 'customer')} of "
        f"{plain(result.matched.table.name)} in {duration(seconds)}{speed}"
    )
    show_summary(result)
    show_most_recommended(result)
    show_one(here, result)
    offer_files(here, spec, result)


def show_summary(result: Recommended) -> None:
    """Figures over all lists, each with its meaning."""
    catalog, found = result.matched.catalog, result.found
    figures = concentration(found.items, catalog.counts)
    popular = int(found.popular.sum())
    many = plain(catalog.many)
    with st.container(horizontal=True, gap="medium", key="batch_summary"):
        for label, value, meaning in (
            ("Customers", f"{len(found):,}", "With a list of recommendations."),
            (
                "Of them with nothing known",
                f"{popular:,}",
                f"None of their rows name one of the catalog's {many}: they get what is popular.",
            ),
            (
                "Catalog covered",
                percent(figures.coverage),
                f"Share of the {catalog.size:,} {many} that are in at least one list.",
            ),
            (
                "Concentration (Gini)",
                score(figures.gini),
                "0: all are recommended equally often. Near 1: always the same few.",
            ),
            (
                "Long tail",
                percent(figures.long_tail),
                f"Share of what is recommended that is not among the most taken {many}, which "
                "make up 80 % of what was taken in the training data.",
            ),
        ):
            st.metric(label, value, help=meaning, width="content")


def show_most_recommended(result: Recommended) -> None:
    catalog, items = result.matched.catalog, result.found.items
    times = shown(items, catalog.size)
    first = [item for item in np.argsort(-times, kind="stable")[:TOP] if times[item]]
    st.markdown(f"**Recommended most often**, of {counted(len(items), 'customer')}")
    rows = [
        (plain(catalog.titles[item]), f"{times[item]:,}", percent(times[item] / len(items)))
        for item in first
    ]
    show_table(
        "most_recommended", (plain(catalog.one.capitalize()), "Customers", "Share"), "lrr", rows
    )


def show_one(here: str, result: Recommended) -> None:
    """One customer's list beside the history that it comes from."""
    histories, users = result.matched.histories, result.matched.histories.users
    st.markdown("**Look at one customer**")
    search, choice = st.columns(2, gap="medium")
    text = search.text_input(
        "Find a customer", key=f"{here}.find", placeholder="Part of the name or code"
    ).strip()
    places = matching_users(users, text)
    if not places:
        choice.caption("No customer is called anything like it.")
        return
    first = places[:OFFERED]
    user = choice.selectbox(
        f"Customer: {len(places):,} found" + (f", the first {OFFERED}" * (len(places) > OFFERED)),
        first,
        format_func=lambda place: users[place],
        key=f"{here}.user.{text}",
    )
    taken = histories.of(user)
    past, future = st.columns(2, gap="medium")
    with past:
        show_history(result, user, taken.tolist())
    with future:
        show_list(result, user)


def matching_users(users: pl.Series, text: str) -> list[int]:
    """The customers whose name has the text in it, that of just this name first."""
    if not text:
        return list(range(len(users)))
    lower = users.str.to_lowercase()
    places: list[int] = lower.str.contains(text.lower(), literal=True).arg_true().to_list()
    exact = set((users == text).arg_true().to_list())
    return sorted(places, key=lambda place: place not in exact)


def show_history(result: Recommended, user: int, taken: list[int]) -> None:
    catalog, lost = result.matched.catalog, int(result.matched.histories.lost[user])
    latest = [plain(catalog.titles[item]) for item in reversed(taken[-HISTORY_SHOWN:])]
    left = len(taken) - len(latest)
    st.caption(
        f"History, latest first{f', and {left:,} before them' if left else ''}"
        if latest
        else f"None of this customer's {plain(catalog.many)} is known."
    )
    st.markdown("\n".join(f"- {title}" for title in latest))
    if lost:
        st.caption(f"{counted(lost, 'row')} more could not be matched.")


def show_list(result: Recommended, user: int) -> None:
    catalog, found = result.matched.catalog, result.found
    items = [int(item) for item in found.items[user] if item]
    st.caption("Recommended: the most popular" if found.popular[user] else "Recommended")
    st.markdown(
        "\n".join(f"{rank}. {plain(catalog.titles[item])}" for rank, item in enumerate(items, 1))
    )
    if not items:
        st.caption("Nothing is left to recommend with these controls.")


def offer_files(here: str, spec: ModelSpec, result: Recommended) -> None:
    """The lists of all customers; each file is made when it is asked for."""
    stem = f"{PurePath(result.matched.table.name).stem}-recommendations"
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Recommendations (CSV)",
            partial(csv_of, result),
            f"{stem}.csv",
            "text/csv",
            icon=":material/table:",
            type="primary",
            on_click="ignore",
            key=f"{here}.csv",
        )
        st.download_button(
            "Recommendations (JSON)",
            partial(json_of, spec, result),
            f"{stem}.json",
            "application/json",
            icon=":material/data_object:",
            on_click="ignore",
            key=f"{here}.json",
        )
    st.caption("CSV: a row for each customer and rank. JSON: a list for each customer.")


def csv_of(result: Recommended) -> bytes:
    file = io.BytesIO()
    to_csv(result.matched.catalog, result.matched.histories, result.found, file)
    return file.getvalue()


def json_of(spec: ModelSpec, result: Recommended) -> bytes:
    steering, table = result.steering, result.matched.table
    about = {
        "model": spec.name,
        "weights": spec.source.version,
        "file": table.name,
        "file_sha256": table.sha256,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "steering": {
            "count": steering.count,
            "novelty": steering.novelty,
            "seen": steering.seen,
            "excluded": sorted(steering.excluded),
            "pinned": sorted(steering.pinned),
            "more": sorted(steering.more),
            "less": sorted(steering.less),
        },
    }
    file = io.BytesIO()
    to_json(result.matched.catalog, result.matched.histories, result.found, about, file)
    return file.getvalue()
