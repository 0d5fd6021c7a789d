"""The columns of a table of histories: who took what, and when."""

from dataclasses import replace

import numpy as np

from demos.core.recommend.catalog import Catalog
from demos.core.spreadsheet import FORMULA_STARTS
from demos.core.tables import Column, Kind

COLUMNS = (
    Column(
        "user",
        "Customer",
        Kind.TEXT,
        True,
        (
            "customer",
            "customer_id",
            "user_id",
            "client",
            "client_id",
            "account",
            "account_id",
            "member",
            "member_id",
            "visitor",
            "visitor_id",
            "buyer",
            "reader",
            "viewer",
            "session",
            "session_id",
        ),
        ("anna", "anna", "anna", "ben", "ben"),
        "Whatever tells one person from another: a number or a code. Names are not needed.",
    ),
    Column(
        "item",
        "Title, code or item number",
        Kind.TEXT,
        True,
        (
            "title",
            "item_title",
            "sku",
            "stock_code",
            "product_code",
            "code",
            "product",
            "product_name",
            "product_title",
            "article",
            "film",
            "movie",
            "movie_title",
            "book",
            "book_title",
            "description",
            "name",
            "item_name",
            "item_id",
            "product_id",
        ),
        (),
        "One item a row. Titles may be misspelt, and their year may be missing.",
    ),
    Column(
        "time",
        "Date or time",
        Kind.TIME,
        False,
        (
            "timestamp",
            "date",
            "datetime",
            "date_time",
            "event_time",
            "order_date",
            "invoice_date",
            "purchase_date",
            "purchased_at",
            "watched_at",
            "read_at",
            "rated_at",
            "created_at",
        ),
        (
            "2026-01-03 19:30:00",
            "2026-01-10 20:05:00",
            "2026-02-01 21:15:00",
            "2026-01-22 08:00:00",
            "2026-01-22 08:10:00",
        ),
        "Tells what was taken first. Without it, the order of the rows does.",
    ),
    Column(
        "position",
        "Place in the history",
        Kind.INTEGER,
        False,
        ("sequence", "seq", "step", "place_in_history"),
        (),
        "Tells what was taken first where there is no time, or times are the same.",
    ),
)


def columns_for(catalog: Catalog) -> tuple[Column, ...]:
    """The columns of a table of histories; its template has items of this very catalog."""
    popular = 1 + np.argsort(-catalog.counts[1:], kind="stable")
    shown = [item for item in popular if not catalog.titles[item].startswith(FORMULA_STARTS)]
    examples = [catalog.titles[item] for item in shown[: len(COLUMNS[0].example)]]
    return tuple(
        replace(each, example=tuple(examples)) if each.name == "item" else each for each in COLUMNS
    )
