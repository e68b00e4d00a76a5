"""The worklist: what only a person can settle, and that somebody did."""

from functions.administration.ports import Cases, Clock
from functions.domain.cases import Case
from functions.runtime.again import again
from functions.runtime.problems import IdempotencyError, found


def resolve(case_id: str, by: str, note: str, *, cases: Cases, clock: Clock) -> tuple[Case, bool]:
    """The case as settled, and whether it had been settled in the same words before.

    Raises:
        NotFoundError: there is no such case.
        IdempotencyError: it was settled otherwise.
    """
    return again(lambda: _resolve_once(case_id, by, note, cases, clock))


def _resolve_once(case_id: str, by: str, note: str, cases: Cases, clock: Clock) -> tuple[Case, bool]:
    case = found(cases.get(case_id), "exception")
    if case.is_open:
        settled = case.resolved(clock(), by, note)
        cases.resolve(settled)
        return settled, False
    if case.note != note:
        raise IdempotencyError("this exception was resolved with another note")
    return case, True
