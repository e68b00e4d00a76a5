"""A worker that dies at any call leaves nothing that the queue's repeat would not mend."""

import json
from typing import Any, Literal

import pytest

from functions.domain import identity
from tests.support.faults import Crashes, KilledError
from tests.support.retail import SHOP, Retailer
from tests.support.world import Rows, State

BUYER = {"customer_ref": "9009", "email": "new@example.com", "language": "en"}
UNITS = 2
When = Literal["before", "after"]


@pytest.fixture(autouse=True)
def one_voucher_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a crash falls between two transactions of one order, too."""
    monkeypatch.setattr("functions.issuance.settle.AT_ONCE", 1)


def settle(retailer: Retailer, crashes: Crashes | None = None) -> None:
    """One reading of the order's message, which a crash may end."""
    crashes = crashes or Crashes()
    with crashes.watching():
        try:
            retailer.settle("1001")
        except KilledError:
            assert crashes.at


def reported(retailer: Retailer) -> State:
    """The tables before anybody settled the order."""
    retailer.order("1001", ("CASH-500", UNITS), customer=BUYER)
    retailer.world.queued("orders")
    return retailer.world.state()


def whole_run(retailer: Retailer) -> tuple[list[str], Rows]:
    """The calls of a run that nothing disturbs, and what it leaves."""
    crashes = Crashes()
    settle(retailer, crashes)
    retailer.world.queued("email")
    return crashes.calls, retailer.world.rows()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("earlier", [(), (2,)], ids=["once", "twice"])
def test_crashes_at_any_call_and_a_repeat_end_where_one_run_ends(
    retailer: Retailer, when: When, earlier: tuple[int, ...]
) -> None:
    start = reported(retailer)
    calls, expected = whole_run(retailer)

    for place in range(1, len(calls) + 1):
        retailer.world.go_back(start)
        settle(retailer, Crashes(place, when))
        for by in earlier:
            settle(retailer, Crashes(max(1, place - by), when))
        settle(retailer)

        assert retailer.world.rows() == expected, (place, calls[place - 1])
        assert messages_of(retailer) == wanted_messages(), (place, calls[place - 1])


@pytest.mark.parametrize("when", ["before", "after"])
def test_no_crash_leaves_a_voucher_without_what_belongs_to_it(retailer: Retailer, when: When) -> None:
    start = reported(retailer)
    calls, _ = whole_run(retailer)

    for place in range(1, len(calls) + 1):
        retailer.world.go_back(start)
        settle(retailer, Crashes(place, when))

        assert_whole(retailer)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_while_revoking_and_a_repeat_end_where_one_run_ends(retailer: Retailer, when: When) -> None:
    retailer.sell("CASH-500", UNITS, customer=BUYER)
    retailer.order("1001", ("CASH-500", UNITS), status="cancelled", updated_at="2026-11-22T12:30:00+08:00")
    start = retailer.world.state()
    calls, expected = whole_run(retailer)

    for place in range(1, len(calls) + 1):
        retailer.world.go_back(start)
        settle(retailer, Crashes(place, when))
        settle(retailer)

        assert retailer.world.rows() == expected, (place, calls[place - 1])


def test_the_harness_kills_at_every_call(retailer: Retailer) -> None:
    start = reported(retailer)
    calls, expected = whole_run(retailer)
    assert calls.count("TransactWriteItems") == 1 + UNITS  # the new customer, and the vouchers
    assert "SendMessageBatch" in calls

    for place in range(1, len(calls) + 1):
        retailer.world.go_back(start)
        settle(retailer, Crashes(place))

        assert retailer.world.rows() != expected, calls[place - 1]


def messages_of(retailer: Retailer) -> set[str]:
    """The messages somebody asked to be sent, however often."""
    return {message["message_id"] for message in retailer.world.queued("email")}


def wanted_messages() -> set[str]:
    voucher_ids = [identity.voucher_id(SHOP, "1001", "1", unit) for unit in range(UNITS)]
    return {identity.message_id(voucher_id, 1) for voucher_id in voucher_ids}


def assert_whole(retailer: Retailer) -> None:
    """Each voucher of the order has its ledger row, its code row and its send row."""
    stored = {item["pk"]: item for item in retailer.world.items("vouchers")}
    sends = {item["voucher_id"] for item in retailer.world.items("sends")}
    vouchers: list[dict[str, Any]] = [
        item
        for item in retailer.world.items("vouchers")
        if item["sk"] == "VOUCHER" and item["source"]["order_id"] == "1001"
    ]
    ledgers = {item["pk"] for item in retailer.world.items("vouchers") if item["sk"] == "LEDGER#0000000001"}
    for voucher in vouchers:
        digest = retailer.world.wiring.codebook.digest(retailer.held(voucher["voucher_id"]).code)
        assert voucher["pk"] in ledgers, json.dumps(voucher)
        assert stored[f"CODE#{digest}"]["voucher_id"] == voucher["voucher_id"]
        assert voucher["voucher_id"] in sends
