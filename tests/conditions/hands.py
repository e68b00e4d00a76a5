"""What no code of ours does: rows made, lost and put back by hand, so that one condition stands alone.

Where several conditions stop the same rival, the rows that the others look at are taken away, as a restore or a person
at a console might.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from functions.adapters.errors import ConflictError
from tests.support.faults import rival
from tests.support.retail import Retailer

Act = Callable[[], object]


def row(retailer: Retailer, table: str, pk: str, sk: str) -> dict[str, Any] | None:
    """A row, or None where there is none."""
    rows = retailer.world.items(table)
    return next((item for item in rows if (item["pk"], item["sk"]) == (pk, sk)), None)


def ledger_row(retailer: Retailer, voucher_id: str, ahead: int = 0) -> tuple[str, str, str]:
    """The place of a voucher's latest ledger row, or of one that is so far ahead of it."""
    sequence = retailer.voucher(voucher_id)["version"] + ahead
    return "vouchers", f"VOUCHER#{voucher_id}", f"LEDGER#{sequence:010}"


@contextmanager
def unbooked(retailer: Retailer, voucher_id: str) -> Iterator[None]:
    """What is done meanwhile to a voucher changes it and leaves no row in its ledger: its version alone tells."""
    yield
    retailer.world.remove(*ledger_row(retailer, voucher_id))


@contextmanager
def forgotten(retailer: Retailer, voucher_id: str) -> Iterator[None]:
    """What is done meanwhile is undone on the voucher and in its ledger: the other rows alone tell."""
    before = retailer.voucher(voucher_id)
    yield
    retailer.world.remove(*ledger_row(retailer, voucher_id))
    retailer.world.put("vouchers", **before)


def owner(retailer: Retailer, place: tuple[str, str, str], act: Act, *, before: str = "TransactWriteItems") -> str:
    """Whose a row is that somebody else made by hand right before our write: `theirs`, or `ours` by now."""
    with rival(lambda: retailer.world.put(*place, whose="theirs"), before=before), suppress(ConflictError):
        act()
    found = row(retailer, *place)
    return str(found.get("whose", "ours")) if found else "nobody's"
