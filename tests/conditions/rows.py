"""Every other row: one that is new is made where none is, and one that was read is written as it was read.

Where a condition is met and what it guards is found out by carrying the request out once, and then again in the same
world with somebody else at that row right before our write.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tests.conditions.changes import CANCELLED, asked, hold, qr, redeem, voucher_id
from tests.conditions.hands import owner, row
from tests.conditions.scenario import Scenario
from tests.conditions.watch import ANY_TILL, Condition, writes_under
from tests.support import shopify
from tests.support.faults import rival
from tests.support.retail import (
    SHOP,
    XINYI,
    Retailer,
    money,
    order_body,
    product_body,
    sale,
)  # fmt: skip

Act = Callable[[Retailer], Any]
Place = tuple[str, str, str]


def nothing(_: Retailer) -> None:
    """Most requests need no preparation."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A request whose write stands under the condition, and what has to come before it."""

    condition: Condition
    act: Act
    before: Act = nothing

    def place(self, retailer: Retailer) -> tuple[Place, str]:
        """The row that the condition is of, and the call that writes it; the world is as it was before."""
        state = retailer.world.state()
        with writes_under(self.condition) as found:
            self.act(retailer)
        retailer.world.go_back(state)
        return found[0]


@dataclass(frozen=True, slots=True)
class MadeByAnother(Deed):
    """Somebody else makes the row in between: whose is it?"""

    def __call__(self, retailer: Retailer) -> str:
        self.before(retailer)
        place, call = self.place(retailer)
        return owner(retailer, place, lambda: self.act(retailer), before=call)


@dataclass(frozen=True, slots=True)
class ChangedByAnother(Deed):
    """Somebody else changes what the condition asks for: is it read again before it is written over?"""

    def __call__(self, retailer: Retailer) -> str:
        self.before(retailer)
        place, call = self.place(retailer)
        retailer.world.calls.clear()
        with rival(lambda: _changed(retailer, place, self.condition.asks), before=call):
            self.act(retailer)
        return "read again" if retailer.world.calls.count(call) > 1 else "written over"


@dataclass(frozen=True, slots=True)
class Answered(Deed):
    """Somebody else takes the row away or changes it, and the answer tells."""

    def __call__(self, retailer: Retailer) -> object:
        self.before(retailer)
        place, call = self.place(retailer)
        removes = self.condition.asks == "exists"
        meanwhile = retailer.world.remove if removes else _change_of(retailer, self.condition.asks)
        with rival(lambda: meanwhile(*place), before=call):
            return self.act(retailer).status


def _change_of(retailer: Retailer, attribute: str) -> Callable[[str, str, str], None]:
    return lambda *place: _changed(retailer, place, attribute)


def _changed(retailer: Retailer, place: Place, attribute: str) -> None:
    known = row(retailer, *place) or {}
    value = known.get(attribute)
    other = value + 7 if isinstance(value, int) else "another"
    kept = {name: each for name, each in known.items() if name not in {"pk", "sk"}}
    retailer.world.put(*place, **kept | {attribute: other})


# Requests.


def quietly(act: Act) -> Act:
    """What a queue would try again is left there."""

    def quiet(retailer: Retailer) -> None:
        with suppress(Exception):
            act(retailer)

    return quiet


def transfer(retailer: Retailer) -> Any:
    return retailer.transfer(voucher_id(retailer), "hao")


def hao(retailer: Retailer) -> Any:
    return retailer.customer("hao")


def offline(reference: str) -> Act:
    return lambda it: it.offline(sale(qr(it), reference))


def taken_otherwise(retailer: Retailer) -> None:
    retailer.redeem("r-0", qr(retailer), money=money("1"))


def cancelled(retailer: Retailer) -> None:
    retailer.order("sold-0", ("CASH-500", 1), **CANCELLED)


def webhook(retailer: Retailer) -> Any:
    body = shopify.raw(shopify.order())
    return retailer.api.call("POST", f"/webhooks/{SHOP}", body, token=None, headers=shopify.headers(body))


def put_order(**override: Any) -> Act:
    return lambda it: it.api.call("PUT", f"/v1/orders/{SHOP}/77", order_body(**override))


def put_terminal(retailer: Retailer) -> Any:
    return retailer.api.call("PUT", "/v1/terminals/pos-7", {"store_id": XINYI})


