"""How often a customer has used a discount in the day, week and month that run: what its limits are held against.

Days, weeks (ISO, from Monday) and months are those of the shop's zone. Only the periods that run are kept, so that a
tally never grows, whatever the customer does.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from functions.domain import refusals
from functions.domain.errors import InvalidValueError
from functions.domain.validity import end_of_day

# In the QR, so that a till reads the tally together with the voucher: nine bytes, alike for one in 10^21.
HINT_BYTES = 9
_LONGEST_MONTH = timedelta(days=31)
_WEEK = timedelta(days=7)


class Period(StrEnum):
    """A stretch of time with a limit."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    def first_day(self, day: date) -> date:
        """The first day of the period in which `day` lies."""
        match self:
            case Period.DAY:
                return day
            case Period.WEEK:
                return day - timedelta(days=day.weekday())
            case Period.MONTH:
                return day.replace(day=1)

    def last_day(self, first: date) -> date:
        """The last day of the period that begins on `first`."""
        match self:
            case Period.DAY:
                return first
            case Period.WEEK:
                return first + _WEEK - timedelta(days=1)
            case Period.MONTH:
                return (first + _LONGEST_MONTH).replace(day=1) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """How often one customer may use a discount in a day, a week and a month; None is no limit.

    Raises:
        InvalidValueError: no limit at all, or one that lets nobody in.
    """

    day: int | None = None
    week: int | None = None
    month: int | None = None

    def __post_init__(self) -> None:
        if not self.named:
            raise InvalidValueError("limits", "name at least one of day, week and month")
        if any(limit < 1 for limit in self.named.values()):
            raise InvalidValueError("limits", "a limit is at least 1")

    @property
    def named(self) -> dict[Period, int]:
        """The limits that there are."""
        limits = {Period.DAY: self.day, Period.WEEK: self.week, Period.MONTH: self.month}
        return {period: limit for period, limit in limits.items() if limit is not None}


@dataclass(frozen=True, slots=True)
class Count:
    """The uses in the period that began on the day `since`."""

    since: date
    uses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """One customer's uses of one product. `version` rises with every change; 0 is a tally that was never written."""

    subject: str
    product_id: str
    day: Count | None = None
    week: Count | None = None
    month: Count | None = None
    version: int = 0

    @property
    def hint(self) -> str:
        """What it is found by."""
        return tally_hint(self.subject, self.product_id)

    def refusal(self, limits: Limits, now: datetime, zone: str) -> refusals.CustomerLimit | None:
        """Why the customer cannot use the discount now, or None where they can.

        Of several limits that are reached, the one that lasts longest is told: only after it is a use possible.
        """
        reached = [
            refusals.CustomerLimit(limit, period, end_of_day(period.last_day(count.since), zone))
            for period, limit in limits.named.items()
            if (count := self._running(period, now, zone)).uses >= limit
        ]
        return max(reached, key=lambda refusal: refusal.again_at, default=None)

    def counted(self, limits: Limits, now: datetime, zone: str) -> "Tally":
        """The tally with one use more.

        Raises:
            CustomerLimit: the customer has used it as often as they may.
        """
        refused = self.refusal(limits, now, zone)
        if refused is not None:
            raise refused
        counts = {period: self._running(period, now, zone) for period in Period}
        return self._next({period: replace(count, uses=count.uses + 1) for period, count in counts.items()})

    def given_back(self, at: datetime, zone: str) -> "Tally":
        """The tally without the use that was made at `at`. Where its periods are over, there is nothing to undo."""
        day = _local_day(at, zone)
        undone = {
            period: replace(count, uses=count.uses - 1)
            for period in Period
            if (count := self._count(period)) and count.since == period.first_day(day) and count.uses
        }
        return self._next(undone) if undone else self

    def _running(self, period: Period, now: datetime, zone: str) -> Count:
        began, count = period.first_day(_local_day(now, zone)), self._count(period)
        # Two servers' clocks may differ at midnight: a period that one of them has begun is not reopened by the other.
        return count if count and count.since >= began else Count(began, 0)

    def _count(self, period: Period) -> Count | None:
        return {Period.DAY: self.day, Period.WEEK: self.week, Period.MONTH: self.month}[period]

    def _next(self, counts: dict[Period, Count]) -> "Tally":
        return replace(
            self,
            day=counts.get(Period.DAY, self.day),
            week=counts.get(Period.WEEK, self.week),
            month=counts.get(Period.MONTH, self.month),
            version=self.version + 1,
        )


def subject_of(customer_id: str | None, voucher_id: str) -> str:
    """Whose uses are counted: the customer's, or the voucher's own where nobody knows its holder."""
    return customer_id or voucher_id


def tally_hint(subject: str, product_id: str) -> str:
    """What the QR says of the tally and what the tally is found by: nine bytes, in hexadecimal."""
    return hashlib.sha256(f"{subject}#{product_id}".encode()).hexdigest()[: 2 * HINT_BYTES]


def _local_day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()
