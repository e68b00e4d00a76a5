"""POST /v1/pos/offline-batches: what a till did while it could not ask. Each operation ends in some way."""

import json
from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from typing import Any, Literal

import pytest

from functions.domain.offline_texts import contested_text, plain_text
from tests.support import retail
from tests.support.api import Reply
from tests.support.faults import Crashes, KilledError, answering, lost_reply, rival
from tests.support.problem import assert_problem
from tests.support.retail import XINYI, ZHONGSHAN, Retailer, discount, line, money, product_body
from tests.support.world import NOON, Rows

When = Literal["before", "after"]
Prepared = Callable[[Retailer], object]
READ, WRITE = "BatchGetItem", "TransactWriteItems"
TWO_O_CLOCK = "2026-11-22T06:00:00.000Z"


@pytest.fixture(autouse=True)
def two_hours_later(retailer: Retailer) -> None:
    """The vouchers were sold at noon; since then a till was offline."""
    retailer.world.clock.forward(hours=2)


def at(minute: int, **by: float) -> str:
    """So many minutes after noon, and `by` more."""
    return (NOON + timedelta(minutes=minute, **by)).isoformat()


def sale(reference: str, credential: str, *, minute: int = 60, **ask: Any) -> dict[str, Any]:
    return retail.sale(credential, reference, occurred_at=at(minute), **ask)


def void(reference: str, *, minute: int = 90) -> dict[str, Any]:
    return retail.undoing(reference, occurred_at=at(minute))


def send(retailer: Retailer, *operations: Any, at: str = "pos-1") -> Reply:
    """A batch."""
    return retailer.offline(*operations, at=at)


def told(retailer: Retailer, *operations: Any, at: str = "pos-1") -> list[dict[str, Any]]:
    """The outcomes of a batch."""
    answer = send(retailer, *operations, at=at)
    assert answer.status == 200, answer.json
    outcomes: list[dict[str, Any]] = answer.json["outcomes"]
    assert len(outcomes) == len(operations)
    return outcomes


def results(retailer: Retailer, *operations: Any, at: str = "pos-1") -> list[str]:
    return [outcome["outcome"] for outcome in told(retailer, *operations, at=at)]


def left(retailer: Retailer, sku: str = "CASH-500") -> int:
    amount: int = retailer.voucher(retailer.sold[sku].voucher_id)["worth"]["money"]["minor"]
    return amount


def qr(retailer: Retailer, sku: str = "CASH-500") -> str:
    return retailer.sold[sku].qr


# What is applied.


def test_a_sale_is_applied_with_the_time_of_the_till_and_that_of_the_server(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]

    (outcome,) = told(retailer, sale("o-1", held.qr, money=money("200")))

    assert outcome == {
        "reference": "o-1",
        "kind": "redeem",
        "outcome": "applied",
        "code": None,
        "message": None,
        "retryable": False,
        "errors": None,
        "voucher_id": held.voucher_id,
        "redeemed": {"money": money("200"), "items": None, "uses": None, "off": None, "lines": None},
        "available": {"money": money("300"), "items": None, "discount": None},
        "effect": None,
        "occurred_at": "2026-11-22T05:00:00.000Z",
        "redeemed_at": TWO_O_CLOCK,
        "exception_id": None,
    }
    assert retailer.exceptions() == []


