"""A message reaches its customer on the best channel they have, once, whatever trouble LINE has."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from tests.support.stack import (
    TYPABLE_CODE,
    Order,
    Outsiders,
    Person,
    money,
    new_email,
    new_person,
    new_phone,
    page_in,
    pictures_in,
    reference,
    scan,
)

# Two tries fall into it: after a first failure the next come about 5 and 15 seconds later.
OUTAGE_SECONDS = 10.0


@pytest.fixture
def line(everyone: Outsiders) -> Iterator[Callable[..., None]]:
    """Plants trouble in LINE; afterwards all is well again."""
    yield everyone.control_line
    everyone.control_line("ok")


def sold(everyone: Outsiders, buyer: Person, sku: str = "CASH-500") -> str:
    """The id of the voucher that a new order of theirs brought."""
    order = Order(((sku, 1),), buyer)
    everyone.report(order.body())
    (voucher_id,) = everyone.vouchers_of(order)
    return voucher_id


def seeded(everyone: Outsiders, address: str) -> dict[str, Any]:
    """The seeded customer whose best address is of this kind."""
    order = ("line_user_id", "email", "phone")
    customers: list[dict[str, Any]] = everyone.local["customers"]
    return next(one for one in customers if next(name for name in order if one.get(name)) == address)


@pytest.mark.parametrize(("address", "channel"), [("line_user_id", "line"), ("email", "email"), ("phone", "sms")])
def test_each_seeded_customer_is_reached_where_the_retailer_knows_them(
    everyone: Outsiders, settled: Callable[[], None], address: str, channel: str
) -> None:
    customer = seeded(everyone, address)

    voucher_id = sold(everyone, Person(int(customer["shop_refs"][0]["customer_ref"])))
    message = everyone.message(voucher_id)
    settled()

    assert (message["channel"], message["to"]) == (channel, customer[address])
    assert len(everyone.messages(voucher_id)) == 1


def test_a_customer_with_every_address_gets_one_message_and_that_on_line(
    everyone: Outsiders, settled: Callable[[], None]
) -> None:
    buyer = Person(1, line_user_id=new_person().line_user_id, email=new_email(), phone=new_phone())

    voucher_id = sold(everyone, buyer)
    everyone.message(voucher_id)
    settled()

    assert [(each["channel"], each["to"]) for each in everyone.messages(voucher_id)] == [("line", buyer.line_user_id)]


def test_a_line_message_shows_the_qr_and_leads_to_the_page(everyone: Outsiders) -> None:
    voucher_id = sold(everyone, new_person())

    body = everyone.message(voucher_id)["body"]

    assert pictures_in(body) == [f"{page_in(body)}/qr.png"]
    assert everyone.look_up(scan(everyone.get(pictures_in(body)[0]).content)).json["voucher_id"] == voucher_id


def test_a_customer_without_line_gets_an_email_whose_link_shows_the_qr(
    everyone: Outsiders, settled: Callable[[], None]
) -> None:
    buyer = new_person(email=new_email(), phone=new_phone())

    voucher_id = sold(everyone, buyer)
    message = everyone.message(voucher_id)
    settled()

    assert [(each["channel"], each["to"]) for each in everyone.messages(voucher_id)] == [("email", buyer.email)]
    picture = everyone.get(f"{page_in(message['body'])}/qr.png").content
    assert everyone.look_up(scan(picture)).json["voucher_id"] == voucher_id


def test_the_code_in_an_email_works_at_the_till(everyone: Outsiders) -> None:
    voucher_id = sold(everyone, new_person(email=new_email()))

    code = TYPABLE_CODE.search(everyone.message(voucher_id)["body"]["text"])

    assert code is not None
    assert everyone.look_up(code.group()).json["voucher_id"] == voucher_id


@pytest.mark.parametrize(
    "typed",
    [str, str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} "],
    ids=["as it stands", "small letters", "without dashes", "between blanks"],
)
def test_a_customer_with_only_a_phone_gets_a_code_that_a_clerk_can_type(
    everyone: Outsiders, typed: Callable[[str], str]
) -> None:
    buyer = new_person(phone=new_phone())

    voucher_id = sold(everyone, buyer)
    message = everyone.message(voucher_id)
    code = TYPABLE_CODE.search(message["body"]["text"])

    assert (message["channel"], message["to"]) == ("sms", buyer.phone)
    assert code is not None
    redeemed = everyone.redeem(reference(), typed(code.group()), money=money("100"))
    assert (redeemed.status, redeemed.json["voucher_id"]) == (201, voucher_id)


def test_a_customer_without_any_address_still_has_the_voucher(everyone: Outsiders, settled: Callable[[], None]) -> None:
    voucher_id = sold(everyone, Person(0))
    settled()

    assert everyone.voucher(voucher_id)["state"] == "active"
    assert everyone.messages(voucher_id) == []


def test_an_outage_of_line_delays_a_message_and_loses_nothing(
    everyone: Outsiders, settled: Callable[[], None], line: Callable[..., None]
) -> None:
    began = time.monotonic()
    line("down", for_seconds=OUTAGE_SECONDS)

    voucher_id = sold(everyone, Person(0, line_user_id=new_person().line_user_id, email=new_email()))
    message = everyone.message(voucher_id)
    settled()

    assert time.monotonic() - began >= OUTAGE_SECONDS
    assert [each["channel"] for each in everyone.messages(voucher_id)] == [message["channel"]] == ["line"]


def test_a_message_that_line_took_and_denied_arrives_once(
    everyone: Outsiders, settled: Callable[[], None], line: Callable[..., None]
) -> None:
    line("accept_then_500")
    voucher_ids = [sold(everyone, new_person(email=new_email(), line_user_id="U" + "b" * 32)) for _ in range(2)]
    for voucher_id in voucher_ids:
        everyone.message(voucher_id)

    line("ok")
    settled()

    assert [[each["channel"] for each in everyone.messages(voucher_id)] for voucher_id in voucher_ids] == [["line"]] * 2


def test_past_the_monthly_limit_the_message_comes_by_email(
    everyone: Outsiders, settled: Callable[[], None], line: Callable[..., None]
) -> None:
    line("monthly_limit")
    buyer = Person(0, line_user_id=new_person().line_user_id, email=new_email())

    voucher_id = sold(everyone, buyer)
    everyone.message(voucher_id)
    settled()

    assert [(each["channel"], each["to"]) for each in everyone.messages(voucher_id)] == [("email", buyer.email)]


def test_three_spa_hours_are_used_one_by_one(everyone: Outsiders) -> None:
    (held,) = everyone.buy("SPA-3")
    take = partial(everyone.redeem, credential=held.credential, items=[{"sku": "spa-hour", "quantity": 1}])

    hours = [take(reference()).json["available"] for _ in range(3)]

    assert [[item["quantity"] for item in each["items"]] for each in hours] == [[2], [1], [0]]
    assert take(reference()).code == "exhausted"


def test_a_till_sees_how_many_services_are_left(everyone: Outsiders) -> None:
    (held,) = everyone.buy("SPA-3")
    everyone.redeem(reference(), held.credential, items=[{"sku": "spa-hour", "quantity": 2}])

    seen = everyone.look_up(held.credential, at=1).json

    (left,) = seen["available"]["items"]
    assert (seen["kind"], left["sku"], left["quantity"]) == ("item", "spa-hour", 1)


def test_ten_per_cent_off_is_taken_from_the_basket_once(everyone: Outsiders) -> None:
    (held,) = everyone.buy("COFFEE-10")
    take = partial(everyone.redeem, credential=held.credential, basket={"total": money("180")})

    taken = take(reference())

    assert taken.json["redeemed"]["off"] == money("18")
    assert take(reference()).code == "exhausted"
