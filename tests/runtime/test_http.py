"""What every answer has in common, and what happens when nobody foresaw it."""

import json
import logging
from typing import Any

import pytest

from app import app
from functions.runtime.http import BODY_MAX, parse_json
from functions.runtime.problems import MalformedError
from tests.support.api import Api
from tests.support.problem import assert_problem
from tests.support.retail import Retailer, text
from tests.support.world import World

STORE = "/v1/stores/xinyi-1"


def break_stores(world: World, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def broken(_: str) -> None:
        raise error

    monkeypatch.setattr(world.wiring.stores, "get", broken)


def test_no_answer_is_kept_by_anybody(api: Api) -> None:
    for answer in (
        api.call("PUT", STORE, {"name": text("Xinyi")}),
        api.call("GET", STORE),
        api.call("GET", "/v1/stores/x"),
    ):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_answer_names_its_request(api: Api) -> None:
    api.call("PUT", STORE, {"name": text("Xinyi")})

    assert api.call("GET", STORE).headers["X-Request-Id"] == "request-1"


def test_a_request_without_a_name_gets_one(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.runtime.http.uuid4", lambda: "made-up")
    monkeypatch.setattr("tests.support.api.REQUEST_ID", None)

    answer = api.call("GET", "/v1/stores/x")

    assert (answer.headers["X-Request-Id"], answer.json["request_id"]) == ("made-up", "made-up")


def test_an_answer_is_json_in_utf8(retailer: Retailer) -> None:
    answer = retailer.look_up(retailer.sold["CASH-500"].qr)

    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json["product"]["name"]["zh-Hant"] == "禮券"


def test_only_a_replay_says_that_it_is_one(api: Api) -> None:
    first, again = (api.call("PUT", STORE, {"name": text("Xinyi")}) for _ in range(2))

    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"


def test_an_error_nobody_foresaw_is_500_and_says_nothing_of_itself(
    api: Api, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_stores(world, monkeypatch, RuntimeError("mei@example.com is in here"))

    answer = api.call("GET", STORE)

    assert_problem(answer, 500, "internal", retryable=True)
    assert "mei@example.com" not in json.dumps(answer.json)


def test_an_error_nobody_foresaw_is_logged_with_its_way_and_without_its_text(
    api: Api, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    break_stores(world, monkeypatch, RuntimeError("mei@example.com is in here"))

    with caplog.at_level(logging.ERROR):
        api.call("GET", STORE)

    (record,) = caplog.records
    logged: dict[str, Any] = vars(record)
    assert (logged["endpoint"], logged["request_id"], logged["error"]) == ("get_store", "request-1", "RuntimeError")
    assert any("broken" in frame for frame in logged["where"])
    assert "mei@example.com" not in str(logged)


def test_a_record_in_the_table_that_cannot_be_read_is_our_fault(retailer: Retailer) -> None:
    rows = retailer.world.rows()
    for row in rows["commerce"]:
        if row["sk"]["S"] == "STORE":
            del row["name"]
    retailer.world.fill("commerce", rows["commerce"])

    assert_problem(retailer.api.call("GET", STORE), 500, "internal")


def test_a_body_of_exactly_the_cap_is_read(api: Api) -> None:
    body = json.dumps({"name": text("Xinyi")}).encode()

    assert api.call("PUT", STORE, body + b" " * (BODY_MAX - len(body))).status == 200


def test_a_body_one_byte_over_the_cap_is_too_large(api: Api, world: World) -> None:
    answer = api.call("PUT", STORE, b" " * (BODY_MAX + 1))

    assert_problem(answer, 413, "too_large")
    assert world.calls == []


def test_a_name_in_the_path_is_checked_before_anything_is_read(api: Api, world: World) -> None:
    answer = api.call("GET", "/v1/stores/a%20b")

    assert_problem(answer, 422, "invalid")
    assert [error["path"] for error in answer.json["errors"]] == ["store_id"]
    assert world.calls == []


def test_at_most_twenty_errors_are_told(api: Api) -> None:
    answer = api.call("PUT", STORE, {"name": text("Xinyi"), **{f"extra_{place}": 1 for place in range(50)}})

    assert len(answer.json["errors"]) == 20


def test_a_wrong_value_is_not_told_back(api: Api) -> None:
    answer = api.call("PUT", "/v1/customers/x", {"email": "mei at example.com", "phone": "0912 345"})

    assert answer.status == 422
    assert "mei at" not in json.dumps(answer.json)
    assert "0912" not in json.dumps(answer.json)


@pytest.mark.parametrize("text", [b"[1, 2.5, null, true]", b'"\\ud83c\\udfab"', b' {"a": {"a": 1}} '])
def test_json_is_read(text: bytes) -> None:
    assert parse_json(text) == json.loads(text)


TRAPS = {
    "nothing": b"",
    "cut off": b"{",
    "not UTF-8": b"\xff",
    "a byte-order mark": b"\xef\xbb\xbf1",
    "a key twice": b'{"a":1,"a":2}',
    "a key twice, below": b'{"b":{"a":1,"a":1}}',
    "no number": b"NaN",
    "no end": b"-Infinity",
    "no bottom": b"[" * 99_999,
    "two at once": b"1 2",
}


@pytest.mark.parametrize("trap", TRAPS)
def test_json_with_a_trap_is_malformed(trap: str) -> None:
    with pytest.raises(MalformedError):
        parse_json(TRAPS[trap])


def test_no_route_cares_what_a_body_is_called() -> None:
    entries = [entry for methods in app.routes.values() for entry in methods.values()]

    assert {tuple(entry.content_types) for entry in entries} == {("*/*",)}
