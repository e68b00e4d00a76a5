"""The voucher: the one item that is the truth about what a customer still has.

Every method decides and returns what happened. None looks at a clock, saves, or logs. A derived state (not yet valid,
expired, partly used, exhausted) is never stored: it is decided by comparing at the touch.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from functions.domain import identity, refusals, rotation
from functions.domain.basket import Basket
from functions.domain.credential import Credential
from functions.domain.discount import Priced
from functions.domain.errors import DomainError, InvalidValueError
from functions.domain.holds import HOLDS_MAX, Hold, free_at, held
from functions.domain.ledger import Entry, EntryKind
from functions.domain.money import Money
from functions.domain.product import Kind, Terms
from functions.domain.rotation import Shown
from functions.domain.tally import Limits, Tally, subject_of
from functions.domain.text import Text
from functions.domain.validity import HOME_ZONE
from functions.domain.worth import ItemLine, Worth

ORDER_CANCELLED, ORDER_REFUNDED, BY_SHOP = "order_cancelled", "order_refunded", "by_shop"
RECENT_USES = 5  # kept on the item for the clerk; the ledger has them all
LAST_CREDENTIAL = 2**24 - 1  # three bytes in the token


class State(StrEnum):
    """The stored states."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    REPLACED = "replaced"


OVER = frozenset({State.REVOKED, State.REPLACED})


class StateConflictError(DomainError):
    """An administrator asked for a change that the voucher's state does not allow."""

    code = "state_conflict"

    def __init__(self, state: State, wanted: str) -> None:
        super().__init__(f"a voucher that is {state} cannot be {wanted}")
        self.state = state


@dataclass(frozen=True, slots=True)
class Source:
    """The unit of an order line that the voucher was sold as; `store_id` where a till of ours sold it."""

    shop_id: str
    order_id: str
    line_id: str
    unit: int
    store_id: str | None = None


@dataclass(frozen=True, slots=True)
class Touch:
    """When and where a till touches a voucher. What is heard of later than it happened has an `occurred_at`."""

    now: datetime
    store_id: str
    store: Text
    terminal_id: str
    zone: str = HOME_ZONE
    occurred_at: datetime | None = None

    @property
    def at(self) -> datetime:
        """When it happened, by which dates and hours are judged."""
        return self.occurred_at or self.now


@dataclass(frozen=True, slots=True)
class Ask:
    """What a till wants: an amount, lines of (sku, quantity), or neither for all that is left.

    `basket` is the goods at the till; a discount is computed from it.

    Raises:
        InvalidValueError: a part is nothing or less, which would add to a voucher, or a sku stands in two lines.
    """

    money: Money | None = None
    items: tuple[tuple[str, int], ...] = ()
    basket: Basket | None = None

    def __post_init__(self) -> None:
        if self.money is not None and self.money.minor <= 0:
            raise InvalidValueError("money", "must be more than zero")
        if any(quantity < 1 for _, quantity in self.items):
            raise InvalidValueError("items", "a line needs a quantity of at least 1")
        if len({sku for sku, _ in self.items}) != len(self.items):
            raise InvalidValueError("items", "a sku may stand in one line only")

    @property
    def is_for_all(self) -> bool:
        """Whether no part was named."""
        return self.money is None and not self.items


@dataclass(frozen=True, slots=True)
class Use:
    """A past redemption, as a clerk is told of it."""

    reference: str
    at: datetime
    store_id: str
    store: Text
    taken: Worth
    voided: bool = False
    refunded: Worth | None = None

    @property
    def is_undone(self) -> bool:
        """Whether all of it was given back."""
        return self.voided or (self.refunded is not None and self.refunded.covers(self.taken))

    def is_named(self, store_id: str, reference: str) -> bool:
        """Whether a store knows it by this reference."""
        return (self.store_id, self.reference) == (store_id, reference)


