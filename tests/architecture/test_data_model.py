"""docs/data-model.md says what the code does: every key, and every operation with its counted calls."""

import inspect
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from chalice.local import LambdaContext, LambdaEventConverter, RouteMatcher

from app import app
from functions.adapters import aws
from functions.adapters.dynamodb import keys
from functions.adapters.dynamodb.keys import Key
from functions.contracts.messages import SendRequested
from functions.dispatch.courier import Courier
from functions.domain import identity
from functions.domain.customer import Identity
from functions.domain.ledger import Entry, EntryKind
from functions.domain.sending import Accepted, Channel
from functions.domain.worth import Worth
from infra.cfn import read_template
from infra.layer import ROOT
from infra.roads import TABLES
from tests.support import shopify
from tests.support.endpoints import an_exception, requests
from tests.support.fixtures import retailer
from tests.support.retail import (
    SHOP,
    XINYI,
    ZHONGSHAN,
    Retailer,
    money,
    order_body,
    product_body,
    sale,
    shop_body,
    text,
)  # fmt: skip

__all__ = ["retailer"]

PAGE = (Path(__file__).parents[2] / "docs" / "data-model.md").read_text()
NOBODYS_CODE = "2222-2222-2222-2222"
NEVER_SEEN = "00000000-0000-5000-8000-000000000000"


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading of the page."""
    section = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line] for line in lines[2:]]


# Keys.


class _Sequence(int):
    """A number that writes its own name."""

    def __format__(self, _: str) -> str:
        return "{sequence}"


class _Kind(str):
    """A kind of identity that writes its own name."""

    __slots__ = ()

    def __format__(self, _: str) -> str:
        return "{kind}"


def placeholder(parameter: inspect.Parameter) -> Any:
    """An argument that shows in a key where it went."""
    if parameter.annotation is Entry:
        moment, nothing = datetime(2026, 1, 1, tzinfo=UTC), Worth(uses=0)
        return Entry(
            voucher_id="{voucher_id}", sequence=_Sequence(1), kind=EntryKind.ISSUE, recorded_at=moment,
            change=nothing, balance=nothing,
        )  # fmt: skip
    if parameter.annotation is Identity:
        return Identity(_Kind("kind"), "never in a key")  # type: ignore[arg-type]  # stands for every kind
    return f"{{{parameter.name}}}"


def built() -> dict[str, Key]:
    """The pattern each builder of a key makes."""
    found: dict[str, Key] = {}
    for name, builder in inspect.getmembers(keys, inspect.isfunction):
        signature = inspect.signature(builder)
        if builder.__module__ == keys.__name__ and signature.return_annotation is Key:
            found[name] = builder(*map(placeholder, signature.parameters.values()))
    return found


def test_every_key_of_the_code_is_on_the_page_and_every_key_of_the_page_is_in_the_code() -> None:
    tabled = {Key(table, pk.strip("`"), sk.strip("`")) for table, pk, sk, _ in rows("Keys")}

    assert tabled == set(built().values())


def test_no_two_builders_make_one_key() -> None:
    patterns = list(built().values())

    assert len(set(patterns)) == len(patterns)


def test_only_one_module_spells_a_key() -> None:
    words = {re.split("[#{]", part)[0] for key in built().values() for part in (key.pk, key.sk)}
    spelt = re.compile("|".join(rf"[\"']{word}#" for word in sorted(words)))
    functions = Path(keys.__file__).parents[2]

    found = [path.name for path in functions.rglob("*.py") if spelt.search(path.read_text())]

    assert found == ["keys.py"]


def test_every_item_a_busy_day_leaves_has_a_key_of_the_page(retailer: Retailer) -> None:
    token, till = retailer.token("admin"), retailer.tills["pos-1"]
    for request in requests(retailer):
        request.send(retailer, till if request.is_a_tills else token)
    retailer.act("suspend", retailer.sold["THANKS-200"].voucher_id, key="k-1")
    retailer.settle(str(shopify.ORDER_ID))
    retailer.api.call("PUT", "/v1/terminals/pos-6", {"store_id": XINYI})
    retailer.look_up(NOBODYS_CODE)
    audit()

    patterns = {
        key: re.compile(re.sub(r"\\{[a-z_]+\\}", ".+", rf"{re.escape(key.pk)}\|{re.escape(key.sk)}"))
        for key in built().values()
    }
    seen = {
        (table, f"{item['pk']}|{item['sk']}")
        for table in ("vouchers", "commerce", "customers", "sends")
        for item in retailer.world.items(table)
    }
    met = {
        key
        for key, pattern in patterns.items()
        for table, text in seen
        if key.table == table and pattern.fullmatch(text)
    }
    strange = [
        text for table, text in seen if not any(p.fullmatch(text) for key, p in patterns.items() if key.table == table)
    ]

    assert strange == []
    assert met == set(patterns)


# Indexes.


def test_the_page_the_code_and_the_deployment_know_the_same_indexes() -> None:
    tabled = {
        (table, name.strip("`"), hashed.partition(":")[0].strip("`"), ranged.strip("`"))
        for table, name, hashed, ranged, _ in rows("Indexes")
    }
    template = read_template(ROOT / "infra" / "data.yaml")["Resources"]
    deployed = {
        (table, index["IndexName"], *(part["AttributeName"] for part in index["KeySchema"]))
        for table, resource in TABLES.items()
        for index in template[resource]["Properties"].get("GlobalSecondaryIndexes", [])
    }

    assert tabled == {tuple(index) for index in (keys.SETTLEMENTS, keys.CHANGES)} == deployed


def test_the_page_says_what_an_index_is_asked_for() -> None:
    asked = {hashed.partition(": ")[2].strip("`") for _, _, hashed, _, _ in rows("Indexes")}

    assert asked == {
        keys.settled_on("{store_id}", "{day}"),  # type: ignore[arg-type]  # what shows where it went
        re.sub(r"\d{4}-\d\d-\d\dT\d\d#1", "{hour}#{shard}", keys.changed_in(datetime(2026, 1, 1, tzinfo=UTC), 1)),
    }


# Calls.


def page(retailer: Retailer, path: str) -> None:
    """What a browser fetches."""
    del retailer
    event = LambdaEventConverter(RouteMatcher(list(app.routes))).create_lambda_event("GET", path, {}, b"")
    assert app.handler_map["pages"](event, LambdaContext("pages", 1024))["statusCode"] == 200


def webhook(retailer: Retailer) -> None:
    body = shopify.raw(shopify.order())
    retailer.api.call("POST", f"/webhooks/{SHOP}", body, token=None, headers=shopify.headers(body))


class _Carrier:
    """A channel that takes everything."""

    channel = Channel.LINE

    def pack(self, *_: object) -> Callable[[], Accepted]:
        return lambda: Accepted("taken")


def deliver(retailer: Retailer) -> None:
    wiring = retailer.world.wiring
    message_id = identity.message_id(retailer.sold["CASH-500"].voucher_id, 1)
    courier = Courier(
        carrier=_Carrier(), sends=wiring.sends, vouchers=wiring.vouchers, shops=wiring.shops, queues=wiring.queues,
        clock=wiring.clock,
    )  # fmt: skip
    courier.deliver(SendRequested(message_id=message_id, channel=Channel.LINE))


def cash(retailer: Retailer) -> str:
    return retailer.sold["CASH-500"].qr


def voucher(retailer: Retailer) -> str:
    return retailer.sold["CASH-500"].voucher_id


def nothing(_: Retailer) -> None:
    """Most operations need no preparation."""


def audit(voucher_id: str | None = None) -> None:
    """What the schedule starts, or an operator for one voucher."""
    detail = {"voucher_id": voucher_id} if voucher_id else {}
    parts = ("version", "account", "region", "detail-type", "source", "time", "id", "resources")
    app.handler_map["audit"](dict.fromkeys(parts, "") | {"detail": detail}, LambdaContext("audit", 1024, 240_000))


class _Enrolment:
    """A terminal that is invited, and then enrolled with the code it was shown."""

    code = ""

    def invite(self, retailer: Retailer) -> None:
        self.code = retailer.api.call("PUT", "/v1/terminals/pos-7", {"store_id": XINYI}).json["enrolment_code"]

    def enrol(self, retailer: Retailer) -> None:
        retailer.api.call("POST", "/v1/terminals/enrol", {"enrolment_code": self.code}, token=None)


ENROLMENT = _Enrolment()
EXCEPTIONS: list[str] = []


def remember_an_exception(retailer: Retailer) -> None:
    EXCEPTIONS[:] = [an_exception(retailer)]


def resolve_it(retailer: Retailer) -> None:
    retailer.api.call("POST", f"/v1/exceptions/{EXCEPTIONS[0]}/resolve", {"note": "settled"})


class _Roll:
    """A token that follows another, and its first use."""

    token = ""

    def roll(self, retailer: Retailer) -> None:
        self.token = retailer.api.call("POST", "/v1/terminals/roll", token=retailer.tills["pos-1"]).json["token"]

    def use(self, retailer: Retailer) -> None:
        retailer.api.call("GET", "/v1/pos/redemptions/r-1", token=self.token)


ROLL = _Roll()


Step = Callable[[Retailer], object]
OPERATIONS: dict[str, tuple[Step, Step]] = {
    "a till looks up a QR": (nothing, lambda it: it.look_up(cash(it))),
    "a till looks up a typed code": (nothing, lambda it: it.look_up(it.sold["CASH-500"].code)),
    "a till compares several QRs": (
        nothing,
        lambda it: it.compare([cash(it), it.sold["COFFEE-10"].qr], {"total": money("900")}),
    ),
    "a till redeems by QR": (nothing, lambda it: it.redeem("r-1", cash(it))),
    "a till redeems by typed code": (nothing, lambda it: it.redeem("r-1", it.sold["CASH-500"].code)),
    "a till is given a wrong code": (nothing, lambda it: it.look_up(NOBODYS_CODE)),
    "a till looks up a typed code after a wrong one": (
        lambda it: it.look_up(NOBODYS_CODE),
        lambda it: it.look_up(it.sold["CASH-500"].code),
    ),
    "a till is refused, or repeats itself": (
        lambda it: it.redeem("r-1", cash(it)),
        lambda it: it.redeem("r-1", cash(it)),
    ),
    "a till redeems from its own hold": (
        lambda it: it.hold("h-1", cash(it)),
        lambda it: it.redeem("r-1", cash(it), hold="h-1"),
    ),
    "a till holds": (nothing, lambda it: it.hold("h-1", cash(it))),
    "a till captures or releases a hold": (lambda it: it.hold("h-1", cash(it)), lambda it: it.capture("h-1")),
    "a till refunds": (lambda it: it.redeem("r-1", cash(it)), lambda it: it.refund("f-1", "r-1")),
    "a till downloads what stopped being good": (nothing, lambda it: it.till("GET", "offline-list")),
    "a till reports what it did offline": (nothing, lambda it: it.offline(sale(cash(it)))),
    "a till redeems a discount with limits by QR": (
        nothing,
        lambda it: it.redeem("r-1", it.sold["DAILY"].qr, basket={"total": money("900")}),
    ),
    "a till asks what a reference did": (nothing, lambda it: it.till("GET", "redemptions/r-1")),
    "a till voids": (lambda it: it.redeem("r-1", cash(it)), lambda it: it.void("r-1")),
    "a till voids what never came": (nothing, lambda it: it.void("r-1")),
    "a shop's webhook": (nothing, webhook),
    "a shop's webhook again": (webhook, webhook),
    "an order is reported": (nothing, lambda it: it.api.call("PUT", f"/v1/orders/{SHOP}/1", order_body())),
    "an order is read": (nothing, lambda it: it.api.call("GET", f"/v1/orders/{SHOP}/sold-0")),
    "an order of a known customer is issued": (lambda it: it.order("1"), lambda it: it.settle("1")),
    "a settled order's message": (nothing, lambda it: it.settle("sold-0")),
    "a message is sent": (nothing, deliver),
    "a voucher page is opened": (nothing, lambda it: page(it, f"/v/{cash(it)}")),
    "a QR is fetched": (nothing, lambda it: page(it, f"/v/{cash(it)}/qr.png")),
    "a voucher is read": (nothing, lambda it: it.api.call("GET", f"/v1/vouchers/{voucher(it)}")),
    "a page of a ledger is read": (nothing, lambda it: it.api.call("GET", f"/v1/vouchers/{voucher(it)}/ledger")),
    "a voucher is suspended, resumed or revoked": (nothing, lambda it: it.act("suspend", voucher(it), key="k-1")),
    "a voucher is handed to another person": (
        lambda it: it.customer("hao"),
        lambda it: it.transfer(voucher(it), "hao", key="k-1"),
    ),
    "the exceptions are read": (nothing, lambda it: it.exceptions()),
    "a till asks for its store's day": (nothing, lambda it: it.till("GET", "settlements/2026-11-22")),
    "a store's day is read": (nothing, lambda it: it.api.call("GET", f"/v1/settlements/{XINYI}/2026-11-22")),
    "a day of several stores is read": (
        nothing,
        lambda it: it.api.call("GET", f"/v1/settlements?date=2026-11-22&store_ids={XINYI},{ZHONGSHAN}"),
    ),
    "the liability is read": (nothing, lambda it: it.api.call("GET", "/v1/liability")),
    "a voucher is audited": (nothing, lambda it: audit(voucher(it))),
    "an exception is resolved": (remember_an_exception, resolve_it),
    "a voucher is reissued": (nothing, lambda it: it.act("reissue", voucher(it), key="k-1")),
    "a shop is written": (nothing, lambda it: it.api.call("PUT", f"/v1/shops/{SHOP}", shop_body(secrets=["s"]))),
    "a product is written": (nothing, lambda it: it.api.call("PUT", "/v1/products/new", product_body("NEW"))),
    "a store is written": (nothing, lambda it: it.api.call("PUT", f"/v1/stores/{XINYI}", {"name": text("New")})),
    "a terminal is invited": (nothing, ENROLMENT.invite),
    "a terminal is enrolled": (ENROLMENT.invite, ENROLMENT.enrol),
    "a terminal rolls its token": (nothing, ROLL.roll),
    "a rolled token is first used": (ROLL.roll, ROLL.use),
    "a terminal is revoked": (nothing, lambda it: it.api.call("DELETE", "/v1/terminals/pos-1")),
    "a token is made": (nothing, lambda it: it.token("clerk")),
    "a token is revoked": (lambda it: it.token("clerk"), lambda it: it.api.call("DELETE", "/v1/tokens/a-clerk")),
    "a customer is written": (nothing, lambda it: it.api.call("PUT", "/v1/customers/x", {"email": "x@example.com"})),
    "a customer is read": (nothing, lambda it: it.api.call("GET", "/v1/customers/x")),
}


def test_the_page_and_this_table_know_the_same_operations() -> None:
    assert [operation for operation, *_ in rows("Calls")] == list(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_costs_what_the_page_says(retailer: Retailer, operation: str) -> None:
    prepare, carry_out = OPERATIONS[operation]
    (said,) = [calls for name, calls, _ in rows("Calls") if name == operation]
    prepare(retailer)
    retailer.world.calls.clear()

    carry_out(retailer)

    assert " ".join(f"`{call}`" for call in retailer.world.calls) == said.replace("none", "")


def test_no_request_scans_and_a_query_stays_in_one_partition(retailer: Retailer) -> None:
    asked: list[dict[str, Any]] = []
    aws.client("dynamodb").meta.events.register(
        "before-parameter-build.dynamodb.Query", lambda params, **_: asked.append(params)
    )
    token, till, all_requests = retailer.token("admin"), retailer.tills["pos-1"], requests(retailer)
    retailer.world.calls.clear()

    for request in all_requests:
        request.send(retailer, till if request.is_a_tills else token)
        retailer.settle(str(shopify.ORDER_ID))

    one_by_one, many = {"GetItem", "PutItem", "UpdateItem"}, {"BatchGetItem", "Query", "TransactWriteItems"}
    assert set(retailer.world.calls) <= one_by_one | many
    assert all(re.match(r"(pk|settled_on|changed_in) = :pk\b", query["KeyConditionExpression"]) for query in asked)
    unlimited = {
        query.get("IndexName") or json.dumps(query["ExpressionAttributeValues"][":sk"])
        for query in asked
        if "Limit" not in query
    }
    assert unlimited == {'{"S": "TERMINAL#"}', "settlements"}


def test_a_ledger_of_any_length_is_read_page_by_page(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    for turn in range(3):
        retailer.redeem(f"r-{turn}", held.qr, money=money("1"))
    asked: list[int] = []
    aws.client("dynamodb").meta.events.register(
        "before-parameter-build.dynamodb.Query", lambda params, **_: asked.append(params["Limit"])
    )

    retailer.api.call("GET", f"/v1/vouchers/{held.voucher_id}/ledger?limit=2")
    retailer.api.call("GET", f"/v1/vouchers/{held.voucher_id}/ledger")

    assert asked == [3, 51]
