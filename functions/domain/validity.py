"""When a voucher may be used. Instants are UTC; days, weekdays and hours are the shop's own."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Hours:
    """A daily window in the shop's zone, end exclusive; an end before the start means over midnight.

    The hours after midnight belong to the day on which the window opened: Friday night ends on Saturday.
    """

    opens: time
    closes: time

    def hold(self, moment: time) -> bool:
        """Whether the window is open at a local time of day."""
        if self.opens < self.closes:
            return self.opens <= moment < self.closes
        return moment >= self.opens or moment < self.closes

    def are_of_the_day_before(self, moment: time) -> bool:
        """Whether what is open at a local time of day opened before midnight."""
        return moment < self.closes <= self.opens


@dataclass(frozen=True, slots=True)
class Window:
    """What a product says about time; `weekdays` are ISO (1 is Monday), None means no limit."""

    starts: datetime | None = None
    ends: datetime | None = None
    days: int | None = None
    weekdays: tuple[int, ...] | None = None
    hours: Hours | None = None

    @property
    def can_expire(self) -> bool:
        """Whether a voucher sold under this window ends one day."""
        return self.ends is not None or self.days is not None

    def span(self, issued_at: datetime, zone: str) -> tuple[datetime, datetime | None]:
        """First instant of validity and first instant after it (None: never) of a voucher issued at `issued_at`."""
        starts = max(issued_at, self.starts) if self.starts else issued_at
        last_day = (
            end_of_day(issued_at.astimezone(ZoneInfo(zone)).date() + timedelta(days=self.days), zone)
            if (self.days is not None)
            else None
        )
        ends = [end for end in (self.ends, last_day) if end is not None]
        return starts, min(ends) if ends else None

    def is_active(self, now: datetime, zone: str) -> bool:
        """Whether the day of the week and the hour allow use now."""
        local = now.astimezone(ZoneInfo(zone))
        moment = local.time()
        is_open = self.hours is None or self.hours.hold(moment)
        spilled = self.hours is not None and self.hours.are_of_the_day_before(moment)
        opened = local - timedelta(days=1) if spilled else local
        return is_open and (self.weekdays is None or opened.isoweekday() in self.weekdays)


ANY_TIME = Window()
HOME_ZONE = "Asia/Taipei"


def end_of_day(day: date, zone: str) -> datetime:
    """The first instant after `day` in `zone`, in UTC: an end that is a mere date means the whole of that day."""
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone)).astimezone(UTC)
