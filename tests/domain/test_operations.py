from datetime import timedelta

import pytest

from functions.domain import operations, refusals
from functions.domain.discount import Discount
from functions.domain.operations import Redemption
from functions.domain.voucher import Ask
from functions.domain.worth import Worth
from tests.domain.samples import NOW, VOUCHER_ID, cash, discount_voucher, touch, twd, voucher

LATER = NOW + timedelta(days=40)


def redemption() -> Redemption:
    left, _, taken = voucher().redeem(Ask(money=twd(200)), "r-1", touch(), 1)
    return operations.redemption(left, taken, "r-1", touch(), "print", "A-7")


def test_a_redemption_says_who_took_what_from_which_voucher_and_what_was_left() -> None:
    row = redemption()

    assert (row.store_id, row.terminal_id, row.reference, row.receipt) == ("xinyi", "xinyi-1", "r-1", "A-7")
    assert (row.voucher_id, row.taken, row.left, row.redeemed_at) == (VOUCHER_ID, cash(200), cash(300), NOW)
    assert row.state == "redeemed"


def test_a_discount_s_redemption_says_what_came_off_and_under_which_terms() -> None:
    discount = Discount(basis_points=1_000)
    left, _, taken = discount_voucher(discount).redeem(Ask(basket=twd(505)), "r-1", touch(), 1)

    row = operations.redemption(left, taken, "r-1", touch(), "print", None)

    assert (row.taken, row.off, row.discount) == (Worth(uses=1), twd(51), discount)


def test_a_repeat_of_the_same_request_gets_the_first_answer() -> None:
    row = redemption()

    assert row.replay(VOUCHER_ID, "print") is row


@pytest.mark.parametrize(("voucher_id", "fingerprint"), [("another", "print"), (VOUCHER_ID, "other"), ("", "")])
def test_another_request_under_the_same_reference_is_refused(voucher_id: str, fingerprint: str) -> None:
    with pytest.raises(refusals.ReferenceReused):
        redemption().replay(voucher_id, fingerprint)


def test_a_repeat_after_the_void_is_refused_with_when() -> None:
    with pytest.raises(refusals.Voided) as refused:
        redemption().voided(LATER).replay(VOUCHER_ID, "print")

    assert refused.value.facts == {"voided_at": LATER}


def test_a_void_changes_nothing_of_what_was_redeemed() -> None:
    voided = redemption().voided(LATER)

    assert voided.state == "voided"
    assert (voided.taken, voided.left, voided.redeemed_at) == (cash(200), cash(300), NOW)


@pytest.mark.parametrize("fingerprint", ["print", "other"])
def test_a_tombstone_stops_whatever_original_comes_late(fingerprint: str) -> None:
    stone = operations.tombstone("r-1", touch())

    with pytest.raises(refusals.Voided) as refused:
        stone.replay(VOUCHER_ID, fingerprint)

    assert refused.value.facts == {"voided_at": NOW}


def test_a_tombstone_names_the_till_that_left_it() -> None:
    stone = operations.tombstone("r-1", touch())

    assert (stone.store_id, stone.terminal_id, stone.reference) == ("xinyi", "xinyi-1", "r-1")
