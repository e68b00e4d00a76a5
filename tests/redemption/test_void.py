"""POST /v1/pos/redemptions/{reference}/void: take a redemption back, even before it arrives."""

import pytest

from tests.support.problem import assert_problem
from tests.support.retail import XINYI, Retailer, discount, line, money

RESTORED = {"reference": "r-1", "state": "voided", "effect": "restored"}
TOMBSTONE = {"reference": "r-1", "state": "voided", "effect": "none"}


def test_a_void_restores_what_was_taken(retailer: Retailer) -> None:
    retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("200"))

    answer = retailer.void("r-1")

    assert (answer.status, answer.json, answer.is_replayed) == (200, RESTORED, False)
    assert retailer.look_up(retailer.sold["CASH-500"].qr).json["available"]["money"] == money("500")


def test_a_void_restores_units(retailer: Retailer) -> None:
    retailer.redeem("r-1", retailer.sold["SPA-3"].qr, items=[{"sku": "spa-hour", "quantity": 2}])

    retailer.void("r-1")

    assert retailer.look_up(retailer.sold["SPA-3"].qr).json["available"]["items"] == [line(), line("tea", 1)]


def test_a_void_restores_a_use_of_a_discount(retailer: Retailer) -> None:
    retailer.redeem("r-1", retailer.sold["COFFEE-10"].qr, basket={"total": money("900")})

    retailer.void("r-1")

    assert retailer.look_up(retailer.sold["COFFEE-10"].qr).json["available"]["discount"]["uses_left"] == 1


def test_a_void_restores_its_own_redemption_and_no_other(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    retailer.redeem("r-1", held.qr, money=money("200"))
    retailer.redeem("r-2", held.qr, money=money("50"))

    retailer.void("r-1")

    assert retailer.look_up(held.qr).json["available"]["money"] == money("450")


def test_voiding_twice_answers_the_same_and_restores_once(retailer: Retailer) -> None:
    retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("200"))
    retailer.void("r-1")
    before = retailer.world.rows()

    again = retailer.void("r-1")

    assert (again.status, again.json, again.is_replayed) == (200, RESTORED, True)
    assert retailer.world.rows() == before


def test_a_void_may_come_from_another_till_of_the_store(retailer: Retailer) -> None:
    retailer.redeem("r-1", retailer.sold["CASH-500"].qr)

    assert retailer.void("r-1", at="pos-2").json == RESTORED


def test_another_stores_reference_is_not_voided(retailer: Retailer) -> None:
    retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("200"))

    assert retailer.void("r-1", at="pos-9").json == TOMBSTONE
    assert retailer.look_up(retailer.sold["CASH-500"].qr).json["available"]["money"] == money("300")


# Before the original.


def test_a_void_that_comes_first_has_no_effect(retailer: Retailer) -> None:
    answer = retailer.void("r-1")

    assert (answer.status, answer.json, answer.is_replayed) == (200, TOMBSTONE, False)


def test_a_void_that_comes_first_stops_the_late_original_for_ever(retailer: Retailer) -> None:
    retailer.void("r-1")
    before = retailer.voucher(retailer.sold["CASH-500"].voucher_id)
    retailer.world.clock.forward(days=400)

    answer = retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("200"))

    assert_problem(answer, 409, "voided", voided_at="2026-11-22T04:00:00.000Z", retryable=False)
    assert retailer.voucher(retailer.sold["CASH-500"].voucher_id) == before


def test_voiding_the_unknown_twice_answers_the_same(retailer: Retailer) -> None:
    retailer.void("r-1")

    again = retailer.void("r-1")

    assert (again.status, again.json, again.is_replayed) == (200, TOMBSTONE, True)


def test_what_a_tombstone_is_can_be_asked(retailer: Retailer) -> None:
    retailer.void("r-1")

    asked = retailer.till("GET", "redemptions/r-1")

    assert (asked.status, asked.json) == (
        200,
        TOMBSTONE | {"store_id": XINYI, "terminal_id": "pos-1", "voided_at": "2026-11-22T04:00:00.000Z"},
    )


# Afterwards.


def test_the_original_does_not_come_back_after_its_void(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    retailer.redeem("r-1", held.qr, money=money("200"))
    retailer.void("r-1")
    before = retailer.world.rows()

    assert_problem(retailer.redeem("r-1", held.qr, money=money("200")), 409, "voided")
    assert retailer.world.rows() == before


def test_another_reference_redeems_what_a_void_restored(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    retailer.redeem("r-1", held.qr)
    retailer.void("r-1")

    assert retailer.redeem("r-2", held.qr).json["redeemed"]["money"] == money("500")


def test_what_was_voided_can_be_asked(retailer: Retailer) -> None:
    made = retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("200")).json
    retailer.world.clock.forward(minutes=3)
    retailer.void("r-1")

    asked = retailer.till("GET", "redemptions/r-1")

    assert (asked.status, asked.json) == (200, made | {"state": "voided", "voided_at": "2026-11-22T04:03:00.000Z"})


def test_the_history_says_that_a_use_was_taken_back(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    retailer.redeem("r-1", held.qr)
    retailer.void("r-1")

    (use,) = retailer.look_up(held.qr).json["history"]

    assert (use["reference"], use["voided"]) == ("r-1", True)


def test_a_void_is_a_row_of_the_ledger(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    retailer.redeem("r-1", held.qr, money=money("200"))
    retailer.void("r-1", at="pos-2")

    *_, entry = retailer.api.call("GET", f"/v1/vouchers/{held.voucher_id}/ledger").json["items"]

    assert (entry["kind"], entry["reference"], entry["terminal_id"]) == ("void", "r-1", "pos-2")
    assert (entry["change"]["money"], entry["balance"]["money"]) == (money("200"), money("500"))


@pytest.mark.parametrize("state", ["suspended", "revoked", "expired"])
def test_a_void_restores_whatever_became_of_the_voucher(retailer: Retailer, state: str) -> None:
    held = retailer.sold["THANKS-200"]
    retailer.redeem("r-1", held.qr, money=money("150"))
    if state == "expired":
        retailer.world.clock.forward(days=60)
    else:
        retailer.act("suspend" if state == "suspended" else "revoke", held.voucher_id)

    answer = retailer.void("r-1")

    assert (answer.status, answer.json) == (200, RESTORED)
    voucher = retailer.voucher(held.voucher_id)
    assert voucher["worth"]["money"]["minor"] == 200
    assert voucher["state"] == ("active" if state == "expired" else state)


def test_a_void_after_a_reissue_needs_no_credential(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    retailer.redeem("r-1", held.qr, money=money("200"))
    retailer.act("reissue", held.voucher_id)

    assert retailer.void("r-1").json == RESTORED


def test_a_void_gives_back_to_the_voucher_it_took_from(retailer: Retailer) -> None:
    retailer.api.call("PUT", "/v1/products/off", discount("OFF", discount={"percent": "10", "uses": 2}))
    one, other = retailer.sell("OFF", 2)
    retailer.redeem("r-1", one.qr)
    retailer.redeem("r-2", other.qr)

    retailer.void("r-2")

    assert [retailer.voucher(held.voucher_id)["worth"]["uses"] for held in (one, other)] == [1, 2]


def test_a_void_of_an_old_use_restores_although_the_voucher_no_longer_tells_of_it(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    for turn in range(1, 8):
        retailer.redeem(f"r-{turn}", held.qr, money=money("10"))

    retailer.void("r-1")

    assert retailer.look_up(held.qr).json["available"]["money"] == money("440")
