"""Every fault at every call of every operation, and then the same request again: a legal state, and one effect.

Nothing here is drawn by lot. The store is what it would be had nothing gone wrong, to the byte.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

import pytest

from functions.adapters.errors import OutsideError
from functions.contracts.messages import OrderChanged
from functions.domain.credential import Credential
from functions.domain.identity import message_id
from functions.issuance.entry import settling
from functions.runtime.wiring import TABLES, using
from tests.simulation import door
from tests.simulation.books import Books
from tests.simulation.deployment import Deployment, opened, qr
from tests.simulation.door import Reply, Request
from tests.simulation.faults import FITTING, Calm, Fault, KilledError, Unreliable
from tests.simulation.purchases import Line, Purchase
from tests.simulation.queues import Queues
from tests.simulation.simulation import nobody_waits
from tests.simulation.store import Rows, Store, deployed_indexes
from tests.support.retail import OWN_SHOP, SHOP
from tests.support.world import ADMIN_TOKEN, Clock

FAULTS = sorted({fault for fitting in FITTING.values() for fault in fitting} - {Fault.TORN, Fault.STALE})
NEXT = "2026-11-22T04:30:00+00:00"
Act = Callable[["World"], Reply | None]


@dataclass
class Once:
    """One fault at the n-th call, where it fits that call."""

    fault_: Fault
    at: int
    calls: list[str] = field(default_factory=list)
    struck: bool = False

    def interrupt(self) -> None:
        """Let nobody act."""

    def fault(self, call: str) -> Fault | None:
        self.calls.append(call)
        if len(self.calls) != self.at or self.fault_ not in FITTING[call]:
            return None
        self.struck = True
        return self.fault_


class World:
    """A deployment whose weather changes from one act to the next."""

    def __init__(self) -> None:
        self.store = Store(TABLES, deployed_indexes())
        self.client, self.queues = Unreliable(self.store, Calm()), Queues(Calm())
        self.clock = Clock()
        self.deployment = Deployment(self.client, self.queues, self.clock)
        self.go_back(opened().rows)

    def go_back(self, rows: Rows) -> None:
        self.store.go_back(rows)
        self.queues.sent.clear()
        self.client.late.clear()
        # A worker counts its calls; each of these is the first of a new one.
        self.deployment.__dict__.pop("meter", None)
        self.books = Books(self.store)
        self.books.look_at_everything()

    def do(self, act: Act, weather: Once | Calm) -> Reply | None:
        """One act under some weather; None where the worker died of it or gave up."""
        self.client.weather = self.queues.weather = weather
        try:
            return act(self)
        except (KilledError, OutsideError):
            return None
        finally:
            self.client.weather = self.queues.weather = Calm()

    def left(self) -> tuple[Rows, set[tuple[str, str]]]:
        """What an act left behind: the tables, and what was queued, however often.

        A message that brings a voucher which is revoked will not be sent, queued or not.
        """
        revoked = {name for name, account in self.books.accounts.items() if account.state == "revoked"}
        idle = {message_id(name, 1) for name in revoked}
        return dict(self.store.rows), {
            sent for sent in self.queues.sent if json.loads(sent[1]).get("message_id") not in idle
        }


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    with using(made.deployment), nobody_waits(Clock(), Random(0)):
        yield made


def voucher_of(sku: str) -> str:
    """The voucher that was sold of a SKU."""
    store = Store(TABLES)
    store.go_back(opened().rows)
    found = {"CASH-500": "cash-500", "SPA-3": "spa-3", "COFFEE-10": "coffee-10"}[sku]
    items = {row.pk: store.item(row) or {} for row in opened().rows if row.sk == "VOUCHER"}
    return next(
        pk.removeprefix("VOUCHER#") for pk, item in items.items() if item["terms"]["M"]["product_id"]["S"] == found
    )


def till(method: str, path: str, body: object = None, **parameters: str) -> Act:
    def act(_: World) -> Reply:
        return door.call(Request(method, f"/v1/pos/{path}", parameters, body, opened().tokens["pos-1"]))

    return act


def redeem(reference: str, sku: str = "CASH-500", **ask: object) -> Act:
    body = {"credential": qr(voucher_of(sku), 1), **ask}
    return till("PUT", "redemptions/{reference}", body, reference=reference)


def typed(reference: str) -> Act:
    def act(world: World) -> Reply | None:
        code = world.deployment.codebook.code(Credential(voucher_of("CASH-500"), 1))
        return till("PUT", "redemptions/{reference}", {"credential": code}, reference=reference)(world)

    return act


def void(reference: str) -> Act:
    return till("POST", "redemptions/{reference}/void", reference=reference)


def hold(reference: str, **ask: object) -> Act:
    return till("PUT", "holds/{reference}", {"credential": qr(voucher_of("CASH-500"), 1), **ask}, reference=reference)


def on_hold(reference: str, action: str, **ask: object) -> Act:
    body = ask if action == "capture" else None
    return till("POST", f"holds/{{reference}}/{action}", body, reference=reference)


def refund(reference: str, redemption: str, **ask: object) -> Act:
    return till("PUT", "refunds/{reference}", {"redemption": redemption, **ask}, reference=reference)


def administer(action: str, **body: object) -> Act:
    def act(_: World) -> Reply:
        headers = {"idempotency-key": f'"{action}"'}
        parameters = {"voucher_id": voucher_of("CASH-500")}
        return door.call(
            Request("POST", f"/v1/vouchers/{{voucher_id}}/{action}", parameters, body, ADMIN_TOKEN, headers)
        )

    return act


def twd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "TWD"}


def purchase(shop_id: str = SHOP, **facts: object) -> Purchase:
    line = Line(100, "CASH-500", 2)
    bought = Purchase(shop_id, 1, NEXT, [line], NEXT, paid_at=NEXT)
    for name, value in facts.items():
        setattr(bought, name, value)
    return bought


def told(bought: Purchase) -> Act:
    def act(_: World) -> Reply:
        (request,) = bought.reports(lambda prefix: f"{prefix}-{bought.cancelled_at}")
        return door.call(request)

    return act


def settled(bought: Purchase) -> Act:
    def act(_: World) -> None:
        settling().settle(OrderChanged(shop_id=bought.shop_id, order_id=bought.order_id))

    return act


BOUGHT, CANCELLED, OWN = purchase(), purchase(cancelled_at="2026-11-22T05:00:00+00:00"), purchase(OWN_SHOP)
HELD = hold("h", money=twd("200"))
# An operation, and what came before it.
OPERATIONS: dict[str, tuple[Sequence[Act], Act]] = {
    "redeem all": ((), redeem("r")),
    "redeem a part": ((), redeem("r", money=twd("200"))),
    "redeem by the typed code": ((), typed("r")),
    "redeem services": ((), redeem("r", "SPA-3", items=[{"sku": "spa-hour", "quantity": 2}])),
    "redeem a discount": ((), redeem("r", "COFFEE-10", basket={"total": twd("1000")})),
    "redeem what is left": ((redeem("earlier", money=twd("1")),), redeem("r")),
    "void": ((redeem("r", money=twd("200")),), void("r")),
    "void what never came": ((), void("r")),
    "void what was partly refunded": ((redeem("r"), refund("f", "r", money=twd("1"))), void("r")),
    "hold": ((), HELD),
    "capture a hold": ((HELD,), on_hold("h", "capture", money=twd("50"))),
    "redeem a hold": ((HELD,), redeem("r", hold="h", money=twd("50"))),
    "release a hold": ((HELD,), on_hold("h", "release")),
    "release what never came": ((), on_hold("h", "release")),
    "void a capture": ((HELD, on_hold("h", "capture")), void("h")),
    "refund a part": ((redeem("r"),), refund("f", "r", money=twd("100"))),
    "refund all": ((redeem("r"),), refund("f", "r")),
    "suspend": ((), administer("suspend")),
    "resume": ((administer("suspend"),), administer("resume")),
    "revoke": ((), administer("revoke")),
    "revoke what was used": ((redeem("r", money=twd("200")),), administer("revoke")),
    "reissue": ((), administer("reissue")),
    "void of a revoked voucher": ((redeem("r"), administer("revoke")), void("r")),
    "a webhook": ((), told(BOUGHT)),
    "a webhook that cancels": ((told(BOUGHT), settled(BOUGHT)), told(CANCELLED)),
    "an order in the normal form": ((), told(OWN)),
    "issue": ((told(BOUGHT),), settled(BOUGHT)),
    "take back": ((told(BOUGHT), settled(BOUGHT), told(CANCELLED)), settled(CANCELLED)),
}


@pytest.fixture(params=OPERATIONS.values(), ids=list(OPERATIONS))
def prepared(request: pytest.FixtureRequest, world: World, monkeypatch: pytest.MonkeyPatch) -> tuple[Rows, Act]:
    """The tables before an operation, and the operation."""
    # So that a fault falls between two transactions of one order, too.
    monkeypatch.setattr("functions.issuance.settle.AT_ONCE", 1)
    before, act = request.param
    for each in before:
        reply = world.do(each, Calm())
        assert reply is None or reply.is_ok, reply
    return dict(world.store.rows), act


def undisturbed(world: World, rows: Rows, act: Act) -> tuple[list[str], Reply | None, object]:
    """The calls of an operation that nothing disturbs, its answer, and what it leaves."""
    world.go_back(rows)
    weather = Once(Fault.KILLED_BEFORE, at=0)
    reply = world.do(act, weather)
    world.books.look()
    assert reply is None or reply.is_ok, reply
    return weather.calls, reply, world.left()


def test_any_fault_at_any_call_and_a_repeat_end_where_one_run_ends(world: World, prepared: tuple[Rows, Act]) -> None:
    rows, act = prepared
    calls, expected, left = undisturbed(world, rows, act)
    struck = 0

    for fault in FAULTS:
        for at in range(1, len(calls) + 1):
            world.go_back(rows)
            weather = Once(fault, at)
            world.do(act, weather)
            world.books.look()
            again = world.do(act, Calm())
            while world.client.late:
                world.client.arrive(0)
            world.books.look()
            struck += weather.struck

            assert (again and again.text, world.left()) == (expected and expected.text, left), (fault, at, calls)
    assert struck >= len(calls) * 4


def test_two_deaths_in_a_row_and_a_repeat_end_where_one_run_ends(world: World, prepared: tuple[Rows, Act]) -> None:
    rows, act = prepared
    calls, expected, left = undisturbed(world, rows, act)
    deaths = [(fault, at) for fault in (Fault.KILLED_BEFORE, Fault.KILLED_AFTER) for at in range(1, len(calls) + 1)]

    for first in deaths:
        for second in deaths:
            world.go_back(rows)
            for death in (first, second):
                world.do(act, Once(*death))
                world.books.look()
            again = world.do(act, Calm())
            world.books.look()

            assert (again and again.text, world.left()) == (expected and expected.text, left), (first, second, calls)


def test_a_death_before_the_last_write_is_one_that_a_repeat_has_to_mend(
    world: World, prepared: tuple[Rows, Act]
) -> None:
    """Without a repeat the tables are not what they should be: the faults strike."""
    rows, act = prepared
    calls, _, left = undisturbed(world, rows, act)
    writes = [place for place, call in enumerate(calls, start=1) if not call.endswith("get_item")]

    world.go_back(rows)
    world.do(act, Once(Fault.KILLED_BEFORE, writes[-1]))

    assert world.left() != left
