"""PUT /v1/pos/holds/{reference}, and how a hold ends: captured, released, or over by itself."""

from typing import Any

import pytest

from functions.domain.holds import HOLDS_MAX
from tests.support.problem import assert_problem
from tests.support.retail import XINYI, Retailer, line, money

TWO_HUNDRED: dict[str, Any] = {"money": money("200")}
UNTIL = "2026-11-22T04:05:00.000Z"


@pytest.fixture
def qr(retailer: Retailer) -> str:
    return retailer.sold["CASH-500"].qr


def free(retailer: Retailer, credential: str) -> Any:
    return retailer.look_up(credential).json["available"]["money"]


def worth(retailer: Retailer, sku: str = "CASH-500") -> Any:
    return retailer.voucher(retailer.sold[sku].voucher_id)["worth"]["money"]["minor"]


# Opening.


def test_a_hold_answers_with_what_it_keeps_and_until_when(retailer: Retailer, qr: str) -> None:
    answer = retailer.hold("h-1", qr, **TWO_HUNDRED, order="sale-7")

    assert (answer.status, answer.is_replayed) == (201, False)
    assert answer.json == {
        "reference": "h-1",
        "voucher_id": retailer.sold["CASH-500"].voucher_id,
        "state": "open",
        "held": {"money": money("200"), "items": None, "uses": None, "off": None, "lines": None},
        "available": {"money": money("300"), "items": None, "discount": None},
        "opened_at": "2026-11-22T04:00:00.000Z",
        "expires_at": UNTIL,
        "store_id": XINYI,
        "terminal_id": "pos-1",
        "order": "sale-7",
        "captured_as": None,
        "redeemed": None,
        "redeemed_at": None,
        "receipt": None,
        "released_at": None,
    }


def test_a_hold_takes_nothing_and_leaves_less_for_others(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)

    assert (worth(retailer), free(retailer, qr)) == (500, money("300"))


def test_a_hold_that_names_no_part_keeps_all_that_is_free(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)

    assert retailer.hold("h-2", qr).json["held"]["money"] == money("300")


def test_services_are_held_by_line(retailer: Retailer) -> None:
    held = retailer.sold["SPA-3"].qr

    retailer.hold("h-1", held, items=[{"sku": "spa-hour", "quantity": 2}])

    assert retailer.look_up(held).json["available"]["items"] == [line(quantity=1), line("tea", 1)]


def test_a_use_of_a_discount_is_held_without_a_basket_and_computed_at_the_capture(retailer: Retailer) -> None:
    retailer.hold("h-1", retailer.sold["COFFEE-10"].qr)

    answer = retailer.capture("h-1", basket={"total": money("900")})

    assert (answer.status, answer.json["redeemed"]["off"]) == (200, money("90"))


def test_others_are_told_until_when_it_is_held(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED, seconds=90)

    answer = retailer.redeem("r-1", qr, money=money("301"), at="pos-9")

    assert_problem(answer, 409, "held", held_until="2026-11-22T04:01:30.000Z", retryable=True)
    assert answer.json["available"]["money"] == money("300")


def test_a_look_at_a_voucher_that_is_all_held_says_so(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr)

    found = retailer.look_up(qr, at="pos-9").json

    assert (found["usable"], found["refusal"]["code"], found["refusal"]["held_until"]) == (False, "held", UNTIL)


def test_more_than_there_ever_was_is_not_held_but_insufficient(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)

    assert retailer.redeem("r-1", qr, money=money("501")).code == "insufficient"


def test_what_is_free_beside_a_hold_can_be_taken(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)

    answer = retailer.redeem("r-1", qr, money=money("300"), at="pos-9")

    assert (answer.status, answer.json["available"]["money"]) == (201, money("0"))


def test_all_that_is_left_means_all_that_is_free(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)

    assert retailer.redeem("r-1", qr).json["redeemed"]["money"] == money("300")


def test_the_same_request_again_gets_the_same_hold(retailer: Retailer, qr: str) -> None:
    first = retailer.hold("h-1", qr, **TWO_HUNDRED)
    before = retailer.world.rows()

    again = retailer.hold("h-1", qr, **TWO_HUNDRED)

    assert (again.status, again.json, again.is_replayed) == (201, first.json, True)
    assert retailer.world.rows() == before