def test_a_sale_stands_in_the_ledger_and_under_its_reference_with_when_it_happened(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    told(retailer, sale("o-1", held.qr, money=money("200"), receipt="AB-1"))

    asked = retailer.till("GET", "redemptions/o-1").json
    entry = retailer.api.call("GET", f"/v1/vouchers/{held.voucher_id}/ledger").json["items"][-1]

    assert (asked["state"], asked["receipt"]) == ("redeemed", "AB-1")
    for told_of in (asked, entry):
        assert told_of["occurred_at"] == "2026-11-22T05:00:00.000Z"
    assert (asked["redeemed_at"], entry["recorded_at"]) == (TWO_O_CLOCK, TWO_O_CLOCK)


def test_services_and_discounts_are_taken_too(retailer: Retailer) -> None:
    spa, coffee = told(
        retailer,
        sale("o-1", qr(retailer, "SPA-3"), items=[{"sku": "spa-hour", "quantity": 2}]),
        sale("o-2", qr(retailer, "COFFEE-10"), basket={"total": money("900")}),
    )

    assert [item["quantity"] for item in spa["redeemed"]["items"]] == [2]
    assert coffee["redeemed"]["off"] == money("90")


def test_a_typed_code_may_be_reported(retailer: Retailer) -> None:
    assert results(retailer, sale("o-1", retailer.sold["CASH-500"].code, money=money("200"))) == ["applied"]


def test_operations_are_carried_out_in_the_order_of_their_times_and_answered_in_that_of_the_batch(
    retailer: Retailer,
) -> None:
    late = sale("o-2", qr(retailer), money=money("400"), minute=70)
    early = sale("o-1", qr(retailer), money=money("400"), minute=60)

    outcomes = told(retailer, late, early)

    assert [(each["reference"], each["outcome"]) for each in outcomes] == [("o-2", "conflict"), ("o-1", "applied")]


def test_operations_of_one_time_are_carried_out_as_they_were_sent(retailer: Retailer) -> None:
    first, second = (sale(name, qr(retailer), money=money("400")) for name in ("o-1", "o-2"))

    assert results(retailer, first, second) == ["applied", "conflict"]


def test_a_void_in_a_batch_restores_what_the_batch_took(retailer: Retailer) -> None:
    outcomes = told(retailer, void("o-1"), sale("o-1", qr(retailer), money=money("200")))

    assert [(each["outcome"], each["effect"]) for each in outcomes] == [("applied", "restored"), ("applied", None)]
    assert left(retailer) == 500


def test_a_void_of_what_was_taken_online_restores_it_with_when_it_happened(retailer: Retailer) -> None:
    retailer.redeem("r-1", qr(retailer), money=money("200"))

    (outcome,) = told(retailer, void("r-1"))

    path = f"/v1/vouchers/{retailer.sold['CASH-500'].voucher_id}/ledger"
    assert (outcome["outcome"], outcome["effect"]) == ("applied", "restored")
    assert retailer.api.call("GET", path).json["items"][-1]["occurred_at"] == "2026-11-22T05:30:00.000Z"


def test_a_void_of_the_unknown_stops_it_for_ever(retailer: Retailer) -> None:
    (outcome,) = told(retailer, void("o-1"))

    assert (outcome["outcome"], outcome["effect"]) == ("applied", "none")
    assert retailer.redeem("o-1", qr(retailer)).code == "voided"


def test_dates_are_judged_by_when_it_happened(retailer: Retailer) -> None:
    """Sold on a Sunday for weekdays: taken on Monday, told on Monday. And taken on its last day, told after it."""
    weekdays, thanks = qr(retailer, "WEEKDAYS"), qr(retailer, "THANKS-200")
    retailer.world.clock.now = NOON.replace(month=12, day=22, hour=16, minute=30)  # 23 December 00:30, a Wednesday

    outcomes = told(
        retailer,
        sale("o-1", thanks, money=money("10")) | {"occurred_at": "2026-12-22T23:59:00+08:00"},
        sale("o-2", thanks, money=money("10")) | {"occurred_at": "2026-12-23T00:00:00+08:00"},
        sale("o-3", weekdays, money=money("10")) | {"occurred_at": "2026-12-22T12:00:00+08:00"},
    )

    assert [(each["outcome"], each["code"]) for each in outcomes] == [
        ("applied", None),
        ("conflict", "expired"),
        ("applied", None),
    ]


# What was done before.


def test_a_batch_again_takes_nothing_and_answers_alike(retailer: Retailer) -> None:
    operations = [sale("o-1", qr(retailer), money=money("200")), void("o-2"), sale("o-3", "forged")]
    first = told(retailer, *operations)
    before = retailer.world.rows()

    again = told(retailer, *operations)

    assert [each["outcome"] for each in again] == ["replayed", "replayed", "refused"]
    assert [each | {"outcome": ""} for each in again] == [each | {"outcome": ""} for each in first]
    assert retailer.world.rows() == before


def test_a_sale_whose_online_try_got_no_answer_is_the_same_sale(retailer: Retailer) -> None:
    with lost_reply():
        retailer.redeem("r-1", qr(retailer), money=money("200"), receipt="AB-1")

    (outcome,) = told(retailer, sale("r-1", qr(retailer), money=money("200"), receipt="AB-1"))

    assert (outcome["outcome"], outcome["occurred_at"], left(retailer)) == ("replayed", None, 300)


def test_a_sale_that_was_told_offline_is_replayed_online(retailer: Retailer) -> None:
    told(retailer, sale("o-1", qr(retailer), money=money("200")))

    answer = retailer.redeem("o-1", qr(retailer), money=money("200"))

    assert (answer.status, answer.is_replayed, left(retailer)) == (201, True, 300)


def test_one_operation_twice_in_a_batch_is_done_once(retailer: Retailer) -> None:
    operation = sale("o-1", qr(retailer), money=money("200"))

    assert results(retailer, operation, operation) == ["applied", "replayed"]
    assert left(retailer) == 300


def test_a_sale_that_was_voided_before_is_refused_and_nobody_has_to_look(retailer: Retailer) -> None:
    retailer.void("o-1")

    (outcome,) = told(retailer, sale("o-1", qr(retailer)))

    assert (outcome["outcome"], outcome["code"], outcome["exception_id"]) == ("refused", "voided", None)
    assert outcome["message"]["en"] == plain_text("voided").en
    assert retailer.exceptions() == []


# What cannot be honoured.


def act(action: str, sku: str = "CASH-500") -> Prepared:
    return lambda retailer: retailer.act(action, retailer.sold[sku].voucher_id)


def hand_over(retailer: Retailer) -> None:
    retailer.customer("hao")
    retailer.transfer(retailer.sold["CASH-500"].voucher_id, "hao")


def hold_all(retailer: Retailer) -> None:
    retailer.till("PUT", "holds/h-1", {"credential": qr(retailer)}, at="pos-2")


def nothing(_: Retailer) -> None:
    """Some vouchers are refused as they were sold."""


CONTESTED: list[Any] = [
    pytest.param("CASH-500", lambda it: it.redeem("r-1", qr(it)), {}, "exhausted", id="used up elsewhere"),
    pytest.param("CASH-500", nothing, {"money": money("501")}, "insufficient", id="more than is left"),
    pytest.param("CASH-500", hold_all, {"money": money("5")}, "held", id="kept for another sale"),
    pytest.param("CASH-500", act("suspend"), {}, "suspended", id="suspended"),
    pytest.param("CASH-500", act("revoke"), {}, "revoked", id="revoked"),
    pytest.param("CASH-500", act("reissue"), {}, "stale_credential", id="an old QR"),
    pytest.param("CASH-500", hand_over, {}, "replaced", id="handed to another person"),
    pytest.param("LATER", nothing, {}, "not_yet_valid", id="before its time"),
    pytest.param("WEEKDAYS", nothing, {}, "not_active_now", id="on a Sunday"),
    pytest.param("MUG-2", nothing, {}, "wrong_store", id="another store's goods"),
    pytest.param("SPA-3", nothing, {"money": money("5")}, "wrong_product", id="money for services"),
    pytest.param("COFFEE-10", nothing, {}, "minimum_spend", id="no basket was told"),
    pytest.param("CASH-500", nothing, {"money": money("5", "USD")}, "currency_mismatch", id="another currency"),
    pytest.param(
        "CASH-500", lambda it: it.redeem("o-1", qr(it, "SPA-3")), {}, "reference_reused", id="a used reference"
    ),
    pytest.param(
        "CASH-500", lambda it: it.redeem("o-1", qr(it), money=money("5")), {}, "reference_reused", id="another request"
    ),
]


@pytest.mark.parametrize(("sku", "prepare", "ask", "code"), CONTESTED)
def test_what_cannot_be_honoured_takes_nothing_and_is_a_case_for_a_person(
    retailer: Retailer, sku: str, prepare: Prepared, ask: dict[str, Any], code: str
) -> None:
    prepare(retailer)
    before = retailer.voucher(retailer.sold[sku].voucher_id)

    (outcome,) = told(retailer, sale("o-1", qr(retailer, sku), **ask))

    assert (outcome["outcome"], outcome["code"], outcome["retryable"]) == ("conflict", code, False)
    assert outcome["message"]["zh-Hant"] == contested_text(code).zh_hant
    assert retailer.voucher(retailer.sold[sku].voucher_id) == before
    (case,) = retailer.exceptions()
    assert {name: case[name] for name in ("exception_id", "kind", "code", "reference", "store_id", "terminal_id")} == {
        "exception_id": outcome["exception_id"],
        "kind": "offline_conflict",
        "code": code,
        "reference": "o-1",
        "store_id": XINYI,
        "terminal_id": "pos-1",
    }
    assert (case["voucher_id"], case["occurred_at"]) == (retailer.sold[sku].voucher_id, "2026-11-22T05:00:00.000Z")


@pytest.mark.parametrize(("sku", "prepare", "ask", "code"), CONTESTED)
def test_a_conflict_again_is_the_same_conflict(
    retailer: Retailer, sku: str, prepare: Prepared, ask: dict[str, Any], code: str
) -> None:
    prepare(retailer)
    operation = sale("o-1", qr(retailer, sku), **ask)
    first = told(retailer, operation)
    retailer.world.clock.forward(hours=30)
    before = retailer.world.rows()

    assert told(retailer, operation) == first
    assert retailer.world.rows() == before
    assert first[0]["code"] == code


def test_a_conflict_that_a_person_has_settled_does_not_come_back(retailer: Retailer) -> None:
    operation = sale("o-1", qr(retailer), money=money("501"))
    (first,) = told(retailer, operation)
    retailer.api.call("POST", f"/v1/exceptions/{first['exception_id']}/resolve", {"note": "the store bears it"})

    assert told(retailer, operation) == [first]
    assert retailer.exceptions() == []
    assert len(retailer.exceptions("resolved")) == 1


def test_a_conflict_does_not_become_a_redemption_later(retailer: Retailer) -> None:
    """The person who settles it may have made the customer pay."""
    retailer.act("suspend", retailer.sold["CASH-500"].voucher_id)
    operation = sale("o-1", qr(retailer), money=money("200"))
    told(retailer, operation)
    retailer.act("resume", retailer.sold["CASH-500"].voucher_id)

    assert results(retailer, operation) == ["conflict"]
    assert retailer.redeem("o-1", qr(retailer), money=money("200")).code == "reference_reused"
    assert left(retailer) == 500


def test_what_is_at_stake_is_told_to_who_settles_it(retailer: Retailer) -> None:
    told(retailer, sale("o-1", qr(retailer), money=money("501")))
    retailer.world.clock.forward(seconds=1)
    told(retailer, sale("o-2", qr(retailer, "SPA-3"), items=[{"sku": "spa-hour", "quantity": 4}]))

    cash, spa = retailer.exceptions()

    assert cash["at_stake"]["money"] == money("501")
    assert spa["at_stake"]["items"] == [line(quantity=4)]


def test_who_settles_it_reads_why_and_what_to_do(retailer: Retailer) -> None:
    told(retailer, sale("o-1", qr(retailer), money=money("501")))

    message = retailer.exceptions()[0]["message"]

    assert message["en"].startswith("By the time the till was online again too little was left on the voucher")
    assert message["en"].endswith("settle it with the customer, or do it again online.")


def test_what_a_reference_did_can_be_asked_where_it_did_nothing(retailer: Retailer) -> None:
    (outcome,) = told(retailer, sale("o-1", qr(retailer), money=money("501")))

    asked = retailer.till("GET", "redemptions/o-1")

    assert (asked.status, asked.json["state"], asked.json["code"]) == (200, "conflict", "insufficient")
    assert asked.json["exception_id"] == outcome["exception_id"]


def test_two_sales_under_one_reference_are_one_sale_and_one_conflict(retailer: Retailer) -> None:
    first, other = (sale("o-1", qr(retailer), money=money(amount)) for amount in ("200", "250"))

    assert results(retailer, first, other) == ["applied", "conflict"]
    assert results(retailer, other, first, other) == ["conflict", "replayed", "conflict"]
    assert (left(retailer), len(retailer.exceptions())) == (300, 1)


def test_three_conflicts_under_one_reference_are_three_cases(retailer: Retailer) -> None:
    operations = [sale("o-1", qr(retailer), money=money(amount)) for amount in ("501", "502", "503")]

    first, again = told(retailer, *operations), told(retailer, *reversed(operations))

    assert [each["code"] for each in first] == ["insufficient", "reference_reused", "reference_reused"]
    assert again == first[::-1]
    assert len({case["exception_id"] for case in retailer.exceptions()}) == 3


def test_a_void_of_what_could_not_be_honoured_has_nothing_to_restore(retailer: Retailer) -> None:
    outcomes = told(retailer, sale("o-1", qr(retailer), money=money("501")), void("o-1"))

    assert [(each["outcome"], each["effect"]) for each in outcomes] == [("conflict", None), ("replayed", "none")]


def test_a_void_of_a_refund_is_a_conflict_and_gives_nothing_back(retailer: Retailer) -> None:
    retailer.redeem("r-1", qr(retailer), money=money("200"))
    retailer.till("PUT", "refunds/f-1", {"redemption": "r-1", "money": money("50")})

    (first,) = told(retailer, void("f-1"))
    (again,) = told(retailer, void("f-1"))

    assert (first["outcome"], first["code"]) == ("conflict", "reference_reused")
    assert first["message"]["en"].startswith("This reference cannot be voided; nothing was given back.")
    assert again == first
    assert (left(retailer), len(retailer.exceptions())) == (350, 1)


def test_a_forged_credential_is_refused_and_a_case_since_the_goods_are_gone(
    retailer: Retailer, foreign_qr: str
) -> None:
    operation = sale("o-1", foreign_qr, items=[{"sku": "tea", "quantity": 1}])

    (outcome,) = told(retailer, operation)

    assert (outcome["outcome"], outcome["code"], outcome["voucher_id"]) == ("refused", "unknown", None)
    assert outcome["message"]["en"] == contested_text("unknown").en
    (case,) = retailer.exceptions()
    assert (case["exception_id"], case["code"]) == (outcome["exception_id"], "unknown")
    assert case["at_stake"]["items"][0]["name"] == {"zh-Hant": "tea", "en": "tea"}
    assert told(retailer, operation) == [outcome]


def test_another_stores_reference_is_another_operation(retailer: Retailer) -> None:
    operation = sale("o-1", qr(retailer), money=money("200"))

    assert results(retailer, operation) == ["applied"]
    assert results(retailer, operation, at="pos-9") == ["applied"]
    assert left(retailer) == 100


@pytest.mark.parametrize("order", [("pos-1", "pos-9"), ("pos-9", "pos-1")])
def test_of_two_tills_that_took_all_offline_whoever_reports_first_is_honoured(
    retailer: Retailer, order: tuple[str, str]
) -> None:
    operation = sale("o-1", qr(retailer), money=money("500"))

    outcomes = [told(retailer, operation, at=till)[0] for till in order]

    assert [each["outcome"] for each in outcomes] == ["applied", "conflict"]
    assert [case["store_id"] for case in retailer.exceptions()] == [ZHONGSHAN if order[1] == "pos-9" else XINYI]
    assert left(retailer) == 0


# What a till may take on its own.


def policy(retailer: Retailer, **offline: Any) -> None:
    retailer.api.call("PUT", "/v1/terminals/pos-1", {"store_id": XINYI, "offline": offline or None})


OVER: list[Any] = [
    pytest.param({"floor_limit": money("199")}, id="the floor limit"),
    pytest.param({"voucher_cap": money("199")}, id="the cap of a voucher"),
    pytest.param({"floor_limit": money("1000", "USD")}, id="a limit in another currency"),
    pytest.param({}, id="no policy"),
]


@pytest.mark.parametrize("offline", OVER)
def test_more_than_a_till_may_take_is_refused_and_a_case(retailer: Retailer, offline: dict[str, Any]) -> None:
    policy(retailer, **offline)
    operation = sale("o-1", qr(retailer), money=money("200"))

    (outcome,) = told(retailer, operation)

    assert (outcome["outcome"], outcome["code"], left(retailer)) == ("refused", "offline_limit", 500)
    assert [case["exception_id"] for case in retailer.exceptions()] == [outcome["exception_id"]]
    policy(retailer, floor_limit=money("1000"))
    assert told(retailer, operation) == [outcome]


def test_the_cap_is_for_all_that_a_batch_takes_of_one_voucher(retailer: Retailer) -> None:
    policy(retailer, voucher_cap=money("300"))
    thanks = sale("o-3", qr(retailer, "THANKS-200"), money=money("200"), minute=62)
    batch = [
        sale("o-1", qr(retailer), money=money("200"), minute=60),
        sale("o-2", qr(retailer), money=money("101"), minute=61),
        thanks,
        sale("o-4", qr(retailer), money=money("100"), minute=63),
    ]

    assert results(retailer, *batch) == ["applied", "refused", "applied", "applied"]
    assert results(retailer, *batch) == ["replayed", "refused", "replayed", "replayed"]


def test_what_the_batch_itself_took_back_does_not_count(retailer: Retailer) -> None:
    policy(retailer, voucher_cap=money("300"))
    batch = [
        sale("o-1", qr(retailer), money=money("200"), minute=60),
        void("o-1", minute=61),
        sale("o-2", qr(retailer), money=money("300"), minute=62),
    ]

    assert results(retailer, *batch) == ["applied", "applied", "applied"]


def test_units_are_capped_too(retailer: Retailer) -> None:
    policy(retailer, units=2)

    outcomes = told(retailer, sale("o-1", qr(retailer, "SPA-3"), items=[{"sku": "spa-hour", "quantity": 3}]))

    assert [each["code"] for each in outcomes] == ["offline_limit"]


def test_a_product_that_is_not_for_offline_use_is_refused_though_the_till_may(retailer: Retailer) -> None:
    bodies: dict[str, dict[str, Any]] = {"online": {"offline": False}, "live": {"rotating": True}}
    for name, body in bodies.items():
        retailer.api.call("PUT", f"/v1/products/{name}", product_body(name.upper(), **body))
        (held,) = retailer.sell(name.upper(), order_id=name)

        (outcome,) = told(retailer, sale(f"o-{name}", held.qr, money=money("5"), minute=120))

        assert (outcome["outcome"], outcome["code"]) == ("refused", "offline_limit")
        assert outcome["message"]["en"] == contested_text("offline_forbidden").en


def test_terms_stay_as_they_were_sold(retailer: Retailer) -> None:
    retailer.api.call("PUT", "/v1/products/cash-500", product_body("CASH-500", offline=False))

    assert results(retailer, sale("o-1", qr(retailer), money=money("5"))) == ["applied"]


def test_a_till_that_may_take_nothing_may_still_repeat_itself_and_void(retailer: Retailer) -> None:
    retailer.redeem("r-1", qr(retailer), money=money("200"))
    policy(retailer)

    assert results(retailer, sale("r-1", qr(retailer), money=money("200")), void("r-1")) == ["replayed", "applied"]


# The clock of the device (bad input 28).


@pytest.mark.parametrize(
    "off",
    [
        timedelta(days=1),
        timedelta(days=-1, seconds=-1),
        timedelta(days=3652),
        timedelta(days=-3652),
        timedelta(hours=-24, microseconds=-1000),
        timedelta(minutes=5, microseconds=1000),
    ],
)
def test_what_a_wrong_clock_tells_is_never_applied_silently(retailer: Retailer, off: timedelta) -> None:
    retailer.world.clock.forward(days=2)
    moment = (retailer.world.clock.now + off).isoformat()

    (outcome,) = told(retailer, sale("o-1", qr(retailer), money=money("200")) | {"occurred_at": moment})

    assert (outcome["outcome"], outcome["code"], left(retailer)) == ("conflict", "offline_limit", 500)
    assert outcome["message"]["en"] == contested_text("offline_clock").en
    assert [case["exception_id"] for case in retailer.exceptions()] == [outcome["exception_id"]]


@pytest.mark.parametrize("off", [timedelta(hours=-24), timedelta(minutes=5)])
def test_up_to_the_limits_of_the_clock_a_sale_is_applied(retailer: Retailer, off: timedelta) -> None:
    retailer.world.clock.forward(days=2)
    moment = (retailer.world.clock.now + off).isoformat()

    assert results(retailer, sale("o-1", qr(retailer), money=money("200")) | {"occurred_at": moment}) == ["applied"]


def test_a_till_may_be_given_longer(retailer: Retailer) -> None:
    policy(retailer, hours=72)
    retailer.world.clock.forward(hours=60)

    assert results(retailer, sale("o-1", qr(retailer), money=money("200"))) == ["applied"]


def test_a_sale_that_was_made_before_is_replayed_whatever_the_clock_says(retailer: Retailer) -> None:
    operation = sale("o-1", qr(retailer), money=money("200"))
    told(retailer, operation)
    retailer.world.clock.forward(days=400)

    assert results(retailer, operation, operation | {"occurred_at": "1999-01-01T00:00:00Z"}) == ["replayed"] * 2


def test_a_void_is_believed_whatever_the_clock_says(retailer: Retailer) -> None:
    retailer.redeem("r-1", qr(retailer), money=money("200"))

    assert results(retailer, void("r-1") | {"occurred_at": "2036-11-22T00:00:00Z"}) == ["applied"]
    assert left(retailer) == 500


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_batch_out_of_order_with_an_operation_twice_ends_as_in_order(
    retailer: Retailer, order: tuple[int, ...]
) -> None:
    batch = [
        sale("o-1", qr(retailer), money=money("300"), minute=60),
        void("o-1", minute=61),
        sale("o-2", qr(retailer), money=money("400"), minute=62),
    ]

    outcomes = told(retailer, *[batch[place] for place in (*order, order[0])])

    assert left(retailer) == 100
    assert {each["reference"] for each in outcomes} == {"o-1", "o-2"}
    assert retailer.exceptions() == []


# What is wrong in itself.

WRONG: list[Any] = [
    pytest.param({"reference": ""}, "reference", None, id="no reference"),
    pytest.param({"reference": "a#b"}, "reference", None, id="a reference with a delimiter"),
    pytest.param({"reference": 7}, "reference", None, id="a number for a reference"),
    pytest.param({"reference": "x" * 65}, "reference", None, id="a long reference"),
    pytest.param({"kind": "refund"}, "body", "o-2", id="a kind that is none"),
    pytest.param({"kind": None}, "body", "o-2", id="no kind"),
    pytest.param({"credential": ""}, "credential", "o-2", id="no credential"),
    pytest.param({"credential": "A" * 16_385}, "credential", "o-2", id="a long credential"),
    pytest.param({"money": money("0")}, "money", "o-2", id="nothing"),
    pytest.param({"money": money("-1")}, "money", "o-2", id="less than nothing"),
    pytest.param({"money": {"amount": 1, "currency": "TWD"}}, "money.amount", "o-2", id="a number for an amount"),
    pytest.param({"items": [{"sku": "tea", "quantity": 1}] * 2}, "items", "o-2", id="a line twice"),
    pytest.param({"money": money("1"), "items": [{"sku": "tea", "quantity": 1}]}, "body", "o-2", id="both"),
    pytest.param({"occurred_at": None}, "occurred_at", "o-2", id="no time"),
    pytest.param({"occurred_at": "2026-11-22T13:00:00"}, "occurred_at", "o-2", id="a time without an offset"),
    pytest.param({"occurred_at": "0001-01-01T00:00:00Z"}, "occurred_at", "o-2", id="the first year"),
    pytest.param({"occurred_at": 1795323600}, "occurred_at", "o-2", id="seconds since 1970"),
    pytest.param({"hold": "h-1"}, "hold", "o-2", id="a hold"),
    pytest.param({"mony": money("1")}, "mony", "o-2", id="a field that is none"),
]


@pytest.mark.parametrize(("override", "path", "reference"), WRONG)
def test_an_operation_that_is_wrong_in_itself_is_refused_and_the_others_are_not(
    retailer: Retailer, override: dict[str, Any], path: str, reference: str | None
) -> None:
    good = sale("o-1", qr(retailer), money=money("200"))

    before, wrong, after = told(
        retailer, good, sale("o-2", qr(retailer)) | override, sale("o-3", qr(retailer), money=money("100"))
    )

    assert (before["outcome"], after["outcome"], left(retailer)) == ("applied", "applied", 200)
    assert (wrong["outcome"], wrong["code"], wrong["reference"]) == ("refused", "invalid", reference)
    assert path in [error["path"] for error in wrong["errors"]]
    assert wrong["message"]["en"] == plain_text("invalid").en
    assert retailer.exceptions() == []


@pytest.mark.parametrize("operation", [None, 7, "redeem", [], {}, [{}], True])
def test_what_is_no_operation_at_all_is_refused_alone(retailer: Retailer, operation: object) -> None:
    outcomes = told(retailer, operation, sale("o-1", qr(retailer), money=money("200")))

    assert [each["outcome"] for each in outcomes] == ["refused", "applied"]
    assert (outcomes[0]["reference"], outcomes[0]["kind"]) == (None, None)


def test_an_operation_that_was_wrong_may_come_again_mended(retailer: Retailer) -> None:
    told(retailer, sale("o-1", qr(retailer), money=money("0")))

    assert results(retailer, sale("o-1", qr(retailer), money=money("200"))) == ["applied"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "invalid"),
        (b"{", 400, "malformed"),
        (b"[]", 400, "malformed"),
        (b"{}", 422, "invalid"),
        (b'{"operations": []}', 422, "invalid"),
        (b'{"operations": {}}', 422, "invalid"),
        (b'{"operations": null}', 422, "invalid"),
        (b'{"operations": [{}], "more": 1}', 422, "invalid"),
        (json.dumps({"operations": [{}] * 101}).encode(), 422, "invalid"),
        (b'{"operations": [{"a": 1, "a": 2}]}', 400, "malformed"),
    ],
)
def test_what_is_no_batch_is_refused_whole(retailer: Retailer, body: bytes, status: int, code: str) -> None:
    assert_problem(retailer.till("POST", "offline-batches", body), status, code)


