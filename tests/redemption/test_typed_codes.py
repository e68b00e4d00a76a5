"""Whoever types codes at random is stopped; whoever scans goes on working."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from tests.support.api import Reply
from tests.support.faults import answering, lost_reply, rival
from tests.support.problem import assert_problem
from tests.support.retail import Retailer, money

Steps = Callable[[Retailer], object]
MOST = 10


@pytest.fixture
def wrong(retailer: Retailer) -> Iterator[str]:
    """Codes that are well formed and that nobody was given, one after another."""
    return (retailer.held(str(UUID(int=number))).code for number in range(1000))


def type_wrong(retailer: Retailer, wrong: Iterator[str], times: int, *, at: str = "pos-1") -> list[Reply]:
    """So many wrong codes."""
    return [retailer.look_up(next(wrong), at=at) for _ in range(times)]


def guard(retailer: Retailer, terminal_id: str = "pos-1") -> dict[str, object]:
    return retailer.world.item("vouchers", f"GUARD#{terminal_id}", "GUARD")


def test_ten_wrong_codes_are_answered_and_the_eleventh_is_not_looked_at(
    retailer: Retailer, wrong: Iterator[str]
) -> None:
    for answer in type_wrong(retailer, wrong, MOST):
        assert_problem(answer, 404, "unknown")

    locked = retailer.look_up(next(wrong))

    assert_problem(locked, 429, "throttled", retryable=True, again_at="2026-11-22T04:15:00.000Z", retry_after=900)
    assert locked.headers["Retry-After"] == "900"
    assert "Scan the QR" in locked.json["message"]["en"]


def test_a_right_code_is_not_told_from_a_wrong_one_while_typing_is_locked(
    retailer: Retailer, wrong: Iterator[str]
) -> None:
    type_wrong(retailer, wrong, MOST)

    assert retailer.look_up(retailer.sold["CASH-500"].code).json == retailer.look_up(next(wrong)).json


def test_scanning_goes_on_while_typing_is_locked(retailer: Retailer, wrong: Iterator[str]) -> None:
    type_wrong(retailer, wrong, MOST)

    assert retailer.redeem("r-1", retailer.sold["CASH-500"].qr).status == 201
    assert retailer.void("r-1").status == 200


def test_another_terminal_of_the_store_goes_on_typing(retailer: Retailer, wrong: Iterator[str]) -> None:
    type_wrong(retailer, wrong, MOST)

    assert retailer.look_up(retailer.sold["CASH-500"].code, at="pos-2").status == 200


def test_every_way_to_give_a_code_is_locked(retailer: Retailer, wrong: Iterator[str]) -> None:
    type_wrong(retailer, wrong, MOST)
    code = retailer.sold["CASH-500"].code

    assert_problem(retailer.redeem("r-1", code), 429, "throttled")
    assert_problem(retailer.till("PUT", "holds/h-1", {"credential": code}), 429, "throttled")


def test_after_a_quarter_of_an_hour_codes_are_taken_again(retailer: Retailer, wrong: Iterator[str]) -> None:
    type_wrong(retailer, wrong, MOST)
    retailer.world.clock.forward(minutes=14, seconds=59)
    assert_problem(retailer.look_up(next(wrong)), 429, "throttled")

    retailer.world.clock.forward(seconds=1)

    assert retailer.look_up(retailer.sold["CASH-500"].code).status == 200
    assert_problem(retailer.look_up(next(wrong)), 404, "unknown")


def test_what_is_refused_while_locked_makes_the_lock_no_longer(retailer: Retailer, wrong: Iterator[str]) -> None:
    type_wrong(retailer, wrong, MOST)
    before = guard(retailer)
    retailer.world.clock.forward(minutes=10)

    type_wrong(retailer, wrong, 5)

    assert guard(retailer) == before


def test_wrong_codes_of_one_a_quarter_of_an_hour_never_lock(retailer: Retailer, wrong: Iterator[str]) -> None:
    for _ in range(2 * MOST):
        assert_problem(retailer.look_up(next(wrong)), 404, "unknown")
        retailer.world.clock.forward(minutes=15)


def test_a_right_code_wipes_away_what_was_counted(retailer: Retailer, wrong: Iterator[str]) -> None:
    type_wrong(retailer, wrong, MOST - 1)

    assert retailer.look_up(retailer.sold["CASH-500"].code).status == 200

    assert {answer.code for answer in type_wrong(retailer, wrong, MOST)} == {"unknown"}


def test_a_wrong_code_is_counted_by_whatever_it_was_typed_for(retailer: Retailer, wrong: Iterator[str]) -> None:
    for turn in range(MOST):
        assert_problem(retailer.redeem(f"r-{turn}", next(wrong), money=money("1")), 404, "unknown")

    assert_problem(retailer.look_up(next(wrong)), 429, "throttled")


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(lambda _: "2222-2222-2222-2223", id="a mistyped code"),
        pytest.param(lambda retailer: retailer.sold["CASH-500"].qr[:-1], id="a forged QR"),
        pytest.param(lambda _: "A" * 16, id="letters alone"),
    ],
)
def test_what_is_no_guess_is_not_counted(retailer: Retailer, given: Callable[[Retailer], str]) -> None:
    before = retailer.world.rows()

    for _ in range(2 * MOST):
        assert_problem(retailer.look_up(given(retailer)), 404, "unknown")

    moved = {row["pk"]["S"] for row in retailer.world.rows()["vouchers"] if row not in before["vouchers"]}
    assert moved <= {"GUARD#pos-1"}
    assert retailer.look_up(retailer.sold["CASH-500"].code).status == 200


def test_an_old_code_of_a_voucher_is_no_guess(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    retailer.act("reissue", held.voucher_id)

    for _ in range(MOST + 1):
        assert_problem(retailer.redeem("r-1", held.code), 409, "stale_credential")


def test_a_code_typed_under_no_terminals_token_counts_against_none(retailer: Retailer, wrong: Iterator[str]) -> None:
    retailer.api.call("DELETE", "/v1/terminals/pos-1")
    before = retailer.world.rows()

    for answer in type_wrong(retailer, wrong, MOST + 1):
        assert_problem(answer, 401, "unauthorized")
    assert retailer.world.rows() == before


# The same at one moment. What is lost here, threads cannot lose: tests/races/test_terminals.py.


def test_two_last_tries_at_once_are_one_answer(retailer: Retailer, wrong: Iterator[str]) -> None:
    type_wrong(retailer, wrong, MOST - 1)
    answers: list[Reply] = []

    with rival(lambda: answers.append(retailer.look_up(next(wrong))), before="UpdateItem"):
        answers.append(retailer.look_up(next(wrong)))

    assert [answer.code for answer in answers] == ["unknown", "throttled"]
    assert guard(retailer)["wrong"] == MOST


def test_two_first_wrong_codes_at_once_are_two(retailer: Retailer, wrong: Iterator[str]) -> None:
    with rival(lambda: retailer.look_up(next(wrong)), before="UpdateItem"):
        retailer.look_up(next(wrong))

    assert guard(retailer)["wrong"] == 2


def test_a_right_code_that_comes_after_the_last_try_is_refused_though_it_was_read_before(
    retailer: Retailer, wrong: Iterator[str]
) -> None:
    type_wrong(retailer, wrong, MOST - 1)

    with rival(lambda: retailer.look_up(next(wrong)), before="UpdateItem"):
        answer = retailer.look_up(retailer.sold["CASH-500"].code)

    assert_problem(answer, 429, "throttled")


def test_a_right_code_that_comes_before_the_last_try_is_taken(retailer: Retailer, wrong: Iterator[str]) -> None:
    type_wrong(retailer, wrong, MOST - 1)
    answers: list[Reply] = []

    with rival(lambda: answers.append(retailer.look_up(retailer.sold["CASH-500"].code)), before="UpdateItem"):
        answers.append(retailer.look_up(next(wrong)))

    assert [answer.status for answer in answers] == [200, 404]
    assert guard(retailer)["wrong"] == 1


def test_a_wrong_code_that_cannot_be_counted_is_not_answered(retailer: Retailer, wrong: Iterator[str]) -> None:
    with answering("UpdateItem", "InternalServerError", times=10):
        assert_problem(retailer.look_up(next(wrong)), 503, "unavailable")


def test_a_count_whose_answer_got_lost_counts_at_least_once(retailer: Retailer, wrong: Iterator[str]) -> None:
    with lost_reply("UpdateItem"):
        retailer.look_up(next(wrong))

    assert int(str(guard(retailer)["wrong"])) >= 1
