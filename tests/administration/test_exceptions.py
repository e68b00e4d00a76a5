"""The worklist of people: /v1/exceptions."""

from typing import Any

import pytest

from functions.domain.case_texts import CASE_TEXTS
from functions.domain.cases import CaseKind
from tests.support.faults import rival
from tests.support.problem import assert_problem
from tests.support.retail import Retailer, money


@pytest.fixture
def used(retailer: Retailer) -> str:
    """A voucher of a cancelled order of which NT$200 were used before; its id."""
    held = retailer.sold["CASH-500"]
    retailer.redeem("r-1", held.qr, money=money("200"))
    (place,) = [place for place, sku in enumerate(retailer.sold) if sku == "CASH-500"]
    retailer.order(f"sold-{place}", status="refunded", updated_at="2026-11-22T12:30:00+08:00")
    retailer.settle(f"sold-{place}")
    return held.voucher_id


def test_undoing_a_purchase_takes_back_what_is_left_and_asks_a_person_about_what_was_used(
    retailer: Retailer, used: str
) -> None:
    (case,) = retailer.exceptions()

    assert (retailer.voucher(used)["state"], retailer.voucher(used)["flag"]) == ("revoked", "used_before_revocation")
    assert (case["kind"], case["state"], case["voucher_id"]) == ("used_before_revocation", "open", used)
    assert (case["at_stake"]["money"], case["code"]) == (money("200"), "order_refunded")


def test_an_untouched_voucher_of_an_undone_purchase_needs_nobody(retailer: Retailer) -> None:
    retailer.order("sold-0", status="cancelled", updated_at="2026-11-22T12:30:00+08:00")
    retailer.settle("sold-0")

    assert retailer.exceptions() == []


def test_a_used_voucher_that_an_administrator_revokes_is_on_the_list(retailer: Retailer) -> None:
    retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("200"))

    retailer.act("revoke", retailer.sold["CASH-500"].voucher_id)

    assert [case["kind"] for case in retailer.exceptions()] == ["used_before_revocation"]


def test_settling_the_order_again_makes_no_second_exception(retailer: Retailer, used: str) -> None:
    assert used
    retailer.settle("sold-0")

    assert len(retailer.exceptions()) == 1


def test_one_exception_can_be_read(retailer: Retailer, used: str) -> None:
    assert used
    (case,) = retailer.exceptions()

    assert retailer.api.call("GET", f"/v1/exceptions/{case['exception_id']}").json == case


def test_a_person_says_how_it_was_settled(retailer: Retailer, used: str) -> None:
    assert used
    (case,) = retailer.exceptions()
    retailer.world.clock.forward(hours=1)
    path = f"/v1/exceptions/{case['exception_id']}/resolve"

    answer = retailer.api.call("POST", path, {"note": "refunded 300"}, token=retailer.token("clerk"))

    settled = {"resolved_at": "2026-11-22T05:00:00.000Z", "resolved_by": "a-clerk", "note": "refunded 300"}
    assert (answer.status, answer.json) == (200, case | settled | {"state": "resolved"})
    assert retailer.exceptions() == []
    assert retailer.exceptions("resolved") == [answer.json]


def test_settling_twice_in_the_same_words_is_a_replay_and_in_others_refused(retailer: Retailer, used: str) -> None:
    assert used
    (case,) = retailer.exceptions()
    path = f"/v1/exceptions/{case['exception_id']}/resolve"
    first = retailer.api.call("POST", path, {"note": "done"})

    again = retailer.api.call("POST", path, {"note": "done"})

    assert (again.json, again.is_replayed) == (first.json, True)
    assert_problem(retailer.api.call("POST", path, {"note": "otherwise"}), 409, "reference_reused")


def test_of_two_people_who_settle_it_one_is_told_so(retailer: Retailer, used: str) -> None:
    assert used
    (case,) = retailer.exceptions()
    path = f"/v1/exceptions/{case['exception_id']}/resolve"

    with rival(lambda: retailer.api.call("POST", path, {"note": "mine"})):
        answer = retailer.api.call("POST", path, {"note": "yours"})

    assert answer.code == "reference_reused"
    assert [each["note"] for each in retailer.exceptions("resolved")] == ["mine"]


def test_the_list_is_read_page_by_page(retailer: Retailer) -> None:
    for sku in ("CASH-500", "DOLLARS", "THANKS-200"):
        ask: dict[str, Any] = {} if sku == "THANKS-200" else {"money": money("1", "USD" if sku == "DOLLARS" else "TWD")}
        retailer.redeem(f"r-{sku}", retailer.sold[sku].qr, **ask)
        retailer.act("revoke", retailer.sold[sku].voucher_id)
        retailer.world.clock.forward(seconds=1)

    first = retailer.api.call("GET", "/v1/exceptions?limit=2").json
    second = retailer.api.call("GET", f"/v1/exceptions?limit=2&cursor={first['next_cursor']}").json

    listed = [case["voucher_id"] for case in (*first["items"], *second["items"])]
    assert listed == [retailer.sold[sku].voucher_id for sku in ("CASH-500", "DOLLARS", "THANKS-200")]
    assert second["next_cursor"] is None


@pytest.mark.parametrize("query", ["state=done", "limit=0", "limit=101", "cursor=a%23b", "cursor=%00"])
def test_a_question_that_makes_no_sense_is_refused(retailer: Retailer, query: str) -> None:
    assert_problem(retailer.api.call("GET", f"/v1/exceptions?{query}"), 422, "invalid")


def test_what_is_not_there_is_not_found(retailer: Retailer) -> None:
    assert_problem(retailer.api.call("GET", "/v1/exceptions/nothing"), 404, "not_found")
    assert_problem(retailer.api.call("POST", "/v1/exceptions/nothing/resolve", {"note": "x"}), 404, "not_found")


def test_every_kind_of_exception_says_what_to_do() -> None:
    assert set(CASE_TEXTS) == set(CaseKind)
    assert all(text.zh_hant.count("。") > 1 and text.en.count(".") > 1 for text in CASE_TEXTS.values())
