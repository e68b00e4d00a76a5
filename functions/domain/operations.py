"""A till's operation, named by its store and its own reference, happens once, for ever.

The operation row is written in the same transaction as the voucher. So the row alone tells a repeat from a first try,
stops the original of a void that came first, and says after a lost answer what happened. One reference names one
operation, of whatever kind.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeVar

from functions.domain import refusals
from functions.domain.discount import Discount, PricedLine
from functions.domain.holds import Hold
from functions.domain.money import Money
from functions.domain.tally import Tally
from functions.domain.voucher import Ask, Taken, Touch, Voucher
from functions.domain.worth import ItemLine, Worth


@dataclass(frozen=True, slots=True, kw_only=True)
class Redemption:
    """What a redemption took and left. `fingerprint` is a digest of the request, to tell a repeat from another.

    `left` is what anybody could take after it, `refunded` what was given back of it so far. For a discount, `off` is
    what came off the basket and `lines` are how it came off its lines, where they were told; `tally` is the hint of the
    tally in which its use was counted.
    """

    kind: Literal["redemption"] = "redemption"
    store_id: str
    reference: str
    terminal_id: str
    voucher_id: str
    fingerprint: str
    taken: Worth
    left: Worth
    redeemed_at: datetime
    off: Money | None = None
    lines: tuple[PricedLine, ...] = ()
    discount: Discount | None = None
    receipt: str | None = None
    hold: str | None = None
    tally: str | None = None
    occurred_at: datetime | None = None
    refunded: Worth | None = None
    voided_at: datetime | None = None
    version: int = 1

    @property
    def state(self) -> Literal["redeemed", "voided"]:
        """Where it stands."""
        return "voided" if self.voided_at else "redeemed"

    @property
    def refundable(self) -> Worth:
        """What it took and nobody has got back yet."""
        return self.taken.minus(self.refunded) if self.refunded else self.taken

    def replay(self, voucher_id: str, fingerprint: str) -> "Redemption":
        """The earlier answer, for a repeat of the same request.

        Raises:
            Voided: it was undone since.
            ReferenceReused: the reference names another request.
        """
        if self.voided_at:
            raise refusals.Voided(self.voided_at)
        if (self.voucher_id, self.fingerprint) != (voucher_id, fingerprint):
            raise refusals.ReferenceReused
        return self

    def voided(self, now: datetime) -> "Redemption":
        """This redemption, undone: what was not refunded is given back."""
        return replace(self, voided_at=now, version=self.version + 1)

    def refund(self, ask: Ask) -> tuple["Redemption", Worth]:
        """This redemption with a part given back, and that part; all that is left of it where none is named.

        Raises:
            Voided: it was undone, and with that given back.
            Refunded: nothing is left of it.
            RefundTooLarge: less is left of it.
            WrongProduct, CurrencyMismatch: it took something else.
        """
        if self.voided_at:
            raise refusals.Voided(self.voided_at)
        if self.refundable.is_nothing:
            raise refusals.Refunded
        given_back = _part(self.refundable, ask)
        if not self.refundable.covers(given_back):
            raise refusals.RefundTooLarge(self.refundable)
        total = self.taken.nothing.plus(self.refunded or self.taken.nothing).plus(given_back)
        return replace(self, refunded=total, version=self.version + 1), given_back


def _part(of: Worth, ask: Ask) -> Worth:
    if ask.is_for_all:
        return replace(of, items=tuple(line for line in of.items if line.quantity))
    if ask.money is not None:
        if of.money is None:
            raise refusals.WrongProduct(of)
        if of.money.currency != ask.money.currency:
            raise refusals.CurrencyMismatch(of.money.currency)
        return Worth(money=ask.money)
    return Worth(items=tuple(_line(of, sku, quantity) for sku, quantity in ask.items))


def _line(of: Worth, sku: str, quantity: int) -> ItemLine:
    line = of.line(sku)
    if line is None:
        raise refusals.WrongProduct(of)
    return replace(line, quantity=quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """A hold as its till knows it. It ends once: captured (then `capture` is the redemption), released or run out."""

    kind: Literal["hold"] = "hold"
    store_id: str
    reference: str
    terminal_id: str
    voucher_id: str
    fingerprint: str
    held: Worth
    left: Worth
    opened_at: datetime
    expires_at: datetime
    order: str | None = None
    discount: Discount | None = None
    capture: Redemption | None = None
    captured_as: str | None = None
    released_at: datetime | None = None
    version: int = 1

    def state(self, now: datetime) -> Literal["open", "captured", "released", "expired"]:
        """Where it stands."""
        if self.captured_as:
            return "captured"
        if self.released_at:
            return "released"
        return "open" if now < self.expires_at else "expired"

    def replay(self, voucher_id: str, fingerprint: str, now: datetime) -> "Reservation":
        """The hold as it stands, for a repeat of the request that opened it.

        Raises:
            Voided: it was released, or replaced by another hold for the same sale.
            HoldExpired: its time is over.
            ReferenceReused: the reference names another request.
        """
        if (self.voucher_id, self.fingerprint) != (voucher_id, fingerprint):
            raise refusals.ReferenceReused
        if not self.captured_as:
            self.must_be_open(now)
        return self

    def must_be_open(self, now: datetime) -> None:
        """Nothing, if the hold can still be captured or released.

        Raises:
            AlreadyCaptured: it became a redemption.
            Voided: it was released, or replaced by another hold for the same sale.
            HoldExpired: its time is over.
        """
        if self.captured_as:
            raise refusals.AlreadyCaptured
        if self.released_at:
            raise refusals.Voided(self.released_at)
        if now >= self.expires_at:
            raise refusals.HoldExpired(self.expires_at)

    def captured(self, redemption: Redemption) -> "Reservation":
        """This hold, which became a redemption: under its own reference, or under one that names it."""
        own = redemption if redemption.reference == self.reference else None
        return replace(self, capture=own, captured_as=redemption.reference, version=self.version + 1)

    def released(self, now: datetime) -> "Reservation":
        """This hold, given up."""
        return replace(self, released_at=now, version=self.version + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """What was given back of a redemption, and onto which voucher: the redemption's own, or what took its place."""

    kind: Literal["refund"] = "refund"
    store_id: str
    reference: str
    terminal_id: str
    redemption: str
    voucher_id: str
    fingerprint: str
    given_back: Worth
    left: Worth
    refunded_at: datetime
    discount: Discount | None = None
    version: int = 1

    def replay(self, fingerprint: str) -> "Refund":
        """The earlier answer, for a repeat of the same request.

        Raises:
            ReferenceReused: the reference names another request.
        """
        if self.fingerprint != fingerprint:
            raise refusals.ReferenceReused
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """The void of a reference never seen: it stops its late original for ever."""

    kind: Literal["tombstone"] = "tombstone"
    store_id: str
    reference: str
    terminal_id: str
    voided_at: datetime
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """What a till did offline and the voucher could not honour: it took nothing, and a person has a case of it.

    `why` names the sentence that people read (`offline_texts`), `left` is what anybody could have taken instead.
    """

    kind: Literal["conflict"] = "conflict"
    store_id: str
    reference: str
    terminal_id: str
    fingerprint: str
    code: str
    why: str
    case_id: str
    occurred_at: datetime
    recorded_at: datetime
    voucher_id: str | None = None
    left: Worth | None = None
    discount: Discount | None = None
    version: int = 1


