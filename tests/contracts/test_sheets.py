"""A table opens in Chinese, and no cell of it does anything."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.contracts.sheets import CSV, sheet

# What OWASP names, and a few ways around what is checked first.
FORMULAS = [
    "=1+1", "+1+1", "-1+1|cmd", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "＝1+1", "＋1", "－1+1", "＠SUM(A1)", "-", "+886912345678",
]  # fmt: skip


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_a_table_begins_with_a_byte_order_mark_and_says_that_it_is_utf_8() -> None:
    assert sheet(("a",), []).encode()[:3] == b"\xef\xbb\xbf"
    assert CSV == "text/csv; charset=utf-8"


def test_a_row_is_a_line_that_ends_as_the_standard_wants() -> None:
    assert sheet(("名稱", "數量"), [("精油按摩", 3)]) == "\ufeff名稱,數量\r\n精油按摩,3\r\n"


@pytest.mark.parametrize("formula", FORMULAS)
def test_what_a_spreadsheet_would_carry_out_is_text(formula: str) -> None:
    ((cell,),) = read(sheet(("a",), [(formula,)]))[1:]

    assert cell == f"'{formula}"


@pytest.mark.parametrize("number", ["-200", "-0.50", "0", "499.50", -3])
def test_a_number_stays_one(number: str | int) -> None:
    ((cell,),) = read(sheet(("a",), [(number,)]))[1:]

    assert cell == str(number)


@given(cells=st.lists(st.one_of(st.none(), st.integers(), st.text()), min_size=2, max_size=5))
def test_cells_stay_apart_whatever_is_in_them(cells: list[str | int | None]) -> None:
    _, row = read(sheet(["a"] * len(cells), [cells]))

    assert [cell.removeprefix("'") for cell in row] == [
        "" if cell is None else str(cell).removeprefix("'") for cell in cells
    ]


@given(text=st.text(min_size=1))
def test_no_cell_begins_like_a_formula_unless_it_is_a_number(text: str) -> None:
    (cell,) = read(sheet(("a", "b"), [(text, "b")]))[1][:1]

    assert cell[:1] not in set("=+@\t\r\n＝＋－＠")
    assert not cell.startswith("-") or cell[1:].replace(".", "", 1).isdigit()
