from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.validity import ANY_TIME, Hours, Window, end_of_day
from tests.domain.samples import NOW, TAIPEI

NEW_YORK = "America/New_York"
ZONES = st.sampled_from([TAIPEI, NEW_YORK, "UTC", "Pacific/Kiritimati", "America/Santiago", "Australia/Lord_Howe"])
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=1_000)).map(NOW.__add__)
LUNCH = Hours(time(11), time(14, 30))
NIGHT = Hours(time(22), time(2))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def door(window: Window, now: datetime, zone: str = TAIPEI) -> str:
    return "open" if window.is_active(now, zone) else "shut"


def local(text: str, zone: str = TAIPEI) -> datetime:
    """An instant by a clock on the wall of `zone`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "zone", "first_instant_after"),
    [
        (date(2026, 12, 31), TAIPEI, "2026-12-31T16:00"),
        (date(2026, 12, 31), "UTC", "2027-01-01T00:00"),
        (date(2026, 3, 7), NEW_YORK, "2026-03-08T05:00"),
        (date(2026, 3, 8), NEW_YORK, "2026-03-09T04:00"),
        (date(2026, 10, 31), NEW_YORK, "2026-11-01T04:00"),
        (date(2026, 11, 1), NEW_YORK, "2026-11-02T05:00"),
        (date(2024, 2, 28), TAIPEI, "2024-02-28T16:00"),
        (date(2024, 2, 29), TAIPEI, "2024-02-29T16:00"),
    ],
)
def test_a_day_ends_at_midnight_by_the_shop_s_own_clock(day: date, zone: str, first_instant_after: str) -> None:
    assert end_of_day(day, zone) == utc(first_instant_after)


def test_a_day_whose_midnight_the_clocks_skip_ends_with_the_skip() -> None:
    """Santiago goes from 24:00 straight to 01:00: the first instant of the next day is 01:00 there."""
    assert end_of_day(date(2026, 9, 5), "America/Santiago") == local("2026-09-06T01:00", "America/Santiago")


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), ZONES)
def test_the_instant_before_the_end_is_that_day_and_the_end_is_the_next(day: date, zone: str) -> None:
    end = end_of_day(day, zone)

    assert (end - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date() == day
    assert end.astimezone(ZoneInfo(zone)).date() == day + timedelta(days=1)


def test_a_voucher_without_limits_is_valid_from_issue_for_ever() -> None:
    assert ANY_TIME.span(NOW, TAIPEI) == (NOW, None)


@pytest.mark.parametrize(("days", "ends"), [(0, "2026-11-23T00:00"), (1, "2026-11-24T00:00"), (30, "2026-12-23T00:00")])
def test_days_are_counted_from_the_day_of_issue_and_the_last_one_is_whole(days: int, ends: str) -> None:
    _, expires_at = Window(days=days).span(local("2026-11-22T23:59"), TAIPEI)

    assert expires_at == local(ends)


def test_the_day_of_issue_is_the_shop_s_and_not_utc_s() -> None:
    just_after_midnight_in_taipei = utc("2026-11-21T16:00")

    _, expires_at = Window(days=0).span(just_after_midnight_in_taipei, TAIPEI)

    assert expires_at == local("2026-11-23T00:00")


def test_a_week_across_the_change_of_clocks_still_ends_at_midnight() -> None:
    _, expires_at = Window(days=7).span(local("2026-10-28T12:00", NEW_YORK), NEW_YORK)

    assert expires_at == local("2026-11-05T00:00", NEW_YORK)


def test_of_two_ends_the_earlier_counts() -> None:
    soon, late = NOW + timedelta(hours=1), NOW + timedelta(days=365)

    assert Window(ends=soon, days=30).span(NOW, TAIPEI)[1] == soon
    assert Window(ends=late, days=30).span(NOW, TAIPEI)[1] == local("2026-12-23T00:00")


def test_validity_begins_at_issue_or_at_the_start_whichever_is_later() -> None:
    later, earlier = NOW + timedelta(days=1), NOW - timedelta(days=1)

    assert Window(starts=later).span(NOW, TAIPEI)[0] == later
    assert Window(starts=earlier).span(NOW, TAIPEI)[0] == NOW


@pytest.mark.parametrize("window", [Window(days=0), Window(ends=NOW)])
def test_a_window_with_an_end_can_expire(window: Window) -> None:
    assert window.can_expire


@pytest.mark.parametrize("window", [ANY_TIME, Window(starts=NOW), Window(weekdays=(1,)), Window(hours=LUNCH)])
def test_a_window_without_an_end_cannot_expire(window: Window) -> None:
    assert not window.can_expire


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("10:59:59.999999", "shut"), ("11:00", "open"), ("14:29:59.999999", "open"), ("14:30", "shut"), ("00:00", "shut")],
)
def test_hours_hold_from_opening_until_just_before_closing(clock: str, expected: str) -> None:
    assert door(Window(hours=LUNCH), local(f"2026-11-22T{clock}")) == expected


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("21:59:59", "shut"),
        ("22:00", "open"),
        ("23:59:59", "open"),
        ("00:00", "open"),
        ("01:59:59", "open"),
        ("02:00", "shut"),
    ],
)
def test_hours_that_end_before_they_start_run_over_midnight(clock: str, expected: str) -> None:
    assert door(Window(hours=NIGHT), local(f"2026-11-22T{clock}")) == expected


def test_hours_are_those_on_the_wall_on_both_sides_of_the_change_of_clocks() -> None:
    window = Window(hours=LUNCH)

    assert [
        door(window, local(f"{day}T{clock}", NEW_YORK), NEW_YORK)
        for day in ("2026-10-31", "2026-11-02")
        for clock in ("10:59", "11:00", "14:29", "14:30")
    ] == ["shut", "open", "open", "shut"] * 2


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-11-20", "shut"), ("2026-11-21", "open"), ("2026-11-22", "open"), ("2026-11-23", "shut")],
)
def test_a_voucher_for_the_weekend_is_good_on_saturday_and_sunday(day: str, expected: str) -> None:
    assert door(Window(weekdays=(6, 7)), local(f"{day}T12:00")) == expected


def test_the_weekday_is_the_shop_s_and_not_utc_s() -> None:
    monday_in_taipei_sunday_in_utc = utc("2026-11-22T16:00")

    assert Window(weekdays=(1,)).is_active(monday_in_taipei_sunday_in_utc, TAIPEI)
    assert not Window(weekdays=(7,)).is_active(monday_in_taipei_sunday_in_utc, TAIPEI)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-20T01:00", "shut"),  # Friday, but Thursday's night
        ("2026-11-20T22:00", "open"),
        ("2026-11-21T01:59", "open"),  # Saturday, but Friday's night
        ("2026-11-21T02:00", "shut"),
        ("2026-11-21T22:00", "shut"),
    ],
)
def test_friday_night_ends_on_saturday_morning(moment: str, expected: str) -> None:
    assert door(Window(weekdays=(5,), hours=NIGHT), local(moment)) == expected


@given(st.times(), st.times(), MOMENTS, ZONES)
def test_every_moment_is_in_a_window_or_in_the_rest_of_the_day_and_never_in_both(
    opens: time, closes: time, now: datetime, zone: str
) -> None:
    inside, outside = Window(hours=Hours(opens, closes)), Window(hours=Hours(closes, opens))

    assert inside.is_active(now, zone) + outside.is_active(now, zone) == (2 if opens == closes else 1)
