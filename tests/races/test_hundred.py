"""A hundred tills at NT$100, NT$30 each: three get it, whatever the network and the database do meanwhile.

Each till is a thread with the use cases in this process over the running stack's tables, so that its calls can be
spoilt through botocore's own hooks: refused as in conflict (which no emulator does), lost on the way there, or lost on
the way back. Each insists on its own reference until it knows. What they saw is judged by the checker of histories.
"""

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from functions.adapters import aws
from functions.adapters.errors import OutsideError
from functions.domain.money import Money
from functions.domain.refusals import Exhausted, Insufficient, Throttled
from functions.domain.voucher import Ask
from tests.races.inside import InsideTill, on_dynamodb
from tests.simulation.checker import Timed, first_inexplicable
from tests.support.faults import refusing_answer
from tests.support.stack import Held, Outsiders, money, reference

TILLS, PART, THERE = 100, 30, 100
TRIES = 60
Faults = Callable[[random.Random], Any]


@dataclass(frozen=True)
class Taking:
    """One till's redemption: taken, refused, or (None) nobody knows."""

    reference: str
    amount: int
    taken: bool | None


class OneVoucher:
    """What may happen to an amount one call after the other; the state is what is left and who has taken."""

    def after(self, state: tuple[int, frozenset[str]], call: Taking) -> tuple[int, frozenset[str]] | None:
        left, done = state
        if call.reference in done:
            return state if call.taken is not False else None
        fits = left >= call.amount
        if call.taken is False:
            return None if fits else state
        if not fits:
            return state if call.taken is None else None
        return left - call.amount, done | {call.reference}


def refused_as_in_conflict(chance: random.Random) -> Any:
    """A transaction that met another: cancelled, with nothing written."""

    def answer(**_: Any) -> Any:
        conflict = ["TransactionConflict", "None", "None"]
        return refusing_answer("TransactionCanceledException", conflict) if chance.random() < 0.3 else None

    return on_dynamodb("before-call", "TransactWriteItems", answer)


@contextmanager
def lost_on_the_way(chance: random.Random) -> Iterator[None]:
    """A fifth of the tries never arrive, a fifth of the answers never come back; boto3 itself tries three times."""
    session = aws.client("dynamodb")._endpoint.http_session  # type: ignore[attr-defined]

    def strike(request: Any, **_: Any) -> None:
        fate = chance.random()
        if fate < 0.2:
            raise ConnectTimeoutError(endpoint_url="https://aws.example")
        if fate < 0.4:
            session.send(request)
            raise ReadTimeoutError(endpoint_url="https://aws.example")

    with ExitStack() as stack:
        for operation in ("TransactWriteItems", "BatchGetItem"):
            stack.enter_context(on_dynamodb("before-send", operation, strike))
        yield


@contextmanager
def everything(chance: random.Random) -> Iterator[None]:
    with refused_as_in_conflict(chance), lost_on_the_way(chance):
        yield


@contextmanager
def nothing(_: random.Random) -> Iterator[None]:
    yield


def insist(till: InsideTill, ref: str, credential: str, moments: Iterator[int]) -> Timed[Taking]:
    """What one till saw, from its first try to the one that it understood."""
    began = next(moments)
    for _ in range(TRIES):
        try:
            till.redeem(ref, credential, Ask(money=Money(PART, "TWD")))
        except (Insufficient, Exhausted):
            return Timed(Taking(ref, PART, taken=False), began, next(moments))
        except Throttled as flood:
            time.sleep(flood.retry_after)
        except OutsideError:
            time.sleep(random.uniform(0, 0.05))  # noqa: S311 - tills do not wait alike
        else:
            return Timed(Taking(ref, PART, taken=True), began, next(moments))
    return Timed(Taking(ref, PART, taken=None), began)


class _Moments:
    """One order of all beginnings and ends."""

    def __init__(self) -> None:
        self._lock, self._count = threading.Lock(), itertools.count()

    def __iter__(self) -> "_Moments":
        return self

    def __next__(self) -> int:
        with self._lock:
            return next(self._count)


@pytest.mark.parametrize("trouble", [nothing, refused_as_in_conflict, lost_on_the_way, everything])
def test_of_a_hundred_parts_three_are_there(
    till: InsideTill, everyone: Outsiders, voucher: Held, trouble: Faults
) -> None:
    everyone.redeem(reference(), voucher.credential, money=money(str(500 - THERE)))
    refs, moments, chance = [reference() for _ in range(TILLS)], _Moments(), random.Random(20261124)  # noqa: S311 - repeatable

    with trouble(chance), ThreadPoolExecutor(TILLS) as threads:
        history = list(threads.map(lambda ref: insist(till, ref, voucher.credential, moments), refs))

    assert Counter(seen.call.taken for seen in history) == {True: 3, False: TILLS - 3}
    assert everyone.left(voucher.voucher_id) == "10"
    rows = [row for row in everyone.ledger(voucher.voucher_id) if row["kind"] == "redeem"][1:]
    assert sorted(row["reference"] for row in rows) == sorted(
        seen.call.reference for seen in history if seen.call.taken
    )
    assert first_inexplicable(history, OneVoucher(), (THERE, frozenset())) is None


def test_over_http_too(everyone: Outsiders, voucher: Held, warm: None) -> None:
    assert warm is None
    everyone.redeem(reference(), voucher.credential, money=money(str(500 - THERE)))
    calls = [
        partial(everyone.once, everyone.redeem, reference(), voucher.credential, at=place % 2, money=money(str(PART)))
        for place in range(TILLS)
    ]

    with ThreadPoolExecutor(TILLS) as threads:
        replies = list(threads.map(lambda call: call(), calls))

    assert Counter(reply.status for reply in replies) == {201: 3, 409: TILLS - 3}
    assert {reply.code for reply in replies if reply.status == 409} <= {"insufficient"}
    assert everyone.left(voucher.voucher_id) == "10"


def test_the_checker_sees_that_a_fourth_would_be_one_too_many() -> None:
    four = [Timed(Taking(str(place), PART, taken=True), place, place + 10) for place in range(4)]

    assert first_inexplicable(four, OneVoucher(), (THERE, frozenset())) is not None
    assert first_inexplicable(four[:3], OneVoucher(), (THERE, frozenset())) is None