def test_a_hundred_operations_are_a_batch(retailer: Retailer) -> None:
    operations = [sale(f"o-{number}", qr(retailer), money=money("1"), minute=number) for number in range(100)]

    assert set(results(retailer, *operations)) == {"applied"}
    assert left(retailer) == 400


# Trouble.


@pytest.fixture
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.runtime.again.random.uniform", lambda *_: 0)


def mixed(retailer: Retailer) -> list[dict[str, Any]]:
    """One operation of every way to end, but for those that come again."""
    return [
        sale("o-1", qr(retailer), money=money("200"), minute=60),
        sale("o-2", qr(retailer), money=money("301"), minute=61),
        sale("o-1", qr(retailer), money=money("1"), minute=62),
        void("o-3", minute=63),
        sale("o-4", qr(retailer, "SPA-3"), items=[{"sku": "tea", "quantity": 1}], minute=64),
        void("o-4", minute=65),
        sale("o-5", "forged", minute=66),
        sale("o-6", retailer.sold["THANKS-200"].code, money=money("50"), minute=67),
        void("o-1-x", minute=68),
    ]


def rows(retailer: Retailer) -> Rows:
    """All tables but for how often the tills have called."""
    found = retailer.world.rows()
    return found | {"vouchers": [row for row in found["vouchers"] if row["sk"]["S"] != "GUARD"]}


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_batch_that_dies_at_any_call_and_comes_again_ends_as_one_that_did_not(retailer: Retailer, when: When) -> None:
    start, batch, whole = retailer.world.state(), mixed(retailer), Crashes()
    with whole.watching():
        told(retailer, *batch)
    told(retailer, *batch)
    expected = rows(retailer)

    for place in range(1, len(whole.calls) + 1):
        retailer.world.go_back(start)
        with Crashes(place, when).watching(), pytest.raises(KilledError):
            send(retailer, *batch)
        told(retailer, *batch)

        assert rows(retailer) == expected, (place, whole.calls[place - 1])


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_an_outage_amid_a_batch_is_told_of_the_whole_and_the_batch_again_ends_right(
    retailer: Retailer, place: int
) -> None:
    start, batch = retailer.world.state(), mixed(retailer)
    told(retailer, *batch)
    expected = rows(retailer)
    retailer.world.go_back(start)

    with answering(WRITE, "InternalServerError", times=10, after=place):
        assert_problem(send(retailer, *batch), 503, "unavailable", retryable=True)
    told(retailer, *batch)

    assert rows(retailer) == expected


