"""PUT /v1/pos/refunds/{reference}: give back what a redemption took, or a part of it."""

from typing import Any

import pytest

from tests.support.problem import assert_problem
from tests.support.retail import XINYI, Retailer, line, money

NOTHING = {"money": None, "items": None, "uses": None, "off": None, "lines": None}


@pytest.fixture
def qr(retailer: Retailer) -> str:
    """A voucher of NT$500 of which r-1 has taken NT$200."""
    retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("200"))
    return retailer.sold["CASH-500"].qr


def worth(retailer: Retailer, sku: str = "CASH-500") -> Any:
    return retailer.voucher(retailer.sold[sku].voucher_id)["worth"]


def test_a_refund_answers_with_what_it_gave_back(retailer: Retailer, qr: str) -> None:
    answer = retailer.refund("f-1", "r-1", money=money("50"))

    assert (answer.status, answer.is_replayed) == (201, False)
    assert answer.json == {
        "reference": "f-1",
        "redemption": "r-1",
        "voucher_id": retailer.sold["CASH-500"].voucher_id,
        "state": "refunded",
        "refunded": NOTHING | {"money": money("50")},
        "available": {"money": money("350"), "items": None, "discount": None},
        "refunded_at": "2026-11-22T04:00:00.000Z",
        "store_id": XINYI,
        "terminal_id": "pos-1",
    }
    assert retailer.look_up(qr).json["available"]["money"] == money("350")


def test_a_refund_that_names_no_part_gives_back_all_that_is_left(retailer: Retailer, qr: str) -> None:
    retailer.refund("f-1", "r-1", money=money("50"))

    assert retailer.refund("f-2", "r-1").json["refunded"]["money"] == money("150")
    assert retailer.look_up(qr).json["available"]["money"] == money("500")


def test_services_are_refunded_by_line(retailer: Retailer) -> None:
    retailer.redeem("r-1", retailer.sold["SPA-3"].qr, items=[{"sku": "spa-hour", "quantity": 2}])

    answer = retailer.refund("f-1", "r-1", items=[{"sku": "spa-hour", "quantity": 1}])

    assert answer.json["refunded"]["items"] == [line(quantity=1)]
    assert answer.json["available"]["items"] == [line(quantity=2), line("tea", 1)]


def test_a_use_of_a_discount_is_given_back(retailer: Retailer) -> None:
    retailer.redeem("r-1", retailer.sold["COFFEE-10"].qr, basket={"total": money("900")})

    assert retailer.refund("f-1", "r-1").json["refunded"]["uses"] == 1
    assert worth(retailer, "COFFEE-10")["uses"] == 1


def test_never_more_is_refunded_than_was_redeemed(retailer: Retailer, qr: str) -> None:
    retailer.refund("f-1", "r-1", money=money("150"))
    before = retailer.world.rows()

    answer = retailer.refund("f-2", "r-1", money=money("51"))

    assert_problem(answer, 409, "insufficient")
    assert answer.json["available"]["money"] == money("50")
    assert retailer.world.rows() == before
    assert retailer.look_up(qr).json["available"]["money"] == money("450")


@pytest.mark.parametrize("ask", [{}, {"money": money("1")}])
@pytest.mark.usefixtures("qr")
def test_what_was_refunded_whole_is_not_refunded_again(retailer: Retailer, ask: dict[str, Any]) -> None:
    retailer.refund("f-1", "r-1")

    assert_problem(retailer.refund("f-2", "r-1", **ask), 409, "refunded")
    assert worth(retailer)["money"]["minor"] == 500


@pytest.mark.usefixtures("qr")
def test_the_same_refund_again_answers_the_same_and_gives_once(retailer: Retailer) -> None:
    first = retailer.refund("f-1", "r-1", money=money("50"))
    before = retailer.world.rows()
    retailer.world.clock.forward(days=40)

    again = retailer.refund("f-1", "r-1", money=money("50"))

    assert (again.status, again.json, again.is_replayed) == (201, first.json, True)
    assert retailer.world.rows() == before


