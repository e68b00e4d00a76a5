"""PUT and GET /v1/customers/{customer_id}: one record of each person."""

import json
from typing import Any

import pytest

from tests.support.api import Api, Reply
from tests.support.faults import rival
from tests.support.problem import assert_problem
from tests.support.world import World

PATH = "/v1/customers/mei"
MEI: dict[str, Any] = {
    "name": "林小美",
    "language": "zh-Hant",
    "line_user_id": "U" + "a" * 32,
    "email": "mei@example.com",
    "phone": "+886912345678",
    "shop_refs": [{"shop_id": "qinghe", "customer_ref": "42"}],
}


def put(api: Api, customer_id: str = "mei", **override: Any) -> Reply:
    return api.call("PUT", f"/v1/customers/{customer_id}", MEI | override)


def identities(world: World) -> set[str]:
    """Whose each identity row is."""
    return {item["customer_id"] for item in world.items("customers") if item["sk"] == "IDENTITY"}


def test_a_customer_is_written_and_read(api: Api) -> None:
    answer = put(api)

    assert (answer.status, answer.is_replayed) == (200, False)
    assert answer.json == {"customer_id": "mei", **MEI}
    assert api.call("GET", PATH).json == answer.json


def test_addresses_are_kept_in_their_normal_form(api: Api) -> None:
    answer = put(api, email=" Mei@Example.COM ", phone="0912 345 678").json

    assert (answer["email"], answer["phone"]) == ("mei@example.com", "+886912345678")


def test_nothing_need_be_known(api: Api) -> None:
    answer = api.call("PUT", PATH, {})

    assert answer.json == {
        "customer_id": "mei", "name": None, "language": "zh-Hant", "line_user_id": None, "email": None, "phone": None,
        "shop_refs": [],
    }  # fmt: skip


def test_saying_the_same_again_is_a_replay_and_writes_nothing(api: Api, world: World) -> None:
    put(api)
    before = world.rows()

    assert put(api, email="MEI@example.com").is_replayed
    assert world.rows() == before


def test_the_record_is_replaced_whole(api: Api) -> None:
    put(api)

    answer = api.call("PUT", PATH, {"name": "Mei"}).json

    assert (answer["email"], answer["shop_refs"]) == (None, [])


def test_an_identity_belongs_to_one_customer(api: Api, world: World) -> None:
    put(api)
    before = world.rows()

    answer = put(api, "other", line_user_id=None, shop_refs=[])

    assert_problem(answer, 422, "invalid")
    assert [error["path"] for error in answer.json["errors"]] == ["email", "phone"]
    assert "mei@example.com" not in json.dumps(answer.json)
    assert world.rows() == before


def test_an_identity_that_is_let_go_is_free_for_another(api: Api, world: World) -> None:
    put(api)
    put(api, email=None)

    answer = api.call("PUT", "/v1/customers/other", {"email": MEI["email"]})

    assert answer.status == 200
    assert identities(world) == {"mei", "other"}


def test_one_reference_at_two_shops_is_two_identities(api: Api) -> None:
    put(api)

    answer = api.call("PUT", "/v1/customers/other", {"shop_refs": [{"shop_id": "another", "customer_ref": "42"}]})

    assert answer.status == 200


def test_forty_five_references_can_be_exchanged_for_forty_five_others(api: Api, world: World) -> None:
    def refs(shop_id: str) -> list[dict[str, str]]:
        return [{"shop_id": shop_id, "customer_ref": str(place)} for place in range(45)]

    put(api, shop_refs=refs("one"))

    assert (
        put(api, shop_refs=refs("two"), email="x@example.com", phone="+886922222222", line_user_id="U1").status == 200
    )
    assert len([item for item in world.items("customers") if item["sk"] == "IDENTITY"]) == 48


def test_of_two_that_claim_an_address_at_once_one_gets_it(api: Api) -> None:
    def other() -> None:
        api.call("PUT", "/v1/customers/other", {"email": MEI["email"]})

    with rival(other):
        answer = put(api)

    assert_problem(answer, 422, "invalid")
    assert api.call("GET", "/v1/customers/other").json["email"] == MEI["email"]


def test_no_key_spells_an_address(api: Api, world: World) -> None:
    put(api)

    keys = json.dumps([[item["pk"], item["sk"]] for item in world.items("customers")])

    assert not [part for part in ("mei@", "912345678", "U" + "a" * 32, "#42") if part in keys]


def test_a_customer_that_is_not_there_is_not_found(api: Api) -> None:
    assert_problem(api.call("GET", PATH), 404, "not_found")


@pytest.mark.parametrize(
    "override",
    [
        {"email": "no address"},
        {"email": "a@b"},
        {"email": "a@example.com\r\nBcc: b@example.com"},
        {"phone": "12"},
        {"phone": "+8869123456789012345678901234567890123456"},
        {"line_user_id": "U 1"},
        {"line_user_id": ""},
        {"language": "ja"},
        {"name": ""},
        {"name": "x" * 256},
        {"shop_refs": [{"shop_id": "a b", "customer_ref": "42"}]},
        {"shop_refs": [{"shop_id": "qinghe", "customer_ref": ""}]},
        {"shop_refs": [{"shop_id": "qinghe", "customer_ref": "42"}] * 2},
        {"shop_refs": [{"shop_id": "qinghe", "customer_ref": str(place)} for place in range(46)]},
        {"birthday": "1990-01-01"},
    ],
    ids=lambda override: str(override)[:50],
)
def test_a_record_that_does_not_fit_is_refused(api: Api, world: World, override: dict[str, Any]) -> None:
    assert_problem(put(api, **override), 422, "invalid")
    assert world.items("customers") == []


def test_a_marketer_may_write_a_customer(api: Api) -> None:
    token = api.call("PUT", "/v1/tokens/m", {"role": "marketer", "name": "m"}).json["token"]

    assert api.call("PUT", PATH, MEI, token=token).status == 200
