"""Lists that a person may also want as a table: `?format=csv`, by the page as everything else."""

from collections.abc import Mapping

from functions.contracts.settlements import SettlementAnswer, read_place, settlement_sheet, write_place
from functions.contracts.sheets import CSV
from functions.domain.settlement import Settlement
from functions.runtime.http import Answer
from functions.runtime.query import one_of, whole

PAGE, PAGE_MAX = 50, 500
# As many rows as fit into an answer of Lambda's (6 MB) at some 300 bytes each.
TABLE_MAX = 15_000
PAGED = ("format", "limit", "cursor")


def wants_table(query: Mapping[str, str]) -> bool:
    """Whether a table is asked for.

    Raises:
        InvalidValueError: it is something else.
    """
    return one_of(query.get("format"), "format", ("json", "csv")) == "csv"


def limit_of(query: Mapping[str, str]) -> int:
    """How many lines are asked for; of a table, all that an answer can hold.

    Raises:
        InvalidValueError: it is no number, or too many.
    """
    default, most = (TABLE_MAX, TABLE_MAX) if wants_table(query) else (PAGE, PAGE_MAX)
    return whole(query.get("limit"), "limit", default, least=1, most=most)


def table(text: str, name: str, next_cursor: str | None = None) -> Answer:
    """A table to be saved as `name`; where it goes on is in `Next-Cursor`."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Answer(text, content_type=CSV, headers=headers | ({"Next-Cursor": next_cursor} if next_cursor else {}))


def settlement_page(settlement: Settlement, query: Mapping[str, str]) -> Answer:
    """A store's day as it was asked for.

    Raises:
        InvalidValueError: its format, limit or cursor is none of ours.
    """
    lines, has_more = settlement.page(read_place(query.get("cursor")), limit_of(query))
    if wants_table(query):
        name = f"settlement-{settlement.store_id}-{settlement.day}"
        return table(settlement_sheet(settlement, lines), name, write_place(lines) if has_more else None)
    return Answer(SettlementAnswer.of(settlement, lines, has_more=has_more))
