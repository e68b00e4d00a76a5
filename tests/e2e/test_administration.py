"""Terminals come and go at once; every write may be repeated; the interface describes itself."""

from typing import Any

import pytest
from openapi_spec_validator import validate

from tests.support.stack import Held, Outsiders, all_at_once, assert_problem, money, new_email, page_in, reference

TEXT = {"zh-Hant": "測試", "en": "A test"}


def invited(everyone: Outsiders, terminal_id: str, store_id: str = "xinyi") -> str:
    """A one-use code for a terminal."""
    return str(everyone.admin("PUT", f"/v1/terminals/{terminal_id}", {"store_id": store_id}).json["enrolment_code"])


def enrolled(everyone: Outsiders, terminal_id: str) -> str:
    """The token of a new terminal."""
    body = {"enrolment_code": invited(everyone, terminal_id)}
    return str(everyone.call("POST", "/v1/terminals/enrol", body).json["token"])


def test_one_code_enrols_one_device_however_many_try_at_once(everyone: Outsiders) -> None:
    code = invited(everyone, reference())

    replies = all_at_once([lambda: everyone.call("POST", "/v1/terminals/enrol", {"enrolment_code": code})] * 20)

    assert sorted(reply.status for reply in replies) == [200] + [401] * 19
    assert [reply.code for reply in replies if reply.status == 401] == ["unauthorized"] * 19


def test_an_enrolled_terminal_belongs_to_its_store(everyone: Outsiders, voucher: Held) -> None:
    terminal_id = reference()
    token = enrolled(everyone, terminal_id)

    reply = everyone.call("PUT", f"/v1/pos/redemptions/{reference()}", {"credential": voucher.credential}, token=token)

    assert (reply.json["terminal_id"], reply.json["store_id"]) == (terminal_id, "xinyi")


def test_a_revoked_terminal_is_refused_at_once_and_takes_nothing(everyone: Outsiders, voucher: Held) -> None:
    terminal_id, ref = reference(), reference()
    token = enrolled(everyone, terminal_id)
    everyone.call(
        "PUT", f"/v1/pos/redemptions/{ref}", {"credential": voucher.credential, "money": money("1")}, token=token
    )

    assert everyone.admin("DELETE", f"/v1/terminals/{terminal_id}").status == 200
    tried = [
        everyone.call("POST", "/v1/pos/lookup", {"credential": voucher.credential}, token=token),
        everyone.call("PUT", f"/v1/pos/redemptions/{reference()}", {"credential": voucher.credential}, token=token),
        everyone.call("POST", f"/v1/pos/redemptions/{ref}/void", token=token),
        everyone.call("GET", f"/v1/pos/redemptions/{ref}", token=token),
    ]

    for reply in tried:
        assert_problem(reply, 401, "unauthorized")
    assert everyone.left(voucher.voucher_id) == "499"


def test_a_revoked_terminal_can_be_enrolled_anew_and_its_old_token_stays_dead(everyone: Outsiders) -> None:
    terminal_id = reference()
    old = enrolled(everyone, terminal_id)
    everyone.admin("DELETE", f"/v1/terminals/{terminal_id}")

    new = enrolled(everyone, terminal_id)

    looks = [everyone.call("POST", "/v1/pos/lookup", {"credential": "x"}, token=token).status for token in (old, new)]
    assert looks == [401, 404]


