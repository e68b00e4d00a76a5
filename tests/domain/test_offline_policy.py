"""What a till may take while it cannot ask."""

from datetime import datetime, timedelta

import pytest

from functions.domain import refusals
from functions.domain.money import Money
from functions.domain.offline_policy import DEFAULT_POLICY, OfflinePolicy, Took, policy_for
from functions.domain.worth import Worth
from tests.domain.samples import NOW, cash, lines, terms, twd, voucher

DOLLARS = Took(Worth(money=Money(100, "USD")))
NO_MONEY = OfflinePolicy(floor_limit=twd(0))


def money(minor: int) -> Took:
    return Took(cash(minor))


def off(minor: int) -> Took:
    """A use of a discount, which took so much off a basket."""
    return Took(Worth(uses=1), twd(minor))


def test_by_default_a_till_may_take_a_thousand_dollars_ten_units_and_report_it_for_a_day() -> None:
    assert OfflinePolicy(floor_limit=twd(1_000), voucher_cap=twd(1_000), units=10, hours=24) == DEFAULT_POLICY


@pytest.mark.parametrize(
    ("taken", "before"),
    [
        pytest.param(money(1_000), [], id="the floor limit"),
        pytest.param(money(400), [money(300), money(300)], id="the cap over a batch"),
        pytest.param(off(1_000), [], id="a discount of as much"),
        pytest.param(Took(Worth(uses=1)), [], id="a discount of which no basket was told"),
        pytest.param(Took(lines(spa_hour=6)), [Took(lines(spa_hour=4))], id="ten units"),
        pytest.param(Took(Worth(uses=1)), [Took(Worth(uses=1))] * 9, id="ten uses"),
    ],
)
def test_up_to_each_limit_a_till_may_take(taken: Took, before: list[Took]) -> None:
    DEFAULT_POLICY.must_cover(taken, before)


@pytest.mark.parametrize(
    ("policy", "taken", "before"),
    [
        pytest.param(DEFAULT_POLICY, money(1_001), [], id="over the floor limit"),
        pytest.param(DEFAULT_POLICY, money(401), [money(300), money(300)], id="over the cap of the batch"),
        pytest.param(DEFAULT_POLICY, off(1_001), [], id="a discount of more"),
        pytest.param(DEFAULT_POLICY, money(500), [off(501)], id="off and money together"),
        pytest.param(DEFAULT_POLICY, Took(lines(spa_hour=7)), [Took(lines(spa_hour=4))], id="eleven units"),
        pytest.param(DEFAULT_POLICY, Took(Worth(uses=1)), [Took(Worth(uses=1))] * 10, id="eleven uses"),
        pytest.param(DEFAULT_POLICY, DOLLARS, [], id="another currency than the limit's"),
        pytest.param(NO_MONEY, money(1), [], id="a dollar where no money may be taken"),
        pytest.param(OfflinePolicy(units=0), Took(lines(tea=1)), [], id="a cup of tea where no units may be"),
        pytest.param(OfflinePolicy(voucher_cap=twd(5)), money(3), [money(3)], id="a cap alone"),
    ],
)
def test_over_a_limit_a_till_may_not_take(policy: OfflinePolicy, taken: Took, before: list[Took]) -> None:
    with pytest.raises(refusals.OfflineLimit):
        policy.must_cover(taken, before)


def test_an_amount_that_is_not_set_is_no_limit() -> None:
    OfflinePolicy().must_cover(DOLLARS, [money(10**9)])


@pytest.mark.parametrize(
    "at", [NOW, NOW - timedelta(hours=24), NOW + timedelta(minutes=5), NOW - timedelta(hours=23, minutes=59)]
)
def test_what_happened_within_the_day_may_be_reported(at: datetime) -> None:
    DEFAULT_POLICY.must_be_timely(at, NOW)


@pytest.mark.parametrize(
    "at",
    [
        NOW - timedelta(hours=24, microseconds=1),
        NOW + timedelta(minutes=5, microseconds=1),
        NOW - timedelta(days=3653),
        NOW + timedelta(days=1),
        NOW + timedelta(days=3653),
    ],
)
def test_what_a_clock_puts_long_ago_or_ahead_is_not_believed(at: datetime) -> None:
    with pytest.raises(refusals.OfflineClock):
        DEFAULT_POLICY.must_be_timely(at, NOW)


def test_a_till_has_its_policy_for_every_product_that_allows_it() -> None:
    assert policy_for(DEFAULT_POLICY, voucher()) is DEFAULT_POLICY


def test_without_a_policy_nothing_may_be_taken() -> None:
    with pytest.raises(refusals.OfflineForbidden):
        policy_for(None, voucher())


def test_a_product_that_is_not_for_offline_use_may_not_be_taken() -> None:
    with pytest.raises(refusals.OfflineForbidden):
        policy_for(DEFAULT_POLICY, voucher(terms=terms(offline=False)))
