"""What may stand behind the question mark of an address, read strictly."""

import re
from contextlib import suppress
from datetime import date

from functions.contracts.base import in_range
from functions.domain.errors import InvalidValueError

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def whole(text: str | None, name: str, default: int, *, least: int, most: int) -> int:
    """A whole number, or the default where none was given.

    Raises:
        InvalidValueError: it is none, or out of bounds.
    """
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most):
        raise InvalidValueError(name, f"must be a whole number from {least} to {most}")
    return int(text)


def one_of(text: str | None, name: str, choices: tuple[str, ...]) -> str:
    """One of the choices, the first where none was made.

    Raises:
        InvalidValueError: it is another.
    """
    if text is not None and text not in choices:
        raise InvalidValueError(name, f"must be one of {', '.join(choices)}")
    return text or choices[0]


def day(text: str | None, name: str = "date") -> date:
    """A day, as 2026-11-22.

    Raises:
        InvalidValueError: it is none, or in no year that is meant.
    """
    if text is not None and _DAY.fullmatch(text):
        with suppress(ValueError):
            return in_range(date.fromisoformat(text))
    raise InvalidValueError(name, "must be a day of the calendar, such as 2026-11-22")
