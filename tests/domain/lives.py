"""Whole lives of a voucher, played at random through the rules as the use cases play them, for whoever has to count."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from functions.domain import operations, refusals
from functions.domain.audit import Books
from functions.domain.basket import Basket
from functions.domain.discount import Discount
from functions.domain.ledger import Entry
from functions.domain.operations import Redemption
from functions.domain.product import Funding, GuaranteePeriod, Kind
from functions.domain.text import Text
from functions.domain.validity import HOME_ZONE
from functions.domain.voucher import Ask, Moved, StateConflictError, Touch, Voucher
from functions.domain.worth import Worth
from tests.domain.samples import NOW, XINYI, cash, lines, terms, twd, voucher

# Two stores whose days begin at different moments, one of them with summer time.
ZONES = {"xinyi": HOME_ZONE, "paris": "Europe/Paris"}
STARTS = {Kind.CASH: cash(500), Kind.ITEM: lines(spa_hour=3, tea=2), Kind.DISCOUNT: Worth(uses=3)}
GUARANTEE = GuaranteePeriod(Text("銀行履約保證", "Bank guarantee"), NOW, NOW + timedelta(days=365))
REFUSED = (refusals.Refusal, StateConflictError)


@dataclass
class Page:
    """A voucher as it stands, and all rows of its ledger."""

    voucher: Voucher
    ledger: list[Entry]

    def write(self, changed: Voucher, entry: Entry) -> None:
        self.voucher = changed
        self.ledger.append(entry)

    @property
    def books(self) -> Books:
        return Books(self.voucher.voucher_id, self.voucher, tuple(self.ledger))


@dataclass
class Life:
    """A voucher and those that took its place, with the operations of two stores' tills."""

    pages: list[Page]
    now: datetime = NOW
    redemptions: dict[tuple[str, str], Redemption] = field(default_factory=dict)
    holds: list[tuple[str, str]] = field(default_factory=list)
    steps: int = 0

    @property
    def page(self) -> Page:
        """The one in force."""
        return self.pages[-1]

    @property
    def entries(self) -> list[Entry]:
        """All rows of all ledgers."""
        return [entry for page in self.pages for entry in page.ledger]

    def play(self, name: str, number: int, store: str) -> None:
        """One step; a refusal changes nothing."""
        self.steps += 1
        at = Touch(self.now, store, XINYI, f"{store}-1", ZONES[store])
        before = replace(self.page.voucher)
        try:
            STEPS[name](self, number, at)
        except REFUSED:
            assert self.page.voucher == before

    def ask(self, number: int) -> Ask:
        """A part, or all that is left."""
        if number % 7 == 0:
            return Ask()
        match self.page.voucher.terms.kind:
            case Kind.CASH:
                return Ask(money=twd(number))
            case Kind.ITEM:
                return Ask(items=((("spa-hour", "tea")[number % 2], number % 3 + 1),))
            case _:
                return Ask(basket=Basket(twd(number * 10)))

    def redeem(self, number: int, at: Touch) -> None:
        reference, it = f"r-{self.steps}", self.page.voucher
        left, entry, taken = it.redeem(self.ask(number), reference, at, it.credential)
        self._keep(left, entry, operations.redemption(left, taken, reference, at, "", None))

    def hold(self, number: int, at: Touch) -> None:
        reference, it = f"h-{self.steps}", self.page.voucher
        until, order = at.now + timedelta(minutes=number), ("order-1", None)[number % 2]
        kept, entry, _ = it.hold(self.ask(number), reference, at, it.credential, until, order)
        self.page.write(kept, entry)
        self.holds.append((at.store_id, reference))

    def capture(self, number: int, at: Touch) -> None:
        for store, held in self.holds[-2:]:
            if store == at.store_id:
                reference = held if number % 2 else f"c-{self.steps}"
                left, entry, taken = self.page.voucher.capture(self.ask(number), held, reference, at)
                self.holds.remove((store, held))
                return self._keep(left, entry, operations.redemption(left, taken, reference, at, "", None, held))
        return None

    def release(self, number: int, at: Touch) -> None:
        del number
        for store, held in self.holds[-2:]:
            if store == at.store_id:
                self.page.write(*self.page.voucher.release(held, at))
                return self.holds.remove((store, held))
        return None

    def void(self, number: int, at: Touch) -> None:
        redemption = self._one(number, at)
        if redemption and not redemption.voided_at:
            back = redemption.refundable
            off = None if back.is_nothing else redemption.off
            self._keep(*self.page.voucher.void(back, redemption.reference, at, off), redemption.voided(at.now))

    def refund(self, number: int, at: Touch) -> None:
        redemption = self._one(number, at)
        if redemption:
            ask = Ask() if redemption.taken.uses else self.ask(number)
            changed, back = redemption.refund(ask)
            of = redemption.reference
            self._keep(*self.page.voucher.refund(back, of, f"f-{self.steps}", at, redemption.off), changed)

    def transfer(self, number: int, at: Touch) -> None:
        over, heir = self.page.voucher.transfer(f"customer-{number}", at.now, None)
        self._hand_over(over, heir)

    def act(self, name: str) -> None:
        it, reason = self.page.voucher, "asked"
        self.page.write(*getattr(it, name)(self.now, reason))

    def wait(self, number: int, at: Touch) -> None:
        del at
        self.now += timedelta(minutes=number * 3)

    def _keep(self, left: Voucher, entry: Entry, redemption: Redemption) -> None:
        self.page.write(left, entry)
        self.redemptions[redemption.store_id, redemption.reference] = redemption

    def _one(self, number: int, at: Touch) -> Redemption | None:
        own = [each for (store, _), each in self.redemptions.items() if store == at.store_id]
        return own[number % len(own)] if own else None

    def _hand_over(self, over: Moved, heir: Moved) -> None:
        self.page.write(over.voucher, over.entry)
        self.pages.append(Page(heir.voucher, [heir.entry]))