@pytest.mark.parametrize("other", [{"money": money("201")}, {"seconds": 60}, {"order": "another"}])
def test_another_request_under_its_reference_is_refused(retailer: Retailer, qr: str, other: dict[str, Any]) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)

    assert_problem(retailer.hold("h-1", qr, **TWO_HUNDRED | other), 409, "reference_reused")


def test_a_reference_names_a_hold_or_a_redemption_never_both(retailer: Retailer, qr: str) -> None:
    retailer.hold("one", qr, **TWO_HUNDRED)
    retailer.redeem("other", qr, **TWO_HUNDRED)

    assert retailer.redeem("one", qr, **TWO_HUNDRED).code == "reference_reused"
    assert retailer.hold("other", qr, **TWO_HUNDRED).code == "reference_reused"


@pytest.mark.parametrize("seconds", [0, -1, 3601, 1.5, "60"])
def test_a_time_that_is_none_is_refused(retailer: Retailer, qr: str, seconds: object) -> None:
    assert_problem(retailer.hold("h-1", qr, seconds=seconds), 422, "invalid")


def test_a_voucher_bears_so_many_holds_and_no_more(retailer: Retailer, qr: str) -> None:
    for place in range(HOLDS_MAX):
        assert retailer.hold(f"h-{place}", qr, money=money("1")).status == 201

    answer = retailer.hold("one-more", qr, money=money("1"))

    assert_problem(answer, 409, "held", held_until=UNTIL)
    assert len(retailer.voucher(retailer.sold["CASH-500"].voucher_id)["holds"]) == HOLDS_MAX


def test_holds_that_are_over_make_room(retailer: Retailer, qr: str) -> None:
    for place in range(HOLDS_MAX):
        retailer.hold(f"h-{place}", qr, money=money("1"))
    retailer.world.clock.forward(minutes=5)

    assert retailer.hold("one-more", qr, money=money("1")).status == 201
    assert len(retailer.voucher(retailer.sold["CASH-500"].voucher_id)["holds"]) == 1


# The same sale.


def test_a_sale_that_holds_again_replaces_its_own_hold(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED, order="sale-7")

    answer = retailer.hold("h-2", qr, money=money("450"), order="sale-7")

    assert (answer.status, answer.json["available"]["money"]) == (201, money("50"))
    assert retailer.till("GET", "holds/h-1").json["state"] == "released"


def test_a_replaced_hold_cannot_be_captured(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED, order="sale-7")
    retailer.hold("h-2", qr, **TWO_HUNDRED, order="sale-7")

    assert_problem(retailer.capture("h-1"), 409, "voided")
    assert retailer.capture("h-2").status == 200


def test_another_store_s_sale_of_the_same_name_is_another_sale(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED, order="sale-7")

    answer = retailer.hold("h-1", qr, money=money("301"), order="sale-7", at="pos-9")

    assert answer.code == "held"


# Capture.


def test_a_capture_takes_all_that_was_held(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)

    answer = retailer.capture("h-1", receipt="AB-1")

    assert (answer.status, answer.is_replayed) == (200, False)
    assert (answer.json["state"], answer.json["captured_as"], answer.json["receipt"]) == ("captured", "h-1", "AB-1")
    assert answer.json["redeemed"]["money"] == money("200")
    assert (worth(retailer), free(retailer, qr)) == (300, money("300"))


def test_a_partial_capture_frees_the_rest_in_the_same_write(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)
    retailer.world.calls.clear()

    answer = retailer.capture("h-1", money=money("120"))

    assert answer.json["available"]["money"] == money("380")
    assert retailer.world.calls.count("TransactWriteItems") == 1
    assert (worth(retailer), free(retailer, qr)) == (380, money("380"))


def test_a_capture_of_more_than_was_held_is_refused(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)
    before = retailer.world.rows()

    answer = retailer.capture("h-1", money=money("201"))

    assert_problem(answer, 409, "insufficient")
    assert answer.json["available"]["money"] == money("200")
    assert retailer.world.rows() == before


def test_the_same_capture_again_answers_the_same_and_takes_once(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)
    first = retailer.capture("h-1", money=money("120"))
    before = retailer.world.rows()

    again = retailer.capture("h-1", money=money("120"))

    assert (again.status, again.json, again.is_replayed) == (200, first.json, True)
    assert retailer.world.rows() == before


