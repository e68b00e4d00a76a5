"""POST /v1/vouchers/{voucher_id}/suspend, resume, revoke and reissue; GET of a voucher and its ledger."""

import json
from typing import Any

import pytest

from functions.domain import identity
from tests.support.faults import answering, lost_reply, rival
from tests.support.problem import assert_problem
from tests.support.retail import SHOP, Retailer, money, text

UNKNOWN = "00000000-0000-5000-8000-000000000000"


def cash(retailer: Retailer) -> str:
    return retailer.sold["CASH-500"].voucher_id


def usable(retailer: Retailer) -> bool:
    found: bool = retailer.look_up(retailer.sold["CASH-500"].qr).json["usable"]
    return found


def ledger(retailer: Retailer, query: str = "") -> Any:
    return retailer.api.call("GET", f"/v1/vouchers/{cash(retailer)}/ledger{query}")


def kinds(retailer: Retailer) -> list[str]:
    return [entry["kind"] for entry in ledger(retailer).json["items"]]


# What is seen.


def test_a_voucher_is_read_whole(retailer: Retailer) -> None:
    voucher = retailer.api.call("GET", f"/v1/vouchers/{cash(retailer)}")

    customer_id = identity.customer_id("shop", f"{SHOP}#7001")
    assert voucher.status == 200
    assert voucher.json == {
        "voucher_id": cash(retailer),
        "shop_id": SHOP,
        "order_id": "sold-0",
        "line_id": "1",
        "unit": 0,
        "product": {
            "product_id": "cash-500",
            "name": text("Gift voucher", "禮券"),
            "terms": text("May be used in parts.", "可分次使用。"),
        },
        "kind": "cash",
        "funding": "prepaid",
        "state": "active",
        "state_reason": None,
        "flag": None,
        "customer_id": customer_id,
        "face_value": {"money": money("500"), "items": None, "uses": None},
        "available": {"money": money("500"), "items": None, "discount": None},
        "issued_at": "2026-11-22T04:00:00.000Z",
        "valid_from": "2026-11-22T04:00:00.000Z",
        "expires_at": None,
        "credential": 1,
        "version": 1,
        "replaces": None,
        "replaced_by": None,
        "holds": [],
        "history": [],
    }


def test_neither_code_nor_qr_is_in_any_answer(retailer: Retailer) -> None:
    answers = [
        retailer.api.call("GET", f"/v1/vouchers/{cash(retailer)}"),
        ledger(retailer),
        retailer.act("reissue", cash(retailer)),
    ]

    told = json.dumps([answer.json for answer in answers])
    for number in (1, 2):
        held = retailer.held(cash(retailer), number)
        assert held.qr not in told
        assert held.code not in told


# What is done.


def test_a_suspended_voucher_cannot_be_used_and_can_be_resumed(retailer: Retailer) -> None:
    suspended = retailer.act("suspend", cash(retailer), "checking with the bank")
    assert (suspended.status, suspended.json["state"]) == (200, "suspended")
    assert suspended.json["state_reason"] == "checking with the bank"
    assert not usable(retailer)

    resumed = retailer.act("resume", cash(retailer))

    assert (resumed.status, resumed.json["state"]) == (200, "active")
    assert usable(retailer)


def test_a_revoked_voucher_is_gone_for_good(retailer: Retailer) -> None:
    revoked = retailer.act("revoke", cash(retailer), "stolen")

    assert (revoked.json["state"], revoked.json["state_reason"], revoked.json["flag"]) == ("revoked", "stolen", None)
    for action in ("resume", "suspend", "revoke", "reissue"):
        assert_problem(retailer.act(action, cash(retailer)), 409, "state_conflict", state="revoked")


def test_a_used_voucher_that_is_revoked_is_flagged(retailer: Retailer) -> None:
    retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("1"))

    assert retailer.act("revoke", cash(retailer)).json["flag"] == "used_before_revocation"


def test_a_suspended_voucher_may_be_revoked(retailer: Retailer) -> None:
    retailer.act("suspend", cash(retailer))

    assert retailer.act("revoke", cash(retailer)).json["state"] == "revoked"


def test_what_the_state_does_not_allow_changes_nothing(retailer: Retailer) -> None:
    before = retailer.world.rows()

    assert_problem(retailer.act("resume", cash(retailer)), 409, "state_conflict", state="active")
    assert retailer.world.rows() == before


