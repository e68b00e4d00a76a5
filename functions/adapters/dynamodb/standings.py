"""The log of what stopped being good, and of what is good again: one partition, only ever added to."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from functions.adapters.dynamodb import keys
from functions.adapters.dynamodb.database import NEW, Database, Put
from functions.adapters.dynamodb.records import from_item, to_item
from functions.domain.errors import InvalidValueError
from functions.domain.standing import Standing

_TIME = r"\d{8}T\d{6}\.\d{6}Z"
# The time up to which all was read. Amid a walk: the last line that was read, and that time as it will be at the end.
_CURSOR = re.compile(rf"(?:(?P<line>{_TIME}~[0-9a-f-]{{36}}~\d{{1,10}})~)?(?P<settled>{_TIME})", re.ASCII)


@dataclass(frozen=True, slots=True)
class LogPage:
    """Lines of the log, and from where to ask on. `is_complete` where nothing was left for a further page."""

    lines: tuple[Standing, ...]
    next_cursor: str
    is_complete: bool


@dataclass(frozen=True, slots=True)
class _Walk:
    """A reading of the log, page by page, to its end: from where on, and where the next walk will begin."""

    after: str | None
    next_begins: str


class StandingLog:
    """Reads the log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, cursor: str | None, settled: datetime, limit: int) -> LogPage:
        """Up to `limit` lines after the cursor, oldest first.

        A transaction of after `settled` may still be on its way. So a walk through the pages goes to the end of the
        log, and the next begins where its first page had settled: what is younger is told again.

        Raises:
            InvalidValueError: the cursor is none of ours.
        """
        walk = _walk(cursor, _time(settled))
        start = keys.standing(walk.after.replace("~", "#")).sk if walk.after else None
        items = self._database.query(keys.standing(""), after=start, limit=limit + 1)
        lines = tuple(from_item(Standing, item) for item in items[:limit])
        is_complete = len(items) <= limit
        return LogPage(
            lines, walk.next_begins if is_complete else f"{_name(lines[-1])}~{walk.next_begins}", is_complete
        )


def _walk(cursor: str | None, settled: str) -> _Walk:
    if cursor is None:
        return _Walk(None, settled)
    read = _CURSOR.fullmatch(cursor)
    if read is None:
        raise InvalidValueError("cursor", "must be the next_cursor of an earlier answer")
    since = min(read["settled"], settled)
    return _Walk(read["line"], since) if read["line"] else _Walk(since, settled)


def new_line(line: Standing) -> Put:
    """The write of a line, for whoever writes it along with the voucher that it tells of."""
    return Put(keys.standing(_name(line).replace("~", "#")), to_item(line), NEW)


def _name(line: Standing) -> str:
    return f"{_time(line.at)}~{line.voucher_id}~{line.version}"


def _time(at: datetime) -> str:
    # Of one length, so that text sorts as time does.
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"
