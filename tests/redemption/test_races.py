"""Two tills at the same voucher at the same moment. Each race is first shown to be seen, and then to be stopped."""

from collections.abc import Callable

import pytest

from functions.adapters.dynamodb import till, vouchers
from functions.adapters.dynamodb.database import Condition
from tests.support.api import Reply
from tests.support.faults import rival
from tests.support.retail import Retailer, money

HOLDS = Condition("attribute_exists(#pk) OR attribute_not_exists(#pk)", {"#pk": "pk"}, {})
ALL = money("500")


@pytest.fixture
def unconditional(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writes happen whatever happened since the read."""
    for module, name in ((vouchers, "unchanged"), (till, "unchanged")):
        monkeypatch.setattr(module, name, lambda *_: HOLDS)
    for module in (vouchers, till):
        monkeypatch.setattr(module, "NEW", HOLDS)


def two_at_once(first: Callable[[], Reply], second: Callable[[], Reply]) -> list[Reply]:
    """The second has read and decided when the first comes and goes."""
    answers: list[Reply] = []
    with rival(lambda: answers.append(first())):
        answers.append(second())
    return answers


def spend_twice(retailer: Retailer) -> list[Reply]:
    qr = retailer.sold["CASH-500"].qr
    return two_at_once(
        lambda: retailer.redeem("r-1", qr, money=ALL), lambda: retailer.redeem("r-2", qr, money=ALL, at="pos-9")
    )


@pytest.mark.usefixtures("unconditional")
def test_without_conditions_both_tills_win(retailer: Retailer) -> None:
    assert [answer.status for answer in spend_twice(retailer)] == [201, 201]


def test_of_two_tills_that_take_all_exactly_one_wins(retailer: Retailer) -> None:
    first, second = spend_twice(retailer)

    assert (first.status, second.status, second.code) == (201, 409, "exhausted")
    assert retailer.voucher(retailer.sold["CASH-500"].voucher_id)["worth"]["money"]["minor"] == 0


def test_the_loser_hears_where_it_went(retailer: Retailer) -> None:
    _, second = spend_twice(retailer)

    assert (second.json["store_id"], second.json["redeemed_at"]) == ("xinyi-1", "2026-11-22T04:00:00.000Z")


@pytest.mark.parametrize("alone", ["version", "ledger"])
def test_the_version_and_the_ledgers_row_each_stop_it_alone(
    retailer: Retailer, monkeypatch: pytest.MonkeyPatch, alone: str
) -> None:
    if alone == "ledger":
        monkeypatch.setattr(vouchers, "unchanged", lambda _: HOLDS)
    else:
        monkeypatch.setattr(vouchers, "NEW", HOLDS)

    assert [answer.status for answer in spend_twice(retailer)] == [201, 409]


def test_two_tills_that_take_parts_both_win_one_after_the_other(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]

    first, second = two_at_once(
        lambda: retailer.redeem("r-1", held.qr, money=money("200")),
        lambda: retailer.redeem("r-2", held.qr, money=money("150"), at="pos-9"),
    )

    assert [answer.json["available"]["money"] for answer in (first, second)] == [money("300"), money("150")]
    assert retailer.voucher(held.voucher_id)["version"] == 3


def same_reference(retailer: Retailer) -> list[Reply]:
    qr = retailer.sold["CASH-500"].qr
    return two_at_once(
        lambda: retailer.redeem("r-1", qr, money=money("200")), lambda: retailer.redeem("r-1", qr, money=money("200"))
    )


@pytest.mark.usefixtures("unconditional")
def test_without_conditions_one_reference_is_carried_out_twice(retailer: Retailer) -> None:
    assert [answer.is_replayed for answer in same_reference(retailer)] == [False, False]


def test_one_reference_from_two_sides_is_carried_out_once(retailer: Retailer) -> None:
    first, second = same_reference(retailer)

    assert second.json == first.json
    assert (first.is_replayed, second.is_replayed) == (False, True)
    assert retailer.voucher(retailer.sold["CASH-500"].voucher_id)["worth"]["money"]["minor"] == 300


def test_one_reference_for_two_vouchers_is_carried_out_once(retailer: Retailer) -> None:
    """The version says nothing here: the operation row alone stops it."""
    cash, spa = retailer.sold["CASH-500"], retailer.sold["SPA-3"]

    first, second = two_at_once(lambda: retailer.redeem("r-1", cash.qr), lambda: retailer.redeem("r-1", spa.qr))

    assert (first.status, second.code) == (201, "reference_reused")
    assert retailer.voucher(spa.voucher_id)["version"] == 1


def test_without_the_operations_row_one_reference_takes_from_two_vouchers(
    retailer: Retailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(till, "NEW", HOLDS)
    cash, spa = retailer.sold["CASH-500"], retailer.sold["SPA-3"]

    answers = two_at_once(lambda: retailer.redeem("r-1", cash.qr), lambda: retailer.redeem("r-1", spa.qr))

    assert [answer.status for answer in answers] == [201, 201]


def void_twice(retailer: Retailer) -> list[Reply]:
    retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("200"))
    return two_at_once(lambda: retailer.void("r-1"), lambda: retailer.void("r-1", at="pos-2"))


@pytest.mark.usefixtures("unconditional")
def test_without_conditions_two_voids_both_restore(retailer: Retailer) -> None:
    assert [answer.is_replayed for answer in void_twice(retailer)] == [False, False]


def test_of_two_voids_exactly_one_restores(retailer: Retailer) -> None:
    first, second = void_twice(retailer)

    assert second.json == first.json
    assert (first.is_replayed, second.is_replayed) == (False, True)
    assert retailer.voucher(retailer.sold["CASH-500"].voucher_id)["worth"]["money"]["minor"] == 500


def test_the_operations_version_stops_a_second_void_alone(retailer: Retailer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vouchers, "unchanged", lambda _: HOLDS)
    monkeypatch.setattr(vouchers, "NEW", HOLDS)

    assert [answer.is_replayed for answer in void_twice(retailer)] == [False, True]


def test_a_void_that_overtakes_its_original_wins(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]

    voided, redeemed = two_at_once(lambda: retailer.void("r-1"), lambda: retailer.redeem("r-1", held.qr))

    assert (voided.json["effect"], redeemed.code) == ("none", "voided")
    assert retailer.voucher(held.voucher_id)["version"] == 1


def test_an_original_that_overtakes_its_void_is_undone_by_it(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    answers: list[Reply] = []

    with rival(lambda: answers.append(retailer.redeem("r-1", held.qr)), before="PutItem"):
        voided = retailer.void("r-1")

    assert (answers[0].status, voided.json["effect"]) == (201, "restored")
    assert retailer.voucher(held.voucher_id)["worth"]["money"]["minor"] == 500


def test_a_voucher_that_is_revoked_meanwhile_is_refused(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]

    _, answer = two_at_once(lambda: retailer.act("revoke", held.voucher_id), lambda: retailer.redeem("r-1", held.qr))

    assert answer.code == "revoked"
    assert retailer.voucher(held.voucher_id)["worth"]["money"]["minor"] == 500


def test_a_credential_that_is_replaced_meanwhile_is_refused(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]

    _, answer = two_at_once(lambda: retailer.act("reissue", held.voucher_id), lambda: retailer.redeem("r-1", held.qr))

    assert answer.code == "stale_credential"
