from datetime import time

import pytest

from functions.domain.validity import Hours, Window
from functions.pages.times import times_text

JOINED = "\u2060–\u2060"


def test_a_voucher_without_such_limits_says_nothing_of_them() -> None:
    assert times_text(Window(), "en") is None


@pytest.mark.parametrize(
    ("weekdays", "zh", "en"),
    [
        ((1, 2, 3, 4, 5), "週一至週五", "Monday to Friday"),
        ((6, 7), "週六、週日", "Saturday, Sunday"),
        ((7, 1, 3, 2), "週一至週三、週日", "Monday to Wednesday, Sunday"),
        ((4,), "週四", "Thursday"),
    ],
)
def test_days_are_told_by_their_runs(weekdays: tuple[int, ...], zh: str, en: str) -> None:
    window = Window(weekdays=weekdays)

    assert (times_text(window, "zh-Hant"), times_text(window, "en")) == (zh, en)


def test_hours_without_days_are_for_every_day() -> None:
    window = Window(hours=Hours(time(11), time(14, 30)))

    assert times_text(window, "en") == f"every day 11:00{JOINED}14:30"


def test_hours_over_midnight_end_on_the_next_day() -> None:
    window = Window(weekdays=(5,), hours=Hours(time(22), time(2)))

    assert times_text(window, "zh-Hant") == f"週五 22:00{JOINED}02:00（隔日）"
