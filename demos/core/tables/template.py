"""A CSV file to fill in."""

import csv
import io
from collections.abc import Sequence
from itertools import zip_longest

from demos.core.spreadsheet import BYTE_ORDER_MARK
from demos.core.tables.columns import Column


def template(columns: Sequence[Column]) -> bytes:
    """Names and example rows that `read` takes as they are; UTF-8 with a byte order mark."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(column.name for column in columns)
    writer.writerows(zip_longest(*(column.example for column in columns), fillvalue=""))
    return (BYTE_ORDER_MARK + text.getvalue()).encode("utf-8")
