from datetime import datetime, timedelta

import pytest

from functions.domain.guard import WRONG_MAX, Guard, window_of
from functions.domain.refusals import CodesLocked, Throttled
from tests.domain.samples import NOW

QUARTER = timedelta(minutes=15)
A_MOMENT = timedelta(microseconds=1)


def guard(**counted: object) -> Guard:
    return Guard(terminal_id="pos-1", **counted)  # type: ignore[arg-type]  # named in the tests


def locked_until(counted: Guard, now: datetime) -> datetime | None:
    try:
        counted.must_take_codes(now)
    except CodesLocked as locked:
        return locked.again_at
    return None


class TestTypedCodes:
    def test_a_terminal_where_nothing_was_typed_wrong_takes_codes_and_counts_nothing(self) -> None:
        assert (locked_until(guard(), NOW), guard().is_counting(NOW)) == (None, False)

    @pytest.mark.parametrize("wrong", range(1, WRONG_MAX))
    def test_nine_wrong_codes_are_counted_and_lock_nothing(self, wrong: int) -> None:
        counted = guard(wrong=wrong, wrong_at=NOW)

        assert (locked_until(counted, NOW), counted.is_counting(NOW)) == (None, True)

    def test_ten_wrong_codes_lock_for_a_quarter_of_an_hour(self) -> None:
        counted = guard(wrong=10, wrong_at=NOW)

        assert locked_until(counted, NOW) == NOW + QUARTER
        assert locked_until(counted, NOW + QUARTER - A_MOMENT) == NOW + QUARTER
        assert locked_until(counted, NOW + QUARTER) is None

    def test_a_quarter_of_an_hour_without_a_wrong_code_wipes_all_away(self) -> None:
        counted = guard(wrong=9, wrong_at=NOW)

        assert counted.is_counting(NOW + QUARTER - A_MOMENT)
        assert not counted.is_counting(NOW + QUARTER)

    def test_what_was_forgiven_counts_no_more(self) -> None:
        assert not guard(wrong=0, wrong_at=NOW).is_counting(NOW)

    def test_whoever_waits_as_long_as_told_is_let_in(self) -> None:
        now = NOW + timedelta(minutes=14, seconds=58, milliseconds=400)

        with pytest.raises(CodesLocked) as locked:
            guard(wrong=10, wrong_at=NOW).must_take_codes(now)

        assert locked.value.retry_after == 2


class TestTheMeter:
    @pytest.mark.parametrize("calls", [0, 999])
    def test_a_terminal_has_its_calls_in_every_ten_seconds(self, calls: int) -> None:
        guard(window=window_of(NOW), calls=calls).must_not_flood(NOW, 1000)

    @pytest.mark.parametrize("calls", [1000, 1010])
    def test_with_the_last_of_them_it_has_had_them_all(self, calls: int) -> None:
        with pytest.raises(Throttled):
            guard(window=window_of(NOW), calls=calls).must_not_flood(NOW, 1000)

    def test_the_next_ten_seconds_are_new(self) -> None:
        flooded = guard(window=window_of(NOW), calls=5000)

        flooded.must_not_flood(NOW + timedelta(seconds=10), 1000)

    @pytest.mark.parametrize(("after", "wait"), [(0, 10), (0.5, 10), (9, 1), (9.5, 1)])
    def test_it_is_told_when_they_begin(self, after: float, wait: int) -> None:
        with pytest.raises(Throttled) as throttled:
            guard(window=window_of(NOW), calls=1000).must_not_flood(NOW + timedelta(seconds=after), 1000)

        assert throttled.value.retry_after == wait
