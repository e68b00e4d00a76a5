"""DynamoDB refuses, answers nothing or answers late: the till is told, and money moves once or not at all."""

from collections.abc import Callable

import pytest

from functions.runtime.again import TRIES
from tests.support.api import Reply
from tests.support.faults import answering, lost_reply, rival
from tests.support.problem import assert_problem
from tests.support.retail import Retailer, money

WRITE = "TransactWriteItems"
CANCELLED = "TransactionCanceledException"
CONFLICTS = [
    pytest.param(CANCELLED, ("TransactionConflict", "None", "None"), id="another transaction"),
    pytest.param(CANCELLED, ("None", "ConditionalCheckFailed", "None"), id="a condition"),
    pytest.param("TransactionConflictException", (), id="a conflict outside a transaction"),
]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.runtime.again.random.uniform", lambda *_: 0)


def redeem(retailer: Retailer) -> Reply:
    return retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("200"))


def left(retailer: Retailer) -> int:
    amount: int = retailer.voucher(retailer.sold["CASH-500"].voucher_id)["worth"]["money"]["minor"]
    return amount


@pytest.mark.parametrize(("code", "reasons"), CONFLICTS)
def test_a_conflict_is_tried_again_and_ends_right(retailer: Retailer, code: str, reasons: tuple[str, ...]) -> None:
    with answering(WRITE, code, reasons=reasons, times=2):
        answer = redeem(retailer)

    assert (answer.status, left(retailer)) == (201, 300)


def test_each_try_reads_again(retailer: Retailer) -> None:
    with answering(WRITE, CANCELLED, reasons=("TransactionConflict",), times=2):
        redeem(retailer)

    assert retailer.world.calls == ["BatchGetItem", WRITE] * 3


def test_after_six_conflicts_in_a_row_the_till_is_asked_to_come_again(retailer: Retailer) -> None:
    before = retailer.world.rows()

    with answering(WRITE, CANCELLED, reasons=("TransactionConflict",), times=TRIES) as conflicts:
        answer = redeem(retailer)

    assert len(conflicts) == TRIES == 6
    assert_problem(answer, 409, "in_progress", retryable=True)
    assert retailer.world.rows() == before


def test_the_reference_is_free_after_six_conflicts(retailer: Retailer) -> None:
    with answering(WRITE, CANCELLED, reasons=("TransactionConflict",), times=TRIES):
        redeem(retailer)

    again = redeem(retailer)

    assert (again.status, again.is_replayed, left(retailer)) == (201, False, 300)


@pytest.mark.parametrize("refused", [WRITE, "BatchGetItem"])
@pytest.mark.parametrize(
    "code", ["ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"]
)
def test_throttling_is_told_with_when_to_come_again(retailer: Retailer, refused: str, code: str) -> None:
    before = retailer.world.rows()

    with answering(refused, code, times=10):
        answer = redeem(retailer)

    assert_problem(answer, 429, "throttled", retryable=True)
    assert answer.headers["Retry-After"] == "1"
    assert retailer.world.rows() == before


def test_a_transaction_cancelled_by_throttling_is_throttled(retailer: Retailer) -> None:
    with answering(WRITE, CANCELLED, reasons=("ThrottlingError", "None"), times=10):
        answer = redeem(retailer)

    assert_problem(answer, 429, "throttled")


@pytest.mark.parametrize(
    "code",
    ["InternalServerError", "AccessDeniedException", "ValidationException", "TransactionInProgressException"],
)
def test_any_other_error_is_unavailable_and_says_nothing_of_itself(retailer: Retailer, code: str) -> None:
    with answering(WRITE, code, times=10):
        answer = redeem(retailer)

    assert_problem(answer, 503, "unavailable", retryable=True)
    assert answer.headers["Retry-After"] == "2"
    assert code not in str(answer.json)


CALLS: list[tuple[str, Callable[[Retailer], Reply]]] = [
    ("redeem", redeem),
    ("void", lambda retailer: retailer.void("earlier")),
]


def test_a_first_try_that_was_still_under_way_is_never_told_as_nothing_taken(retailer: Retailer) -> None:
    """It took the money; a second decision that is then refused, or throttled, would deny it."""
    answers: list[Reply] = []

    with rival(lambda: answers.append(redeem(retailer))), answering(WRITE, "TransactionInProgressException", after=1):
        told = redeem(retailer)

    assert [answer.status for answer in answers] == [201]
    assert_problem(told, 503, "unavailable", retryable=True)
    assert redeem(retailer).json == answers[0].json


@pytest.mark.parametrize(("name", "call"), CALLS, ids=[name for name, _ in CALLS])
def test_after_a_lost_reply_the_repeat_answers_as_the_first_would_have(
    retailer: Retailer, name: str, call: Callable[[Retailer], Reply]
) -> None:
    del name
    retailer.redeem("earlier", retailer.sold["CASH-500"].qr, money=money("50"))
    start = retailer.world.state()
    expected, after = call(retailer), retailer.world.rows()
    retailer.world.go_back(start)

    with lost_reply() as lost:
        assert_problem(call(retailer), 503, "unavailable", retryable=True)
    assert lost
    again = call(retailer)

    assert (again.status, again.json, again.is_replayed) == (expected.status, expected.json, True)
    assert retailer.world.rows() == after


def test_a_tombstone_whose_reply_was_lost_is_there_at_the_repeat(retailer: Retailer) -> None:
    with lost_reply("PutItem"):
        assert_problem(retailer.void("r-1"), 503, "unavailable")

    again = retailer.void("r-1")

    assert (again.json["effect"], again.is_replayed) == ("none", True)
    assert redeem(retailer).code == "voided"


def test_a_lost_reply_followed_by_a_void_ends_with_nothing_taken(retailer: Retailer) -> None:
    with lost_reply():
        redeem(retailer)

    assert retailer.void("r-1").json["effect"] == "restored"
    assert left(retailer) == 500


def test_a_read_whose_reply_was_lost_moves_nothing(retailer: Retailer) -> None:
    before = retailer.world.rows()

    with lost_reply("BatchGetItem"):
        assert_problem(redeem(retailer), 503, "unavailable")

    assert retailer.world.rows() == before