class Enrolling:
    """A device that was shown a code."""

    code = ""

    def invite(self, retailer: Retailer) -> None:
        self.code = put_terminal(retailer).json["enrolment_code"]

    def enrol(self, retailer: Retailer) -> Any:
        return retailer.api.call("POST", "/v1/terminals/enrol", {"enrolment_code": self.code}, token=None)


class Resolving:
    """A matter for a person."""

    exception_id = ""

    def arise(self, retailer: Retailer) -> None:
        redeem(retailer)
        retailer.act("revoke", voucher_id(retailer))
        self.exception_id = retailer.exceptions()[0]["exception_id"]

    def resolve(self, retailer: Retailer) -> Any:
        return retailer.api.call("POST", f"/v1/exceptions/{self.exception_id}/resolve", {"note": "settled"})


def ordered(**override: Any) -> Act:
    return lambda it: it.order("77", ("CASH-500", 1), **override)


def settled(retailer: Retailer) -> None:
    retailer.settle("77")


def daily(reference: str) -> Act:
    return lambda it: it.redeem(reference, it.sold["DAILY"].qr, basket={"total": money("900")})


def used_and_given_back(retailer: Retailer) -> None:
    """A tally that is there, and has nothing on it."""
    daily("r-1")(retailer)
    retailer.void("r-1")


def by_key(action: str) -> Act:
    return lambda it: it.act(action, voucher_id(it), key="k-1")


ENROLLING, RESOLVING = Enrolling(), Resolving()
OPERATION, STANDING, TERMINAL = "OPERATION#*/OPERATION", "REVOCATIONS/CHANGE#*", "TERMINAL#*/TERMINAL"
CODE, SEND, REQUEST, TALLY = "CODE#*/CODE", "MESSAGE#*/CHANNEL#*", "VOUCHER#*/REQUEST#*", "TALLY#*/TALLY"


def new(operation: str, of: str, act: Act, before: Act = nothing) -> Scenario:
    condition = Condition(operation, "Put", of, "new")
    return Scenario(
        "what is there is not written over as new",
        condition,
        MadeByAnother(condition, act, before),
        right="theirs",
        wrong="ours",
    )


def same(operation: str, of: str, asks: str, act: Act, before: Act = nothing, kind: str = "Put") -> Scenario:
    condition = Condition(operation, kind, of, asks)
    deed = ChangedByAnother(condition, act, before)
    return Scenario("what changed is read again", condition, deed, right="read again", wrong="written over")


def answered(condition: Condition, act: Act, before: Act, *, right: int, wrong: int) -> Scenario:
    return Scenario("what is gone is not used", condition, Answered(condition, act, before), right=right, wrong=wrong)


def whose_window(retailer: Retailer) -> str:
    """Two workers tell a guard of a terminal's calls; the other has begun a window meanwhile, and counted in it."""
    guard = ("vouchers", "GUARD#pos-1", "GUARD")
    retailer.world.calls.clear()
    with rival(lambda: retailer.world.put(*guard, window=7, calls=500), before="UpdateItem"):
        while "UpdateItem" not in retailer.world.calls:
            retailer.till("GET", "redemptions/never")
    return "theirs" if (row(retailer, *guard) or {}).get("window") == 7 else "ours"


