"""What one terminal may ask."""

import pytest

from functions.runtime.wiring import Wiring, using
from tests.support.api import Reply
from tests.support.problem import assert_problem
from tests.support.retail import Retailer

RATE = 2


def another_worker(retailer: Retailer) -> Wiring:
    """A worker that has counted nothing; it lets a terminal make two calls a second."""
    world = retailer.world
    return Wiring(world.wiring.settings.model_copy(update={"terminal_rate": RATE}), world.clock)


def ask(retailer: Retailer, times: int, *, at: str = "pos-1") -> list[Reply]:
    return [retailer.look_up(retailer.sold["CASH-500"].qr, at=at) for _ in range(times)]


def statuses(answers: list[Reply]) -> list[int]:
    return [answer.status for answer in answers]


def test_a_terminal_has_its_calls_in_ten_seconds_and_the_rest_is_answered_429(retailer: Retailer) -> None:
    with using(another_worker(retailer)):
        assert statuses(ask(retailer, 20)) == [200] * 20
        (flooding,) = ask(retailer, 1)

    assert_problem(flooding, 429, "throttled", retryable=True, retry_after=10)
    assert flooding.headers["Retry-After"] == "10"


def test_the_next_ten_seconds_are_new(retailer: Retailer) -> None:
    with using(another_worker(retailer)):
        ask(retailer, 21)
        retailer.world.clock.forward(seconds=10)

        assert statuses(ask(retailer, 21)) == [200] * 20 + [429]


def test_another_terminal_is_not_held_up(retailer: Retailer) -> None:
    with using(another_worker(retailer)):
        ask(retailer, 21)

        assert statuses(ask(retailer, 1, at="pos-2")) == [200]


def test_workers_add_up_what_they_have_counted(retailer: Retailer) -> None:
    for _ in range(2):
        with using(another_worker(retailer)):
            ask(retailer, 10)

    with using(another_worker(retailer)):
        assert statuses(ask(retailer, 1)) == [429]


def test_what_is_refused_writes_nothing(retailer: Retailer) -> None:
    with using(another_worker(retailer)) as worker:
        ask(retailer, 20)
        before = retailer.world.rows()

        assert statuses(ask(retailer, 30)) == [429] * 30
    assert retailer.world.rows() == before
    assert worker.settings.terminal_rate == RATE


@pytest.mark.parametrize("token", ["sbt_guessed", "stolen"])
def test_a_stranger_uses_none_of_a_terminals_calls(retailer: Retailer, token: str) -> None:
    retailer.api.call("DELETE", "/v1/terminals/pos-2")
    retailer.tills["stolen"] = retailer.tills["pos-2"]
    before = retailer.world.rows()

    for _ in range(30):
        retailer.api.call("GET", "/v1/pos/redemptions/r-1", token=retailer.tills.get(token, token))

    assert retailer.world.rows() == before


def test_an_orders_call_counts_too(retailer: Retailer) -> None:
    with using(another_worker(retailer)):
        ask(retailer, 20)
        answer = retailer.api.call("GET", "/v1/orders/qinghe/sold-0", token=retailer.tills["pos-1"])

    assert_problem(answer, 429, "throttled")
