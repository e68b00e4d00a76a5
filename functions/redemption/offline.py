"""A till that was offline reports what it did. Nothing that it reports is dropped.

Each operation is what it would have been online, judged by the dates and hours of its own time: one read, one
transaction. What the voucher cannot honour takes nothing and is remembered with a case for a person, under the till's
reference, so that it ends in the same way however often it is reported.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from functions.adapters.errors import ConflictError
from functions.domain import operations, refusals
from functions.domain.offline import Outcome, Report, Result, Sale, Told, Undoing, contested
from functions.domain.offline_policy import Took, policy_for
from functions.domain.operations import Conflict, Redemption, repeat_of
from functions.domain.refusals import Refusal
from functions.domain.retail import Terminal
from functions.domain.voucher import Touch, Voucher
from functions.redemption.credentials import Presented
from functions.redemption.ports import Clock, OfflineDesk, Seen
from functions.redemption.redeem import Redeem, touch_of
from functions.redemption.uses import counted, tally_of
from functions.redemption.void import void
from functions.runtime.again import again
from functions.runtime.auth import TillCaller

# Nothing was written, and nobody has to look: the till has voided it itself, or is to come again.
_NOBODYS = (refusals.Voided, refusals.InProgress, refusals.Throttled, refusals.CodesLocked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What it takes to settle a batch. `resolve` finds what was scanned or typed."""

    resolve: Callable[[str], Presented | None]
    caller: TillCaller
    desk: OfflineDesk
    clock: Clock

    def settle(self, batch: Sequence[Told]) -> list[Outcome]:
        """The outcome of each operation, in the order of the batch; they are carried out in the order of their times.

        Raises:
            UnauthorizedError: the terminal is not, or no longer, one.
            ThrottledError, UnavailableError: the tables cannot be reached. What was carried out by then is replayed
                when the batch comes again.
        """
        if not batch:
            again(lambda: self.caller.admitted(self._look()))
        outcomes: dict[int, Outcome] = {}
        spent: dict[str, Redemption] = {}
        for place, told in sorted(enumerate(batch), key=lambda each: each[1].occurred_at):
            outcomes[place] = self._outcome(told, list(spent.values()))
            _note(outcomes[place], spent)
        return [outcomes[place] for place in range(len(batch))]

    def _outcome(self, told: Told, spent: Sequence[Redemption]) -> Outcome:
        try:
            return self._sold(told, spent) if isinstance(told, Sale) else self._undone(told)
        except _NOBODYS as refusal:
            return Outcome(told, Result.REFUSED, refusal=refusal)
        except ConflictError:
            return Outcome(told, Result.REFUSED, refusal=refusals.InProgress())

    def _sold(self, sale: Sale, spent: Sequence[Redemption]) -> Outcome:
        command = Redeem(sale.reference, self.resolve(sale.credential), sale.ask, sale.receipt)
        voucher_id = command.presented.credential.voucher_id if command.presented else None
        before = [Took(each.taken, each.off) for each in spent if each.voucher_id == voucher_id]
        return again(lambda: self._sold_once(Report(sale, voucher_id, command.fingerprint), command, before))

    def _sold_once(self, report: Report, command: Redeem, before: Sequence[Took]) -> Outcome:
        seen = self._look(report)
        terminal = self.caller.admitted(seen)
        earlier = _contested_before(report, seen)
        if earlier is not None:
            return contested(report.told, earlier)
        touch = self._touch(report, terminal)
        try:
            if seen.operation is not None:
                made = repeat_of(Redemption, seen.operation).replay(report.voucher_id or "", report.fingerprint)
                return Outcome(report.told, Result.REPLAYED, made)
            row = self._taken(command, before, terminal, seen.voucher, touch)
        except _NOBODYS:
            raise
        except Refusal as refusal:
            return self._unhonoured(report, refusal, seen, touch)
        return Outcome(report.told, Result.APPLIED, row)

    def _taken(
        self, command: Redeem, before: Sequence[Took], terminal: Terminal, voucher: Voucher | None, touch: Touch
    ) -> Redemption:
        if command.presented is None or voucher is None:
            raise refusals.UnknownVoucher
        policy = policy_for(terminal.offline, voucher)
        policy.must_be_timely(touch.at, touch.now)
        left, entry, taken = voucher.redeem(command.ask, command.reference, touch, command.presented.credential.number)
        policy.must_cover(Took(taken.worth, taken.off), before)
        # Counted when it is heard of, in the periods that run then.
        uses = counted(voucher, tally_of(voucher, None, None, self.desk), touch)
        row = operations.redemption(
            left, taken, command.reference, touch, command.fingerprint, command.receipt, tally=uses
        )
        self.desk.save(left, entry, new=row, tally=uses)
        return row

    def _undone(self, undoing: Undoing) -> Outcome:
        at = undoing.occurred_at
        try:
            operation, replayed = void(
                undoing.reference, caller=self.caller, desk=self.desk, clock=self.clock, occurred_at=at
            )
        except _NOBODYS:
            raise
        except Refusal as refusal:
            return self._not_undone(Report(undoing), refusal)
        return Outcome(undoing, Result.REPLAYED if replayed else Result.APPLIED, operation)

    def _not_undone(self, report: Report, refusal: Refusal) -> Outcome:
        return again(lambda: self._not_undone_once(report, refusal))

    def _not_undone_once(self, report: Report, refusal: Refusal) -> Outcome:
        seen = self._look(report)
        terminal = self.caller.admitted(seen)
        if seen.conflict is not None:
            return contested(report.told, seen.conflict)
        return self._unhonoured(report, refusal, seen, self._touch(report, terminal))

    def _unhonoured(self, report: Report, refusal: Refusal, seen: Seen, touch: Touch) -> Outcome:
        conflict, case = report.unhonoured(refusal, seen.voucher, touch)
        self.desk.contest(conflict, case, beside=report.digest if seen.operation else None)
        return contested(report.told, conflict)

    def _look(self, report: Report | None = None) -> Seen:
        return self.desk.look(
            self.caller.terminal_id,
            self.caller.store_id,
            voucher_id=report.voucher_id if report else None,
            reference=report.told.reference if report else None,
            contested=report.digest if report else None,
        )

    def _touch(self, report: Report, terminal: Terminal) -> Touch:
        return replace(touch_of(terminal, self.clock), occurred_at=report.told.occurred_at)


def _contested_before(report: Report, seen: Seen) -> Conflict | None:
    """What became of the same operation before, if it could not be honoured."""
    if isinstance(seen.operation, Conflict) and report.is_told_by(seen.operation):
        return seen.operation
    return seen.conflict


def _note(outcome: Outcome, spent: dict[str, Redemption]) -> None:
    """Keep in mind what the batch took offline; an earlier sending of the same batch took it too."""
    reference, row = outcome.told.reference, outcome.operation
    if isinstance(outcome.told, Undoing):
        spent.pop(reference, None)
    elif isinstance(row, Redemption) and row.occurred_at is not None:
        spent[reference] = row
