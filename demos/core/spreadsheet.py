"""Cells that a spreadsheet program shows and never runs, whoever wrote their text."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet may execute a cell that begins so; some take full-width signs for plain ones."""

BYTE_ORDER_MARK = "\ufeff"
"""At the start of a CSV file in UTF-8, without which Excel guesses wrongly."""


def neutral(cell: str | float) -> str:
    """A cell that no spreadsheet takes for a formula: as text, if it would begin like one."""
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
