"""What a till's call costs: the hot path is one read and one transaction."""

from collections.abc import Callable
from typing import Any

import pytest

from functions.adapters import aws
from tests.support.api import Reply
from tests.support.faults import answering, rival
from tests.support.retail import Retailer, money

READ, CODE, WRITE, COUNT = "BatchGetItem", "BatchGetItem", "TransactWriteItems", "UpdateItem"
NOBODYS = "2222-2222-2222-2222"
FIFTY: dict[str, Any] = {"money": money("50")}
MUCH: dict[str, Any] = {"money": money("501")}


def cost(retailer: Retailer, call: Callable[[], Reply]) -> list[str]:
    """The DynamoDB calls of one request."""
    retailer.world.calls.clear()
    call()
    return list(retailer.world.calls)


def test_a_redemption_by_qr_is_one_read_and_one_transaction(retailer: Retailer) -> None:
    qr = retailer.sold["CASH-500"].qr

    assert cost(retailer, lambda: retailer.redeem("r-1", qr, **FIFTY)) == [READ, WRITE]


def test_a_typed_code_costs_one_read_more(retailer: Retailer) -> None:
    code = retailer.sold["CASH-500"].code

    assert cost(retailer, lambda: retailer.redeem("r-1", code, **FIFTY)) == [CODE, READ, WRITE]


def test_a_wrong_code_is_counted_before_anything_is_said_of_it(retailer: Retailer) -> None:
    for _ in range(2):
        assert cost(retailer, lambda: retailer.look_up(NOBODYS)) == [CODE, COUNT, READ]


def test_a_right_code_after_a_wrong_one_costs_one_count_more_once(retailer: Retailer) -> None:
    code = retailer.sold["CASH-500"].code
    retailer.look_up(NOBODYS)

    assert cost(retailer, lambda: retailer.redeem("r-1", code, **FIFTY)) == [CODE, COUNT, READ, WRITE]
    assert cost(retailer, lambda: retailer.redeem("r-2", code, **FIFTY)) == [CODE, READ, WRITE]


def test_a_code_is_one_read_while_typing_is_locked(retailer: Retailer) -> None:
    for _ in range(10):
        retailer.look_up(NOBODYS)

    assert cost(retailer, lambda: retailer.look_up(retailer.sold["CASH-500"].code)) == [CODE]


def test_a_till_as_busy_as_tills_are_never_writes_that_it_asked(retailer: Retailer) -> None:
    qr = retailer.sold["CASH-500"].qr

    for _ in range(50):
        assert cost(retailer, lambda: retailer.look_up(qr)) == [READ]
        retailer.world.clock.forward(seconds=1.2)


def test_a_flood_writes_once_in_ten_calls(retailer: Retailer) -> None:
    qr = retailer.sold["CASH-500"].qr

    calls = [cost(retailer, lambda: retailer.look_up(qr)) for _ in range(30)]

    assert calls == [*[[READ]] * 9, [READ, COUNT]] * 3


def test_a_redemption_that_others_overtake_is_one_call_of_its_terminal(
    retailer: Retailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.runtime.again.random.uniform", lambda *_: 0)
    qr = retailer.sold["CASH-500"].qr

    with answering(WRITE, "TransactionCanceledException", times=10, reasons=["TransactionConflict"]):
        calls = [
            *cost(retailer, lambda: retailer.redeem("r-1", qr)),
            *cost(retailer, lambda: retailer.redeem("r-1", qr)),
        ]

    assert COUNT not in calls
    assert calls.count(READ) == calls.count(WRITE) == 11


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda retailer, qr: retailer.look_up(qr), id="a look"),
        pytest.param(lambda retailer, qr: retailer.redeem("r-2", qr, **MUCH), id="a refusal"),
        pytest.param(lambda retailer, qr: retailer.redeem("r-1", qr, **FIFTY), id="a replay"),
        pytest.param(lambda retailer, qr: retailer.redeem("r-1", qr, **MUCH), id="a reused reference"),
        pytest.param(lambda retailer, qr: retailer.redeem("r-0", qr), id="a late original"),
        pytest.param(lambda retailer, _: retailer.till("GET", "redemptions/r-1"), id="a question"),
        pytest.param(lambda retailer, _: retailer.void("r-0"), id="a void again"),
        pytest.param(lambda retailer, qr: retailer.look_up(qr[:-1]), id="a forged QR"),
        pytest.param(lambda retailer, _: retailer.look_up("2222-2222-2222-2223"), id="a mistyped code"),
    ],
)
def test_what_changes_nothing_is_one_read(retailer: Retailer, call: Callable[[Retailer, str], Reply]) -> None:
    qr = retailer.sold["CASH-500"].qr
    retailer.redeem("r-1", qr, **FIFTY)
    retailer.void("r-0")

    assert cost(retailer, lambda: call(retailer, qr)) == [READ]