@pytest.mark.usefixtures("qr")
def test_another_request_under_its_reference_is_refused(retailer: Retailer) -> None:
    retailer.refund("f-1", "r-1", money=money("50"))

    assert_problem(retailer.refund("f-1", "r-1", money=money("51")), 409, "reference_reused")
    assert_problem(retailer.refund("r-1", "r-1"), 409, "reference_reused")


@pytest.mark.usefixtures("qr")
def test_a_refund_can_be_asked(retailer: Retailer) -> None:
    made = retailer.refund("f-1", "r-1", money=money("50")).json

    assert retailer.till("GET", "refunds/f-1").json == made
    assert_problem(retailer.till("GET", "refunds/r-1"), 404, "not_found")


@pytest.mark.usefixtures("qr")
def test_a_redemption_tells_what_was_refunded_of_it(retailer: Retailer) -> None:
    retailer.refund("f-1", "r-1", money=money("50"))

    assert retailer.till("GET", "redemptions/r-1").json["refunded"]["money"] == money("50")


def test_the_repeat_of_a_redemption_answers_as_at_first_after_its_refund(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"].qr
    first = retailer.redeem("r-1", held, money=money("200"))
    retailer.refund("f-1", "r-1")

    again = retailer.redeem("r-1", held, money=money("200"))

    assert (again.json, again.is_replayed) == (first.json, True)


def test_the_history_tells_what_was_refunded(retailer: Retailer, qr: str) -> None:
    retailer.refund("f-1", "r-1", money=money("50"))

    (use,) = retailer.look_up(qr).json["history"]

    assert (use["refunded"]["money"], use["voided"]) == (money("50"), False)


@pytest.mark.parametrize("redemption", ["never", "f-0", "h-0"])
@pytest.mark.usefixtures("qr")
def test_what_is_no_redemption_is_not_found(retailer: Retailer, redemption: str) -> None:
    retailer.refund("f-0", "r-1", money=money("1"))
    retailer.hold("h-0", retailer.sold["CASH-500"].qr, money=money("1"))

    assert_problem(retailer.refund("f-1", redemption), 404, "not_found")


@pytest.mark.usefixtures("qr")
def test_another_store_s_redemption_is_not_found(retailer: Retailer) -> None:
    assert_problem(retailer.refund("f-1", "r-1", at="pos-9"), 404, "not_found")


@pytest.mark.parametrize("first", ["redemption", "void"])
def test_a_voided_redemption_is_not_refunded(retailer: Retailer, first: str) -> None:
    if first == "redemption":
        retailer.redeem("r-1", retailer.sold["CASH-500"].qr)
    retailer.void("r-1")

    assert_problem(retailer.refund("f-1", "r-1"), 409, "voided")


@pytest.mark.usefixtures("qr")
def test_a_void_restores_what_was_not_refunded(retailer: Retailer) -> None:
    retailer.refund("f-1", "r-1", money=money("50"))

    answer = retailer.void("r-1")

    assert answer.json == {"reference": "r-1", "state": "voided", "effect": "restored"}
    assert worth(retailer)["money"]["minor"] == 500
    assert_problem(retailer.refund("f-2", "r-1"), 409, "voided")


@pytest.mark.usefixtures("qr")
def test_a_void_of_what_was_refunded_whole_has_nothing_to_restore(retailer: Retailer) -> None:
    retailer.refund("f-1", "r-1")

    assert retailer.void("r-1").json["effect"] == "none"
    assert retailer.void("r-1").json["effect"] == "none"
    assert worth(retailer)["money"]["minor"] == 500


@pytest.mark.usefixtures("qr")
def test_a_refund_is_not_voided(retailer: Retailer) -> None:
    retailer.refund("f-1", "r-1")

    assert_problem(retailer.void("f-1"), 409, "reference_reused")


@pytest.mark.usefixtures("qr")
def test_a_void_that_comes_before_a_refund_stops_it(retailer: Retailer) -> None:
    retailer.void("f-1")

    assert_problem(retailer.refund("f-1", "r-1"), 409, "voided")
    assert worth(retailer)["money"]["minor"] == 300


# Onto which voucher.


@pytest.mark.parametrize("state", ["exhausted", "expired", "suspended", "reissued"])
def test_a_refund_goes_onto_the_voucher_whatever_became_of_it(retailer: Retailer, state: str) -> None:
    held = retailer.sold["THANKS-200"]
    ask: dict[str, Any] = {} if state == "exhausted" else {"money": money("150")}
    retailer.redeem("r-1", held.qr, **ask)
    if state == "expired":
        retailer.world.clock.forward(days=60)
    elif state != "exhausted":
        retailer.act("suspend" if state == "suspended" else "reissue", held.voucher_id)

    assert retailer.refund("f-1", "r-1", money=money("100")).status == 201
    assert worth(retailer, "THANKS-200")["money"]["minor"] == (100 if state == "exhausted" else 150)
    assert retailer.exceptions() == []


def test_a_refunded_voucher_that_was_exhausted_can_be_used_again(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"].qr
    retailer.redeem("r-1", held)
    retailer.refund("f-1", "r-1", money=money("80"))

    assert retailer.redeem("r-2", held).json["redeemed"]["money"] == money("80")


def test_a_refund_onto_a_revoked_voucher_is_kept_and_a_person_is_told(retailer: Retailer, qr: str) -> None:
    assert qr
    retailer.act("revoke", retailer.sold["CASH-500"].voucher_id)

    assert retailer.refund("f-1", "r-1", money=money("80")).status == 201

    assert worth(retailer)["money"]["minor"] == 380
    (case,) = [case for case in retailer.exceptions() if case["kind"] == "returned_to_revoked"]
    assert case["at_stake"]["money"] == money("80")


def test_a_refund_goes_onto_the_voucher_that_took_its_place(retailer: Retailer, qr: str) -> None:
    assert qr
    held = retailer.sold["CASH-500"]
    retailer.customer("hao")
    heir = retailer.transfer(held.voucher_id, "hao").json["voucher_id"]

    answer = retailer.refund("f-1", "r-1", money=money("80"))

    assert (answer.json["voucher_id"], answer.json["available"]["money"]) == (heir, money("380"))
    assert worth(retailer)["money"]["minor"] == 0


def test_a_void_goes_onto_the_last_of_all_that_took_its_place(retailer: Retailer, qr: str) -> None:
    assert qr
    for person in ("hao", "lee"):
        retailer.customer(person)
    second = retailer.transfer(retailer.sold["CASH-500"].voucher_id, "hao").json["voucher_id"]
    third = retailer.transfer(second, "lee").json["voucher_id"]

    assert retailer.void("r-1").json["effect"] == "restored"

    assert retailer.voucher(third)["worth"]["money"]["minor"] == 500
    assert retailer.voucher(second)["worth"]["money"]["minor"] == 0


@pytest.mark.usefixtures("qr")
def test_a_refund_is_a_row_of_the_ledger(retailer: Retailer) -> None:
    retailer.refund("f-1", "r-1", money=money("50"), at="pos-2")

    path = f"/v1/vouchers/{retailer.sold['CASH-500'].voucher_id}/ledger"
    *_, entry = retailer.api.call("GET", path).json["items"]

    assert (entry["kind"], entry["reference"], entry["redemption"]) == ("refund", "f-1", "r-1")
    assert (entry["change"]["money"], entry["balance"]["money"]) == (money("50"), money("350"))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"redemption": "r-1", "money": money("0")},
        {"redemption": "r-1", "money": money("-5")},
        {"redemption": "r-1", "money": {"amount": 50, "currency": "TWD"}},
        {"redemption": "r-1", "items": []},
        {"redemption": "r-1", "money": money("1"), "items": [{"sku": "a", "quantity": 1}]},
        {"redemption": "a/b"},
        {"redemption": "r-1", "amount": "50"},
    ],
)
@pytest.mark.usefixtures("qr")
def test_a_refund_that_does_not_fit_is_refused(retailer: Retailer, body: dict[str, Any]) -> None:
    assert_problem(retailer.till("PUT", "refunds/f-1", body), 422, "invalid")
    assert worth(retailer)["money"]["minor"] == 300