def settings(name: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """What an administrator may set, under new names: path and body."""
    product = {"name": TEXT, "kind": "cash", "funding": "prepaid", "value": money("1"), "terms": TEXT}
    order = {
        "status": "paid",
        "payment": {"method": "card", "paid_at": "2026-11-22T12:00:00+08:00"},
        "customer": {"email": new_email()},
        "lines": [{"sku": "CASH-500", "quantity": 1, "name": "CASH-500"}],
    }
    return {
        "a shop": (f"/v1/shops/{name}", {"kind": "standard", "name": TEXT, "timezone": "Asia/Taipei", "secrets": []}),
        "a product": (f"/v1/products/{name}", product),
        "a store": (f"/v1/stores/{name}", {"name": TEXT}),
        "a customer": (f"/v1/customers/{name}", {"name": "Wu", "language": "en", "email": new_email()}),
        "an order": (f"/v1/orders/demo-shopify/{name}", order),
    }


@pytest.mark.parametrize("what", settings(""))
def test_setting_the_same_again_answers_as_before_and_says_so(everyone: Outsiders, what: str) -> None:
    path, body = settings(reference())[what]

    first, again = (everyone.admin("PUT", path, body) for _ in range(2))

    assert (first.status, first.is_replayed) == (200, False)
    assert (again.status, again.is_replayed) == (200, True)
    if what != "an order":  # its vouchers may have come meanwhile
        assert again.content == first.content


def test_redeeming_and_voiding_again_answer_as_before_and_say_so(everyone: Outsiders, voucher: Held) -> None:
    ref = reference()

    redeemed = [everyone.redeem(ref, voucher.credential, money=money("100")) for _ in range(2)]
    voided = [everyone.void(ref) for _ in range(2)]

    assert [(reply.status, reply.is_replayed) for reply in redeemed] == [(201, False), (201, True)]
    assert [(reply.status, reply.is_replayed) for reply in voided] == [(200, False), (200, True)]
    assert redeemed[0].content == redeemed[1].content
    assert voided[0].content == voided[1].content
    assert [row["kind"] for row in everyone.ledger(voucher.voucher_id)] == ["issue", "redeem", "void"]


def test_revoking_a_terminal_again_answers_as_before_and_says_so(everyone: Outsiders) -> None:
    terminal_id = reference()
    enrolled(everyone, terminal_id)

    first, again = (everyone.admin("DELETE", f"/v1/terminals/{terminal_id}") for _ in range(2))

    assert (first.is_replayed, again.is_replayed) == (False, True)
    assert first.content == again.content


@pytest.mark.parametrize("action", ["suspend", "revoke", "reissue"])
def test_an_action_under_the_same_key_is_done_once(everyone: Outsiders, voucher: Held, action: str) -> None:
    path, key = f"/v1/vouchers/{voucher.voucher_id}/{action}", reference()

    first, again = (everyone.admin("POST", path, {"reason": "a test"}, key=key) for _ in range(2))

    assert [(reply.status, reply.is_replayed) for reply in (first, again)] == [(200, False), (200, True)]
    assert len(everyone.ledger(voucher.voucher_id)) == 2


def test_the_same_key_for_another_action_is_refused(everyone: Outsiders, voucher: Held) -> None:
    key = reference()
    everyone.admin("POST", f"/v1/vouchers/{voucher.voucher_id}/suspend", {}, key=key)

    reply = everyone.admin("POST", f"/v1/vouchers/{voucher.voucher_id}/revoke", {}, key=key)

    assert_problem(reply, 409, "reference_reused")


def test_a_suspended_voucher_waits_until_it_is_resumed(everyone: Outsiders, voucher: Held) -> None:
    everyone.admin("POST", f"/v1/vouchers/{voucher.voucher_id}/suspend", {})
    meanwhile = everyone.redeem(reference(), voucher.credential, money=money("1"))
    everyone.admin("POST", f"/v1/vouchers/{voucher.voucher_id}/resume", {})

    assert_problem(meanwhile, 409, "suspended")
    assert everyone.redeem(reference(), voucher.credential, money=money("1")).status == 201


def test_reissuing_sends_a_new_qr_and_kills_the_old_one(everyone: Outsiders, voucher: Held) -> None:
    everyone.admin("POST", f"/v1/vouchers/{voucher.voucher_id}/reissue", {})

    newest = everyone.message(voucher.voucher_id, count=2)

    assert_problem(everyone.redeem(reference(), voucher.credential, money=money("1")), 409, "stale_credential")
    assert everyone.redeem(reference(), page_in(newest["body"]), money=money("1")).status == 201


def test_the_interface_describes_itself_in_valid_openapi(everyone: Outsiders) -> None:
    served = everyone.get(everyone.local["console_url"])

    validate(served.json)
    assert served.json["openapi"].startswith("3.1")
    assert {"/webhooks/{shop_id}", "/v1/pos/lookup", "/v1/pos/redemptions/{reference}"} <= served.json["paths"].keys()