def test_a_reissued_voucher_has_a_new_credential_and_a_new_message(retailer: Retailer) -> None:
    reissued = retailer.act("reissue", cash(retailer), "lost phone")

    assert (reissued.status, reissued.json["credential"]) == (200, 2)
    message_id = identity.message_id(cash(retailer), 2)
    assert retailer.world.queued("line") == [
        {"type": "send.requested", "version": 1, "message_id": message_id, "channel": "line"}
    ]
    assert retailer.world.item("sends", f"MESSAGE#{message_id}", "CHANNEL#line")["status"] == "pending"


def test_every_action_is_a_row_of_the_ledger(retailer: Retailer) -> None:
    for action in ("suspend", "resume", "reissue", "revoke"):
        retailer.act(action, cash(retailer), f"why {action}")

    entries = ledger(retailer).json["items"]
    assert [entry["kind"] for entry in entries] == ["issue", "suspend", "resume", "reissue", "revoke"]
    assert [entry["sequence"] for entry in entries] == [1, 2, 3, 4, 5]
    assert entries[1]["reason"] == "why suspend"
    assert entries[1]["change"]["money"] == money("0")


@pytest.mark.parametrize("action", ["suspend", "resume", "revoke", "reissue"])
def test_a_voucher_that_is_not_there_is_not_found(retailer: Retailer, action: str) -> None:
    assert_problem(retailer.act(action, UNKNOWN), 404, "not_found")


@pytest.mark.parametrize("path", ["", "/ledger"])
def test_a_voucher_that_is_not_there_is_not_read(retailer: Retailer, path: str) -> None:
    assert_problem(retailer.api.call("GET", f"/v1/vouchers/{UNKNOWN}{path}"), 404, "not_found")


@pytest.mark.parametrize("reason", ["", "x" * 501, 7])
def test_a_reason_that_does_not_fit_is_refused(retailer: Retailer, reason: object) -> None:
    answer = retailer.api.call("POST", f"/v1/vouchers/{cash(retailer)}/suspend", {"reason": reason})

    assert_problem(answer, 422, "invalid")
    assert usable(retailer)


# The same again.


@pytest.mark.parametrize("action", ["suspend", "revoke", "reissue"])
def test_a_request_again_under_its_key_is_done_once(retailer: Retailer, action: str) -> None:
    first = retailer.act(action, cash(retailer), "once", "k-1")
    before = retailer.world.rows()

    again = retailer.act(action, cash(retailer), "once", "k-1")

    assert (again.status, again.json, again.is_replayed) == (200, first.json, True)
    assert retailer.world.rows() == before


def test_without_a_key_the_state_itself_says_that_it_was_done(retailer: Retailer) -> None:
    retailer.act("suspend", cash(retailer))

    assert_problem(retailer.act("suspend", cash(retailer)), 409, "state_conflict", state="suspended")


def test_without_a_key_a_reissue_is_another_reissue(retailer: Retailer) -> None:
    assert [retailer.act("reissue", cash(retailer)).json["credential"] for _ in range(2)] == [2, 3]


def test_a_key_belongs_to_one_voucher(retailer: Retailer) -> None:
    retailer.act("suspend", cash(retailer), key="k-1")

    other = retailer.act("suspend", retailer.sold["SPA-3"].voucher_id, key="k-1")

    assert (other.status, other.is_replayed) == (200, False)


@pytest.mark.parametrize(("action", "reason"), [("revoke", "once"), ("suspend", "another reason"), ("suspend", None)])
def test_another_request_under_the_same_key_is_refused(retailer: Retailer, action: str, reason: str | None) -> None:
    retailer.act("suspend", cash(retailer), "once", "k-1")
    before = retailer.world.rows()

    assert_problem(retailer.act(action, cash(retailer), reason, "k-1"), 409, "reference_reused")
    assert retailer.world.rows() == before


def test_a_key_may_stand_in_quotes(retailer: Retailer) -> None:
    retailer.act("suspend", cash(retailer), key='"k-1"')

    assert retailer.act("suspend", cash(retailer), key="k-1").is_replayed


@pytest.mark.parametrize("key", ['""', "x" * 65, "a b", "🎫", "a#b", 'a"b'])
def test_a_key_that_is_no_name_is_refused(retailer: Retailer, key: str) -> None:
    assert_problem(retailer.act("suspend", cash(retailer), key=key), 422, "invalid")
    assert usable(retailer)


def test_a_refusal_does_not_spend_the_key(retailer: Retailer) -> None:
    retailer.act("resume", cash(retailer), key="k-1")
    retailer.act("suspend", cash(retailer))

    assert retailer.act("resume", cash(retailer), key="k-1").status == 200