@dataclass(frozen=True, slots=True)
class Taken:
    """What one redemption took, and for a discount what came off the basket (None where no basket was told)."""

    worth: Worth
    priced: Priced | None = None

    @property
    def off(self) -> Money | None:
        """What came off the basket altogether."""
        return self.priced.off if self.priced else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """One sold or given entitlement. `version` rises by one with every change; `credential` is the number in force.

    `rotation` is the latest moment of a rotating QR that a till has acted upon.
    """

    voucher_id: str
    source: Source
    terms: Terms
    face: Worth
    worth: Worth
    issued_at: datetime
    valid_from: datetime
    expires_at: datetime | None = None
    customer_id: str | None = None
    credential: int = 1
    rotation: int = 0
    state: State = State.ACTIVE
    state_reason: str | None = None
    flag: str | None = None
    version: int = 1
    recent: tuple[Use, ...] = ()
    holds: tuple[Hold, ...] = ()
    replaces: str | None = None
    replaced_by: str | None = None

    @property
    def named(self) -> Credential:
        """The credential in force, with all that its token has to say of the voucher."""
        hint = self.untouched_tally.hint if self.limits else None
        return Credential(self.voucher_id, self.credential, rotating=self.terms.rotating, tally=hint)

    @property
    def limits(self) -> Limits | None:
        """How often its holder may use it, and others of its product."""
        return self.terms.discount.limits if self.terms.discount else None

    @property
    def untouched_tally(self) -> Tally:
        """The tally of its holder's uses before there were any."""
        return Tally(subject=subject_of(self.customer_id, self.voucher_id), product_id=self.terms.product_id)

    @property
    def is_used(self) -> bool:
        """Whether any part of the face value is gone."""
        return self.worth != self.face

    def open_holds(self, now: datetime) -> tuple[Hold, ...]:
        """What is kept for sales that are not over yet."""
        return tuple(hold for hold in self.holds if hold.is_open(now))

    def available(self, now: datetime) -> Worth:
        """What anybody may take now: what is left, less what is held."""
        return self.worth.minus(held(self.open_holds(now), self.worth.nothing))

    def refusal(
        self, now: datetime, store_id: str | None, credential: int | None = None, shown: Shown | None = None
    ) -> refusals.Refusal | None:
        """Why the voucher cannot be used at this moment and store with this credential, or None where it can.

        The order is the order in which a clerk should hear of it: what no one can mend comes first. Without a store
        (a page) neither the store nor when a rotating QR was shown is judged, without a credential (an administrator)
        neither is the credential.
        """
        is_at_till = store_id is not None and credential is not None
        stopped = self._over() or self._stopped(credential) or (self._not_shown(shown, now) if is_at_till else None)
        if stopped is not None:
            return stopped
        stores = self.terms.stores
        if now < self.valid_from:
            return refusals.NotYetValid(self.valid_from)
        if self.expires_at is not None and now >= self.expires_at:
            return refusals.Expired(self.expires_at)
        if store_id is not None and stores is not None and store_id not in stores:
            return refusals.WrongStore(stores)
        if self.worth.is_nothing:
            return self._exhausted()
        if not self.terms.window.is_active(now, self.terms.zone):
            return refusals.NotActiveNow()
        return self._all_held(now)

    def redeem(
        self, ask: Ask, reference: str, touch: Touch, credential: int, shown: Shown | None = None
    ) -> tuple["Voucher", Entry, Taken]:
        """Take what is asked for of what nobody holds. What a rotating QR showed is spent by it.

        Raises:
            Refusal: any of `refusals` that speaks against it; the voucher is unchanged.
        """
        self._usable(touch, credential, shown)
        free = self.available(touch.now)
        taken = self._taken(ask, free)
        self._free(taken.worth, free, touch.now)
        return self._spent(shown)._less(taken, reference, touch, self.open_holds(touch.now))

    def hold(
        self,
        ask: Ask,
        reference: str,
        touch: Touch,
        credential: int,
        until: datetime,
        order: str | None = None,
        shown: Shown | None = None,
    ) -> tuple["Voucher", Entry, Hold]:
        """Keep what is asked for until `until`. A hold for the same sale of the same store is replaced, not added to.

        What a rotating QR showed is spent by it.

        Raises:
            Refusal: any of `refusals` that speaks against it; the voucher is unchanged.
        """
        opened = self.open_holds(touch.now)
        replaced = next((hold for hold in opened if hold.is_for(touch.store_id, order)), None)
        others = tuple(hold for hold in opened if hold is not replaced)
        before = replace(self, holds=others)
        before._usable(touch, credential, shown)
        free = before.available(touch.now)
        wanted = before._wanted(ask, free)
        before._free(wanted, free, touch.now)
        if len(others) >= HOLDS_MAX:
            raise refusals.Held(min(hold.expires_at for hold in others), free)
        hold = Hold(
            reference=reference,
            store_id=touch.store_id,
            store=touch.store,
            terminal_id=touch.terminal_id,
            worth=wanted,
            expires_at=until,
            order=order,
        )
        kept = self._spent(shown)._next(holds=(*others, hold))
        told = {"held": wanted, "until": until, "hold": replaced.reference if replaced else None}
        return (
            kept,
            kept._entry(EntryKind.HOLD, touch.now, self.worth.nothing, touch, reference=reference, **told),
            hold,
        )

    def capture(self, ask: Ask, held_as: str, reference: str, touch: Touch) -> tuple["Voucher", Entry, Taken]:
        """Take of the store's own hold `held_as`; what is not taken is free again at once.

        The hold was judged when it was opened: dates and hours that have ended since do not undo it.

        Raises:
            HoldExpired: its time is over, and it keeps nothing.
            Held: it is another till's.
            Revoked, Replaced, Suspended: the shop has stopped the voucher since.
            Refusal: any of `refusals` that speaks against taking this.
        """
        hold = self._own_hold(held_as, touch)
        if self.state is not State.ACTIVE:
            self._usable(touch, None)
        taken = self._taken(ask, hold.worth)
        if not hold.worth.covers(taken.worth):
            raise refusals.HoldTooSmall(hold.worth)
        others = tuple(other for other in self.open_holds(touch.now) if other is not hold)
        return self._less(taken, reference, touch, others, hold=held_as)

    def release(self, held_as: str, touch: Touch) -> tuple["Voucher", Entry]:
        """Give the store's own hold up.

        Raises:
            HoldExpired: it was over already.
            Held: it is another till's.
        """
        hold = self._own_hold(held_as, touch)
        released = self._next(holds=tuple(other for other in self.open_holds(touch.now) if other is not hold))
        return released, released._entry(
            EntryKind.RELEASE, touch.now, self.worth.nothing, touch, reference=held_as, held=hold.worth
        )

    def priced(self, basket: Basket | None) -> Priced | None:
        """What a discount takes off a basket; None where no basket was told, or there is no discount.

        Raises:
            Refusal: the basket does not fit the discount, or was not told where it matters.
        """
        discount = self.terms.discount
        if discount is None:
            return None
        if basket is None:
            discount.check_untold()
            return None
        return discount.priced(basket)

    def void(self, taken: Worth, reference: str, touch: Touch, off: Money | None = None) -> tuple["Voucher", Entry]:
        """Give back what the redemption `reference` took, whatever the voucher's state or date is by now.

        `off` is what it took off the basket, which then is not taken off.
        """
        recent = tuple(
            replace(use, voided=True) if use.is_named(touch.store_id, reference) else use for use in self.recent
        )
        restored = self._next(worth=self.worth.plus(taken), recent=recent)
        return restored, restored._entry(EntryKind.VOID, touch.now, taken, touch, reference=reference, off=off)

    def refund(
        self, given_back: Worth, redemption: str, reference: str, touch: Touch, off: Money | None = None
    ) -> tuple["Voucher", Entry]:
        """Put back a part of what `redemption` took, whatever the voucher's state or date is by now.

        `off` is as for `void`: a discount's use is given back whole or not at all.
        """
        recent = tuple(
            replace(use, refunded=(use.refunded or self.worth.nothing).plus(given_back))
            if use.is_named(touch.store_id, redemption)
            else use
            for use in self.recent
        )
        restored = self._next(worth=self.worth.plus(given_back), recent=recent)
        return restored, restored._entry(
            EntryKind.REFUND, touch.now, given_back, touch, reference=reference, redemption=redemption, off=off
        )

    def suspend(self, now: datetime, reason: str | None) -> tuple["Voucher", Entry]:
        """Stop the voucher for a while.

        Raises:
            StateConflictError: it is not active.
        """
        return self._turned(State.SUSPENDED, EntryKind.SUSPEND, now, reason, allowed={State.ACTIVE})

    def resume(self, now: datetime, reason: str | None) -> tuple["Voucher", Entry]:
        """Let a suspended voucher be used again.

        Raises:
            StateConflictError: it is not suspended.
        """
        return self._turned(State.ACTIVE, EntryKind.RESUME, now, reason, allowed={State.SUSPENDED})

    def revoke(self, now: datetime, reason: str) -> tuple["Voucher", Entry]:
        """Take the voucher back for good. What was used before cannot be: the voucher is flagged for a person.

        Raises:
            StateConflictError: it is revoked already.
        """
        flagged = replace(self, flag="used_before_revocation") if self.is_used else self
        return flagged._turned(State.REVOKED, EntryKind.REVOKE, now, reason, allowed={State.ACTIVE, State.SUSPENDED})

    def reissue(self, now: datetime, reason: str | None) -> tuple["Voucher", Entry]:
        """Raise the credential number: every QR and code given out before is dead.

        Raises:
            StateConflictError: the voucher is revoked or replaced.
        """
        if self.state in OVER or self.credential == LAST_CREDENTIAL:
            raise StateConflictError(self.state, "reissued")
        reissued = self._next(credential=self.credential + 1)
        return reissued, reissued._entry(EntryKind.REISSUE, now, self.worth.nothing, reason=reason)

    def transfer(self, to: str, now: datetime, reason: str | None) -> tuple["Moved", "Moved"]:
        """Hand what is left to the customer `to`: this voucher is over, and another stands in its place.

        The terms stay, and with them the day of sale and the guarantee. Gives this voucher and its successor.

        Raises:
            StateConflictError: it is not active, or `to` has it already.
            Exhausted: there is nothing to hand over.
            Held: a sale is not over.
        """
        if self.state is not State.ACTIVE or self.customer_id == to:
            raise StateConflictError(self.state, "transferred")
        if self.worth.is_nothing:
            raise self._exhausted()
        opened = self.open_holds(now)
        if opened:
            raise refusals.Held(max(hold.expires_at for hold in opened), self.available(now))
        heir_id = identity.successor_id(self.voucher_id)
        over = self._next(
            state=State.REPLACED, state_reason=reason, replaced_by=heir_id, worth=self.worth.nothing, holds=()
        )
        heir = replace(
            self, voucher_id=heir_id, customer_id=to, credential=1, version=1, recent=(), holds=(),
            state_reason=None, flag=None, replaces=self.voucher_id,
        )  # fmt: skip
        given: dict[str, Any] = {"reason": reason, "other_voucher_id": heir_id}
        taken: dict[str, Any] = {"reason": reason, "other_voucher_id": self.voucher_id}
        return (
            Moved(over, over._entry(EntryKind.TRANSFER_OUT, now, self.worth.negative(), **given)),
            Moved(heir, heir._entry(EntryKind.TRANSFER_IN, now, self.worth, **taken)),
        )

    def issued(self) -> Entry:
        """The first entry of the ledger, which gives the face value."""
        return self._entry(EntryKind.ISSUE, self.issued_at, self.face)

    def _over(self) -> refusals.Refusal | None:
        match self.state:
            case State.REVOKED:
                # What an administrator wrote as a reason is for administrators.
                told = self.state_reason in {ORDER_CANCELLED, ORDER_REFUNDED}
                return refusals.Revoked(str(self.state_reason) if told else BY_SHOP)
            case State.REPLACED:
                return refusals.Replaced()
            case _:
                return None

    def _stopped(self, credential: int | None) -> refusals.Refusal | None:
        if credential is not None and credential != self.credential:
            return refusals.StaleCredential()
        return refusals.Suspended() if self.state is State.SUSPENDED else None

    def _not_shown(self, shown: Shown | None, now: datetime) -> refusals.Refusal | None:
        return rotation.refusal(shown, now, self.rotation) if self.terms.rotating else None

    def _usable(self, touch: Touch, credential: int | None, shown: Shown | None = None) -> None:
        refused = self.refusal(touch.at, touch.store_id, credential, shown)
        # Dates are judged by when it happened, holds by now.
        if isinstance(refused, refusals.Held):
            refused = self._all_held(touch.now)
        if refused is not None:
            raise refused

    def _exhausted(self) -> refusals.Exhausted:
        last = next((use for use in reversed(self.recent) if not use.is_undone), None)
        return refusals.Exhausted(last.at, last.store_id, last.store) if last else refusals.Exhausted()

    def _all_held(self, now: datetime) -> refusals.Held | None:
        opened, free = self.open_holds(now), self.available(now)
        return refusals.Held(min(hold.expires_at for hold in opened), free) if opened and free.is_nothing else None

    def _spent(self, shown: Shown | None) -> "Voucher":
        return replace(self, rotation=shown.moment) if shown and self.terms.rotating else self

    def _free(self, wanted: Worth, free: Worth, now: datetime) -> None:
        if free.covers(wanted):
            return
        until = free_at(self.open_holds(now), free, wanted)
        raise refusals.Held(until, free) if until else refusals.Insufficient(free)

    def _own_hold(self, reference: str, touch: Touch) -> Hold:
        hold = next((hold for hold in self.holds if hold.is_named(touch.store_id, reference)), None)
        if hold is None or not hold.is_open(touch.now):
            raise refusals.HoldExpired(hold.expires_at if hold else touch.now)
        if hold.terminal_id != touch.terminal_id:
            raise refusals.Held(hold.expires_at, self.available(touch.now))
        return hold

    def _less(
        self, taken: Taken, reference: str, touch: Touch, holds: tuple[Hold, ...], hold: str | None = None
    ) -> tuple["Voucher", Entry, Taken]:
        use = Use(reference, touch.at, touch.store_id, touch.store, taken.worth)
        recent = (*self.recent, use)[-RECENT_USES:]
        left = self._next(worth=self.worth.minus(taken.worth), recent=recent, holds=holds)
        entry = left._entry(
            EntryKind.REDEEM, touch.now, taken.worth.negative(), touch, reference=reference, hold=hold, off=taken.off
        )
        return left, entry, taken

    def _taken(self, ask: Ask, limit: Worth) -> Taken:
        worth = self._wanted(ask, limit)
        return Taken(worth, self.priced(ask.basket) if self.terms.kind is Kind.DISCOUNT else None)

    def _wanted(self, ask: Ask, limit: Worth) -> Worth:
        """What is asked for, in the voucher's shape; all of `limit` where no part is named."""
        match self.terms.kind:
            case Kind.CASH:
                return self._amount(ask, limit)
            case Kind.ITEM | Kind.PICKUP:
                return self._lines(ask, limit)
            case Kind.DISCOUNT:
                if not ask.is_for_all:
                    raise refusals.WrongProduct(limit)
                return Worth(uses=1)

    def _amount(self, ask: Ask, limit: Worth) -> Worth:
        if ask.items or limit.money is None:
            raise refusals.WrongProduct(limit)
        wanted = ask.money or limit.money
        if wanted.currency != limit.money.currency:
            raise refusals.CurrencyMismatch(limit.money.currency)
        return Worth(money=wanted)

    def _lines(self, ask: Ask, limit: Worth) -> Worth:
        if ask.money is not None:
            raise refusals.WrongProduct(limit)
        if ask.is_for_all:
            return Worth(items=tuple(line for line in limit.items if line.quantity))
        return Worth(items=tuple(self._line(sku, quantity, limit) for sku, quantity in ask.items))

    @staticmethod
    def _line(sku: str, quantity: int, limit: Worth) -> ItemLine:
        line = limit.line(sku)
        if line is None:
            raise refusals.WrongProduct(limit)
        return replace(line, quantity=quantity)

    def _turned(
        self, state: State, kind: EntryKind, now: datetime, reason: str | None, *, allowed: set[State]
    ) -> tuple["Voucher", Entry]:
        if self.state not in allowed:
            raise StateConflictError(self.state, state)
        turned = self._next(state=state, state_reason=reason)
        return turned, turned._entry(kind, now, self.worth.nothing, reason=reason)

    def _next(self, **changes: object) -> "Voucher":
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]  # names are our own fields

    def _entry(
        self,
        kind: EntryKind,
        at: datetime,
        change: Worth,
        touch: Touch | None = None,
        **told: Any,  # noqa: ANN401 - the entry's own fields
    ) -> Entry:
        here = _where(touch, is_value_moved=not change.is_nothing) if touch else {}
        return Entry(
            voucher_id=self.voucher_id,
            sequence=self.version,
            kind=kind,
            recorded_at=at,
            change=change,
            balance=self.worth,
            shop_id=self.source.shop_id,
            selling_store_id=self.source.store_id,
            product_id=self.terms.product_id,
            funding=self.terms.funding,
            **here,
            **told,
        )


@dataclass(frozen=True, slots=True)
class Moved:
    """A voucher as a transfer leaves it, with the entry that says so."""

    voucher: Voucher
    entry: Entry


def _where(touch: Touch, *, is_value_moved: bool) -> dict[str, Any]:
    day = touch.now.astimezone(ZoneInfo(touch.zone)).date()
    return {
        "store_id": touch.store_id,
        "terminal_id": touch.terminal_id,
        "occurred_at": touch.occurred_at,
        "business_day": day if is_value_moved else None,
    }