def test_another_capture_of_a_captured_hold_is_refused(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)
    retailer.capture("h-1", money=money("120"))

    assert_problem(retailer.capture("h-1", money=money("80")), 409, "reference_reused")


def test_a_hold_of_another_till_is_not_captured(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)

    assert_problem(retailer.capture("h-1", at="pos-2"), 409, "held", held_until=UNTIL)
    assert_problem(retailer.capture("h-1", at="pos-9"), 404, "not_found")
    assert worth(retailer) == 500


def test_a_hold_nobody_opened_is_not_found(retailer: Retailer) -> None:
    assert_problem(retailer.capture("h-1"), 404, "not_found")


def test_a_hold_ends_at_its_instant_whether_or_not_it_was_cleared_away(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)
    retailer.world.clock.forward(minutes=5)

    assert len(retailer.voucher(retailer.sold["CASH-500"].voucher_id)["holds"]) == 1
    assert_problem(retailer.capture("h-1"), 409, "expired", held_until=UNTIL)
    assert (worth(retailer), free(retailer, qr)) == (500, money("500"))
    assert retailer.till("GET", "holds/h-1").json["state"] == "expired"


def test_a_hold_is_captured_in_its_last_moment(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)
    retailer.world.clock.forward(seconds=299.999)

    assert retailer.capture("h-1").status == 200


def test_what_expires_during_a_hold_is_still_captured(retailer: Retailer) -> None:
    held = retailer.sold["THANKS-200"]
    retailer.world.clock.now = retailer.world.clock.now.replace(month=12, day=22, hour=15, minute=59)
    retailer.hold("h-1", held.qr)
    retailer.world.clock.forward(minutes=2)

    assert retailer.look_up(held.qr).json["refusal"]["code"] == "expired"
    assert retailer.capture("h-1").status == 200


@pytest.mark.parametrize(("action", "code"), [("suspend", "suspended"), ("revoke", "revoked")])
def test_what_the_shop_stops_during_a_hold_is_not_captured(retailer: Retailer, qr: str, action: str, code: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)
    retailer.act(action, retailer.sold["CASH-500"].voucher_id)

    assert_problem(retailer.capture("h-1"), 409, code)
    assert worth(retailer) == 500


# A redemption that names a hold.


def test_a_redemption_takes_from_the_hold_it_names(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr)

    answer = retailer.redeem("r-1", qr, money=money("120"), hold="h-1")

    assert (answer.status, answer.json["hold"], answer.json["redeemed"]["money"]) == (201, "h-1", money("120"))
    assert (worth(retailer), free(retailer, qr)) == (380, money("380"))
    assert retailer.till("GET", "holds/h-1").json["captured_as"] == "r-1"


def test_it_is_one_read_and_one_transaction(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr)
    retailer.world.calls.clear()

    retailer.redeem("r-1", qr, hold="h-1")

    assert retailer.world.calls == ["BatchGetItem", "TransactWriteItems"]


def test_its_repeat_answers_the_same(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr)
    first = retailer.redeem("r-1", qr, money=money("120"), hold="h-1")

    again = retailer.redeem("r-1", qr, money=money("120"), hold="h-1")

    assert (again.json, again.is_replayed) == (first.json, True)


def test_a_hold_is_captured_once_by_whichever_way(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr)
    retailer.redeem("r-1", qr, money=money("120"), hold="h-1")

    assert_problem(retailer.capture("h-1"), 409, "reference_reused")
    assert_problem(retailer.redeem("r-2", qr, hold="h-1"), 409, "reference_reused")
    assert_problem(retailer.release("h-1"), 409, "reference_reused")
    assert_problem(retailer.void("h-1"), 409, "reference_reused")
    assert worth(retailer) == 380


@pytest.mark.parametrize("named", ["never-opened", "of-another"])
def test_a_redemption_that_names_no_hold_of_the_voucher_is_not_found(retailer: Retailer, qr: str, named: str) -> None:
    retailer.hold("of-another", retailer.sold["SPA-3"].qr)

    assert_problem(retailer.redeem("r-1", qr, hold=named), 404, "not_found")


