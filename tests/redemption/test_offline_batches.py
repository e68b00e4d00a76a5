"""POST /v1/pos/offline-batches: what a till did while it could not ask."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from tests.support.faults import Crashes, KilledError, answering
from tests.support.problem import assert_problem
from tests.support.retail import Held, Retailer, money, sale, undoing

PART: dict[str, Any] = {"money": money("200")}


@pytest.fixture
def cash(retailer: Retailer) -> Held:
    return retailer.sold["CASH-500"]


def outcomes(retailer: Retailer, *operations: object, at: str = "pos-1") -> list[dict[str, Any]]:
    answer = retailer.offline(*operations, at=at)
    assert answer.status == 200, answer.json
    found: list[dict[str, Any]] = answer.json["outcomes"]
    return found


def ends(retailer: Retailer, *operations: object, at: str = "pos-1") -> list[tuple[str, str | None]]:
    return [(each["outcome"], each["code"]) for each in outcomes(retailer, *operations, at=at)]


def left(retailer: Retailer, held: Held) -> int:
    return int(retailer.voucher(held.voucher_id)["worth"]["money"]["minor"])


def test_what_was_taken_offline_is_taken_now_with_the_time_of_the_sale(retailer: Retailer, cash: Held) -> None:
    retailer.world.clock.forward(hours=3)

    (outcome,) = outcomes(retailer, sale(cash.qr, **PART))

    assert (outcome["reference"], outcome["kind"], outcome["outcome"]) == ("r-1", "redeem", "applied")
    assert (outcome["redeemed"]["money"], outcome["available"]["money"]) == (money("200"), money("300"))
    assert (outcome["occurred_at"], outcome["redeemed_at"]) == ("2026-11-22T04:00:00.000Z", "2026-11-22T07:00:00.000Z")
    *_, entry = retailer.api.call("GET", f"/v1/vouchers/{cash.voucher_id}/ledger").json["items"]
    assert (entry["kind"], entry["occurred_at"]) == ("redeem", "2026-11-22T04:00:00.000Z")


def test_the_same_batch_again_is_replayed_whole(retailer: Retailer, cash: Held) -> None:
    batch = [sale(cash.qr, **PART), sale(cash.qr, "r-2", money=money("50"))]
    outcomes(retailer, *batch)
    before = retailer.world.rows()

    assert ends(retailer, *batch) == [("replayed", None)] * 2
    assert retailer.world.rows() == before


def test_an_online_try_whose_answer_was_lost_is_the_same_operation(retailer: Retailer, cash: Held) -> None:
    retailer.redeem("r-1", cash.qr, **PART)

    assert ends(retailer, sale(cash.qr, **PART)) == [("replayed", None)]
    assert left(retailer, cash) == 300


def test_an_online_retry_after_the_upload_is_the_same_operation(retailer: Retailer, cash: Held) -> None:
    outcomes(retailer, sale(cash.qr, **PART))

    assert retailer.redeem("r-1", cash.qr, **PART).is_replayed


def test_two_tills_that_spent_one_voucher_offline_take_it_once(retailer: Retailer, cash: Held) -> None:
    assert ends(retailer, sale(cash.qr, money=money("400"))) == [("applied", None)]

    (second,) = outcomes(retailer, sale(cash.qr, money=money("400")), at="pos-9")

    assert (second["outcome"], second["code"], second["available"]["money"]) == (
        "conflict",
        "insufficient",
        money("100"),
    )
    assert left(retailer, cash) == 100
    (case,) = retailer.exceptions()
    assert (case["exception_id"], case["kind"], case["code"]) == (
        second["exception_id"], "offline_conflict", "insufficient",
    )  # fmt: skip
    assert (case["at_stake"]["money"], case["store_id"], case["terminal_id"]) == (money("400"), "zhongshan-1", "pos-9")


def test_a_conflict_is_the_same_conflict_for_ever_and_one_case(retailer: Retailer, cash: Held) -> None:
    retailer.redeem("r-0", cash.qr)
    first = outcomes(retailer, sale(cash.qr, **PART))
    retailer.void("r-0")

    assert outcomes(retailer, sale(cash.qr, **PART)) == first
    assert (len(retailer.exceptions()), left(retailer, cash)) == (1, 500)


STOPPED: dict[str, Callable[[Retailer, Held], object]] = {
    "exhausted": lambda it, held: it.redeem("r-0", held.qr),
    "suspended": lambda it, held: it.act("suspend", held.voucher_id),
    "revoked": lambda it, held: it.act("revoke", held.voucher_id),
    "stale_credential": lambda it, held: it.act("reissue", held.voucher_id),
    "held": lambda it, held: it.hold("h-0", held.qr),
    "replaced": lambda it, held: (it.customer("hao"), it.transfer(held.voucher_id, "hao")),
    "reference_reused": lambda it, held: it.redeem("r-1", held.qr, money=money("1")),
}


@pytest.mark.parametrize("code", STOPPED)
def test_what_the_voucher_cannot_honour_takes_nothing_and_a_person_has_it(
    retailer: Retailer, cash: Held, code: str
) -> None:
    STOPPED[code](retailer, cash)
    before = retailer.voucher(cash.voucher_id)

    (outcome,) = outcomes(retailer, sale(cash.qr, **PART))

    assert (outcome["outcome"], outcome["code"]) == ("conflict", code)
    assert set(outcome["message"]) == {"zh-Hant", "en"}
    assert outcome["exception_id"] in [case["exception_id"] for case in retailer.exceptions()]
    assert retailer.voucher(cash.voucher_id) == before


def test_dates_are_judged_by_the_time_of_the_sale(retailer: Retailer) -> None:
    held, clock = retailer.sold["THANKS-200"], retailer.world.clock
    clock.now = clock.now.replace(month=12, day=22, hour=17)  # it expired an hour ago

    good, late = (sale(held.qr, ref, money=money("50"), occurred_at=at) for ref, at in (
        ("r-1", "2026-12-22T15:59:59Z"), ("r-2", "2026-12-22T16:00:00Z"),
    ))  # fmt: skip

    assert ends(retailer, good, late) == [("applied", None), ("conflict", "expired")]


# What is no voucher, or not allowed.


def test_a_forged_qr_is_refused_and_a_person_has_it(retailer: Retailer, foreign_qr: str) -> None:
    (outcome,) = outcomes(retailer, sale(foreign_qr, **PART))

    assert (outcome["outcome"], outcome["code"], outcome["voucher_id"]) == ("refused", "unknown", None)
    assert [case["exception_id"] for case in retailer.exceptions()] == [outcome["exception_id"]]


def test_a_till_may_take_up_to_its_floor_limit_for_each_sale(retailer: Retailer, cash: Held) -> None:
    policy = {"floor_limit": money("100"), "voucher_cap": None}
    invite = retailer.api.call("PUT", "/v1/terminals/pos-1", {"store_id": "xinyi-1", "offline": policy})
    assert invite.status == 200

    assert ends(retailer, sale(cash.qr, money=money("100")), sale(cash.qr, "r-2", money=money("101"))) == [
        ("applied", None), ("refused", "offline_limit"),
    ]  # fmt: skip
    assert left(retailer, cash) == 400


def test_a_voucher_gives_up_to_its_cap_over_a_batch(retailer: Retailer, cash: Held) -> None:
    policy = {"floor_limit": None, "voucher_cap": money("150")}
    retailer.api.call("PUT", "/v1/terminals/pos-1", {"store_id": "xinyi-1", "offline": policy})
    parts = [sale(cash.qr, f"r-{place}", money=money("60")) for place in range(3)]

    assert [end for end, _ in ends(retailer, *parts)] == ["applied", "applied", "refused"]


def test_a_till_that_may_not_work_offline_takes_nothing(retailer: Retailer, cash: Held) -> None:
    retailer.api.call("PUT", "/v1/terminals/pos-1", {"store_id": "xinyi-1", "offline": None})

    assert ends(retailer, sale(cash.qr, **PART)) == [("refused", "offline_limit")]
    assert left(retailer, cash) == 500


@pytest.mark.parametrize(
    "occurred_at",
    [
        "2026-11-21T03:59:59Z",
        "2026-11-22T04:05:01Z",
        "2026-11-23T04:00:00Z",
        "2016-11-22T04:00:00Z",
        "2036-11-22T04:00:00Z",
    ],
)
def test_a_clock_that_cannot_be_right_is_a_case_and_takes_nothing(
    retailer: Retailer, cash: Held, occurred_at: str
) -> None:
    assert ends(retailer, sale(cash.qr, **PART, occurred_at=occurred_at)) == [("conflict", "offline_limit")]
    assert (left(retailer, cash), len(retailer.exceptions())) == (500, 1)


# Voids, and orders of things.


def test_a_sale_and_its_void_in_one_batch_end_with_nothing_taken(retailer: Retailer, cash: Held) -> None:
    assert [end for end, _ in ends(retailer, sale(cash.qr, **PART), undoing())] == ["applied", "applied"]
    assert left(retailer, cash) == 500


def test_a_void_that_came_first_stops_the_late_sale(retailer: Retailer, cash: Held) -> None:
    outcomes(retailer, undoing())

    assert ends(retailer, sale(cash.qr, **PART)) == [("refused", "voided")]
    assert (left(retailer, cash), retailer.exceptions()) == (500, [])


def test_a_batch_is_carried_out_in_the_order_of_its_times(retailer: Retailer, cash: Held) -> None:
    void_later = undoing(occurred_at="2026-11-22T12:01:00+08:00")

    assert [end for end, _ in ends(retailer, void_later, sale(cash.qr, **PART))] == ["applied", "applied"]
    assert left(retailer, cash) == 500


def test_one_reference_twice_in_a_batch_is_carried_out_once(retailer: Retailer, cash: Held) -> None:
    twice = ends(retailer, sale(cash.qr, **PART), sale(cash.qr, **PART), sale(cash.qr, money=money("1")))

    assert twice == [("applied", None), ("replayed", None), ("conflict", "reference_reused")]
    assert left(retailer, cash) == 300


# What is wrong in itself.


@pytest.mark.parametrize(
    "wrong",
    [
        "no object", None, {}, {"kind": "redeem"}, undoing(kind="refund"), undoing("a b"), undoing(occurred_at="noon"),
        undoing(occurred_at=1_700_000_000), sale("x", money=money("0")), sale("x", money=money("-1")),
        sale("x", amount="5"),
        sale("", money=money("1")), sale("x", money={"amount": 5, "currency": "TWD"}),
        sale("x", occurred_at="2026-11-22"),
    ],
)  # fmt: skip
def test_one_wrong_operation_is_told_so_and_the_others_are_carried_out(
    retailer: Retailer, cash: Held, wrong: object
) -> None:
    first, second, third = outcomes(
        retailer, sale(cash.qr, money=money("1")), wrong, sale(cash.qr, "r-3", money=money("2"))
    )

    assert (first["outcome"], third["outcome"]) == ("applied", "applied")
    assert (second["outcome"], second["code"]) == ("refused", "invalid")
    assert second["errors"]


@pytest.mark.parametrize("body", [{}, {"operations": []}, {"operations": {}}, {"operations": [undoing()] * 101}])
def test_what_is_no_batch_is_refused_as_a_whole(retailer: Retailer, body: object) -> None:
    assert_problem(retailer.till("POST", "offline-batches", body), 422, "invalid")


# Trouble.


def test_an_outage_amid_a_batch_loses_nothing(retailer: Retailer, cash: Held) -> None:
    batch = [sale(cash.qr, f"r-{place}", money=money("10")) for place in range(3)]
    with answering("TransactWriteItems", "InternalServerError", after=1, times=1):
        assert retailer.offline(*batch).status == 503

    assert [end for end, _ in ends(retailer, *batch)] == ["replayed", "applied", "applied"]
    assert left(retailer, cash) == 470


def test_a_worker_killed_at_any_call_leaves_a_batch_that_ends_right(retailer: Retailer, cash: Held) -> None:
    spent = retailer.sold["SPA-3"]
    retailer.redeem("r-0", spent.qr)
    batch = [sale(cash.qr, **PART), sale(spent.qr, "r-2"), undoing("r-3")]
    state = retailer.world.state()
    for at in range(1, 7):
        for when in ("before", "after"):
            with suppress(KilledError), Crashes(at, when).watching():
                retailer.offline(*batch)
            assert [code for _, code in ends(retailer, *batch)] == [None, "exhausted", None]
            assert (left(retailer, cash), len(retailer.exceptions())) == (300, 1)
            retailer.world.go_back(state)


def test_every_operation_is_one_read_and_one_transaction(retailer: Retailer, cash: Held) -> None:
    retailer.world.calls.clear()

    retailer.offline(sale(cash.qr, money=money("1")), sale(cash.qr, "r-2", money=money("1")))

    assert retailer.world.calls == ["BatchGetItem", "TransactWriteItems"] * 2


def test_what_cannot_be_honoured_costs_the_same(retailer: Retailer, cash: Held) -> None:
    retailer.act("suspend", cash.voucher_id)
    retailer.world.calls.clear()

    retailer.offline(sale(cash.qr))

    assert retailer.world.calls == ["BatchGetItem", "TransactWriteItems"]
