"""Recommendations of many customers as files, written piece by piece: CSV for people, JSON too."""

import json
from collections.abc import Iterator, Mapping
from typing import IO

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demos.core.recommend.batch import Recommendations
from demos.core.recommend.catalog import Catalog
from demos.core.recommend.histories import Histories
from demos.core.spreadsheet import BYTE_ORDER_MARK, neutral

USERS_AT_ONCE = 10_000
FIGURES = 4
"""Of a score, significant."""


def to_csv(catalog: Catalog, histories: Histories, found: Recommendations, file: IO[bytes]) -> None:
    """One row per customer and rank, in UTF-8 with a byte order mark. No text cell is a formula.

    `score` is the one the model gives the item; `basis` says who has the most popular items for
    want of a history.
    """
    titles = pl.Series([neutral(title) for title in catalog.titles])
    codes = pl.Series([neutral(code) for code in catalog.codes])
    coded = any(code not in ("", str(item)) for item, code in enumerate(catalog.codes))
    users = pl.Series([neutral(user) for user in histories.users], dtype=pl.String)
    file.write(BYTE_ORDER_MARK.encode())
    for start in range(0, len(found), USERS_AT_ONCE):
        part = found.items[start : start + USERS_AT_ONCE]
        row, place = np.nonzero(part)
        items = part[row, place]
        scores = score_of(found.scores[start : start + USERS_AT_ONCE][row, place])
        popular = pl.Series(found.popular[start + row])
        frame = pl.DataFrame(
            {
                "user": users.gather(start + row),
                "rank": (place + 1).astype(np.uint16),
                "item": items,
                **({"code": codes.gather(items)} if coded else {}),
                "title": titles.gather(items),
                "score": pl.Series(scores).round_sig_figs(FIGURES),
                "basis": pl.select(
                    pl.when(popular).then(pl.lit("popularity")).otherwise(pl.lit("history"))
                ).to_series(),
            }
        )
        frame.write_csv(file, include_header=start == 0, line_terminator="\r\n")


def to_json(
    catalog: Catalog,
    histories: Histories,
    found: Recommendations,
    about: Mapping[str, object],
    file: IO[bytes],
) -> None:
    """One object: `about` (what made the file), then `users`, each on a line of its own."""
    head = json.dumps({**about, "catalog": catalog.name}, ensure_ascii=False)
    file.write(f'{head[:-1]}, "users": ['.encode())
    for number, line in enumerate(user_lines(catalog, histories, found)):
        file.write(b",\n" if number else b"\n")
        file.write(line.encode())
    file.write(b"\n]}\n")


def user_lines(catalog: Catalog, histories: Histories, found: Recommendations) -> Iterator[str]:
    """Each customer as a JSON object."""
    items = [
        f'"item": {item}, "title": {json.dumps(title, ensure_ascii=False)}'
        for item, title in enumerate(catalog.titles)
    ]
    lengths = histories.lengths
    for place, user in enumerate(histories.users):
        listed = zip(
            found.items[place].tolist(), score_of(found.scores[place]).tolist(), strict=True
        )
        shown = ", ".join(
            f'{{"rank": {rank}, {items[item]}, "score": {score:.{FIGURES}g}}}'
            for rank, (item, score) in enumerate(listed, 1)
            if item
        )
        basis = "popularity" if found.popular[place] else "history"
        yield (
            f'{{"user": {json.dumps(user, ensure_ascii=False)}, "basis": "{basis}", '
            f'"known_items": {lengths[place]}, "unknown_rows": {histories.lost[place]}, '
            f'"recommendations": [{shown}]}}'
        )


def score_of(logarithms: NDArray[np.float32]) -> NDArray[np.float64]:
    """Between 0 and 1."""
    return np.exp(logarithms.astype(np.float64))
