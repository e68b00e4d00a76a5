"""What a worker keeps to itself, and what it tells."""

from datetime import timedelta

from functions.adapters.errors import ConflictError
from functions.domain.guard import Guard, window_of
from functions.runtime.meter import STEP, Meter
from tests.domain.samples import NOW

GUARD = Guard(terminal_id="pos-1")
Told = list[tuple[str, int, int]]


class Counts:
    """Takes what it is told, or refuses it as often as it is asked to."""

    def __init__(self, refusing: int = 0) -> None:
        self.told: Told = []
        self.refusing = refusing

    def count_calls(self, guard: Guard, window: int, calls: int) -> None:
        if self.refusing:
            self.refusing -= 1
            raise ConflictError
        self.told.append((guard.terminal_id, window, calls))


def told(*, calls: int, refusing: int = 0, seconds_between: float = 0, terminals: int = 1) -> Told:
    meter, counts = Meter(rate=100), Counts(refusing)
    for call in range(calls):
        guard = Guard(terminal_id=f"pos-{call % terminals + 1}")
        meter.count(object(), guard, NOW + timedelta(seconds=call * seconds_between), counts)
    return counts.told


def test_a_terminal_that_makes_nine_calls_in_ten_seconds_is_never_told_of() -> None:
    assert told(calls=STEP - 1) == []


def test_every_ten_calls_are_told_of_at_once() -> None:
    assert told(calls=25) == [("pos-1", window_of(NOW), 10)] * 2


def test_a_till_that_is_used_as_a_till_is_used_is_never_told_of() -> None:
    assert told(calls=500, seconds_between=1.2) == []


def test_each_terminal_is_counted_by_itself() -> None:
    assert told(calls=18, terminals=2) == []


def test_what_could_not_be_told_is_told_with_the_next_call() -> None:
    assert told(calls=12, refusing=2) == [("pos-1", window_of(NOW), 12)]


def test_a_request_that_reads_again_is_one_call() -> None:
    meter, counts, request = Meter(rate=100), Counts(), object()

    for _ in range(3 * STEP):
        meter.count(request, GUARD, NOW, counts)

    assert counts.told == []
