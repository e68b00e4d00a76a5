"""Where a voucher and its ledger differ, and what an audit leaves behind."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from functions.domain.cases import Case, CaseKind, case_id
from functions.domain.ledger import Entry, EntryKind
from functions.domain.liability import Bucket, Outstanding, contribution
from functions.domain.parts import parts_of
from functions.domain.recount import Count, Parts, last, recount
from functions.domain.voucher import RECENT_USES, Voucher


class Code(StrEnum):
    """What differs."""

    UNREADABLE = "unreadable"
    NO_VOUCHER = "no_voucher"
    NO_LEDGER = "no_ledger"
    FOREIGN_ENTRY = "foreign_entry"
    SEQUENCE = "sequence"
    FIRST_ENTRY = "first_entry"
    RUNNING_BALANCE = "running_balance"
    BELOW_ZERO = "below_zero"
    ABOVE_FACE = "above_face"
    OVERHELD = "overheld"
    RETURNED = "returned"
    REPEATED = "repeated"
    VERSION = "version"
    WORTH = "worth"
    STATE = "state"
    CREDENTIAL = "credential"
    HOLDS = "holds"
    USES = "uses"
    REPLACEMENT = "replacement"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the voucher, or a row of its ledger, `says` and that is not what was `counted`."""

    code: Code
    says: str
    counted: str
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class Books:
    """A voucher and its ledger, oldest row first, as they were read; `unreadable` are rows that make no sense."""

    voucher_id: str
    voucher: Voucher | None
    entries: Sequence[Entry]
    unreadable: Sequence[str] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all."""
        return self.voucher is None and not self.entries and not self.unreadable


@dataclass(frozen=True, slots=True)
class Progress:
    """How far audits have come: all that changed before `watermark` was audited, as of a run at `at`."""

    watermark: datetime
    at: datetime
    revision: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """What the last audit of a voucher found: at which `version`, what is `owed` on it, and what differed.

    `revision` rises with every audit that is written, so that of two at once only one is.
    """

    voucher_id: str
    version: int
    revision: int
    audited_at: datetime
    owed: tuple[Outstanding, ...] = ()
    codes: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be written of an audit: how the liability moves, and a case where a difference is new."""

    audited: Audited
    moves: Mapping[Bucket, int]
    case: Case | None
    is_news: bool


def verdict(books: Books, found: Sequence[Difference], before: Audited | None, now: datetime) -> Verdict:
    """What an audit comes to. What is owed is what the ledger says, even where the voucher says otherwise."""
    count = recount(books.entries)
    owed = contribution(books.voucher, count.left, count.state) if books.voucher else {}
    codes = tuple(dict.fromkeys(difference.code for difference in found))
    audited = Audited(
        voucher_id=books.voucher_id,
        version=books.voucher.version if books.voucher else 0,
        revision=before.revision + 1 if before else 1,
        audited_at=now,
        owed=tuple(Outstanding(bucket, owed[bucket]) for bucket in sorted(owed, key=lambda each: each.part)),
        codes=codes,
    )
    told = {each.bucket: each.amount for each in before.owed} if before else {}
    moves = {bucket: owed.get(bucket, 0) - told.get(bucket, 0) for bucket in {**told, **owed}}
    is_new_difference = bool(set(codes) - set(before.codes if before else ()))
    return Verdict(
        audited,
        {bucket: amount for bucket, amount in moves.items() if amount},
        audit_difference(audited, books.voucher) if is_new_difference else None,
        is_news=before is None or (before.version, before.owed, before.codes) != (audited.version, audited.owed, codes),
    )


def audit_difference(audited: Audited, voucher: Voucher | None) -> Case:
    """The case of a voucher that its ledger contradicts: all that it says it is worth is at stake."""
    return Case(
        case_id=case_id(audited.audited_at, CaseKind.AUDIT_DIFFERENCE, audited.voucher_id, str(audited.revision)),
        kind=CaseKind.AUDIT_DIFFERENCE,
        opened_at=audited.audited_at,
        voucher_id=audited.voucher_id,
        code=", ".join(audited.codes),
        worth=voucher.worth if voucher else None,
    )


def differences(books: Books) -> tuple[Difference, ...]:
    """Everything that does not add up; nothing, where all does."""
    return tuple(_differences(books))


def _differences(books: Books) -> Iterator[Difference]:
    for row in books.unreadable:
        yield Difference(Code.UNREADABLE, row, "a row that can be read")
    if books.unreadable:
        return
    voucher = books.voucher
    if voucher is None:
        yield Difference(Code.NO_VOUCHER, "nothing", f"{len(books.entries)} rows")
    elif not books.entries:
        yield Difference(Code.NO_LEDGER, f"version {voucher.version}", "no row")
    else:
        yield from _in_rows(books.voucher_id, parts_of(voucher.face), books.entries)
        yield from _of_voucher(voucher, recount(books.entries))


