"""PUT and GET /v1/products/{product_id}."""

from typing import Any

import pytest

from tests.support.api import Api, Reply
from tests.support.problem import assert_problem
from tests.support.retail import SHOP, discount, line, money, pickup, product_body, spa, text
from tests.support.world import World

PATH = "/v1/products/gift"


def put(api: Api, body: dict[str, Any], product_id: str = "gift") -> Reply:
    return api.call("PUT", f"/v1/products/{product_id}", body)


def skus(world: World) -> dict[str, str]:
    """What each SKU stands for."""
    return {item["sku"]: item["product_id"] for item in world.items("commerce") if item["sk"].startswith("SKU#")}


def test_a_product_is_written_and_read(api: Api) -> None:
    answer = put(api, product_body("CASH-500", stores=["xinyi-1"]))

    assert (answer.status, answer.is_replayed) == (200, False)
    assert answer.json == {
        "product_id": "gift",
        "name": text("Gift voucher", "禮券"),
        "kind": "cash",
        "funding": "prepaid",
        "value": money("500"),
        "items": None,
        "discount": None,
        "sold_as": [{"shop_id": SHOP, "sku": "CASH-500"}],
        "stores": ["xinyi-1"],
        "valid_from": None,
        "valid_until": None,
        "valid_days": None,
        "rotating": False,
        "terms": text("May be used in parts.", "可分次使用。"),
        "offline": True,
    }
    assert api.call("GET", PATH).json == answer.json


def test_items_are_read_as_they_were_written(api: Api) -> None:
    assert put(api, spa("SPA-3")).json["items"] == [line(), line("tea", 1)]


@pytest.mark.parametrize(("percent", "told"), [("10", "10"), ("12.5", "12.5"), ("0.25", "0.25"), ("100", "100")])
def test_a_percentage_is_read_as_it_was_written(api: Api, percent: str, told: str) -> None:
    assert put(api, discount("X", discount={"percent": percent})).json["discount"] == {
        "percent": told, "amount": None, "minimum_spend": None, "cap": None, "products": None, "excluded": [],
        "limits": None, "uses": 1,
    }  # fmt: skip


def test_a_date_means_a_whole_day_in_taipei(api: Api) -> None:
    body = product_body("X", funding="promotional", valid={"from": "2026-12-01", "until": "2026-12-24"})

    answer = put(api, body).json

    assert answer["valid_from"] == "2026-11-30T16:00:00.000Z"
    assert answer["valid_until"] == "2026-12-24T16:00:00.000Z"


def test_a_time_means_that_instant(api: Api) -> None:
    until = "2026-12-24T18:00:00+08:00"

    answer = put(api, product_body("X", funding="promotional", valid={"until": until})).json

    assert answer["valid_until"] == "2026-12-24T10:00:00.000Z"


def test_saying_the_same_again_is_a_replay_and_writes_nothing(api: Api, world: World) -> None:
    put(api, discount("X", valid={"days": 30, "weekdays": [1, 7], "hours": {"from": "11:00", "to": "14:30"}}))
    before = world.rows()

    again = put(api, discount("X", valid={"days": 30, "weekdays": [7, 1], "hours": {"from": "11:00", "to": "14:30"}}))

    assert again.is_replayed
    assert world.rows() == before


def test_a_sku_stands_for_one_product(api: Api, world: World) -> None:
    put(api, product_body("X"), "one")

    answer = put(api, product_body("X", "Y"), "other")

    assert_problem(answer, 422, "invalid")
    assert [error["path"] for error in answer.json["errors"]] == ["sold_as"]
    assert skus(world) == {"X": "one"}
    assert api.call("GET", "/v1/products/other").status == 404


def test_a_sku_of_another_shop_is_another_sku(api: Api) -> None:
    put(api, product_body("X"), "one")

    assert put(api, product_body("X", shop_id="another"), "other").status == 200


def test_a_sku_that_is_let_go_is_free_for_another(api: Api, world: World) -> None:
    put(api, product_body("X", "Y"), "one")
    put(api, product_body("Y"), "one")

    assert put(api, product_body("X"), "other").status == 200
    assert skus(world) == {"X": "other", "Y": "one"}


def test_a_product_that_is_not_there_is_not_found(api: Api) -> None:
    assert_problem(api.call("GET", PATH), 404, "not_found")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"kind": "points"}, "kind"),
    ({"funding": "borrowed"}, "funding"),
    ({"value": None}, "body"),
    ({"value": money("0")}, "value"),
    ({"value": {"amount": 500, "currency": "TWD"}}, "value.amount"),
    ({"value": money("500.5")}, "value"),
    ({"value": None, "items": [line()]}, "body"),
    ({"items": [line()]}, "body"),
    ({"kind": "item"}, "body"),
    ({"valid": {"days": 30}}, "body"),
    ({"valid": {"until": "2026-12-24"}}, "body"),
    ({"valid": {"weekdays": [0]}}, "valid.weekdays.0"),
    ({"valid": {"weekdays": []}}, "valid.weekdays"),
    ({"valid": {"until": "tomorrow"}}, "valid.until"),
    ({"stores": []}, "stores"),
    ({"stores": ["a b"]}, "stores.0"),
    ({"sold_as": [{"shop_id": SHOP, "sku": ""}]}, "sold_as.0.sku"),
    ({"sold_as": [{"shop_id": SHOP, "sku": "X"}] * 2}, "sold_as"),
    ({"sold_as": [{"shop_id": SHOP, "sku": f"X-{place}"} for place in range(41)]}, "sold_as"),
    ({"timezone": "Asia"}, "timezone"),
    ({"price": money("450")}, "price"),
]


@pytest.mark.parametrize(("override", "path"), WRONG, ids=[str(override)[:50] for override, _ in WRONG])
def test_a_product_that_does_not_fit_says_where(api: Api, world: World, override: dict[str, Any], path: str) -> None:
    answer = put(api, product_body("X") | override)

    assert_problem(answer, 422, "invalid")
    assert path in [error["path"] for error in answer.json["errors"]]
    assert world.items("commerce") == []


@pytest.mark.parametrize(
    "body",
    [
        spa("X", items=[line(quantity=0)]),
        spa("X", items=[line(), line()]),
        pickup("X", items=None),
        discount("X", discount={"percent": "0"}),
        discount("X", discount={"percent": "100.01"}),
        discount("X", discount={"percent": "12.345"}),
        discount("X", discount={"percent": "NaN"}),
        discount("X", discount={"percent": "1e1"}),
        discount("X", discount={"percent": "1_0"}),
        discount("X", discount={"percent": " 10"}),
        discount("X", discount={"percent": "１０"}),
        discount("X", discount={"percent": 10}),
        discount("X", discount={"percent": "10", "amount": money("10")}),
        discount("X", discount={}),
        discount("X", discount={"amount": money("10"), "cap": money("10", "USD")}),
        discount("X", discount={"percent": "10", "uses": 0}),
        discount("X", funding="prepaid"),
    ],
    ids=lambda body: str(body["discount"] if "discount" in body else body["items"])[:60],
)
def test_a_product_that_makes_no_sense_is_refused(api: Api, world: World, body: dict[str, Any]) -> None:
    assert_problem(put(api, body), 422, "invalid")
    assert world.items("commerce") == []


def test_forty_skus_can_be_exchanged_for_forty_others(api: Api, world: World) -> None:
    put(api, product_body(*(f"X-{place}" for place in range(40))))

    answer = put(api, product_body(*(f"Y-{place}" for place in range(40))))

    assert answer.status == 200
    assert set(skus(world)) == {f"Y-{place}" for place in range(40)}
