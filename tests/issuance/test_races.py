"""Somebody else acts between what issuance read and what it writes."""

from typing import Any

import pytest

from functions.adapters.dynamodb import issuing, orders
from functions.adapters.dynamodb.database import Condition
from tests.support.faults import rival
from tests.support.retail import OWN_SHOP, Retailer

HOLDS = Condition("attribute_exists(#pk) OR attribute_not_exists(#pk)", {"#pk": "pk"}, {})
UNITS = 2


def report(retailer: Retailer, **override: Any) -> None:
    retailer.order("1001", ("CASH-500", UNITS), **override)


def cancel(retailer: Retailer) -> None:
    report(retailer, status="cancelled", updated_at="2026-11-22T12:30:00+08:00")


def states(retailer: Retailer) -> list[str]:
    return [retailer.voucher(voucher_id)["state"] for voucher_id in retailer.vouchers_of("1001")]


def settle_while_it_is_cancelled(retailer: Retailer) -> None:
    report(retailer)
    with rival(lambda: cancel(retailer)):
        retailer.settle("1001")


def test_the_race_is_seen_without_the_check_of_the_order(retailer: Retailer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuing, "unchanged", lambda _: HOLDS)
    monkeypatch.setattr(orders, "unchanged", lambda _: HOLDS)

    settle_while_it_is_cancelled(retailer)

    assert states(retailer) == ["active"] * UNITS
    assert len(retailer.world.queued("line")) == UNITS


def test_an_order_cancelled_in_between_gets_no_voucher_and_no_message(retailer: Retailer) -> None:
    settle_while_it_is_cancelled(retailer)

    assert states(retailer) == []
    assert retailer.world.queued("line") == []
    assert not [send for send in retailer.world.items("sends") if send["voucher_id"] not in already_sold(retailer)]


def test_an_order_cancelled_before_it_is_marked_settled_is_settled_again(retailer: Retailer) -> None:
    report(retailer)

    with rival(lambda: cancel(retailer), before="PutItem"):
        retailer.settle("1001")

    assert states(retailer) == ["revoked"] * UNITS


def test_an_order_cancelled_between_two_transactions_leaves_nothing_live(
    retailer: Retailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.issuance.settle.AT_ONCE", 1)
    report(retailer)

    with rival(lambda: cancel(retailer), at=2):
        retailer.settle("1001")

    assert states(retailer) == ["revoked"]


def settle_as_it_was_before_it_was_paid(retailer: Retailer) -> None:
    """One worker has read the unpaid order when it is paid, and another issues its vouchers."""

    def pay() -> None:
        report(retailer)
        retailer.settle("1001")

    report(retailer, status="pending", payment=None, updated_at="2026-11-22T11:59:00+08:00")
    # The second batch is that of the vouchers; the first is that of what is sold.
    with rival(pay, before="BatchGetItem", at=2):
        retailer.settle("1001")


def test_the_race_for_an_order_just_paid_is_seen_without_the_check(
    retailer: Retailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuing, "unchanged", lambda _: HOLDS)

    settle_as_it_was_before_it_was_paid(retailer)

    assert states(retailer) == ["revoked"] * UNITS


def test_an_order_paid_in_between_keeps_the_vouchers_it_was_given(retailer: Retailer) -> None:
    settle_as_it_was_before_it_was_paid(retailer)

    assert states(retailer) == ["active"] * UNITS


def test_two_readers_of_one_message_issue_once(retailer: Retailer) -> None:
    report(retailer)

    with rival(lambda: retailer.settle("1001")):
        retailer.settle("1001")

    assert states(retailer) == ["active"] * UNITS
    assert [voucher["version"] for voucher in vouchers(retailer)] == [1] * UNITS


def test_a_till_that_redeems_while_the_order_is_cancelled_is_seen_by_the_revocation(retailer: Retailer) -> None:
    report(retailer)
    retailer.settle("1001")
    first, _ = (retailer.held(voucher_id) for voucher_id in retailer.vouchers_of("1001"))
    cancel(retailer)

    with rival(lambda: retailer.redeem("r-1", first.qr)):
        retailer.settle("1001")

    voucher = retailer.voucher(first.voucher_id)
    assert (voucher["state"], voucher["flag"]) == ("revoked", "used_before_revocation")
    assert states(retailer) == ["revoked"] * UNITS


def test_two_orders_of_a_new_customer_make_one_customer(retailer: Retailer) -> None:
    buyer = {"email": "new@example.com", "customer_ref": "9009"}
    for order_id in ("1001", "1002"):
        retailer.order(order_id, ("CASH-500", 1), customer=buyer)

    with rival(lambda: retailer.settle("1002")):
        retailer.settle("1001")

    owners = {
        retailer.voucher(voucher_id)["customer_id"]
        for order_id in ("1001", "1002")
        for voucher_id in retailer.vouchers_of(order_id)
    }
    assert len(owners) == 1


def test_orders_of_two_shops_under_one_name_are_two_orders(retailer: Retailer) -> None:
    retailer.order("1001", ("CASH-500", 1))
    retailer.order("1001", ("CASH-500", 1), shop_id=OWN_SHOP, status="cancelled")

    retailer.settle("1001")

    assert states(retailer) == ["active"]


def vouchers(retailer: Retailer) -> list[dict[str, object]]:
    return [retailer.voucher(voucher_id) for voucher_id in retailer.vouchers_of("1001")]


def already_sold(retailer: Retailer) -> set[str]:
    return {held.voucher_id for held in retailer.sold.values()}
