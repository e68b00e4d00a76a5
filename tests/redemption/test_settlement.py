"""A till closes its store's day."""

import pytest

from tests.support.problem import assert_problem
from tests.support.retail import XINYI, Retailer, money

PATH = "settlements/2026-11-22"


@pytest.fixture
def busy(retailer: Retailer) -> Retailer:
    retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("200"))
    retailer.redeem("r-1", retailer.sold["CASH-500"].qr, at="pos-9", money=money("30"))
    return retailer


def test_a_till_sees_its_own_store_s_day(busy: Retailer) -> None:
    found = busy.till("GET", PATH).json

    assert (found["store_id"], found["date"]) == (XINYI, "2026-11-22")
    assert [(line["reference"], line["change"]["money"]) for line in found["lines"]] == [("r-1", money("-200"))]
    assert found["totals"]["money"][0]["net"] == money("200")


def test_every_till_of_the_store_sees_the_same(busy: Retailer) -> None:
    assert busy.till("GET", PATH, at="pos-2").json == busy.till("GET", PATH).json


def test_a_till_sees_what_administrators_see(busy: Retailer) -> None:
    assert busy.till("GET", PATH).json == busy.api.call("GET", f"/v1/settlements/{XINYI}/2026-11-22").json


def test_a_till_may_have_it_as_a_table(busy: Retailer) -> None:
    reply = busy.till("GET", f"{PATH}?format=csv")

    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert reply.text.startswith("\ufeffrecord,store_id,date,")


def test_a_day_that_is_none_is_refused(busy: Retailer) -> None:
    assert_problem(busy.till("GET", "settlements/2026-11-31"), 422, "invalid")


def test_a_terminal_that_was_revoked_sees_nothing(busy: Retailer) -> None:
    busy.api.call("DELETE", "/v1/terminals/pos-1")

    assert_problem(busy.till("GET", PATH), 401, "unauthorized")


def test_it_costs_one_read_and_one_query(busy: Retailer) -> None:
    busy.world.calls.clear()

    busy.till("GET", PATH)

    assert busy.world.calls == ["BatchGetItem", "Query"]
