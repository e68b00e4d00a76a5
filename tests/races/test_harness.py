"""The races here can be lost: with a condition taken away they are, and with it they are not."""

import pytest

from functions.adapters.dynamodb import issuing, vouchers
from functions.adapters.dynamodb.database import Condition
from functions.runtime.wiring import Wiring
from tests.races.inside import InsideShop, InsideTill
from tests.support.faults import rival
from tests.support.stack import Held, Order, Outsiders, reference

TILLS = 8
ALWAYS = Condition("attribute_exists(#pk) OR attribute_not_exists(#pk)", {"#pk": "pk"}, {})


def always(_version: int) -> Condition:
    return ALWAYS


def rows_of(everyone: Outsiders, voucher: Held) -> list[str]:
    return [row["kind"] for row in everyone.ledger(voucher.voucher_id)]


def test_without_its_version_condition_one_voucher_is_spent_many_times(
    till: InsideTill, voucher: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vouchers, "unchanged", always)
    monkeypatch.setattr(vouchers, "NEW", ALWAYS)

    winners = till.winners([(reference(), voucher.credential) for _ in range(TILLS)])

    assert [winner.taken.money.minor for winner in winners if winner.taken.money] == [500] * TILLS


def test_with_it_one_till_gets_the_money(till: InsideTill, everyone: Outsiders, voucher: Held) -> None:
    winners = till.winners([(reference(), voucher.credential) for _ in range(TILLS)])

    assert [winner.taken.money.minor for winner in winners if winner.taken.money] == [500]
    assert rows_of(everyone, voucher) == ["issue", "redeem"]


def overtaken(shop: InsideShop, everyone: Outsiders) -> list[str]:
    """The states of the vouchers of an order whose cancellation is settled right before its vouchers are written."""
    order = Order()
    shop.hear(order.body())

    def cancel() -> None:
        shop.hear(order.cancelled())
        shop.settle(order)

    with rival(cancel):
        shop.settle(order)
    return [everyone.voucher(voucher_id)["state"] for voucher_id in everyone.order(order)["vouchers"]]


def test_without_its_check_of_the_order_a_cancelled_order_leaves_a_live_voucher(
    wiring: Wiring, everyone: Outsiders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuing, "unchanged", always)

    assert overtaken(InsideShop(wiring, everyone.shop_id), everyone) == ["active"]


def test_with_it_a_cancelled_order_leaves_none(wiring: Wiring, everyone: Outsiders) -> None:
    assert overtaken(InsideShop(wiring, everyone.shop_id), everyone) == []