STEPS: dict[str, Callable[[Life, int, Touch], None]] = {
    "redeem": Life.redeem,
    "hold": Life.hold,
    "capture": Life.capture,
    "release": Life.release,
    "void": Life.void,
    "refund": Life.refund,
    "transfer": Life.transfer,
    "wait": Life.wait,
    "suspend": lambda life, number, _: life.act("suspend") if number % 5 == 0 else None,
    "resume": lambda life, *_: life.act("resume"),
    "reissue": lambda life, *_: life.act("reissue"),
    "revoke": lambda life, number, _: life.act("revoke") if number % 9 == 0 else None,
}
# What moves value is what most lives are about.
_OFTEN = [*STEPS, "redeem", "redeem", "refund", "void", "hold", "capture", "wait"]


def new_life(kind: Kind, **override: Any) -> Life:
    """A voucher that was just issued; cash and items are paid for."""
    discount = Discount(basis_points=1_000, uses=3) if kind is Kind.DISCOUNT else None
    funding = Funding.PROMOTIONAL if discount else Funding.PREPAID
    guarantee = None if discount else GUARANTEE
    sold = voucher(
        STARTS[kind], terms=terms(kind=kind, discount=discount, funding=funding, guarantee=guarantee), **override
    )
    return Life([Page(sold, [sold.issued()])])


@st.composite
def lives(draw: st.DrawFn, kinds: tuple[Kind, ...] = tuple(STARTS)) -> Life:
    """A life of up to 40 steps."""
    life = new_life(draw(st.sampled_from(kinds)))
    steps = st.tuples(st.sampled_from(_OFTEN), st.integers(1, 200), st.sampled_from(sorted(ZONES)))
    for name, number, store in draw(st.lists(steps, min_size=15, max_size=40)):
        life.play(name, number, store)
    return life
