import json
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from functions.adapters.dynamodb.marshal import dump_item, load_item
from functions.adapters.dynamodb.records import from_item, to_item
from functions.domain import operations
from functions.domain.discount import Discount
from functions.domain.operations import Operation, Redemption, Tombstone
from functions.domain.order import Sold
from functions.domain.product import GuaranteePeriod, Issuer
from functions.domain.sending import Address, Channel, Content, Send
from functions.domain.tally import Limits, Tally
from functions.domain.text import Text
from functions.domain.validity import Hours, Window
from functions.domain.voucher import Ask, Voucher
from tests.domain.samples import (
    NOW,
    VOUCHER_ID,
    XINYI,
    cash,
    discount_voucher,
    goods,
    item_voucher,
    line,
    order,
    paid_order,
    product,
    promotion,
    refund,
    report,
    terms,
    touch,
    twd,
    voucher,
)

TAIPEI_NOON = datetime(2026, 12, 31, 12, 0, tzinfo=ZoneInfo("Asia/Taipei"))
WINDOW = Window(starts=NOW, ends=TAIPEI_NOON, days=30, weekdays=(1, 5), hours=Hours(time(22), time(2, 30)))
ISSUER = Issuer(Text("青禾", "Chingho"), "台北市", "12345678", "王小美", "0800-000-000")
USED, ENTRY, TAKEN = voucher().redeem(Ask(money=twd(200)), "r-1", touch(), 1)
REDEMPTION = operations.redemption(USED, TAKEN, "r-1", touch(), "print", "A-7")
SEND = Send(
    message_id="m",
    voucher_id=VOUCHER_ID,
    shop_id="s",
    credential=1,
    address=Address(Channel.LINE, "U1"),
    language="en",
    created_at=NOW,
    others=(Address(Channel.SMS, "+886912345678"),),
)
TEA_ONLY = discount_voucher(
    Discount(basis_points=1_000, products=("tea",), excluded=("mug",), limits=Limits(day=1, month=4))
)
LEFT, _, OFF = TEA_ONLY.redeem(Ask(basket=goods(("tea", 500))), "r-2", touch(), 1)
RECORDS = [
    voucher(),
    USED,
    item_voucher(expires_at=NOW + timedelta(days=1), customer_id="mei", flag="used_before_revocation"),
    discount_voucher(Discount(basis_points=1_000, minimum_spend=twd(500), cap=twd(100), uses=3)),
    TEA_ONLY,
    operations.redemption(LEFT, OFF, "r-2", touch(), "print", None),
    Tally(subject="mei", product_id="coffee-10").counted(Limits(day=1), NOW, "Asia/Taipei"),
    voucher(terms=terms(issuer=ISSUER, guarantee=GuaranteePeriod(XINYI, NOW, TAIPEI_NOON), stores=("xinyi",))),
    voucher().suspend(NOW, "asked")[0],
    ENTRY,
    voucher().issued(),
    product(),
    promotion(WINDOW, stores=("xinyi",)),
    order(),
    paid_order(line(unit_price=twd(500)), refunds=(refund("r1", ("1", 1), amount=twd(500)),)),
    order(report(cancelled_at=NOW)),
    REDEMPTION,
    REDEMPTION.voided(NOW),
    SEND,
    SEND.claim(NOW, "worker", Content(cash(), XINYI)).doubt("lost"),
]


def stored(item: dict[str, Any]) -> dict[str, Any]:
    """What a table gives back of an item."""
    return load_item(json.loads(json.dumps(dump_item(item))))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_comes_back_from_a_table_as_it_went_in(record: object) -> None:
    assert from_item(type(record), stored(to_item(record))) == record


def test_what_is_not_known_is_not_stored() -> None:
    assert "expires_at" not in to_item(voucher())


def test_keys_and_times_to_live_beside_a_record_are_passed_over() -> None:
    item = to_item(voucher()) | {"pk": "VOUCHER#1", "sk": "VOUCHER", "expires_on": 1}

    assert from_item(Voucher, item) == voucher()


@pytest.mark.parametrize("operation", [REDEMPTION, operations.tombstone("r-1", touch())])
def test_an_operation_is_told_by_its_kind(operation: Operation) -> None:
    read: object = from_item(Operation, stored(to_item(operation)))  # type: ignore[arg-type]  # a union

    assert type(read) in {Redemption, Tombstone}
    assert read == operation


def test_an_order_of_before_its_lines_were_counted_is_still_read() -> None:
    told = paid_order(line(quantity=2))
    item = to_item(told)
    del item["sold"]

    read = from_item(type(told), stored(item))

    assert read == replace(told, sold=())
    assert read.lines == told.lines
    assert told.sold == (Sold("1", 2, "CASH-500"),)
