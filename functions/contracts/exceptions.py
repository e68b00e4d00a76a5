"""The worklist of people."""

from typing import Self

from pydantic import Field

from functions.contracts.base import Instant, Page, Wire, WireText, WireWorth
from functions.domain.case_texts import text_of
from functions.domain.cases import Case


class ExceptionAnswer(Wire):
    """One matter for a person: what happened, what is at stake, and what to do about it."""

    exception_id: str
    kind: str
    state: str
    message: WireText
    opened_at: Instant
    voucher_id: str | None
    store_id: str | None
    terminal_id: str | None
    reference: str | None
    code: str | None
    at_stake: WireWorth | None
    occurred_at: Instant | None
    resolved_at: Instant | None
    resolved_by: str | None
    note: str | None

    @classmethod
    def of(cls, case: Case) -> Self:
        """The wire form."""
        return cls(
            exception_id=case.case_id,
            kind=case.kind,
            state="open" if case.is_open else "resolved",
            message=WireText.of(text_of(case)),
            opened_at=case.opened_at,
            voucher_id=case.voucher_id,
            store_id=case.store_id,
            terminal_id=case.terminal_id,
            reference=case.reference,
            code=case.code,
            at_stake=WireWorth.of(case.worth) if case.worth else None,
            occurred_at=case.occurred_at,
            resolved_at=case.resolved_at,
            resolved_by=case.resolved_by,
            note=case.note,
        )


class ExceptionPage(Page):
    """Exceptions, oldest first."""

    items: list[ExceptionAnswer]


class Resolution(Wire):
    """What was done about it."""

    note: str = Field(min_length=1, max_length=1000)
