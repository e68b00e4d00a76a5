"""PUT and GET /v1/shops/{shop_id}."""

import json
from typing import Any

import pytest

from tests.support.api import Api
from tests.support.faults import rival
from tests.support.problem import assert_problem
from tests.support.retail import SECRETS, SHOP, Retailer, shop_body, text
from tests.support.world import World

PATH = "/v1/shops/qinghe"
TOKEN = str(shop_body()["line_channel_token"])


def put(api: Api, **override: Any) -> Any:
    return api.call("PUT", PATH, shop_body(**override))


def test_a_shop_is_written_and_read(api: Api) -> None:
    answer = put(api)

    assert (answer.status, answer.is_replayed) == (200, False)
    assert answer.json == {
        "shop_id": "qinghe",
        "kind": "shopify",
        "name": text("Chingho Select", "青禾選物"),
        "timezone": "Asia/Taipei",
        "active_secrets": 2,
        "has_line_channel": True,
        "email_from": None,
    }
    assert api.call("GET", PATH).json == answer.json


def test_saying_the_same_again_is_a_replay_and_writes_nothing(api: Api, world: World) -> None:
    put(api)
    before = world.rows()

    assert put(api).is_replayed
    assert world.rows() == before


def test_secrets_come_back_in_no_answer(api: Api) -> None:
    answers = [put(api), api.call("GET", PATH), put(api), put(api, secrets=["another"])]

    told = json.dumps([[answer.json, answer.headers] for answer in answers])
    assert not [secret for secret in (*SECRETS, TOKEN, "another") if secret in told]


def test_secrets_lie_sealed_in_the_table(api: Api, world: World) -> None:
    put(api)

    stored = json.dumps(world.rows())
    assert not [secret for secret in (*SECRETS, TOKEN) if secret in stored]
    shop = world.wiring.shops.get("qinghe")
    assert shop is not None
    assert world.wiring.shops.webhook_secrets(shop) == list(SECRETS)
    assert world.wiring.shops.line_token(shop) == TOKEN


def test_the_same_secret_is_never_sealed_the_same_way(api: Api, world: World) -> None:
    put(api, secrets=["same", "same"])

    (shop,) = world.items("commerce")
    assert len(set(shop["secrets"])) == 2


@pytest.mark.parametrize(
    ("left_out", "kept"), [("secrets", "active_secrets"), ("line_channel_token", "has_line_channel")]
)
def test_a_secret_that_is_left_out_goes_on_as_it_was(api: Api, left_out: str, kept: str) -> None:
    before = put(api).json
    body = shop_body(name=text("Renamed"))
    del body[left_out]

    after = api.call("PUT", PATH, body).json

    assert after[kept] == before[kept]
    assert after["name"] == text("Renamed")


def test_secrets_that_are_replaced_are_gone(api: Api, world: World) -> None:
    put(api)

    assert put(api, secrets=["only one"]).json["active_secrets"] == 1

    shop = world.wiring.shops.get("qinghe")
    assert shop is not None
    assert world.wiring.shops.webhook_secrets(shop) == ["only one"]


def test_a_secret_retired_while_the_shop_is_renamed_stays_retired(api: Api) -> None:
    put(api)
    renamed = shop_body(name=text("Renamed"))
    del renamed["secrets"]

    with rival(lambda: put(api, secrets=["only one"]), before="PutItem"):
        answer = api.call("PUT", PATH, renamed)

    assert (answer.json["active_secrets"], answer.json["name"]) == (1, text("Renamed"))


def test_no_secrets_and_no_line_channel_can_be_said(api: Api) -> None:
    put(api)

    answer = put(api, secrets=[], line_channel_token=None).json

    assert (answer["active_secrets"], answer["has_line_channel"]) == (0, False)


def test_a_new_shop_needs_no_secret(api: Api) -> None:
    answer = api.call("PUT", "/v1/shops/till-sales", {"kind": "standard", "name": text("Tills")})

    assert (answer.status, answer.json["timezone"], answer.json["active_secrets"]) == (200, "Asia/Taipei", 0)


@pytest.mark.parametrize("kind", ["shopify", "woocommerce", "stripe", "ecpay", "shopline", "standard"])
def test_a_shop_is_of_any_kind_of_the_contract(api: Api, kind: str) -> None:
    assert put(api, kind=kind).json["kind"] == kind


def test_a_shop_that_is_not_there_is_not_found(api: Api) -> None:
    assert_problem(api.call("GET", PATH), 404, "not_found")


@pytest.mark.parametrize(
    ("override", "path"),
    [
        ({"kind": "magento"}, "kind"),
        ({"name": {"en": "Only English"}}, "name.zh-Hant"),
        ({"name": "Shop"}, "name"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": ""}, "timezone"),
        ({"timezone": "Asia"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"timezone": "/etc/passwd"}, "timezone"),
        ({"timezone": "Asia/Taipei\x00"}, "timezone"),
        ({"timezone": "x" * 5000}, "timezone"),
        ({"timezone": "臺北"}, "timezone"),
        ({"secrets": [""]}, "secrets.0"),
        ({"secrets": ["x"] * 11}, "secrets"),
        ({"secrets": "one"}, "secrets"),
        ({"guarantee": {"method": text("Bank"), "months": 11}}, "guarantee.months"),
        ({"owner": "somebody"}, "owner"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_shop_that_does_not_fit_says_where(api: Api, world: World, override: dict[str, Any], path: str) -> None:
    answer = put(api, **override)

    assert_problem(answer, 422, "invalid")
    assert [error["path"] for error in answer.json["errors"]] == [path]
    assert world.items("commerce") == []


def test_a_wrong_secret_is_not_told_back(api: Api) -> None:
    answer = put(api, secrets=["s" * 513])

    assert_problem(answer, 422, "invalid")
    assert "sss" not in json.dumps(answer.json)


def test_a_shop_with_other_words_keeps_its_orders(retailer: Retailer) -> None:
    retailer.api.call("PUT", f"/v1/shops/{SHOP}", shop_body(name=text("Renamed")))

    assert retailer.vouchers_of("sold-0") == [retailer.sold["CASH-500"].voucher_id]
