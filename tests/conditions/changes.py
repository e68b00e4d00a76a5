"""Every change of a voucher: over the version that was read, and into a ledger row that nobody has written.

The two stop the same rival, so each is met alone: the version by a change that left no ledger row, the ledger row by
one that is there though the voucher does not say so.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from functions.adapters.errors import ConflictError
from functions.domain.identity import successor_id
from tests.conditions.hands import ledger_row, owner, unbooked
from tests.conditions.scenario import Deed, Scenario
from tests.conditions.watch import Condition
from tests.support.faults import rival
from tests.support.retail import Retailer, money, sale

EARLIER = money("100")
CANCELLED = {"status": "cancelled", "updated_at": "2026-11-22T12:30:00+08:00"}


@dataclass(frozen=True, slots=True)
class Change:
    """A request that changes the NT$500 voucher, and what has to come before it."""

    operation: str
    act: Callable[[Retailer], object]
    before: Callable[[Retailer], object] = lambda _: None


def qr(retailer: Retailer) -> str:
    return retailer.sold["CASH-500"].qr


def voucher_id(retailer: Retailer) -> str:
    return retailer.sold["CASH-500"].voucher_id


def hold(retailer: Retailer) -> object:
    return retailer.hold("h-1", qr(retailer), money=money("50"))


def redeem(retailer: Retailer) -> object:
    return retailer.redeem("r-1", qr(retailer), money=money("50"))


def settle(retailer: Retailer) -> None:
    """The order of the voucher is settled; what the queue would try again is left there."""
    with suppress(ConflictError):
        retailer.settle("sold-0")


def asked(action: str) -> Callable[[Retailer], object]:
    return lambda retailer: retailer.act(action, voucher_id(retailer))


CHANGES = (
    Change("put_redemption", redeem),
    Change("post_void", lambda retailer: retailer.void("r-1"), redeem),
    Change("put_hold", hold),
    Change("post_capture", lambda retailer: retailer.capture("h-1"), hold),
    Change("post_release", lambda retailer: retailer.release("h-1"), hold),
    Change("put_refund", lambda retailer: retailer.refund("f-1", "r-1"), redeem),
    Change("post_offline_batch", lambda retailer: retailer.offline(sale(qr(retailer), money=money("50")))),
    Change("post_suspend", asked("suspend")),
    Change("post_resume", asked("resume"), asked("suspend")),
    Change("post_revoke", asked("revoke")),
    Change("post_reissue", asked("reissue")),
    Change(
        "post_transfer",
        lambda retailer: retailer.transfer(voucher_id(retailer), "hao"),
        lambda retailer: retailer.customer("hao"),
    ),
    Change("settle", settle, lambda retailer: retailer.order("sold-0", ("CASH-500", 1), **CANCELLED)),
)


def of_two_changes(change: Change) -> Deed:
    """An earlier redemption is voided between the read and the write of the change."""

    def deed(retailer: Retailer) -> int:
        retailer.redeem("earlier", qr(retailer), money=EARLIER, at="pos-9")
        change.before(retailer)

        def void() -> None:
            with unbooked(retailer, voucher_id(retailer)):
                retailer.void("earlier", at="pos-9")

        with rival(void):
            change.act(retailer)
        return missing(retailer)

    return deed


def of_a_row_that_is_there(change: Change) -> Deed:
    """Somebody else's row stands where the change's own would."""

    def deed(retailer: Retailer) -> str:
        change.before(retailer)
        return owner(retailer, ledger_row(retailer, voucher_id(retailer), ahead=1), lambda: change.act(retailer))

    return deed


def missing(retailer: Retailer) -> int:
    """What of the NT$500 is neither on the voucher, or the one in its place, nor in a redemption that stands."""
    own = {voucher_id(retailer), successor_id(voucher_id(retailer))}
    rows = retailer.world.items("vouchers")
    left = sum(amount(row["worth"]) for row in rows if row["sk"] == "VOUCHER" and row["voucher_id"] in own)
    return 500 - left - sum(map(taken, rows))


def taken(row: dict[str, Any]) -> int:
    operation = row.get("capture", row)
    if row["sk"] != "OPERATION" or "taken" not in operation or "voided_at" in operation:
        return 0
    return amount(operation["taken"]) - amount(operation.get("refunded"))


def amount(worth: dict[str, Any] | None) -> int:
    return int(worth["money"]["minor"]) if worth else 0


SCENARIOS = [
    scenario
    for change in CHANGES
    for scenario in (
        Scenario(
            "of two changes at one moment neither is lost",
            Condition(change.operation, "Put", "VOUCHER#*/VOUCHER", "version"),
            of_two_changes(change),
            right=0,
            wrong=100,
        ),
        Scenario(
            "no row of a ledger is ever rewritten",
            Condition(change.operation, "Put", "VOUCHER#*/LEDGER#*", "new"),
            of_a_row_that_is_there(change),
            right="theirs",
            wrong="ours",
        ),
    )
]