def test_a_lost_reply_amid_a_batch_is_mended_by_the_batch_again(retailer: Retailer) -> None:
    batch = [sale("o-1", qr(retailer), money=money("200")), sale("o-2", qr(retailer), money=money("301"))]

    with lost_reply():
        assert_problem(send(retailer, *batch), 503, "unavailable")

    assert results(retailer, *batch) == ["replayed", "conflict"]
    assert (left(retailer), len(retailer.exceptions())) == (300, 1)


def test_a_throttled_table_throttles_the_batch(retailer: Retailer) -> None:
    with answering(READ, "ThrottlingException", times=10):
        assert_problem(send(retailer, sale("o-1", qr(retailer))), 429, "throttled", retryable=True)


@pytest.mark.usefixtures("no_pause")
def test_a_voucher_that_is_too_busy_is_to_come_again_and_the_others_go_on(retailer: Retailer) -> None:
    batch = [sale("o-1", qr(retailer), money=money("200")), sale("o-2", qr(retailer, "SPA-3"), minute=61)]

    with answering(WRITE, "TransactionCanceledException", reasons=("TransactionConflict",), times=6):
        busy, done = told(retailer, *batch)

    assert (busy["outcome"], busy["code"], busy["retryable"]) == ("refused", "in_progress", True)
    assert done["outcome"] == "applied"
    assert retailer.exceptions() == []
    assert results(retailer, *batch) == ["applied", "replayed"]


