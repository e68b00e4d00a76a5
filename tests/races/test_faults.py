"""DynamoDB does not answer, or answers nobody: one effect, and the till that asks again learns of it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

import pytest

from functions.runtime.wiring import Wiring
from tests.races.inside import answer_lost, never_sent
from tests.support.api import Api, Reply
from tests.support.faults import answering, lost_reply
from tests.support.stack import Held, Outsiders, money, reference

BOTO3_TRIES = 3
OUR_TRIES = 6
Fault = Callable[[], AbstractContextManager[object]]
CANCELLED = "TransactionCanceledException"


@pytest.fixture
def call(wiring: Wiring, everyone: Outsiders) -> Callable[..., Reply]:
    """One till's call, answered by the app in this process."""
    assert wiring.settings.vouchers_table
    return partial(Api().call, token=everyone.local["terminals"][0]["token"])


def kinds(everyone: Outsiders, voucher: Held) -> list[str]:
    return [row["kind"] for row in everyone.ledger(voucher.voucher_id)]


NOTICED: dict[str, Fault] = {
    "no connection": partial(never_sent, "TransactWriteItems", times=BOTO3_TRIES),
    "every answer lost": partial(answer_lost, "TransactWriteItems", times=BOTO3_TRIES),
    "the answer lost beyond boto3": lost_reply,
    "conflicts without end": partial(
        answering, "TransactWriteItems", CANCELLED, times=OUR_TRIES, reasons=["TransactionConflict", "None", "None"]
    ),
    "throttled": partial(answering, "TransactWriteItems", CANCELLED, reasons=["None", "ThrottlingError", "None"]),
    "a first try still in progress": partial(answering, "TransactWriteItems", "TransactionInProgressException"),
    "an internal error": partial(answering, "TransactWriteItems", "InternalServerError"),
}


@pytest.mark.parametrize("fault", NOTICED.values(), ids=NOTICED)
def test_a_till_that_is_told_to_try_again_redeems_once(
    call: Callable[..., Reply], everyone: Outsiders, voucher: Held, fault: Fault
) -> None:
    redeem = partial(
        call, "PUT", f"/v1/pos/redemptions/{reference()}", {"credential": voucher.credential, "money": money("200")}
    )

    with fault():
        first = redeem()
    second, third = redeem(), redeem()

    assert (first.status in {409, 429, 503}, first.json["retryable"]) == (True, True)
    assert (second.status, second.json["available"]["money"]) == (201, money("300"))
    assert (third.is_replayed, third.json) == (True, second.json)
    assert kinds(everyone, voucher) == ["issue", "redeem"]


UNNOTICED: dict[str, Fault] = {
    "one try not sent": partial(never_sent, "TransactWriteItems", times=1),
    "one answer lost": partial(answer_lost, "TransactWriteItems", times=1),
    "two answers lost": partial(answer_lost, "TransactWriteItems", times=2),
    "a conflict": partial(answering, "TransactWriteItems", CANCELLED, reasons=["TransactionConflict", "None", "None"]),
    "many conflicts": partial(
        answering, "TransactWriteItems", CANCELLED, times=OUR_TRIES - 1, reasons=["None", "TransactionConflict"]
    ),
    "a read not sent": partial(never_sent, "BatchGetItem", times=1),
}


@pytest.mark.parametrize("fault", UNNOTICED.values(), ids=UNNOTICED)
def test_a_fault_that_passes_is_not_noticed_at_the_till(
    call: Callable[..., Reply], everyone: Outsiders, voucher: Held, fault: Fault
) -> None:
    with fault():
        reply = call(
            "PUT", f"/v1/pos/redemptions/{reference()}", {"credential": voucher.credential, "money": money("200")}
        )

    assert (reply.status, reply.json["available"]["money"]) == (201, money("300"))
    assert kinds(everyone, voucher) == ["issue", "redeem"]


@pytest.mark.parametrize("fault", NOTICED.values(), ids=NOTICED)
def test_a_till_that_is_told_to_try_again_voids_once(
    call: Callable[..., Reply], everyone: Outsiders, voucher: Held, fault: Fault
) -> None:
    ref = reference()
    everyone.redeem(ref, voucher.credential, money=money("200"))
    void = partial(call, "POST", f"/v1/pos/redemptions/{ref}/void")

    with fault():
        first = void()
    second = void()

    assert first.json["retryable"] is True
    assert second.json == {"reference": ref, "state": "voided", "effect": "restored"}
    assert kinds(everyone, voucher) == ["issue", "redeem", "void"]
    assert everyone.left(voucher.voucher_id) == "500"


@pytest.mark.parametrize("times", range(1, BOTO3_TRIES + 1))
def test_a_tombstone_whose_answers_are_lost_is_left_all_the_same(
    call: Callable[..., Reply], everyone: Outsiders, voucher: Held, times: int
) -> None:
    ref = reference()
    void = partial(call, "POST", f"/v1/pos/redemptions/{ref}/void")

    with answer_lost("PutItem", times=times):
        void()

    assert void().json == {"reference": ref, "state": "voided", "effect": "none"}
    assert everyone.redeem(ref, voucher.credential).code == "voided"
