"""The voucher: the one item that is the truth about what a customer still has.

Every method decides and returns what happened. None looks at a clock, saves, or logs. A derived state (not yet valid,
expired, partly used, exhausted) is never stored: it is decided by comparing at the touch.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from functions.domain import refusals
from functions.domain.errors import DomainError, InvalidValueError
from functions.domain.ledger import Entry, EntryKind
from functions.domain.money import Money
from functions.domain.product import Kind, Terms
from functions.domain.text import Text
from functions.domain.worth import ItemLine, Worth

ORDER_CANCELLED, ORDER_REFUNDED, BY_SHOP = "order_cancelled", "order_refunded", "by_shop"
RECENT_USES = 5  # kept on the item for the clerk; the ledger has them all
LAST_CREDENTIAL = 2**24 - 1  # three bytes in the token


class State(StrEnum):
    """The stored states."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


class StateConflictError(DomainError):
    """An administrator asked for a change that the voucher's state does not allow."""

    code = "state_conflict"

    def __init__(self, state: State, wanted: str) -> None:
        super().__init__(f"a voucher that is {state} cannot be {wanted}")
        self.state = state


@dataclass(frozen=True, slots=True)
class Source:
    """The unit of an order line that the voucher was sold as."""

    shop_id: str
    order_id: str
    line_id: str
    unit: int


@dataclass(frozen=True, slots=True)
class Touch:
    """When and where a till touches a voucher."""

    now: datetime
    store_id: str
    store: Text
    terminal_id: str


@dataclass(frozen=True, slots=True)
class Ask:
    """What a till wants: an amount, lines of (sku, quantity), or neither for all that is left.

    `basket` is the total of the goods at the till; a discount is computed from it.

    Raises:
        InvalidValueError: a part is nothing or less, which would add to a voucher, or a sku stands in two lines.
    """

    money: Money | None = None
    items: tuple[tuple[str, int], ...] = ()
    basket: Money | None = None

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


