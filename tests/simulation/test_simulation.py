"""Histories under faults: nothing is lost, nothing is there twice, and every promise is kept."""

import os
import subprocess
import sys
from collections import Counter

import pytest

from tests.simulation.faults import FITTING, Fault
from tests.simulation.simulation import Result, simulate

HISTORIES = 150
AT_ONCE = 25
ROOT = os.fspath(__file__).partition("/tests/")[0]


@pytest.mark.parametrize("first", range(0, HISTORIES, AT_ONCE))
def test_no_history_loses_money_or_breaks_a_promise(first: int) -> None:
    for seed in range(first, first + AT_ONCE):
        result = simulate(seed)

        assert result.violation is None, f"{result.violation}\n    python -m tests.simulation --replay {seed}"


@pytest.fixture(scope="module")
def many() -> list[Result]:
    return [simulate(seed) for seed in range(40)]


def test_histories_are_of_every_kind_of_answer(many: list[Result]) -> None:
    replies = sum((result.replies for result in many), Counter[str]())
    wanted = (
        *("200", "201", "404 not_found", "409 exhausted", "409 insufficient", "409 suspended", "409 revoked"),
        *("409 voided", "409 reference_reused", "409 stale_credential", "409 wrong_store", "409 minimum_spend"),
        *("409 state_conflict", "429 throttled", "503 unavailable"),
    )

    assert [answer for answer in wanted if not replies[answer]] == []


def test_every_fault_strikes(many: list[Result]) -> None:
    faults = sum((result.faults for result in many), Counter[Fault]())
    possible = {fault for call in ("get_item", "transact_write_items", "put_item") for fault in FITTING[call]}

    assert [fault for fault in possible if not faults[fault]] == []


def test_a_seed_is_one_history(many: list[Result]) -> None:
    assert simulate(3, trace=True).trace == simulate(3, trace=True).trace
    assert simulate(3).calls == many[3].calls


def in_a_process_of_its_own(seed: int, hash_seed: str) -> str:
    command = [sys.executable, "-m", "tests.simulation", "--replay", str(seed)]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)  # noqa: S603 - our own command
    return done.stdout


def test_a_seed_is_the_same_history_in_any_process() -> None:
    """Python's own order of a set differs from process to process; nothing may hang on it."""
    told = in_a_process_of_its_own(3, "1")

    assert told.count("\n") > 50
    assert in_a_process_of_its_own(3, "2") == told
