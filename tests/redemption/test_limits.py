"""A discount that a customer may use once a day and three times a month, whichever of their vouchers they show."""

from typing import Any

import pytest

from app import app
from tests.support.api import Reply
from tests.support.faults import rival
from tests.support.problem import assert_problem
from tests.support.retail import BUYER, Held, Retailer, money, sale
from tests.support.site import Site

BASKET: dict[str, Any] = {"basket": {"total": money("900")}}


@pytest.fixture
def daily(retailer: Retailer) -> Held:
    return retailer.sold["DAILY"]


def use(retailer: Retailer, held: Held, reference: str = "r-1") -> Reply:
    return retailer.redeem(reference, held.qr, **BASKET)


def test_a_second_use_on_one_day_is_refused_and_told_when_it_is_possible(retailer: Retailer, daily: Held) -> None:
    assert use(retailer, daily).status == 201
    before = retailer.world.rows()

    answer = use(retailer, daily, "r-2")

    assert_problem(answer, 409, "customer_limit", limit=1, period="day", again_at="2026-11-22T16:00:00.000Z")
    assert retailer.world.rows() == before


def test_a_look_says_the_same(retailer: Retailer, daily: Held) -> None:
    use(retailer, daily)

    found = retailer.look_up(daily.qr).json

    assert (found["usable"], found["refusal"]["code"]) == (False, "customer_limit")


def test_the_next_day_of_the_shop_it_may_be_used_again(retailer: Retailer, daily: Held) -> None:
    use(retailer, daily)
    retailer.world.clock.forward(hours=12)  # Monday 00:00 in Taipei

    assert use(retailer, daily, "r-2").status == 201


def test_the_month_s_limit_outlasts_the_day_s(retailer: Retailer, daily: Held) -> None:
    for place in range(3):
        assert use(retailer, daily, f"r-{place}").status == 201
        retailer.world.clock.forward(days=1)

    assert_problem(use(retailer, daily, "r-9"), 409, "customer_limit", period="month", limit=3)


def test_another_voucher_of_the_same_customer_counts_with_it(retailer: Retailer, daily: Held) -> None:
    (second,) = retailer.sell("DAILY", order_id="again")
    use(retailer, daily)

    assert use(retailer, second, "r-2").code == "customer_limit"


def test_another_customer_s_voucher_does_not(retailer: Retailer, daily: Held) -> None:
    somebody = BUYER | {"customer_ref": "9", "email": "x@example.com", "phone": None, "line_user_id": None}
    (other,) = retailer.sell("DAILY", order_id="another", customer=somebody)
    use(retailer, daily)

    assert use(retailer, other, "r-2").status == 201


@pytest.mark.parametrize("undo", ["void", "refund"])
def test_a_use_that_is_undone_is_given_back(retailer: Retailer, daily: Held, undo: str) -> None:
    use(retailer, daily)

    assert (retailer.void("r-1") if undo == "void" else retailer.refund("f-1", "r-1")).status < 300

    assert use(retailer, daily, "r-2").status == 201


def test_a_use_of_yesterday_that_is_undone_gives_nothing_back_of_today(retailer: Retailer, daily: Held) -> None:
    use(retailer, daily)
    retailer.world.clock.forward(days=1)
    use(retailer, daily, "r-2")

    retailer.void("r-1")

    assert use(retailer, daily, "r-3").json["period"] == "day"


def test_a_repeat_counts_once(retailer: Retailer, daily: Held) -> None:
    first, again = use(retailer, daily), use(retailer, daily)

    assert (again.is_replayed, again.json) == (True, first.json)


def test_a_typed_code_counts_too(retailer: Retailer, daily: Held) -> None:
    assert retailer.redeem("r-1", daily.code, **BASKET).status == 201

    assert use(retailer, daily, "r-2").code == "customer_limit"


def test_the_qr_names_the_tally_so_that_it_is_one_read_and_one_transaction(retailer: Retailer, daily: Held) -> None:
    use(retailer, daily)
    retailer.world.clock.forward(days=1)
    retailer.world.calls.clear()

    use(retailer, daily, "r-2")
    assert retailer.world.calls == ["BatchGetItem", "TransactWriteItems"]

    retailer.world.calls.clear()
    use(retailer, daily, "r-3")
    retailer.look_up(daily.qr)
    assert retailer.world.calls == ["BatchGetItem", "BatchGetItem"]


def test_two_vouchers_of_one_customer_at_two_tills_at_once_are_one_use(retailer: Retailer, daily: Held) -> None:
    (second,) = retailer.sell("DAILY", order_id="again")
    answers: list[Reply] = []

    with rival(lambda: answers.append(retailer.redeem("r-2", second.qr, at="pos-9", **BASKET))):
        answers.append(use(retailer, daily))

    assert [answer.status for answer in answers] == [201, 409]
    assert answers[1].code == "customer_limit"


def test_a_hold_counts_when_it_is_captured(retailer: Retailer, daily: Held) -> None:
    retailer.hold("h-1", daily.qr)
    assert retailer.capture("h-1", **BASKET).status == 200

    assert use(retailer, daily, "r-2").code == "customer_limit"
    assert retailer.hold("h-2", daily.qr).code == "customer_limit"


def test_a_hold_that_is_redeemed_counts(retailer: Retailer, daily: Held) -> None:
    retailer.hold("h-1", daily.qr)
    retailer.redeem("r-1", daily.qr, hold="h-1", **BASKET)

    assert use(retailer, daily, "r-2").code == "customer_limit"


def test_what_was_used_offline_counts_and_over_the_limit_is_a_conflict(retailer: Retailer, daily: Held) -> None:
    answer = retailer.offline(sale(daily.qr, **BASKET), sale(daily.qr, "r-2", **BASKET)).json["outcomes"]

    assert [(each["outcome"], each["code"]) for each in answer] == [("applied", None), ("conflict", "customer_limit")]


def test_comparing_several_vouchers_knows_the_limit(retailer: Retailer, daily: Held) -> None:
    use(retailer, daily)
    retailer.world.calls.clear()

    answer = retailer.till("POST", "compare", {"credentials": [daily.qr, retailer.sold["COFFEE-10"].qr], **BASKET})

    refused = [item["refusal"]["code"] for item in answer.json["items"] if item["refusal"]]
    assert (refused, retailer.world.calls) == (["customer_limit"], ["BatchGetItem"])


def test_the_page_says_from_when_it_may_be_used_again(retailer: Retailer, daily: Held) -> None:
    use(retailer, daily)

    page = Site(app, "pages").get(f"/v/{daily.qr}?lang=en").body.decode()

    assert "Usable again from 23 November 2026, 00:00" in page