@pytest.mark.usefixtures("no_pause")
def test_codes_that_are_locked_are_to_come_again_and_qrs_go_on(retailer: Retailer) -> None:
    for _ in range(10):
        retailer.look_up("2222-2222-2222-2222")

    typed, scanned = told(
        retailer, sale("o-1", retailer.sold["CASH-500"].code), sale("o-2", qr(retailer), money=money("5"))
    )

    assert (typed["outcome"], typed["code"], typed["retryable"]) == ("refused", "throttled", True)
    assert scanned["outcome"] == "applied"
    retailer.world.clock.forward(minutes=16)
    assert results(retailer, sale("o-1", retailer.sold["CASH-500"].code)) == ["applied"]


def test_a_till_that_is_online_meanwhile_wins_or_loses_but_never_both(retailer: Retailer) -> None:
    with rival(lambda: retailer.redeem("r-1", qr(retailer), money=money("400"), at="pos-9")):
        outcomes = told(retailer, sale("o-1", qr(retailer), money=money("400")))

    assert [each["code"] for each in outcomes] == ["insufficient"]
    assert (left(retailer), len(retailer.exceptions())) == (100, 1)


def test_one_batch_from_two_sides_is_carried_out_once(retailer: Retailer) -> None:
    batch = [sale("o-1", qr(retailer), money=money("200")), sale("o-2", qr(retailer), money=money("400"))]
    others: list[Any] = []

    with rival(lambda: others.extend(results(retailer, *batch, at="pos-2"))):
        outcomes = results(retailer, *batch)

    assert (others, outcomes) == (["applied", "conflict"], ["replayed", "conflict"])
    assert (left(retailer), len(retailer.exceptions())) == (300, 1)