def test_another_till_s_hold_is_not_redeemed_from(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)

    assert_problem(retailer.redeem("r-1", qr, hold="h-1", at="pos-2"), 409, "held")


# Release.


def test_a_release_frees_what_was_held(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)

    answer = retailer.release("h-1")

    assert (answer.status, answer.json) == (200, {"reference": "h-1", "state": "released", "effect": "released"})
    assert free(retailer, qr) == money("500")


def test_releasing_twice_answers_the_same(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)
    first = retailer.release("h-1")

    again = retailer.release("h-1")

    assert (again.json, again.is_replayed) == (first.json, True)


def test_a_released_hold_is_neither_captured_nor_opened_again(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)
    retailer.release("h-1")

    assert_problem(retailer.capture("h-1"), 409, "voided")
    assert_problem(retailer.hold("h-1", qr, **TWO_HUNDRED), 409, "voided")


def test_a_release_that_comes_first_stops_the_late_hold(retailer: Retailer, qr: str) -> None:
    answer = retailer.release("h-1")

    assert answer.json == {"reference": "h-1", "state": "released", "effect": "none"}
    assert_problem(retailer.hold("h-1", qr, **TWO_HUNDRED), 409, "voided")
    assert free(retailer, qr) == money("500")


def test_a_hold_that_is_over_is_released_without_a_write(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)
    retailer.world.clock.forward(minutes=5)
    before = retailer.world.rows()

    answer = retailer.release("h-1")

    assert answer.json == {"reference": "h-1", "state": "expired", "effect": "none"}
    assert retailer.world.rows() == before


def test_another_till_s_hold_is_not_released(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)

    assert_problem(retailer.release("h-1", at="pos-2"), 409, "held")
    assert free(retailer, qr) == money("300")


def test_a_void_of_an_open_hold_releases_it_for_ever(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)

    answer = retailer.void("h-1")

    assert answer.json == {"reference": "h-1", "state": "voided", "effect": "none"}
    assert free(retailer, qr) == money("500")
    assert_problem(retailer.capture("h-1"), 409, "voided")


def test_a_captured_hold_is_voided_like_any_redemption(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)
    retailer.capture("h-1")

    answer = retailer.void("h-1")

    assert answer.json == {"reference": "h-1", "state": "voided", "effect": "restored"}
    assert worth(retailer) == 500
    assert_problem(retailer.capture("h-1"), 409, "voided")
    assert retailer.till("GET", "redemptions/h-1").json["state"] == "voided"


def test_a_captured_hold_is_refunded_like_any_redemption(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED)
    retailer.capture("h-1")

    assert retailer.refund("f-1", "h-1", money=money("50")).status == 201
    assert worth(retailer) == 350


# The story.


def test_the_ledger_tells_of_every_hold_and_how_it_ended(retailer: Retailer, qr: str) -> None:
    voucher_id = retailer.sold["CASH-500"].voucher_id
    retailer.hold("h-1", qr, **TWO_HUNDRED, order="sale-7")
    retailer.hold("h-2", qr, money=money("100"), order="sale-7")
    retailer.capture("h-2", money=money("60"))
    retailer.hold("h-3", qr)
    retailer.release("h-3")

    rows = retailer.api.call("GET", f"/v1/vouchers/{voucher_id}/ledger").json["items"]

    assert [(row["kind"], row["reference"], row["hold"], row["change"]["money"]["amount"]) for row in rows] == [
        ("issue", None, None, "500"),
        ("hold", "h-1", None, "0"),
        ("hold", "h-2", "h-1", "0"),
        ("redeem", "h-2", "h-2", "-60"),
        ("hold", "h-3", None, "0"),
        ("release", "h-3", None, "0"),
    ]
    assert (rows[1]["held"]["money"], rows[1]["until"]) == (money("200"), UNTIL)


def test_an_administrator_sees_the_open_holds(retailer: Retailer, qr: str) -> None:
    retailer.hold("h-1", qr, **TWO_HUNDRED, order="sale-7")

    seen = retailer.api.call("GET", f"/v1/vouchers/{retailer.sold['CASH-500'].voucher_id}").json

    assert seen["available"]["money"] == money("300")
    assert [(hold["reference"], hold["terminal_id"], hold["expires_at"]) for hold in seen["holds"]] == [
        ("h-1", "pos-1", UNTIL)
    ]