@dataclass(frozen=True, slots=True)
class Taken:
    """What one redemption took, and for a discount what came off the basket (None where no basket was told)."""

    worth: Worth
    off: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """One sold or given entitlement. `version` rises by one with every change; `credential` is the number in force."""

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
    state: State = State.ACTIVE
    state_reason: str | None = None
    flag: str | None = None
    version: int = 1
    recent: tuple[Use, ...] = ()

    @property
    def is_used(self) -> bool:
        """Whether any part of the face value is gone."""
        return self.worth != self.face

    def refusal(self, now: datetime, store_id: str | None, credential: int | None = None) -> refusals.Refusal | None:
        """Why the voucher cannot be used at this moment and store with this credential, or None where it can.

        The order is the order in which a clerk should hear of it: what no one can mend comes first. Without a store
        (a page) the store is not judged, without a credential (an administrator) neither is the credential.
        """
        stores = self.terms.stores
        if self.state is State.REVOKED:
            # What an administrator wrote as a reason is for administrators.
            told = self.state_reason in {ORDER_CANCELLED, ORDER_REFUNDED}
            return refusals.Revoked(str(self.state_reason) if told else BY_SHOP)
        if credential is not None and credential != self.credential:
            return refusals.StaleCredential()
        if self.state is State.SUSPENDED:
            return refusals.Suspended()
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
        return None

    def redeem(self, ask: Ask, reference: str, touch: Touch, credential: int) -> tuple["Voucher", Entry, Taken]:
        """Take what is asked for.

        Raises:
            Refusal: any of `refusals` that speaks against it; the voucher is unchanged.
        """
        refused = self.refusal(touch.now, touch.store_id, credential)
        if refused is not None:
            raise refused
        taken = self._taken(ask)
        use = Use(reference, touch.now, touch.store_id, touch.store, taken.worth)
        left = self._next(worth=self.worth.minus(taken.worth), recent=(*self.recent, use)[-RECENT_USES:])
        entry = left._entry(EntryKind.REDEEM, touch.now, taken.worth.negative(), touch=touch, reference=reference)
        return left, entry, taken

    def off(self, basket: Money | None) -> Money | None:
        """What a discount takes off a basket; None where there is no basket to tell, or no discount.

        Raises:
            MinimumSpend: the basket is too small, or was not told where that matters.
            CurrencyMismatch: the discount is in another currency.
        """
        discount = self.terms.discount
        if discount is None:
            return None
        if basket and discount.currency not in {None, basket.currency}:
            raise refusals.CurrencyMismatch(str(discount.currency))
        if discount.minimum_spend and (basket is None or basket < discount.minimum_spend):
            raise refusals.MinimumSpend(discount.minimum_spend, basket)
        return discount.off(basket) if basket else None

    def void(self, taken: Worth, reference: str, touch: Touch) -> tuple["Voucher", Entry]:
        """Give back what the redemption `reference` took, whatever the voucher's state or date is by now."""
        recent = tuple(replace(use, voided=True) if use.reference == reference else use for use in self.recent)
        restored = self._next(worth=self.worth.plus(taken), recent=recent)
        return restored, restored._entry(EntryKind.VOID, touch.now, taken, touch=touch, reference=reference)

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
            StateConflictError: the voucher is revoked.
        """
        if self.state is State.REVOKED or self.credential == LAST_CREDENTIAL:
            raise StateConflictError(self.state, "reissued")
        reissued = self._next(credential=self.credential + 1)
        return reissued, reissued._entry(EntryKind.REISSUE, now, self._nothing(), reason=reason)

    def issued(self) -> Entry:
        """The first entry of the ledger, which gives the face value."""
        return self._entry(EntryKind.ISSUE, self.issued_at, self.face)

    def _exhausted(self) -> refusals.Exhausted:
        last = next((use for use in reversed(self.recent) if not use.voided), None)
        return refusals.Exhausted(last.at, last.store_id, last.store) if last else refusals.Exhausted()

    def _taken(self, ask: Ask) -> Taken:
        match self.terms.kind:
            case Kind.CASH:
                return Taken(self._amount(ask))
            case Kind.ITEM | Kind.PICKUP:
                return Taken(self._lines(ask))
            case Kind.DISCOUNT:
                return Taken(Worth(uses=1), self._off(ask))

    def _amount(self, ask: Ask) -> Worth:
        left = self.worth.money
        if ask.items or left is None:
            raise refusals.WrongProduct(self.worth)
        wanted = ask.money or left
        if wanted.currency != left.currency:
            raise refusals.CurrencyMismatch(left.currency)
        if left < wanted:
            raise refusals.Insufficient(self.worth)
        return Worth(money=wanted)

    def _lines(self, ask: Ask) -> Worth:
        if ask.money is not None:
            raise refusals.WrongProduct(self.worth)
        if ask.is_for_all:
            return Worth(items=tuple(line for line in self.worth.items if line.quantity))
        return Worth(items=tuple(self._line(sku, quantity) for sku, quantity in ask.items))

    def _line(self, sku: str, quantity: int) -> ItemLine:
        line = self.worth.line(sku)
        if line is None:
            raise refusals.WrongProduct(self.worth)
        if line.quantity < quantity:
            raise refusals.Insufficient(self.worth)
        return replace(line, quantity=quantity)

    def _off(self, ask: Ask) -> Money | None:
        if not ask.is_for_all:
            raise refusals.WrongProduct(self.worth)
        return self.off(ask.basket)

    def _turned(
        self, state: State, kind: EntryKind, now: datetime, reason: str | None, *, allowed: set[State]
    ) -> tuple["Voucher", Entry]:
        if self.state not in allowed:
            raise StateConflictError(self.state, state)
        turned = self._next(state=state, state_reason=reason)
        return turned, turned._entry(kind, now, self._nothing(), reason=reason)

    def _next(self, **changes: object) -> "Voucher":
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]  # names are our own fields

    def _nothing(self) -> Worth:
        return self.worth.minus(self.worth)

    def _entry(
        self,
        kind: EntryKind,
        at: datetime,
        change: Worth,
        *,
        touch: Touch | None = None,
        reference: str | None = None,
        reason: str | None = None,
    ) -> Entry:
        return Entry(
            voucher_id=self.voucher_id,
            sequence=self.version,
            kind=kind,
            recorded_at=at,
            change=change,
            balance=self.worth,
            store_id=touch.store_id if touch else None,
            terminal_id=touch.terminal_id if touch else None,
            reference=reference,
            reason=reason,
        )
