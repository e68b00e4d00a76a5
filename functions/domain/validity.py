"""When a voucher may be used. Instants are UTC; days, weekdays and hours are the shop's own."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Hours:
    """A daily window in the shop's zone, end exclusive; an end before the start means over midnight."""

    opens: time
    closes: time

    def hold(self, moment: time) -> bool:
        """Whether the window is open at a local time of day."""
        if self.opens < self.closes:
            return self.opens <= moment < self.closes
        return moment >= self.opens or moment < self.closes


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
        on_day = self.weekdays is None or local.isoweekday() in self.weekdays
        return on_day and (self.hours is None or self.hours.hold(local.time()))


ANY_TIME = Window()


def end_of_day(day: date, zone: str) -> datetime:
    """The first instant after `day` in `zone`, in UTC: an end that is a mere date means the whole of that day."""
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone)).astimezone(UTC)
