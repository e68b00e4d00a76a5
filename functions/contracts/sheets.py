"""Tables for people with a spreadsheet: CSV that opens in Chinese, and of which no cell is ever a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

CSV = "text/csv; charset=utf-8"
# Without it Excel reads UTF-8 as the computer's own character set.
_BYTE_ORDER_MARK = "\ufeff"
# OWASP, "CSV Injection": what a cell begins with that a spreadsheet takes for a formula, full-width forms included.
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)

Cell = str | int | None


def sheet(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The text of a CSV file (RFC 4180), with a byte-order mark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows(map(_cells, rows))
    return _BYTE_ORDER_MARK + text.getvalue()


def _cells(row: Sequence[Cell]) -> list[str]:
    return ["" if cell is None else _harmless(str(cell)) for cell in row]


def _harmless(text: str) -> str:
    """The text with an apostrophe before what would be a formula; a negative number is none."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