def test_a_void_that_overtakes_the_report_of_its_sale_wins(retailer: Retailer) -> None:
    with rival(lambda: retailer.void("o-1")):
        (outcome,) = told(retailer, sale("o-1", qr(retailer), money=money("200")))

    assert (outcome["code"], left(retailer)) == ("voided", 500)


# Who, and at what cost.


@pytest.mark.parametrize("operations", [[{}], ["good"]])
def test_a_revoked_till_can_report_nothing(retailer: Retailer, operations: list[Any]) -> None:
    retailer.api.call("DELETE", "/v1/terminals/pos-1")
    batch = [sale("o-1", qr(retailer)) if each == "good" else each for each in operations]
    before = retailer.world.rows()

    assert_problem(send(retailer, *batch), 401, "unauthorized")
    assert retailer.world.rows() == before


@pytest.mark.parametrize(
    ("operation", "calls"),
    [
        pytest.param(lambda it: sale("o-1", qr(it), money=money("200")), [READ, WRITE], id="applied"),
        pytest.param(lambda it: sale("r-1", qr(it), money=money("5")), [READ], id="replayed"),
        pytest.param(lambda it: sale("o-1", qr(it), money=money("501")), [READ, WRITE], id="a conflict"),
        pytest.param(lambda it: sale("r-1", qr(it), money=money("6")), [READ, WRITE], id="a used reference"),
        pytest.param(lambda it: sale("c-1", qr(it), money=money("999")), [READ], id="a conflict again"),
        pytest.param(lambda it: sale("v-1", qr(it)), [READ], id="voided"),
        pytest.param(lambda _: void("r-1"), [READ, READ, WRITE], id="a void"),
        pytest.param(lambda _: void("o-1"), [READ, "PutItem"], id="a void that comes first"),
        pytest.param(lambda _: {}, [READ], id="nothing that can be read"),
    ],
)
def test_an_operation_costs_what_it_would_online(
    retailer: Retailer, operation: Callable[[Retailer], Any], calls: list[str]
) -> None:
    retailer.redeem("r-1", qr(retailer), money=money("5"))
    retailer.void("v-1")
    told(retailer, sale("c-1", qr(retailer), money=money("999")))
    retailer.world.calls.clear()

    send(retailer, operation(retailer))

    assert retailer.world.calls == calls


def test_a_discount_is_capped_by_what_it_takes_off(retailer: Retailer) -> None:
    big = discount("BIG-50", discount={"percent": "50", "uses": 2})
    retailer.api.call("PUT", "/v1/products/big-50", big)
    (held,) = retailer.sell("BIG-50", order_id="big")

    outcomes = told(
        retailer,
        sale("o-1", held.qr, basket={"total": money("2002")}, minute=120),
        sale("o-2", held.qr, basket={"total": money("2000")}, minute=120),
    )

    assert [each["outcome"] for each in outcomes] == ["refused", "applied"]
