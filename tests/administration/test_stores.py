"""PUT and GET /v1/stores/{store_id}."""

from typing import Any

import pytest

from tests.support.api import Api
from tests.support.faults import answering, rival
from tests.support.problem import assert_problem
from tests.support.retail import XINYI, Retailer, text
from tests.support.world import World

BODY = {"name": text("Xinyi", "信義店"), "address": text("No. 19, Songgao Rd."), "phone": "02-2723-0000"}
PATH = "/v1/stores/xinyi-1"


def test_a_store_is_written_and_read(api: Api) -> None:
    answer = api.call("PUT", PATH, BODY)

    assert (answer.status, answer.is_replayed) == (200, False)
    assert answer.json == {"store_id": "xinyi-1", **BODY, "timezone": "Asia/Taipei"}
    assert api.call("GET", PATH).json == answer.json


def test_saying_the_same_again_is_a_replay_and_writes_nothing(api: Api, world: World) -> None:
    api.call("PUT", PATH, BODY)
    before = world.rows()

    assert api.call("PUT", PATH, BODY).is_replayed
    assert world.rows() == before


def test_a_store_needs_a_name_alone(api: Api) -> None:
    answer = api.call("PUT", PATH, {"name": text("Xinyi")}).json

    assert (answer["address"], answer["phone"]) == (None, None)


def test_a_store_that_is_not_there_is_not_found(api: Api) -> None:
    assert_problem(api.call("GET", PATH), 404, "not_found")


@pytest.mark.parametrize("body", [{}, {"name": "Xinyi"}, BODY | {"phone": ""}, BODY | {"manager": "somebody"}])
def test_a_store_that_does_not_fit_is_refused(api: Api, body: dict[str, Any]) -> None:
    assert_problem(api.call("PUT", PATH, body), 422, "invalid")


def test_a_new_name_reaches_every_till_of_the_store(retailer: Retailer) -> None:
    retailer.api.call("PUT", f"/v1/stores/{XINYI}", {"name": text("Xinyi Flagship", "信義旗艦店")})

    for terminal_id, reference in (("pos-1", "r-1"), ("pos-2", "r-2")):
        retailer.redeem(
            reference, retailer.sold["SPA-3"].qr, items=[{"sku": "spa-hour", "quantity": 1}], at=terminal_id
        )
    history = retailer.look_up(retailer.sold["SPA-3"].qr).json["history"]

    assert [use["store"] for use in history] == [text("Xinyi Flagship", "信義旗艦店")] * 2


def test_a_new_name_reaches_no_other_stores_tills(retailer: Retailer) -> None:
    retailer.api.call("PUT", f"/v1/stores/{XINYI}", {"name": text("Xinyi Flagship")})

    retailer.redeem("r-1", retailer.sold["CASH-500"].qr, at="pos-9")

    (use,) = retailer.look_up(retailer.sold["CASH-500"].qr).json["history"]
    assert use["store"] == text("Zhongshan", "中山店")


def test_what_was_used_before_is_told_under_the_stores_name_of_that_day(retailer: Retailer) -> None:
    retailer.redeem("r-1", retailer.sold["CASH-500"].qr)

    retailer.api.call("PUT", f"/v1/stores/{XINYI}", {"name": text("Xinyi Flagship")})

    (use,) = retailer.look_up(retailer.sold["CASH-500"].qr).json["history"]
    assert use["store"] == text("Xinyi", "信義店")


def test_a_till_revoked_while_its_store_is_renamed_stays_revoked(retailer: Retailer) -> None:
    with rival(lambda: retailer.api.call("DELETE", "/v1/terminals/pos-1"), before="PutItem"):
        answer = retailer.api.call("PUT", f"/v1/stores/{XINYI}", {"name": text("Xinyi Flagship")})

    assert answer.status == 200
    assert_problem(retailer.look_up(retailer.sold["CASH-500"].qr), 401, "unauthorized")


def test_a_rename_that_broke_off_is_finished_by_its_repeat(retailer: Retailer) -> None:
    renamed = {"name": text("Xinyi Flagship")}
    with answering("GetItem", "InternalServerError", after=2, times=10):
        assert_problem(retailer.api.call("PUT", f"/v1/stores/{XINYI}", renamed), 503, "unavailable")

    assert not retailer.api.call("PUT", f"/v1/stores/{XINYI}", renamed).is_replayed

    assert {
        item["store"]["en"]
        for item in retailer.world.items("commerce")
        if item["sk"] == "TERMINAL" and item["store_id"] == XINYI
    } == {"Xinyi Flagship"}


def test_a_new_name_leaves_tills_their_tokens(retailer: Retailer) -> None:
    retailer.api.call("PUT", f"/v1/stores/{XINYI}", {"name": text("Xinyi Flagship")})

    assert retailer.look_up(retailer.sold["CASH-500"].qr).status == 200