T = TypeVar("T", bound="Redemption | Reservation | Refund")
Operation = Redemption | Reservation | Refund | Tombstone | Conflict


def repeat_of(kind: type[T], operation: Operation) -> T:
    """The operation that a reference names already, for a request of this kind under the same reference.

    Raises:
        Voided: the reference was voided before anything came under it.
        ReferenceReused: it names something of another kind.
    """
    if isinstance(operation, Tombstone):
        raise refusals.Voided(operation.voided_at)
    if not isinstance(operation, kind):
        raise refusals.ReferenceReused
    return operation


def redemption_of(operation: Operation | None) -> Redemption | None:
    """The redemption that a reference names: one of its own, or what its hold became."""
    match operation:
        case Redemption():
            return operation
        case Reservation():
            return operation.capture
        case _:
            return None


def with_redemption(operation: Operation, changed: Redemption) -> Operation:
    """The operation whose redemption has changed."""
    if isinstance(operation, Reservation):
        return replace(operation, capture=changed, version=operation.version + 1)
    return changed


def tombstone(reference: str, touch: Touch) -> Tombstone:
    """The tombstone a till leaves with a void that found nothing."""
    return Tombstone(store_id=touch.store_id, reference=reference, terminal_id=touch.terminal_id, voided_at=touch.now)


def redemption(
    left: Voucher,
    taken: Taken,
    reference: str,
    touch: Touch,
    fingerprint: str,
    receipt: str | None,
    hold: str | None = None,
    tally: Tally | None = None,
) -> Redemption:
    """The row of a redemption that took `taken` and left `left`."""
    return Redemption(
        store_id=touch.store_id,
        reference=reference,
        terminal_id=touch.terminal_id,
        voucher_id=left.voucher_id,
        fingerprint=fingerprint,
        taken=taken.worth,
        off=taken.off,
        lines=taken.priced.lines if taken.priced else (),
        left=left.available(touch.now),
        discount=left.terms.discount,
        redeemed_at=touch.now,
        receipt=receipt,
        hold=hold,
        tally=tally.hint if tally else None,
        occurred_at=touch.occurred_at,
    )


def reservation(kept: Voucher, hold: Hold, touch: Touch, fingerprint: str) -> Reservation:
    """The row of a hold that left `kept`."""
    return Reservation(
        store_id=touch.store_id,
        reference=hold.reference,
        terminal_id=touch.terminal_id,
        voucher_id=kept.voucher_id,
        fingerprint=fingerprint,
        held=hold.worth,
        left=kept.available(touch.now),
        opened_at=touch.now,
        expires_at=hold.expires_at,
        order=hold.order,
        discount=kept.terms.discount,
    )


def refund(
    restored: Voucher, given_back: Worth, redemption: str, reference: str, touch: Touch, fingerprint: str
) -> Refund:
    """The row of a refund that put `given_back` onto `restored`."""
    return Refund(
        store_id=touch.store_id,
        reference=reference,
        terminal_id=touch.terminal_id,
        redemption=redemption,
        voucher_id=restored.voucher_id,
        fingerprint=fingerprint,
        given_back=given_back,
        left=restored.available(touch.now),
        refunded_at=touch.now,
        discount=restored.terms.discount,
    )
