"""One order from the web shop to the till and back, by somebody who knows the contract and `local.json`."""

import time
from functools import partial

import pytest

from tests.support.stack import Held, Order, Outsiders, all_at_once, money, new_person, pictures_in, reference, scan

ACCEPTS = [None, "text/html", "image/webp,*/*", "application/json"]


def test_an_order_becomes_a_voucher_that_is_used_refused_and_restored(everyone: Outsiders) -> None:
    order, first, second = Order(), reference(), reference()

    everyone.report(order.body())
    (voucher_id,) = everyone.vouchers_of(order)
    message = everyone.message(voucher_id)
    (picture,) = pictures_in(message["body"])
    qr = scan(everyone.get(picture).content)

    assert message["channel"] == "line"
    assert everyone.look_up(qr).json["available"]["money"] == money("500")
    assert everyone.redeem(first, qr, money=money("200")).json["available"]["money"] == money("300")
    refused = everyone.redeem(second, qr, at=1, money=money("400"))
    assert (refused.status, refused.code) == (409, "insufficient")
    assert everyone.void(first).json == {"reference": first, "state": "voided", "effect": "restored"}
    assert everyone.look_up(qr, at=1).json["available"]["money"] == money("500")


def test_the_voucher_reaches_the_phone_within_seconds(everyone: Outsiders, voucher: Held) -> None:
    assert everyone.look_up(voucher.credential).status == 200  # all functions on the road have run before
    order, started = Order(), time.monotonic()

    everyone.report(order.body())
    (voucher_id,) = everyone.vouchers_of(order)
    everyone.message(voucher_id)

    assert time.monotonic() - started < 10


def test_the_second_till_is_told_what_is_left(everyone: Outsiders, voucher: Held) -> None:
    everyone.redeem(reference(), voucher.credential, money=money("200"))

    refused = everyone.redeem(reference(), voucher.credential, at=1, money=money("400"))

    assert refused.json["available"]["money"] == money("300")
    assert set(refused.json["message"]) == {"zh-Hant", "en"}


def test_a_till_sees_where_the_voucher_was_used_before(everyone: Outsiders, voucher: Held) -> None:
    ref = reference()
    everyone.redeem(ref, voucher.credential, money=money("200"))

    (use,) = everyone.look_up(voucher.credential, at=1).json["history"]

    assert (use["reference"], use["store_id"]) == (ref, everyone.local["terminals"][0]["store_id"])
    assert use["redeemed"]["money"] == money("200")


@pytest.mark.parametrize("accept", ACCEPTS)
def test_the_qr_is_a_picture_whatever_the_fetcher_accepts(
    everyone: Outsiders, voucher: Held, accept: str | None
) -> None:

    reply = everyone.get(f"{voucher.page}/qr.png", {"Accept": accept} if accept else {})

    assert (reply.status, reply.headers["Content-Type"]) == (200, "image/png")
    assert everyone.look_up(scan(reply.content)).json["voucher_id"] == voucher.voucher_id


def test_looking_at_a_voucher_changes_nothing(everyone: Outsiders, voucher: Held) -> None:
    before = everyone.voucher(voucher.voucher_id)

    for address in (voucher.page, f"{voucher.page}/qr.png", f"{voucher.page}/qr.svg") * 2:
        assert everyone.get(address).status == 200
    everyone.look_up(voucher.credential)

    assert everyone.voucher(voucher.voucher_id) == before


def test_what_is_left_is_all_that_a_till_takes_when_it_names_no_amount(everyone: Outsiders, voucher: Held) -> None:
    everyone.redeem(reference(), voucher.credential, money=money("120"))

    assert everyone.redeem(reference(), voucher.credential).json["redeemed"]["money"] == money("380")
    assert everyone.redeem(reference(), voucher.credential).code == "exhausted"


def test_many_orders_at_once_all_arrive(everyone: Outsiders) -> None:
    orders = [Order(buyer=new_person()) for _ in range(20)]

    all_at_once([partial(everyone.report, order.body()) for order in orders])
    arrived = [everyone.message(voucher_id)["to"] for order in orders for voucher_id in everyone.vouchers_of(order)]

    assert arrived == [order.buyer.line_user_id for order in orders if order.buyer]
