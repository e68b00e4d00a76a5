"""On which days and at which hours a voucher may be used, in words."""

from collections.abc import Sequence
from typing import Final

from functions.domain.text import Language
from functions.domain.validity import Hours, Window
from functions.pages.wording import WEEKDAYS, say

_PAIR: Final = 2
_DASH: Final = "\u2060–\u2060"  # word joiners: a line must not break between the hours


def times_text(window: Window, language: Language) -> str | None:
    """`週一至週五 11:00–14:00`, `Monday to Friday 11:00–14:00`; None where there is no such limit."""
    days = _days_text(window.weekdays, language) if window.weekdays else None
    if window.hours is None:
        return days
    return f"{days or say(language, 'any_day')} {_hours_text(window.hours, language)}"


def _days_text(weekdays: Sequence[int], language: Language) -> str:
    """ISO weekdays (1 is Monday) by their runs: `週一至週三、週六`."""
    comma = "、" if language == "zh-Hant" else ", "
    return comma.join(name for run in _runs(sorted(set(weekdays))) for name in _run_names(run, language))


def _runs(days: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _run_names(run: Sequence[int], language: Language) -> list[str]:
    names = [WEEKDAYS[day - 1].of(language) for day in run]
    return [say(language, "day_range", first=names[0], last=names[-1])] if len(names) > _PAIR else names


def _hours_text(hours: Hours, language: Language) -> str:
    closes = f"{hours.closes:%H:%M}"
    if hours.closes <= hours.opens:
        closes = say(language, "next_day", closes=closes)
    return f"{hours.opens:%H:%M}{_DASH}{closes}"
