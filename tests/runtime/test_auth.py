"""Tokens on the roads that are not a till's own."""

import pytest

from functions.runtime.wiring import Wiring, using
from tests.support.api import Api
from tests.support.problem import assert_problem
from tests.support.retail import XINYI, ZHONGSHAN, Retailer, order_body
from tests.support.world import ADMIN_TOKEN, World

ORDER = "/v1/orders/qinghe/sold-0"


def test_a_token_costs_one_read(retailer: Retailer) -> None:
    token = retailer.token("clerk")
    retailer.world.calls.clear()

    retailer.api.call("GET", f"/v1/stores/{XINYI}", token=token)

    assert retailer.world.calls == ["GetItem", "GetItem"]


def test_the_first_administrators_token_costs_none(retailer: Retailer) -> None:
    retailer.api.call("GET", f"/v1/stores/{XINYI}")

    assert retailer.world.calls == ["GetItem"]


def test_a_terminal_is_checked_before_it_reads_an_order(retailer: Retailer) -> None:
    assert retailer.api.call("GET", ORDER, token=retailer.tills["pos-1"]).status == 200

    retailer.api.call("DELETE", "/v1/terminals/pos-1")

    assert_problem(retailer.api.call("GET", ORDER, token=retailer.tills["pos-1"]), 401, "unauthorized")


def test_a_revoked_terminal_reports_no_order(retailer: Retailer) -> None:
    retailer.api.call("DELETE", "/v1/terminals/pos-1")
    before = retailer.world.rows()

    assert_problem(
        retailer.api.call("PUT", "/v1/orders/qinghe/new", order_body(), token=retailer.tills["pos-1"]),
        401,
        "unauthorized",
    )
    assert retailer.world.rows() == before


def test_a_terminal_that_was_moved_reports_no_order_under_its_old_token(retailer: Retailer) -> None:
    retailer.api.call("PUT", "/v1/terminals/pos-1", {"store_id": ZHONGSHAN})

    assert_problem(retailer.api.call("GET", ORDER, token=retailer.tills["pos-1"]), 401, "unauthorized")


def test_a_function_that_does_not_hold_the_first_token_lets_nobody_in_under_it(world: World, api: Api) -> None:
    without = world.wiring.settings.model_copy(update={"admin_secret": ""})

    with using(Wiring(without, world.clock)):
        for token in (ADMIN_TOKEN, "", "x"):
            assert_problem(api.call("GET", "/v1/stores/x", token=token), 401, "unauthorized")


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", f"Token {ADMIN_TOKEN}", ADMIN_TOKEN])
def test_what_is_no_bearer_token_is_unauthorized(api: Api, authorization: str) -> None:
    answer = api.call("GET", "/v1/stores/x", token=None, headers={"Authorization": authorization})

    assert_problem(answer, 401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_no_answer_says_why_a_token_is_not_valid(retailer: Retailer) -> None:
    revoked = retailer.token("clerk")
    retailer.api.call("DELETE", "/v1/tokens/a-clerk")

    answers = [
        retailer.api.call("GET", "/v1/stores/x", token=token) for token in (revoked, "sbk_" + revoked[4:-1] + "A")
    ]

    assert answers[0].json == answers[1].json