SCENARIOS = [
    Scenario(
        "no worker forgets what another has counted",
        Condition(ANY_TILL, "Update", "GUARD#*/GUARD", "window"), whose_window, right="theirs", wrong="ours",
    ),
    new("put_redemption", OPERATION, redeem),
    new("put_redemption", TALLY, daily("r-1")),
    same("put_redemption", TALLY, "version", daily("r-2"), used_and_given_back),
    new("put_hold", OPERATION, hold),
    new("put_refund", OPERATION, lambda it: it.refund("f-1", "r-1"), redeem),
    same("put_refund", OPERATION, "version", lambda it: it.refund("f-1", "r-1", money=money("5")), redeem),
    same("post_void", OPERATION, "version", lambda it: it.void("r-1"), redeem),
    same("post_void", TALLY, "version", lambda it: it.void("r-1"), daily("r-1")),
    same("put_refund", TALLY, "version", lambda it: it.refund("f-1", "r-1"), daily("r-1")),
    new("post_void", OPERATION, lambda it: it.void("r-9")),
    same("post_capture", OPERATION, "version", lambda it: it.capture("h-1"), hold),
    same("post_release", OPERATION, "version", lambda it: it.release("h-1"), hold),
    new("post_release", OPERATION, lambda it: it.release("h-9")),
    same("put_redemption", OPERATION, "version", lambda it: it.redeem("r-1", qr(it), hold="h-1"), hold),
    answered(
        Condition("put_hold", "Update", OPERATION, "exists"),
        lambda it: it.hold("h-2", qr(it), money=money("50"), order="sale-7"),
        lambda it: it.hold("h-1", qr(it), money=money("50"), order="sale-7"), right=409, wrong=201,
    ),
    new("post_offline_batch", OPERATION, offline("o-1")),
    new("post_offline_batch", "OPERATION#*/CONFLICT#*", offline("r-0"), taken_otherwise),
    *(new(f"post_{action}", STANDING, asked(action)) for action in ("suspend", "revoke", "reissue")),
    new("post_resume", STANDING, asked("resume"), asked("suspend")),
    new("post_transfer", STANDING, transfer, hao),
    new("settle", STANDING, quietly(lambda it: it.settle("sold-0")), cancelled),
    *(new(f"post_{action}", REQUEST, by_key(action)) for action in ("suspend", "revoke", "reissue")),
    new("post_resume", REQUEST, by_key("resume"), asked("suspend")),
    new("post_transfer", REQUEST, lambda it: it.transfer(voucher_id(it), "hao", key="k-1"), hao),
    new("post_reissue", CODE, asked("reissue")),
    new("post_reissue", SEND, asked("reissue")),
    new("post_transfer", CODE, transfer, hao),
    new("post_transfer", SEND, transfer, hao),
    new("post_transfer", "VOUCHER#*/VOUCHER", transfer, hao),
    new("post_transfer", "VOUCHER#*/LEDGER#1", transfer, hao),
    *(
        new("settle", of, quietly(settled), ordered())
        for of in ("VOUCHER#*/VOUCHER", "VOUCHER#*/LEDGER#1", CODE, SEND)
    ),
    same("settle", "ORDER#*/ORDER", "version", settled, ordered(), kind="ConditionCheck"),
    same("settle", "ORDER#*/ORDER", "version", settled, ordered()),
    new("post_webhook", "ORDER#*/ORDER", webhook),
    new("post_webhook", "DELIVERY#*/DELIVERY", webhook),
    new("put_order", "ORDER#*/ORDER", put_order()),
    same("put_order", "ORDER#*/ORDER", "version", put_order(**CANCELLED), put_order()),
    new("put_product", "SHOP#*/SKU#*", lambda it: it.api.call("PUT", "/v1/products/new", product_body("NEW"))),
    new("put_customer", "CUSTOMER#*/CUSTOMER", hao),
    new("put_customer", "IDENTITY#*/IDENTITY", hao),
    same("put_customer", "CUSTOMER#*/CUSTOMER", "version", lambda it: it.customer("hao", name="Hao"), hao),
    new("put_terminal", TERMINAL, put_terminal),
    *(
        same("put_terminal", TERMINAL, asks, lambda it: it.api.call("PUT", "/v1/terminals/pos-1", {"store_id": XINYI}))
        for asks in ("store_id", "token_digest", "enrolment_digest", "next_digest")
    ),
    *(
        same("delete_terminal", TERMINAL, asks, lambda it: it.api.call("DELETE", "/v1/terminals/pos-1"))
        for asks in ("store_id", "token_digest", "enrolment_digest", "next_digest")
    ),
    answered(
        Condition("post_enrolment", "Delete", "ENROLMENT#*/ENROLMENT", "exists"), ENROLLING.enrol, ENROLLING.invite,
        right=401, wrong=200,
    ),
    answered(
        Condition("post_enrolment", "Put", TERMINAL, "enrolment_digest"), ENROLLING.enrol, ENROLLING.invite,
        right=401, wrong=200,
    ),
    new("post_resolution", "EXCEPTIONS#*/CASE#*", RESOLVING.resolve, RESOLVING.arise),
    answered(
        Condition("post_resolution", "Delete", "EXCEPTIONS#*/CASE#*", "exists"), RESOLVING.resolve, RESOLVING.arise,
        right=404, wrong=200,
    ),
]  # fmt: skip
