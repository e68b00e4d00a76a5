"""GET /v1/pos/keys and /v1/pos/offline-list: what a till takes with it for the time when it cannot ask."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from functions.adapters.dynamodb.standings import new_line
from functions.domain.standing import Standing
from tests.support.faults import rival
from tests.support.offline_till import OfflineTill, Scanned, read_list, read_qr
from tests.support.problem import assert_problem
from tests.support.retail import XINYI, Held, Retailer, money
from tests.support.world import NOON

BY_DEFAULT = {"floor_limit": money("1000"), "voucher_cap": money("1000"), "units": 10, "hours": 24}


def keys_of(retailer: Retailer) -> dict[str, Any]:
    answer: dict[str, Any] = retailer.till("GET", "keys").json
    return answer


def download(retailer: Retailer, query: str = "") -> dict[str, Any]:
    """An answer whose signature is good, read."""
    told = read_list(keys_of(retailer), retailer.till("GET", f"offline-list{query}").json)
    assert told is not None
    return told


def told_of(retailer: Retailer, query: str = "") -> list[tuple[str, bool, int]]:
    return [
        (entry["voucher_id"], entry["usable"], entry["credential"]) for entry in download(retailer, query)["entries"]
    ]


def ready(retailer: Retailer) -> OfflineTill:
    """A till that has downloaded everything."""
    till = OfflineTill(keys_of(retailer))
    query = "?limit=2"
    while not till.take_over(retailer.till("GET", f"offline-list{query}").json):
        query = f"?limit=2&cursor={till.cursor}"
    return till


@pytest.fixture
def cash(retailer: Retailer) -> Held:
    return retailer.sold["CASH-500"]


# Keys.


def test_a_till_needs_only_the_public_keys_to_know_a_genuine_qr(retailer: Retailer, cash: Held) -> None:
    assert read_qr(keys_of(retailer), cash.qr) == Scanned(cash.voucher_id, 1)
    assert read_qr(keys_of(retailer), f"https://shop.example/v/{cash.qr.lower()}") == Scanned(cash.voucher_id, 1)


def test_a_till_knows_a_forged_qr(retailer: Retailer, cash: Held, foreign_qr: str) -> None:
    keys = keys_of(retailer)

    assert read_qr(keys, foreign_qr) is None
    assert read_qr(keys, cash.qr[:60] + ("B" if cash.qr[60] == "A" else "A") + cash.qr[61:]) is None
    assert read_qr(keys, cash.code) is None


def test_no_secret_is_among_the_keys(retailer: Retailer) -> None:
    keys = keys_of(retailer)

    assert keys.keys() == {"algorithm", "keys", "context", "list_key"}
    assert [key.keys() for key in keys["keys"]] == [{"number", "public_key"}]
    assert retailer.world.wiring.codebook.list_seed() not in map(
        base64.b64decode, (keys["context"], keys["list_key"], keys["keys"][0]["public_key"])
    )


# The list.


def test_a_list_says_for_whom_until_when_and_what_may_be_taken(retailer: Retailer) -> None:
    assert download(retailer) == {
        "store_id": XINYI,
        "terminal_id": "pos-1",
        "issued_at": "2026-11-22T04:00:00.000Z",
        "good_until": "2026-11-23T04:00:00.000Z",
        "policy": BY_DEFAULT,
        "cursor": None,
        "next_cursor": "20261122T035900.000000Z",
        "complete": True,
        "entries": [],
    }


def test_a_till_that_may_take_nothing_is_told_so(retailer: Retailer) -> None:
    retailer.api.call("PUT", "/v1/terminals/pos-1", {"store_id": XINYI, "offline": None})

    assert download(retailer)["policy"] is None


def test_what_an_administrator_does_to_a_voucher_is_on_the_list_at_once(retailer: Retailer, cash: Held) -> None:
    for action in ("suspend", "reissue", "resume", "revoke"):
        retailer.act(action, cash.voucher_id)
        retailer.world.clock.forward(seconds=1)

    assert told_of(retailer) == [
        (cash.voucher_id, False, 1),
        (cash.voucher_id, False, 2),
        (cash.voucher_id, True, 2),
        (cash.voucher_id, False, 2),
    ]


def test_a_voucher_that_was_handed_on_is_on_the_list_and_the_new_one_is_not(retailer: Retailer, cash: Held) -> None:
    retailer.customer("hao")
    retailer.transfer(cash.voucher_id, "hao")

    assert told_of(retailer) == [(cash.voucher_id, False, 1)]


def test_a_voucher_of_a_cancelled_order_is_on_the_list(retailer: Retailer) -> None:
    (held,) = retailer.sell("CASH-500", order_id="7")
    retailer.order("7", status="cancelled", updated_at="2026-11-22T12:30:00+08:00")
    retailer.settle("7")

    assert told_of(retailer) == [(held.voucher_id, False, 1)]


def test_what_tills_do_is_not_on_the_list(retailer: Retailer, cash: Held) -> None:
    retailer.redeem("r-1", cash.qr, money=money("200"))
    retailer.void("r-1")
    retailer.redeem("r-2", cash.qr)

    assert told_of(retailer) == []


def test_a_till_that_has_downloaded_it_says_no_where_the_server_would(retailer: Retailer, cash: Held) -> None:
    spa = retailer.sold["SPA-3"]
    retailer.act("suspend", cash.voucher_id)
    retailer.act("reissue", spa.voucher_id)

    till = ready(retailer)

    assert not till.accepts(cash.qr, NOON)
    assert not till.accepts(spa.qr, NOON)
    assert till.accepts(retailer.held(spa.voucher_id, 2).qr, NOON)
    assert till.accepts(retailer.sold["MUG-2"].qr, NOON)
    assert not till.accepts(retailer.sold["MUG-2"].qr, NOON + timedelta(days=1))


def test_a_till_says_yes_again_after_a_voucher_was_resumed(retailer: Retailer, cash: Held) -> None:
    retailer.act("suspend", cash.voucher_id)
    retailer.act("resume", cash.voucher_id)

    assert ready(retailer).accepts(cash.qr, NOON)


def test_a_list_that_was_changed_on_its_way_is_not_believed(retailer: Retailer, cash: Held) -> None:
    keys = keys_of(retailer)
    retailer.act("suspend", cash.voucher_id)
    answer = retailer.till("GET", "offline-list").json

    changed = answer["list"].replace('"usable":false', '"usable":true')

    assert changed != answer["list"]
    assert read_list(keys, answer | {"list": changed}) is None
    assert read_list(keys, answer | {"list": answer["list"] + " "}) is None


def test_the_key_of_the_list_signs_no_qr(retailer: Retailer) -> None:
    keys = keys_of(retailer)

    assert keys["list_key"] not in [key["public_key"] for key in keys["keys"]]


# Page by page.


def suspend_some(retailer: Retailer, count: int) -> list[str]:
    """Suspend so many vouchers, a second after another."""
    voucher_ids = [held.voucher_id for held in retailer.sold.values()][:count]
    for voucher_id in voucher_ids:
        retailer.act("suspend", voucher_id)
        retailer.world.clock.forward(seconds=1)
    return voucher_ids


def test_a_long_list_is_read_page_by_page(retailer: Retailer) -> None:
    voucher_ids = suspend_some(retailer, 5)
    retailer.world.clock.forward(minutes=2)
    query, seen, whole = "?limit=2", [], []

    for _ in range(3):
        page = download(retailer, query)
        seen.append([entry["voucher_id"] for entry in page["entries"]])
        whole.append(page["complete"])
        query = f"?limit=2&cursor={page['next_cursor']}"

    assert seen == [voucher_ids[:2], voucher_ids[2:4], voucher_ids[4:]]
    assert whole == [False, False, True]
    assert download(retailer, query)["entries"] == []


def test_what_is_younger_than_a_minute_is_told_again(retailer: Retailer) -> None:
    (voucher_id,) = suspend_some(retailer, 1)
    first = download(retailer)
    again = download(retailer, f"?cursor={first['next_cursor']}")
    retailer.world.clock.forward(minutes=2)
    later = download(retailer, f"?cursor={again['next_cursor']}")
    latest = download(retailer, f"?cursor={later['next_cursor']}")

    assert [len(page["entries"]) for page in (first, again, later, latest)] == [1, 1, 1, 0]
    assert again["entries"][0]["voucher_id"] == voucher_id


def test_a_late_transaction_is_not_passed_over(retailer: Retailer, cash: Held) -> None:
    """It was decided before the till asked, and written after a younger one that the till was told of."""
    slow = Standing(voucher_id=cash.voucher_id, version=2, usable=False, credential=1, at=retailer.world.clock.now)
    retailer.world.clock.forward(seconds=20)
    suspend_some(retailer, 2)
    retailer.world.clock.forward(seconds=20)
    first = download(retailer)
    retailer.world.wiring.database.write([new_line(slow)])

    second = download(retailer, f"?cursor={first['next_cursor']}")

    assert cash.voucher_id in [entry["voucher_id"] for entry in second["entries"] if entry["version"] == 2]
    assert second["entries"][0]["at"] == "2026-11-22T04:00:00.000Z"


def test_a_walk_comes_to_an_end_even_where_nothing_is_older_than_a_minute(retailer: Retailer) -> None:
    voucher_ids = suspend_some(retailer, 5)

    till = ready(retailer)

    assert list(till.newest) == voucher_ids
    assert till.cursor < "20261122T0400"


def test_what_is_written_behind_a_walk_is_told_in_the_next(retailer: Retailer, cash: Held) -> None:
    slow = Standing(voucher_id=cash.voucher_id, version=9, usable=False, credential=1, at=retailer.world.clock.now)
    retailer.world.clock.forward(seconds=1)
    suspend_some(retailer, 5)
    first = download(retailer, "?limit=4")
    retailer.world.wiring.database.write([new_line(slow)])
    retailer.world.clock.forward(minutes=5)
    second = download(retailer, f"?limit=4&cursor={first['next_cursor']}")

    third = download(retailer, f"?limit=4&cursor={second['next_cursor']}")

    assert (first["complete"], second["complete"]) == (False, True)
    assert 9 not in [entry["version"] for entry in (*first["entries"], *second["entries"])]
    assert third["entries"][0]["version"] == 9


def test_a_cursor_of_the_future_hides_nothing(retailer: Retailer) -> None:
    suspend_some(retailer, 1)

    page = download(retailer, "?cursor=99991231T235959.000000Z")

    assert len(page["entries"]) == 1
    assert page["next_cursor"] < "20261122T0400"


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "20261122",
        "20261122T035900.000000Z~",
        "20261122T035900.000000Z~a~1~",
        "REVOCATIONS",
        "２０２６１１２２T035900.000000Z",
    ],
)
def test_a_cursor_that_is_none_of_ours_is_refused(retailer: Retailer, cursor: str) -> None:
    answer = retailer.till("GET", f"offline-list?cursor={cursor}")

    assert_problem(answer, 422, "invalid")
    assert [error["path"] for error in answer.json["errors"]] == ["cursor"]


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "x", "1.0"])
def test_a_limit_that_is_none_is_refused(retailer: Retailer, limit: str) -> None:
    assert_problem(retailer.till("GET", f"offline-list?limit={limit}"), 422, "invalid")


# Who, and at what cost.


@pytest.mark.parametrize("path", ["keys", "offline-list"])
def test_a_revoked_till_gets_neither(retailer: Retailer, path: str) -> None:
    retailer.api.call("DELETE", "/v1/terminals/pos-1")

    assert_problem(retailer.till("GET", path), 401, "unauthorized")


def test_a_line_is_written_with_the_voucher_or_not_at_all(retailer: Retailer, cash: Held) -> None:
    with rival(lambda: retailer.act("suspend", cash.voucher_id)):
        retailer.act("reissue", cash.voucher_id)

    assert told_of(retailer) == [(cash.voucher_id, False, 1), (cash.voucher_id, False, 2)]


def test_a_page_is_two_reads(retailer: Retailer) -> None:
    retailer.world.calls.clear()

    retailer.till("GET", "offline-list")

    assert retailer.world.calls == ["BatchGetItem", "Query"]


def test_a_thousand_lines_are_one_answer_of_a_size_that_a_till_can_take(retailer: Retailer) -> None:
    lines = [
        Standing(voucher_id=f"00000000-0000-5000-8000-{number:012}", version=2, usable=False, credential=1, at=NOON)
        for number in range(1_001)
    ]
    for start in range(0, len(lines), 100):
        retailer.world.wiring.database.write([new_line(line) for line in lines[start : start + 100]])

    answer = retailer.till("GET", "offline-list").json

    assert len(json.loads(answer["list"])["entries"]) == 1_000
    assert json.loads(answer["list"])["complete"] is False
    assert len(json.dumps(answer)) < 250_000
