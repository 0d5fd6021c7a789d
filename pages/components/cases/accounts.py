"""Why cases have their scores: computed once per transaction while the session shows its table."""

from collections.abc import Callable, Sequence

import streamlit as st

from demos.core.reasons import Account

Explain = Callable[[Sequence[int]], Sequence[Account]]

MOST_KEPT = 1000
"""Accounts, of a few kilobytes each: of a few days at the busiest."""


def accounts(slug: str, table: str, explain: Explain, rows: Sequence[int]) -> dict[int, Account]:
    """The account of every row of `rows`; `explain` is asked for those not known yet.

    Of those not asked for now, the latest `MOST_KEPT` are kept.

    `table` tells the table, with model and currency, from all others.
    """
    known: dict[int, Account]
    name, known = st.session_state.get(f"{slug}.accounts", ("", {}))
    if name != table:
        known = {}
        st.session_state[f"{slug}.accounts"] = (table, known)
    new = [row for row in dict.fromkeys(rows) if row not in known]
    if new:
        known.update(zip(new, explain(new), strict=True))
    found = {row: known[row] for row in rows}
    for row in [row for row in known if row not in found][:-MOST_KEPT]:
        del known[row]
    return found