def test_a_revoked_terminal_costs_one_read(retailer: Retailer) -> None:
    retailer.api.call("DELETE", "/v1/terminals/pos-1")

    assert cost(retailer, lambda: retailer.redeem("r-1", retailer.sold["CASH-500"].qr)) == [READ]


def test_a_void_is_two_reads_and_one_transaction(retailer: Retailer) -> None:
    retailer.redeem("r-1", retailer.sold["CASH-500"].qr, **FIFTY)

    assert cost(retailer, lambda: retailer.void("r-1")) == [READ, READ, WRITE]


def test_a_void_that_comes_first_is_one_read_and_one_write(retailer: Retailer) -> None:
    assert cost(retailer, lambda: retailer.void("r-1")) == [READ, "PutItem"]


@pytest.mark.parametrize("token", [None, "guessed", "sbt_guessed"])
def test_a_call_without_a_terminals_token_costs_nothing(retailer: Retailer, token: str | None) -> None:
    call = retailer.api.call

    assert cost(retailer, lambda: call("PUT", "/v1/pos/redemptions/r-1", {"credential": "A"}, token=token)) == []


def test_only_a_typed_code_asks_for_a_secret(retailer: Retailer) -> None:
    asked: list[None] = []
    aws.client("secretsmanager").meta.events.register("before-call", lambda **_: asked.append(None))
    held = retailer.sold["CASH-500"]

    retailer.look_up(held.qr)
    assert asked == []

    retailer.world.wiring.__dict__.pop("codebook", None)
    retailer.look_up(held.code)
    assert len(asked) == 1


def test_a_redemption_checks_the_version_and_writes_three_rows(retailer: Retailer) -> None:
    before = {(row["pk"], row["sk"]) for row in retailer.world.items("vouchers")}

    held = retailer.sold["CASH-500"]
    retailer.redeem("r-1", held.qr)

    after = {(row["pk"], row["sk"]) for row in retailer.world.items("vouchers")}
    assert after - before == {
        (f"VOUCHER#{held.voucher_id}", "LEDGER#0000000002"),
        ("OPERATION#xinyi-1#r-1", "OPERATION"),
    }
    assert retailer.voucher(held.voucher_id)["version"] == 2


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda it, qr: it.redeem("r-1", qr, **FIFTY), id="a redemption"),
        pytest.param(lambda it, qr: it.hold("h-1", qr, **FIFTY), id="a hold"),
        pytest.param(lambda it, qr: it.redeem("r-1", qr, hold="h-0", **FIFTY), id="a redemption of a hold"),
    ],
)
def test_under_contention_every_try_is_one_read_and_one_transaction(
    retailer: Retailer, act: Callable[[Retailer, str], Reply]
) -> None:
    qr = retailer.sold["CASH-500"].qr
    retailer.hold("h-0", qr, **FIFTY)
    rivals: list[list[str]] = []

    def strike() -> None:
        before = len(retailer.world.calls)
        retailer.redeem(f"rival-{len(rivals)}", qr, money=money("1"), at="pos-9")
        rivals.append(retailer.world.calls[before:])

    retailer.world.calls.clear()
    with rival(strike, at=1):
        assert act(retailer, qr).status == 201

    assert rivals == [[READ, WRITE]]
    assert sorted(retailer.world.calls) == sorted([READ, WRITE] * 3)


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda it, qr: it.redeem("r-0", qr, **FIFTY), id="a replay"),
        pytest.param(lambda it, qr: it.redeem("r-9", qr, **MUCH), id="a refusal"),
        pytest.param(lambda it, qr: it.look_up(qr), id="a look"),
    ],
)
def test_what_changes_nothing_is_one_read_while_others_change_the_voucher(
    retailer: Retailer, act: Callable[[Retailer, str], Reply]
) -> None:
    qr = retailer.sold["CASH-500"].qr
    retailer.redeem("r-0", qr, **FIFTY)
    retailer.world.calls.clear()

    with rival(lambda: retailer.redeem("rival", qr, money=money("1"), at="pos-9"), before="BatchGetItem"):
        act(retailer, qr)

    assert retailer.world.calls.count(WRITE) == 1  # the rival's own
    assert retailer.world.calls.count(READ) == 2
