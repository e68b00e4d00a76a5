"""Value kept for one sale: for how long, for whom, and how much of it there is."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.domain.holds import Hold, free_at, held
from functions.domain.worth import Worth
from tests.domain.samples import NOW, XINYI, cash, lines

TICK = timedelta(microseconds=1)


def hold(worth: Worth | None = None, minutes: int = 5, **override: Any) -> Hold:
    fields: dict[str, Any] = {
        "reference": "h-1",
        "store_id": "xinyi",
        "store": XINYI,
        "terminal_id": "xinyi-1",
        "worth": worth or cash(200),
        "expires_at": after(minutes),
    }
    return Hold(**fields | override)


def after(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


class TestWhichOne:
    @pytest.mark.parametrize(("now", "is_open"), [(after(5) - TICK, True), (after(5), False), (after(5) + TICK, False)])
    def test_it_is_open_until_the_instant_it_ends(self, now: datetime, *, is_open: bool) -> None:
        assert hold(minutes=5).is_open(now) == is_open

    @pytest.mark.parametrize(
        ("store_id", "reference", "is_named"),
        [("xinyi", "h-1", True), ("xinyi", "h-2", False), ("banqiao", "h-1", False)],
    )
    def test_a_reference_is_its_store_s_own(self, store_id: str, reference: str, *, is_named: bool) -> None:
        assert hold().is_named(store_id, reference) == is_named

    @pytest.mark.parametrize(
        ("store_id", "order", "is_for"),
        [("xinyi", "o-1", True), ("xinyi", "o-2", False), ("banqiao", "o-1", False), ("xinyi", None, False)],
    )
    def test_a_sale_is_its_store_s_own(self, store_id: str, order: str | None, *, is_for: bool) -> None:
        assert hold(order="o-1").is_for(store_id, order) == is_for

    def test_two_holds_that_name_no_sale_are_for_no_sale_in_common(self) -> None:
        assert not hold(order=None).is_for("xinyi", None)


class TestHowMuch:
    def test_holds_add_up(self) -> None:
        assert held([hold(cash(200)), hold(cash(50))], cash(0)) == cash(250)

    def test_lines_add_up_by_sku(self) -> None:
        kept = [hold(lines(tea=1)), hold(lines(spa_hour=1, tea=1))]

        assert held(kept, lines(spa_hour=0, tea=0)) == lines(spa_hour=1, tea=2)

    def test_no_hold_keeps_nothing(self) -> None:
        assert held([], cash(0)) == cash(0)


class TestWaiting:
    """NT$100 is free, and NT$200 and NT$150 are held for 5 and for 10 minutes."""

    HOLDS = (hold(cash(150), minutes=10), hold(cash(200), minutes=5))

    @pytest.mark.parametrize(("wanted", "minutes"), [(101, 5), (300, 5), (301, 10), (450, 10)])
    def test_it_is_told_when_enough_of_them_are_over(self, wanted: int, minutes: int) -> None:
        assert free_at(self.HOLDS, cash(100), cash(wanted)) == after(minutes)

    def test_what_is_not_there_is_not_had_by_waiting(self) -> None:
        assert free_at(self.HOLDS, cash(100), cash(451)) is None
