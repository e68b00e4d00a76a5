"""A customer's uses are counted by the days, weeks and months of the shop's zone."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain import refusals
from functions.domain.errors import InvalidValueError
from functions.domain.tally import HINT_BYTES, Count, Limits, Period, Tally, subject_of, tally_hint
from tests.domain.samples import NOW, TAIPEI

# Zones in which clocks change, at midnight too, and one that once left out a whole day.
ZONES = st.sampled_from(
    [TAIPEI, "UTC", "America/New_York", "America/Santiago", "Africa/Cairo", "America/Havana", "Pacific/Apia"]
)
MOMENTS = st.datetimes(datetime(2010, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - as it asks
LIMITS = st.builds(
    Limits, day=st.none() | st.integers(1, 4), week=st.none() | st.integers(1, 6), month=st.integers(1, 9)
)
TALLY = Tally(subject="mei", product_id="coffee-10")
DAILY, WEEKLY, MONTHLY = Limits(day=1), Limits(week=1), Limits(month=1)
MICROSECOND = timedelta(microseconds=1)


def taipei(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo(TAIPEI))


def used(limits: Limits, *moments: datetime, zone: str = TAIPEI) -> Tally:
    tally = TALLY
    for moment in moments:
        tally = tally.counted(limits, moment, zone)
    return tally


def refused(tally: Tally, limits: Limits, now: datetime, zone: str = TAIPEI) -> refusals.CustomerLimit:
    with pytest.raises(refusals.CustomerLimit) as raised:
        tally.counted(limits, now, zone)
    return raised.value


def first_day(period: Period, moment: datetime, zone: str) -> date:
    return period.first_day(moment.astimezone(ZoneInfo(zone)).date())


class TestCounting:
    def test_a_use_counts_in_the_day_the_week_and_the_month(self) -> None:
        tally = used(DAILY, taipei(11, 22, 12))

        assert (tally.day, tally.week, tally.month) == (
            Count(date(2026, 11, 22), 1),
            Count(date(2026, 11, 16), 1),
            Count(date(2026, 11, 1), 1),
        )

    def test_every_change_is_a_version(self) -> None:
        once = used(MONTHLY, NOW)

        assert (TALLY.version, once.version, once.given_back(NOW, TAIPEI).version) == (0, 1, 2)

    def test_a_new_day_starts_at_nothing_while_the_month_goes_on(self) -> None:
        tally = used(Limits(month=9), taipei(11, 21), taipei(11, 22), taipei(11, 22, 23, 59))

        assert (tally.day, tally.month) == (Count(date(2026, 11, 22), 2), Count(date(2026, 11, 1), 3))

    def test_a_server_whose_clock_is_behind_does_not_begin_the_old_day_again(self) -> None:
        tally = used(Limits(day=2), taipei(11, 23), taipei(11, 22, 23, 59))

        assert tally.day == Count(date(2026, 11, 23), 2)


class TestReachingALimit:
    @pytest.mark.parametrize(
        ("limits", "period", "again_at"),
        [
            (DAILY, "day", taipei(11, 19)),
            (WEEKLY, "week", taipei(11, 23)),
            (MONTHLY, "month", taipei(12, 1)),
        ],
    )
    def test_it_is_told_with_the_moment_from_which_it_may_be_used_again(
        self, limits: Limits, period: str, again_at: datetime
    ) -> None:
        now = taipei(11, 18, 12)

        refusal = refused(used(limits, now), limits, now)

        assert refusal.facts == {"limit": 1, "period": period, "again_at": again_at}

    @pytest.mark.parametrize(
        ("limits", "last", "again"),
        [
            (DAILY, taipei(11, 22, 23, 59), taipei(11, 23)),
            (WEEKLY, taipei(11, 22, 23, 59), taipei(11, 23)),
            (MONTHLY, taipei(11, 30, 23, 59), taipei(12, 1)),
            (MONTHLY, datetime(2026, 12, 31, 15, 59, tzinfo=UTC), datetime(2026, 12, 31, 16, tzinfo=UTC)),
        ],
        ids=["midnight", "Monday", "the first", "New Year"],
    )
    def test_the_period_ends_at_midnight_in_the_shops_zone(
        self, limits: Limits, last: datetime, again: datetime
    ) -> None:
        tally = used(limits, last - timedelta(hours=1))

        assert refused(tally, limits, last).again_at == again
        assert tally.counted(limits, again, TAIPEI).version == 2

    def test_a_week_goes_on_over_new_year(self) -> None:
        thursday, sunday = taipei(12, 31), taipei(12, 31) + timedelta(days=3)

        assert refused(used(WEEKLY, thursday), WEEKLY, sunday).again_at == sunday + timedelta(days=1)

    def test_of_two_limits_the_one_that_lasts_longer_is_told(self) -> None:
        both = Limits(day=1, week=1, month=5)

        assert refused(used(both, NOW - timedelta(days=3)), both, NOW - timedelta(days=3)).period == "week"

    def test_a_week_may_outlast_the_month(self) -> None:
        both = Limits(week=1, month=1)
        monday = taipei(11, 30)

        assert refused(used(both, monday), both, monday).period == "week"

    def test_a_limit_that_is_not_reached_is_none_of_it(self) -> None:
        assert refused(used(Limits(day=1, month=9), NOW), Limits(day=1, month=9), NOW).period == "day"

    def test_more_than_one_use_may_be_allowed(self) -> None:
        assert used(Limits(day=3), NOW, NOW, NOW).day == Count(date(2026, 11, 22), 3)

    def test_it_can_be_told_without_a_use(self) -> None:
        assert TALLY.refusal(DAILY, NOW, TAIPEI) is None
        assert isinstance(used(DAILY, NOW).refusal(DAILY, NOW, TAIPEI), refusals.CustomerLimit)


class TestWhereClocksChange:
    @pytest.mark.parametrize(
        ("zone", "used_at", "again_at"),
        [
            ("America/New_York", "2026-03-08T06:30:00Z", "2026-03-09T04:00:00Z"),
            ("America/New_York", "2026-11-01T05:30:00Z", "2026-11-02T05:00:00Z"),
            ("America/Santiago", "2026-09-05T12:00:00Z", "2026-09-06T04:00:00Z"),
            ("Africa/Cairo", "2026-04-23T12:00:00Z", "2026-04-23T22:00:00Z"),
            ("America/Havana", "2026-10-31T12:00:00Z", "2026-11-01T04:00:00Z"),
            ("Pacific/Apia", "2011-12-30T09:00:00Z", "2011-12-30T10:00:00Z"),
        ],
        ids=["a short day", "a long day", "no midnight", "no midnight either", "two midnights", "no tomorrow"],
    )
    def test_a_day_lasts_as_long_as_the_people_there_say(self, zone: str, used_at: str, again_at: str) -> None:
        now = datetime.fromisoformat(used_at)

        assert refused(used(DAILY, now, zone=zone), DAILY, now, zone).again_at == datetime.fromisoformat(again_at)

    @given(LIMITS, MOMENTS, ZONES)
    def test_the_moment_that_is_told_is_the_first_at_which_it_may_be_used_again(
        self, limits: Limits, now: datetime, zone: str
    ) -> None:
        tally = TALLY
        while (refusal := tally.refusal(limits, now, zone)) is None:
            tally = tally.counted(limits, now, zone)

        assert refusal.again_at > now
        assert tally.refusal(limits, refusal.again_at - MICROSECOND, zone) is not None
        assert tally.refusal(limits, refusal.again_at, zone) is None

    @given(LIMITS, st.lists(MOMENTS, max_size=30), ZONES)
    def test_nobody_ever_uses_it_more_often_than_they_may(
        self, limits: Limits, moments: list[datetime], zone: str
    ) -> None:
        tally, uses = TALLY, list[datetime]()
        # Close together, so that limits are met.
        for moment in sorted(moments[0] + (each - moments[0]) / 2_000 for each in moments):
            if tally.refusal(limits, moment, zone) is None:
                tally = tally.counted(limits, moment, zone)
                uses.append(moment)

        for period, limit in limits.named.items():
            days = [first_day(period, use, zone) for use in uses]
            assert all(days.count(day) <= limit for day in days)


class TestGivingBack:
    def test_a_use_that_is_undone_may_be_made_again(self) -> None:
        tally = used(DAILY, NOW).given_back(NOW, TAIPEI)

        assert tally.counted(DAILY, NOW, TAIPEI).day == Count(date(2026, 11, 22), 1)

    def test_yesterdays_use_is_given_back_to_the_week_and_the_month_alone(self) -> None:
        tally = used(Limits(month=9), taipei(11, 21), taipei(11, 22)).given_back(taipei(11, 21, 18), TAIPEI)

        assert tally.day == Count(date(2026, 11, 22), 1)
        assert (tally.week, tally.month) == (Count(date(2026, 11, 16), 1), Count(date(2026, 11, 1), 1))

    def test_a_use_whose_periods_are_over_changes_nothing(self) -> None:
        tally = used(MONTHLY, taipei(10, 30), taipei(11, 22))

        assert tally.given_back(taipei(10, 30), TAIPEI) == tally

    def test_a_use_that_was_never_counted_changes_nothing(self) -> None:
        assert TALLY.given_back(NOW, TAIPEI) == TALLY

    def test_nothing_is_given_back_twice(self) -> None:
        tally = used(MONTHLY, NOW).given_back(NOW, TAIPEI)

        assert tally.given_back(NOW, TAIPEI) == tally

    @given(st.lists(MOMENTS, min_size=1, max_size=12, unique=True), ZONES)
    def test_what_is_counted_and_given_back_leaves_the_rest(self, moments: list[datetime], zone: str) -> None:
        limits = Limits(month=99)
        *before, last = sorted(moments)
        tally = used(limits, *before, zone=zone)

        undone = tally.counted(limits, last, zone).given_back(last, zone)

        for period in Period:
            running = [moment for moment in before if first_day(period, moment, zone) == first_day(period, last, zone)]
            assert undone._running(period, last, zone).uses == len(running)


class TestLimits:
    def test_a_limit_of_nothing_is_no_limit(self) -> None:
        with pytest.raises(InvalidValueError, match="at least one of"):
            Limits()

    @pytest.mark.parametrize("limits", [{"day": 0}, {"week": -1}, {"day": 1, "month": 0}])
    def test_a_limit_lets_somebody_in(self, limits: dict[str, int]) -> None:
        with pytest.raises(InvalidValueError, match="at least 1"):
            Limits(**limits)


class TestPeriods:
    @given(st.sampled_from(Period), st.dates(date(1970, 1, 1), date(2199, 12, 31)))
    def test_a_period_follows_the_one_before_without_a_gap(self, period: Period, day: date) -> None:
        first = period.first_day(day)

        assert first <= day <= period.last_day(first)
        assert period.first_day(period.last_day(first)) == first
        assert period.first_day(period.last_day(first) + timedelta(days=1)) == period.last_day(first) + timedelta(
            days=1
        )

    def test_weeks_begin_on_monday(self) -> None:
        firsts = [Period.WEEK.first_day(date(2026, 11, 16) + timedelta(days=days)) for days in range(8)]

        assert firsts == [date(2026, 11, 16)] * 7 + [date(2026, 11, 23)]

    def test_months_end_on_their_last_day(self) -> None:
        ends = [Period.MONTH.last_day(date(2028, month, 1)).day for month in range(1, 13)]

        assert ends == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


class TestFinding:
    def test_uses_are_the_customers_or_else_the_vouchers_own(self) -> None:
        assert (subject_of("mei", "v-1"), subject_of(None, "v-1")) == ("mei", "v-1")

    def test_a_hint_is_nine_bytes_and_always_the_same(self) -> None:
        assert tally_hint("mei", "coffee-10") == tally_hint("mei", "coffee-10")
        assert len(bytes.fromhex(tally_hint("mei", "coffee-10"))) == HINT_BYTES

    def test_no_two_customers_and_no_two_products_share_one(self) -> None:
        hints = sorted(tally_hint(subject, product) for subject in ("a", "ab") for product in ("b", "bb", "c"))

        assert all(one != other for one, other in pairwise(hints))