def test_after_a_lost_reply_the_repeat_is_a_replay(retailer: Retailer) -> None:
    with lost_reply():
        assert_problem(retailer.act("suspend", cash(retailer), key="k-1"), 503, "unavailable")

    again = retailer.act("suspend", cash(retailer), key="k-1")

    assert (again.json["state"], again.is_replayed) == ("suspended", True)


def test_a_reissue_that_could_not_be_queued_is_queued_by_its_repeat(retailer: Retailer) -> None:
    with answering("SendMessageBatch", "ServiceUnavailable", service="sqs", times=10):
        assert_problem(retailer.act("reissue", cash(retailer), key="k-1"), 503, "unavailable")

    assert retailer.act("reissue", cash(retailer), key="k-1").json["credential"] == 2
    assert [message["channel"] for message in retailer.world.queued("line")] == ["line"]


# Two at once.


def test_a_repeat_that_overtakes_its_first_try_hands_over_the_newest_message(retailer: Retailer) -> None:
    """The first try happens, unheard, between the two reads of its repeat."""

    def unheard() -> None:
        with answering("SendMessageBatch", "ServiceUnavailable", service="sqs", times=10):
            retailer.act("reissue", cash(retailer), key="k-1")

    with rival(unheard, before="GetItem", at=2):
        answer = retailer.act("reissue", cash(retailer), key="k-1")

    (sent,) = retailer.world.queued("line")
    assert answer.json["credential"] == 2
    assert sent["message_id"] == identity.message_id(cash(retailer), 2)


def test_two_that_reissue_at_once_make_two_credentials(retailer: Retailer) -> None:
    with rival(lambda: retailer.act("reissue", cash(retailer))):
        answer = retailer.act("reissue", cash(retailer))

    assert answer.json["credential"] == 3
    assert kinds(retailer) == ["issue", "reissue", "reissue"]


def test_one_request_from_two_sides_is_done_once(retailer: Retailer) -> None:
    with rival(lambda: retailer.act("reissue", cash(retailer), key="k-1")):
        answer = retailer.act("reissue", cash(retailer), key="k-1")

    assert (answer.json["credential"], answer.is_replayed) == (2, True)


def test_a_redemption_in_between_is_not_lost(retailer: Retailer) -> None:
    with rival(lambda: retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("200"))):
        answer = retailer.act("suspend", cash(retailer))

    assert (answer.json["state"], answer.json["available"]["money"]) == ("suspended", money("300"))


# The ledger, page by page.


def test_the_changes_of_a_ledger_add_up_to_its_balances(retailer: Retailer) -> None:
    held = retailer.sold["CASH-500"]
    retailer.redeem("r-1", held.qr, money=money("120"))
    retailer.redeem("r-2", held.qr, money=money("30"))
    retailer.void("r-1")
    retailer.act("revoke", held.voucher_id)

    total = 0
    for entry in ledger(retailer).json["items"]:
        total += int(entry["change"]["money"]["amount"])
        assert total == int(entry["balance"]["money"]["amount"])
    assert total == 470


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
def test_pages_together_are_the_whole_ledger(retailer: Retailer, limit: int) -> None:
    for turn in range(4):
        retailer.act("suspend" if turn % 2 == 0 else "resume", cash(retailer))

    found, query, pages = [], f"?limit={limit}", 0
    while query:
        page = ledger(retailer, query).json
        assert len(page["items"]) <= limit
        found += [entry["sequence"] for entry in page["items"]]
        query = f"?limit={limit}&cursor={page['next_cursor']}" if page["next_cursor"] else ""
        pages += 1

    assert found == [1, 2, 3, 4, 5]
    assert pages == -(-5 // limit)


@pytest.mark.parametrize(
    "query",
    ["?limit=0", "?limit=101", "?limit=-1", "?limit=x", "?limit=", "?limit=１", "?cursor=x", "?cursor=99999999999"],
)
def test_a_page_that_makes_no_sense_is_refused(retailer: Retailer, query: str) -> None:
    assert_problem(ledger(retailer, query), 422, "invalid")


def test_a_cursor_behind_the_end_finds_nothing(retailer: Retailer) -> None:
    assert ledger(retailer, "?cursor=999").json == {"items": [], "next_cursor": None}


def test_a_page_reads_no_more_than_it_shows_and_one(retailer: Retailer) -> None:
    retailer.world.calls.clear()

    ledger(retailer, "?limit=1")

    assert retailer.world.calls == ["GetItem", "Query"]
