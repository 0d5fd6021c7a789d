"""Any CSV or Parquet file to a checked table; knows nothing of what the table is about.

    seen = preview(data, "may.csv", COLUMNS, settings)
    table = read(data, "may.csv", COLUMNS, seen.layout, seen.mapping, settings)
    table.frame, table.quarantine, table.notes

Told by content, not by name: compression (gzip, Zstandard), encoding, delimiter, decimal sign,
order of dates, time zone, and which column is which. Rows that cannot be used are set aside with
their line and reason. Only errors of `demos.core.errors` come out.
"""

from demos.core.tables.columns import Column, Kind
from demos.core.tables.layout import Layout, described, doubts, with_decimal, with_order
from demos.core.tables.preview import Preview, preview
from demos.core.tables.quarantine import BadRow, Quarantine
from demos.core.tables.reading import Table, read
from demos.core.tables.template import template

__all__ = [
    "BadRow",
    "Column",
    "Kind",
    "Layout",
    "Preview",
    "Quarantine",
    "Table",
    "described",
    "doubts",
    "preview",
    "read",
    "template",
    "with_decimal",
    "with_order",
]