def _in_rows(voucher_id: str, face: Parts, entries: Sequence[Entry]) -> Iterator[Difference]:
    """What is wrong with the rows themselves, one after another."""
    yield from _at_first(face, entries[0])
    count, seen = Count(), set[tuple[str, ...]]()
    for entry in entries:
        count.add(entry)
        if entry.voucher_id != voucher_id:
            yield _differs(Code.FOREIGN_ENTRY, entry.voucher_id, voucher_id, entry)
        if entry.sequence != count.sequence:
            yield _differs(Code.SEQUENCE, str(entry.sequence), str(count.sequence), entry)
        name = (entry.kind, entry.store_id or "", entry.reference or "")
        if entry.reference is not None and name in seen:
            yield _differs(Code.REPEATED, " ".join(name), "once", entry)
        seen.add(name)
        yield from _in_balance(count, face, entry)
        if entry.kind in {EntryKind.VOID, EntryKind.REFUND}:
            yield from _in_return(count, entry)


def _in_balance(count: Count, face: Parts, entry: Entry) -> Iterator[Difference]:
    if parts_of(entry.balance) != count.left:
        yield _differs(Code.RUNNING_BALANCE, _told(parts_of(entry.balance)), _told(count.left), entry)
    if any(amount < 0 for amount in count.left.values()):
        yield _differs(Code.BELOW_ZERO, _told(count.left), "nothing below zero", entry)
    elif any(amount < 0 for amount in count.free.values()):
        yield _differs(Code.OVERHELD, _told(count.free), "no more held than is left", entry)
    if any(amount > face.get(part, 0) for part, amount in count.left.items()):
        yield _differs(Code.ABOVE_FACE, _told(count.left), f"at most {_told(face)}", entry)


def _in_return(count: Count, entry: Entry) -> Iterator[Difference]:
    """Nothing comes back but of a redemption, never more than it took, and with a void exactly that."""
    redemption = count.returned_by(entry)
    if redemption is None:
        # What was redeemed before the voucher was handed on stands in the other voucher's ledger.
        if count.replaces is None:
            yield _differs(Code.RETURNED, _told(parts_of(entry.change)), "nothing", entry)
    elif redemption.returned != redemption.taken and (
        entry.kind is EntryKind.VOID
        or any(amount > redemption.taken.get(part, 0) for part, amount in redemption.returned.items())
    ):
        yield _differs(Code.RETURNED, _told(redemption.returned), _told(redemption.taken), entry)


def _at_first(face: Parts, first: Entry) -> Iterator[Difference]:
    """A ledger begins by giving the whole face value, or what another voucher had left of it."""
    given = parts_of(first.change)
    is_issued = first.kind is EntryKind.ISSUE and given == face
    is_handed_on = first.kind is EntryKind.TRANSFER_IN and bool(given)
    if not is_issued and not is_handed_on:
        yield _differs(Code.FIRST_ENTRY, f"{first.kind} {_told(given)}", f"{EntryKind.ISSUE} {_told(face)}", first)


def _of_voucher(voucher: Voucher, count: Count) -> Iterator[Difference]:
    """What the voucher says of itself that its rows do not."""
    pairs = {
        Code.VERSION: (str(voucher.version), str(count.sequence)),
        Code.WORTH: (_told(parts_of(voucher.worth)), _told(count.left)),
        Code.STATE: (str(voucher.state), str(count.state)),
        Code.CREDENTIAL: (str(voucher.credential), str(count.credential)),
        Code.HOLDS: (_holds_said(voucher, count.clock), _holds_counted(count)),
        Code.USES: (_uses_said(voucher), _uses_counted(count)),
        Code.REPLACEMENT: (
            _heirs(voucher.replaces, voucher.replaced_by),
            _heirs(count.replaces, count.replaced_by),
        ),
    }
    for code, (says, counted) in pairs.items():
        if says != counted:
            yield Difference(code, says, counted)


def _differs(code: Code, says: str, counted: str, entry: Entry) -> Difference:
    return Difference(code, says, counted, entry.sequence)


def _told(parts: Parts) -> str:
    """`item spa-hour 2, money TWD 500`; the same text for the same parts."""
    return ", ".join(f"{part.unit} {part.of} {amount}" for part, amount in sorted(parts.items())) or "nothing"


def _holds_said(voucher: Voucher, now: datetime) -> str:
    return _lines(
        f"{hold.store_id}/{hold.reference}: {_told(parts_of(hold.worth))} until {hold.expires_at.isoformat()}"
        for hold in voucher.open_holds(now)
    )


def _holds_counted(count: Count) -> str:
    return _lines(
        f"{store}/{reference}: {_told(hold.parts)} until {hold.until.isoformat()}"
        for (store, reference), hold in count.kept.items()
    )


def _uses_said(voucher: Voucher) -> str:
    return "; ".join(
        _use(
            use.store_id, use.reference, parts_of(use.taken), parts_of(use.refunded) if use.refunded else {}, use.voided
        )
        for use in voucher.recent
    )


def _uses_counted(count: Count) -> str:
    return "; ".join(
        _use(store, reference, spent.taken, spent.refunded, spent.voided)
        for (store, reference), spent in last(count, RECENT_USES)
    )


def _use(store: str, reference: str, taken: Parts, refunded: Parts, voided: bool) -> str:  # noqa: FBT001 - a column
    back = f", refunded {_told(refunded)}" if refunded else ""
    return f"{store}/{reference}: {_told(taken)}{back}{', voided' if voided else ''}"


def _heirs(replaces: str | None, replaced_by: str | None) -> str:
    return f"replaces {replaces or 'none'}, replaced by {replaced_by or 'none'}"


def _lines(texts: Iterator[str]) -> str:
    return "; ".join(sorted(texts))
