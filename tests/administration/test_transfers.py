"""POST /v1/vouchers/{voucher_id}/transfer: what is left becomes another person's, and the old QR is dead."""

from contextlib import suppress

import pytest

from tests.support.faults import Crashes, KilledError, answering
from tests.support.problem import assert_problem
from tests.support.retail import Retailer, money


@pytest.fixture
def hao(retailer: Retailer) -> str:
    retailer.customer("hao")
    return "hao"


def cash(retailer: Retailer) -> str:
    return retailer.sold["CASH-500"].voucher_id


def test_what_is_left_goes_to_the_other_person(retailer: Retailer, hao: str) -> None:
    retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("200"))

    heir = retailer.transfer(cash(retailer), hao).json

    assert (heir["customer_id"], heir["state"], heir["replaces"]) == (hao, "active", cash(retailer))
    assert (heir["face_value"]["money"], heir["available"]["money"]) == (money("500"), money("300"))


def test_the_old_one_is_replaced_and_holds_nothing(retailer: Retailer, hao: str) -> None:
    heir = retailer.transfer(cash(retailer), hao).json["voucher_id"]

    old = retailer.api.call("GET", f"/v1/vouchers/{cash(retailer)}").json

    assert (old["state"], old["replaced_by"], old["available"]["money"]) == ("replaced", heir, money("0"))


def test_the_old_qr_and_code_are_dead_and_the_new_ones_live(retailer: Retailer, hao: str) -> None:
    held = retailer.sold["CASH-500"]
    heir = retailer.held(retailer.transfer(held.voucher_id, hao).json["voucher_id"])

    for credential in (held.qr, held.code):
        assert_problem(retailer.redeem("r-1", credential), 409, "replaced")
    assert retailer.redeem("r-2", heir.code, money=money("1")).status == 201
    assert retailer.redeem("r-3", heir.qr).status == 201


def test_terms_and_the_day_of_sale_stay(retailer: Retailer, hao: str) -> None:
    retailer.world.clock.forward(days=100)

    heir = retailer.voucher(retailer.transfer(cash(retailer), hao).json["voucher_id"])

    old = retailer.voucher(cash(retailer))
    assert [heir[name] for name in ("terms", "issued_at", "source")] == [
        old[name] for name in ("terms", "issued_at", "source")
    ]


def test_nothing_of_the_giver_s_visits_is_told_to_the_receiver(retailer: Retailer, hao: str) -> None:
    retailer.redeem("r-1", retailer.sold["CASH-500"].qr, money=money("200"))

    heir = retailer.held(retailer.transfer(cash(retailer), hao).json["voucher_id"])

    assert retailer.look_up(heir.qr).json["history"] == []


def test_the_chain_is_kept_in_both_ledgers(retailer: Retailer, hao: str) -> None:
    heir = retailer.transfer(cash(retailer), hao, reason="a birthday").json["voucher_id"]

    def last(voucher_id: str) -> tuple[str, str, str, str]:
        *_, row = retailer.api.call("GET", f"/v1/vouchers/{voucher_id}/ledger").json["items"]
        return row["kind"], row["change"]["money"]["amount"], row["balance"]["money"]["amount"], row["other_voucher_id"]

    assert last(cash(retailer)) == ("transfer_out", "-500", "0", heir)
    assert last(heir) == ("transfer_in", "500", "500", cash(retailer))


def test_the_receiver_gets_a_message(retailer: Retailer, hao: str) -> None:
    heir = retailer.transfer(cash(retailer), hao).json["voucher_id"]

    (message,) = retailer.world.queued("email")
    send = retailer.world.item("sends", f"MESSAGE#{message['message_id']}", "CHANNEL#email")

    assert send["voucher_id"] == heir


