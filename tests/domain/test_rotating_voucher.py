"""A voucher whose QR renews itself, at a till."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from functions.domain import refusals, rotation
from functions.domain.credential import Credential
from functions.domain.refusals import RotatedCredential
from functions.domain.rotation import Shown
from functions.domain.voucher import Ask, State, Voucher
from tests.domain.samples import NOW, VOUCHER_ID, terms, touch, twd, voucher

PART = Ask(money=twd(100))
MOMENT = rotation.moment_of(NOW)
SHOWN = rotation.shown(MOMENT)
UNTIL = NOW + timedelta(minutes=5)
Act = Callable[[Voucher, Shown | None], Any]
AT_A_TILL: list[Any] = [
    pytest.param(lambda of, shown: of.redeem(PART, "r-1", touch(), of.credential, shown), id="redeem"),
    pytest.param(lambda of, shown: of.hold(PART, "h-1", touch(), of.credential, UNTIL, None, shown), id="hold"),
]


def rotating(**override: Any) -> Voucher:
    return voucher(**{"terms": terms(rotating=True)} | override)


def test_the_credential_in_force_says_that_it_rotates() -> None:
    assert rotating(credential=2).named == Credential(VOUCHER_ID, 2, rotating=True)
    assert voucher().named == Credential(VOUCHER_ID, 1)


@pytest.mark.parametrize("act", AT_A_TILL)
def test_what_is_shown_now_is_taken_and_its_moment_is_spent(act: Act) -> None:
    assert act(rotating(), SHOWN)[0].rotation == MOMENT


@pytest.mark.parametrize("act", AT_A_TILL)
@pytest.mark.parametrize("shown", [None, rotation.shown(MOMENT - 30), rotation.shown(MOMENT + 3)])
def test_what_is_not_shown_now_is_refused(act: Act, shown: Shown | None) -> None:
    with pytest.raises(RotatedCredential):
        act(rotating(), shown)


@pytest.mark.parametrize("act", AT_A_TILL)
def test_one_moment_serves_one_operation(act: Act) -> None:
    spent, *_ = rotating().redeem(PART, "r-0", touch(), 1, SHOWN)

    with pytest.raises(RotatedCredential):
        act(spent, SHOWN)


def test_the_next_moment_serves_the_next_operation() -> None:
    spent, *_ = rotating().redeem(PART, "r-0", touch(), 1, SHOWN)

    again, *_ = spent.redeem(PART, "r-1", touch(), 1, rotation.shown(MOMENT + 1))

    assert (again.rotation, again.worth.money) == (MOMENT + 1, twd(300))


def test_what_is_given_back_does_not_bring_a_moment_back() -> None:
    spent, _, taken = rotating().redeem(PART, "r-1", touch(), 1, SHOWN)

    assert spent.void(taken.worth, "r-1", touch())[0].rotation == MOMENT


def test_a_hold_is_captured_without_another_scan() -> None:
    kept, *_ = rotating().hold(PART, "h-1", touch(), 1, UNTIL, None, SHOWN)

    captured, *_ = kept.capture(Ask(), "h-1", "r-1", touch())

    assert captured.worth.money == twd(400)


def test_a_voucher_that_does_not_rotate_asks_for_no_moment_and_keeps_none() -> None:
    plain, *_ = voucher().redeem(PART, "r-1", touch(), 1)
    scanned, *_ = voucher().redeem(PART, "r-1", touch(), 1, SHOWN)

    assert (plain.rotation, scanned.rotation) == (0, 0)


@pytest.mark.parametrize(
    ("of", "told"),
    [
        (rotating(state=State.REVOKED), refusals.Revoked),
        (rotating(credential=2), refusals.StaleCredential),
        (rotating(state=State.SUSPENDED), refusals.Suspended),
        (rotating(valid_from=NOW + timedelta(days=1)), RotatedCredential),
    ],
    ids=["revoked", "reissued", "suspended", "not yet valid"],
)
def test_a_picture_is_told_after_what_nobody_can_mend_and_before_all_else(
    of: Voucher, told: type[refusals.Refusal]
) -> None:
    assert isinstance(of.refusal(NOW, "xinyi", 1), told)


def test_a_page_and_an_administrator_show_nothing_and_are_not_asked() -> None:
    assert rotating().refusal(NOW, None, 1) is None
    assert rotating().refusal(NOW, "xinyi") is None
