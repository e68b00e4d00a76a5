"""What each Lambda function does to the tables is what its road lets it do: moto would not tell."""

from functions.adapters.dynamodb import keys
from functions.adapters.dynamodb.database import Set
from functions.administration.accounts.audit import Auditor
from infra.roads import ROADS, Road, road_of_function, road_of_path
from tests.support.endpoints import requests
from tests.support.retail import Retailer, money


def allowed(road: Road) -> set[tuple[str, str]]:
    """The (table, action) pairs of a road; an index is `table/index`."""
    indexes = {(f"{table}/{name}", "Query") for table, names in road.indexes.items() for name in names}
    return indexes | {(table, action) for table, actions in road.tables.items() for action in actions}


def done(retailer: Retailer) -> set[tuple[str, str]]:
    """What was done to the tables since it was last asked."""
    actions = set(retailer.world.actions)
    retailer.world.actions.clear()
    return actions


def test_every_request_stays_on_its_road(retailer: Retailer) -> None:
    token, till, asked = retailer.token("admin"), retailer.tills["pos-1"], requests(retailer)
    done(retailer)

    for request in asked:
        answer = request.send(retailer, till if request.is_a_tills else token)

        assert answer.status < 300, (request, answer.json)
        road = road_of_path(request.path)
        assert done(retailer) <= allowed(road), (request.method, request.template, road.function)


def test_a_terminals_order_stays_on_its_road(retailer: Retailer) -> None:
    retailer.api.call("GET", "/v1/orders/qinghe/sold-0", token=retailer.tills["pos-1"])

    assert done(retailer) <= allowed(road_of_function("administration"))


def test_what_a_record_lets_go_of_stays_on_its_road(retailer: Retailer) -> None:
    retailer.api.call("PUT", "/v1/customers/x", {"email": "x@example.com"})
    retailer.api.call("PUT", "/v1/customers/x", {})
    retailer.api.call("PUT", "/v1/terminals/pos-1", {"store_id": "zhongshan-1"})
    retailer.api.call("PUT", "/v1/products/cash-500", {**_product(retailer), "sold_as": []})

    assert done(retailer) <= allowed(road_of_function("administration"))


def test_a_tombstone_stays_on_its_road(retailer: Retailer) -> None:
    retailer.void("never-seen")

    assert done(retailer) <= allowed(road_of_function("till"))


def test_issuing_stays_on_its_road(retailer: Retailer) -> None:
    retailer.order("1001", ("CASH-500", 2), customer={"email": "new@example.com"})
    done(retailer)

    retailer.settle("1001")

    assert done(retailer) <= allowed(road_of_function("issue_order"))


def test_revoking_and_queueing_again_stay_on_their_road(retailer: Retailer) -> None:
    retailer.sell("CASH-500", 2)
    refund = {"refund_id": "R-1", "lines": [{"line_id": "1", "quantity": 1}], "amount": money("500")}
    retailer.order("1001", ("CASH-500", 2), refunds=[refund])
    done(retailer)

    retailer.settle("1001")

    assert done(retailer) <= allowed(road_of_function("issue_order"))


def test_an_audit_stays_on_its_road(retailer: Retailer) -> None:
    database = retailer.world.wiring.database
    database.write([Set(keys.voucher(retailer.sold["CASH-500"].voucher_id), {"credential": 7})])
    done(retailer)

    Auditor(audits=retailer.world.wiring.audits, clock=retailer.world.clock, pause=lambda _: None).run(lambda: True)

    assert done(retailer) <= allowed(road_of_function("audit"))
    assert len(retailer.exceptions()) == 1


def test_no_road_may_scan_or_delete_a_voucher() -> None:
    for road in ROADS:
        assert not [action for actions in road.tables.values() for action in actions if action == "Scan"]
        assert "DeleteItem" not in road.tables.get("vouchers", frozenset())


def _product(retailer: Retailer) -> dict[str, object]:
    product = retailer.api.call("GET", "/v1/products/cash-500").json
    return {name: product[name] for name in ("name", "kind", "funding", "value", "terms")}


def test_what_cannot_be_honoured_offline_stays_on_its_road(retailer: Retailer) -> None:
    unknown, again = ({"reference": "o-1", "kind": "redeem", "credential": text} for text in ("forged", "other"))
    at = {"occurred_at": "2026-11-22T12:00:00+08:00"}
    done(retailer)

    retailer.offline(unknown | at, again | at | {"money": money("1")}, {"reference": "o-2", "kind": "void"} | at)

    assert done(retailer) <= allowed(road_of_function("till"))