def test_the_same_request_again_makes_no_second_voucher(retailer: Retailer, hao: str) -> None:
    first = retailer.transfer(cash(retailer), hao, key="k-1")
    before = retailer.world.rows()

    again = retailer.transfer(cash(retailer), hao, key="k-1")

    assert (again.json, again.is_replayed) == (first.json, True)
    assert retailer.world.rows() == before


def test_the_key_of_another_request_is_refused(retailer: Retailer, hao: str) -> None:
    retailer.customer("lee")
    retailer.transfer(cash(retailer), hao, key="k-1")

    assert_problem(retailer.transfer(cash(retailer), "lee", key="k-1"), 409, "reference_reused")


def test_a_voucher_is_handed_over_once(retailer: Retailer, hao: str) -> None:
    retailer.transfer(cash(retailer), hao)

    assert_problem(retailer.transfer(cash(retailer), hao), 409, "state_conflict")


@pytest.mark.parametrize("action", ["suspend", "revoke"])
def test_what_the_shop_has_stopped_is_not_handed_over(retailer: Retailer, hao: str, action: str) -> None:
    retailer.act(action, cash(retailer))

    assert_problem(retailer.transfer(cash(retailer), hao), 409, "state_conflict")


def test_what_is_used_up_is_not_handed_over(retailer: Retailer, hao: str) -> None:
    retailer.redeem("r-1", retailer.sold["CASH-500"].qr)

    assert_problem(retailer.transfer(cash(retailer), hao), 409, "exhausted")


def test_what_is_held_is_not_handed_over_until_the_sale_is_over(retailer: Retailer, hao: str) -> None:
    retailer.hold("h-1", retailer.sold["CASH-500"].qr, money=money("1"))

    assert_problem(retailer.transfer(cash(retailer), hao), 409, "held", held_until="2026-11-22T04:05:00.000Z")
    retailer.world.clock.forward(minutes=5)
    assert retailer.transfer(cash(retailer), hao).status == 200


def test_nobody_receives_what_nobody_is_known_to_receive(retailer: Retailer) -> None:
    assert_problem(retailer.transfer(cash(retailer), "stranger"), 422, "invalid")


def test_a_voucher_is_not_handed_to_who_has_it(retailer: Retailer) -> None:
    owner = str(retailer.voucher(cash(retailer))["customer_id"])

    assert_problem(retailer.transfer(cash(retailer), owner), 409, "state_conflict")


def test_undoing_the_purchase_revokes_the_voucher_that_took_its_place(retailer: Retailer, hao: str) -> None:
    heir = retailer.transfer(cash(retailer), hao).json["voucher_id"]
    (place,) = [place for place, sku in enumerate(retailer.sold) if sku == "CASH-500"]

    retailer.order(f"sold-{place}", status="cancelled", updated_at="2026-11-22T12:30:00+08:00")
    retailer.settle(f"sold-{place}")

    assert (retailer.voucher(heir)["state"], retailer.voucher(cash(retailer))["state"]) == ("revoked", "replaced")


def test_a_message_that_did_not_leave_leaves_with_the_repeat(retailer: Retailer, hao: str) -> None:
    with answering("SendMessageBatch", "ServiceUnavailable", times=5, service="sqs"):
        assert retailer.transfer(cash(retailer), hao, key="k-1").status == 503
    assert retailer.world.queued("email") == []

    retailer.transfer(cash(retailer), hao, key="k-1")

    assert len(retailer.world.queued("email")) == 1


def test_a_killed_worker_leaves_one_voucher_or_the_other_never_both(retailer: Retailer, hao: str) -> None:
    for at in range(1, 12):
        state = retailer.world.state()
        for when in ("before", "after"):
            with suppress(KilledError), Crashes(at, when).watching():
                retailer.transfer(cash(retailer), hao, key="k-1")
            heir = retailer.transfer(cash(retailer), hao, key="k-1").json["voucher_id"]
            worths = [retailer.voucher(each)["worth"]["money"]["minor"] for each in (cash(retailer), heir)]
            assert worths == [0, 500]
            retailer.world.go_back(state)
