"""The twenty-five things that always hold, each by its number and under its own name.

Those that are about many at once stand here with two at once, and with fifty over the running stack in `tests/races/`.
"""

import itertools
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import time_machine

from functions.contracts.messages import OrderChanged, SendRequested
from functions.dispatch.courier import Courier
from functions.domain import identity
from functions.domain.sending import Accepted, Channel
from functions.runtime.queue_consumer import SourceQueue, consume
from functions.runtime.wiring import system_clock
from infra.roads import ROADS
from tests.support import shopify
from tests.support.api import Reply
from tests.support.endpoints import requests
from tests.support.faults import Crashes, KilledError, answering, hook, lost_reply, rival
from tests.support.retail import SECRETS, SHOP, XINYI, Held, Retailer, enrolled, money, undoing
from tests.support.world import ADMIN_TOKEN

PART: dict[str, Any] = {"money": money("200")}


@pytest.fixture
def cash(retailer: Retailer) -> Held:
    return retailer.sold["CASH-500"]


def left(retailer: Retailer, held: Held) -> int:
    return int(retailer.voucher(held.voucher_id)["worth"]["money"]["minor"])


def ledger(retailer: Retailer, held: Held) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = retailer.api.call("GET", f"/v1/vouchers/{held.voucher_id}/ledger").json["items"]
    return rows


def changes(retailer: Retailer, held: Held, *kinds: str) -> int:
    rows = [row for row in ledger(retailer, held) if not kinds or row["kind"] in kinds]
    return sum(int(row["change"]["money"]["amount"]) for row in rows)


def test_invariant_01_what_is_held_is_never_given_to_another(retailer: Retailer, cash: Held) -> None:
    retailer.hold("h-1", cash.qr, money=money("410"))

    answers = [retailer.redeem(f"r-{place}", cash.qr, money=money("30"), at="pos-9") for place in range(5)]

    assert [answer.status for answer in answers] == [201, 201, 201, 409, 409]
    assert retailer.look_up(cash.qr).json["available"]["money"] == money("0")


def test_invariant_02_what_was_issued_is_what_is_left_and_held_and_taken(retailer: Retailer, cash: Held) -> None:
    retailer.redeem("r-1", cash.qr, **PART)
    retailer.refund("f-1", "r-1", money=money("50"))
    retailer.redeem("r-2", cash.qr, money=money("10"))
    retailer.void("r-2")
    retailer.hold("h-1", cash.qr, money=money("100"))

    free = int(retailer.look_up(cash.qr).json["available"]["money"]["amount"])
    taken = -changes(retailer, cash, "redeem", "void", "refund")
    assert 500 == free + 100 + taken == changes(retailer, cash, "issue")


def test_invariant_03_what_leaves_a_voucher_arrives_in_a_store_s_settlement(retailer: Retailer, cash: Held) -> None:
    retailer.redeem("r-1", cash.qr, **PART)
    retailer.redeem("r-2", cash.qr, money=money("30"), at="pos-9")
    retailer.refund("f-1", "r-1", money=money("50"))

    days = [retailer.till("GET", "settlements/2026-11-22", at=at).json["lines"] for at in ("pos-1", "pos-9")]
    settled = [sum(int(line["change"]["money"]["amount"]) for line in lines) for lines in days]

    assert settled == [-150, -30]
    assert sum(settled) + 500 == left(retailer, cash)


def test_invariant_04_what_is_good_once_is_taken_once(retailer: Retailer) -> None:
    coffee = retailer.sold["COFFEE-10"]
    basket: dict[str, Any] = {"basket": {"total": money("900")}}
    answers: list[Reply] = []

    with rival(lambda: answers.append(retailer.redeem("r-1", coffee.qr, at="pos-9", **basket))):
        answers.append(retailer.redeem("r-2", coffee.qr, **basket))

    assert [answer.status for answer in answers] == [201, 409]


@pytest.mark.parametrize("later", [{"seconds": 1}, {"minutes": 11}, {"hours": 25}, {"days": 40}], ids=str)
def test_invariant_05_one_reference_has_one_effect_for_ever(
    retailer: Retailer, cash: Held, later: dict[str, float]
) -> None:
    first = retailer.redeem("r-1", cash.qr, **PART)
    retailer.world.clock.forward(**later)

    assert retailer.redeem("r-1", cash.qr, **PART).json == first.json
    assert left(retailer, cash) == 300


def test_invariant_05_by_the_system_s_own_clock_too(retailer: Retailer, cash: Held) -> None:
    retailer.world.wiring.clock = system_clock
    with time_machine.travel("2026-11-23T04:00:00Z", tick=False):
        first = retailer.redeem("r-1", cash.qr, **PART)
    with time_machine.travel("2027-01-02T04:00:00Z", tick=False):
        again = retailer.redeem("r-1", cash.qr, **PART)

    assert (first.json["redeemed_at"], again.json, left(retailer, cash)) == (
        "2026-11-23T04:00:00.000Z", first.json, 300,
    )  # fmt: skip


WRITES: dict[str, Callable[[Retailer, Held], Reply]] = {
    "redemption": lambda it, held: it.redeem("r-1", held.qr, **PART),
    "hold": lambda it, held: it.hold("h-1", held.qr, **PART),
    "refund": lambda it, held: (it.redeem("r-0", held.qr, **PART), it.refund("f-1", "r-0"))[1],
    "void": lambda it, held: (it.redeem("r-0", held.qr, **PART), it.void("r-0"))[1],
    "suspension": lambda it, held: it.act("suspend", held.voucher_id, key="k-1"),
}


@pytest.mark.parametrize("write", ["redemption", "hold", "suspension"])
def test_invariant_06_a_repeat_answers_the_same_and_says_so(retailer: Retailer, cash: Held, write: str) -> None:
    first, again = WRITES[write](retailer, cash), WRITES[write](retailer, cash)

    assert (again.status, again.json, first.is_replayed, again.is_replayed) == (first.status, first.json, False, True)


@pytest.mark.parametrize(
    "other", [{"money": money("201")}, {"money": money("200"), "receipt": "B"}, {}, {"basket": {"total": money("1")}}]
)
def test_invariant_07_another_request_under_the_name_is_refused(
    retailer: Retailer, cash: Held, other: dict[str, Any]
) -> None:
    retailer.redeem("r-1", cash.qr, **PART)
    before = retailer.world.rows()

    assert retailer.redeem("r-1", cash.qr, **other).code == "reference_reused"
    assert retailer.world.rows() == before


def test_invariant_08_the_same_request_while_the_first_still_runs_has_no_second_effect(
    retailer: Retailer, cash: Held
) -> None:
    answers: list[Reply] = []
    with rival(lambda: answers.append(retailer.redeem("r-1", cash.qr, **PART))):
        answers.append(retailer.redeem("r-1", cash.qr, **PART))

    assert answers[0].json == answers[1].json
    assert left(retailer, cash) == 300


@pytest.mark.parametrize("write", WRITES)
def test_invariant_09_a_crash_between_any_two_calls_is_made_good_by_the_retry(
    retailer: Retailer, cash: Held, write: str
) -> None:
    start = retailer.world.state()
    WRITES[write](retailer, cash)
    ends = left(retailer, cash), [row["kind"] for row in ledger(retailer, cash)]
    for at, when in itertools.product(range(1, 8), ("before", "after")):
        retailer.world.go_back(start)
        with suppress(KilledError), Crashes(at, when).watching():  # type: ignore[arg-type]
            WRITES[write](retailer, cash)
        WRITES[write](retailer, cash)
        assert (left(retailer, cash), [row["kind"] for row in ledger(retailer, cash)]) == ends


def test_invariant_10_a_lost_reply_and_its_retry_are_one_effect(retailer: Retailer, cash: Held) -> None:
    with lost_reply():
        assert retailer.redeem("r-1", cash.qr, **PART).status == 503

    assert retailer.redeem("r-1", cash.qr, **PART).status == 201
    assert changes(retailer, cash, "redeem") == -200


@pytest.mark.parametrize("order", list(itertools.permutations(["capture", "release", "void"])), ids="-".join)
def test_invariant_11_a_hold_ends_once(retailer: Retailer, cash: Held, order: tuple[str, ...]) -> None:
    retailer.hold("h-1", cash.qr, **PART)
    ends = {"capture": retailer.capture, "release": retailer.release, "void": retailer.void}

    for end in order:
        ends[end]("h-1")

    kinds = [row["kind"] for row in ledger(retailer, cash)][2:]
    assert kinds in (["redeem"], ["redeem", "void"], ["release"])
    assert kinds[0] == ("redeem" if order[0] == "capture" else "release")


@pytest.mark.parametrize(("amount", "status"), [("1", 200), ("199", 200), ("200", 200), ("201", 409)])
def test_invariant_12_no_more_is_captured_than_held_and_the_rest_is_free(
    retailer: Retailer, cash: Held, amount: str, status: int
) -> None:
    retailer.hold("h-1", cash.qr, **PART)

    assert retailer.capture("h-1", money=money(amount)).status == status
    free = 500 - int(amount) if status == 200 else 300
    assert retailer.look_up(cash.qr).json["available"]["money"] == money(str(free))


def test_invariant_13_a_hold_that_is_over_is_not_captured_though_its_row_is_there(
    retailer: Retailer, cash: Held
) -> None:
    retailer.hold("h-1", cash.qr, seconds=60)
    retailer.world.clock.forward(seconds=60)

    assert retailer.capture("h-1").code == "expired"
    assert retailer.voucher(cash.voucher_id)["holds"]


@pytest.mark.parametrize(
    ("sku", "at", "moment", "code"),
    [
        ("LATER", "pos-1", "2026-11-30T15:59:59", "not_yet_valid"),
        ("LATER", "pos-1", "2026-11-30T16:00:00", None),
        ("THANKS-200", "pos-1", "2026-12-22T15:59:59", None),
        ("THANKS-200", "pos-1", "2026-12-22T16:00:00", "expired"),
        ("THANKS-200", "pos-9", "2026-11-22T05:00:00", "wrong_store"),
        ("WEEKDAYS", "pos-1", "2026-11-22T15:59:59", "not_active_now"),
        ("WEEKDAYS", "pos-1", "2026-11-22T16:00:00", None),
    ],
)
def test_invariant_14_before_its_start_after_its_end_and_elsewhere_it_is_refused(
    retailer: Retailer, sku: str, at: str, moment: str, code: str | None
) -> None:
    retailer.world.clock.now = retailer.world.clock.now.fromisoformat(f"{moment}+00:00")

    answer = retailer.redeem("r-1", retailer.sold[sku].qr, at=at)

    assert (answer.code if answer.status != 201 else None) == code


def test_invariant_15_a_reversal_that_comes_first_stops_its_original(retailer: Retailer, cash: Held) -> None:
    retailer.void("r-1")
    retailer.world.clock.forward(days=400)

    assert retailer.redeem("r-1", cash.qr, **PART).code == "voided"
    assert left(retailer, cash) == 500


def test_invariant_16_a_row_of_the_ledger_is_written_once(retailer: Retailer) -> None:
    unguarded: list[str] = []

    def look(params: dict[str, Any], **_: Any) -> None:
        for write in params.get("TransactItems", []):
            ((kind, request),) = write.items()
            key = request.get("Key") or request["Item"]
            is_row = key["sk"]["S"].startswith("LEDGER#")
            if is_row and (kind != "Put" or "attribute_not_exists" not in request.get("ConditionExpression", "")):
                unguarded.append(kind)

    with hook("dynamodb", "before-parameter-build.dynamodb", look):
        for request in requests(retailer):
            request.send(retailer, retailer.tills["pos-1"] if "pos" in request.template else ADMIN_TOKEN)

    assert unguarded == []
    assert [road.function for road in ROADS if "DeleteItem" in road.tables.get("vouchers", frozenset())] == []


PAID = {"updated_at": "2026-11-22T12:00:00+08:00"}
EDITED = {
    "updated_at": "2026-11-22T12:10:00+08:00",
    "refunds": [{"refund_id": "f", "lines": [{"line_id": "1", "quantity": 1}]}],
}
CANCELLED = {"updated_at": "2026-11-22T12:20:00+08:00", "status": "cancelled"}


@pytest.mark.parametrize("order", list(itertools.permutations([0, 1, 2])))
def test_invariant_17_reports_in_any_order_and_number_end_in_one_state(
    retailer: Retailer, order: tuple[int, ...]
) -> None:
    reports: list[dict[str, Any]] = [PAID, EDITED, CANCELLED]
    for place in (*order, *order):
        retailer.order("77", ("CASH-500", 2), **reports[place])
        retailer.settle("77")

    found = retailer.api.call("GET", f"/v1/orders/{SHOP}/77").json
    assert found["status"] == "cancelled"
    assert all(retailer.voucher(each)["state"] == "revoked" for each in found["vouchers"])


def test_invariant_18_what_is_not_signed_is_refused_and_leaves_nothing(retailer: Retailer) -> None:
    body, before = shopify.raw(shopify.order()), retailer.world.rows()
    good = shopify.headers(body)
    bad = [
        {}, good | {"X-Shopify-Hmac-Sha256": ""}, shopify.headers(body, secret="retired"),
        *({**good, "X-Shopify-Hmac-Sha256": _flipped(good["X-Shopify-Hmac-Sha256"], at)} for at in range(0, 44, 7)),
    ]  # fmt: skip

    for headers in bad:
        answer = retailer.api.call("POST", f"/webhooks/{SHOP}", body, token=None, headers=headers)
        assert (answer.status, answer.code) == (401, "bad_signature")
    assert retailer.world.rows() == before
    for secret in SECRETS:
        signed = shopify.headers(body, secret=secret)
        assert retailer.api.call("POST", f"/webhooks/{SHOP}", body, token=None, headers=signed).status == 200


def _flipped(text: str, place: int) -> str:
    return text[:place] + ("B" if text[place] == "A" else "A") + text[place + 1 :]


def test_invariant_19_what_was_accepted_is_written_and_queued(retailer: Retailer) -> None:
    body = shopify.raw(shopify.order())
    headers = shopify.headers(body)
    with answering("SendMessageBatch", "ServiceUnavailable", times=5, service="sqs"):
        assert retailer.api.call("POST", f"/webhooks/{SHOP}", body, token=None, headers=headers).status == 503

    assert retailer.api.call("POST", f"/webhooks/{SHOP}", body, token=None, headers=headers).status == 200
    assert [each["order_id"] for each in retailer.world.queued("orders")] == [str(shopify.ORDER_ID)]


class _Sqs:
    def __init__(self) -> None:
        self.put_aside: list[str] = []

    def send_message(self, **request: Any) -> None:
        self.put_aside.append(request["MessageBody"])

    def change_message_visibility(self, **_: Any) -> None:
        """Later."""


def test_invariant_20_one_poison_message_spoils_none_of_the_others(retailer: Retailer) -> None:
    for place in range(9):
        retailer.order(f"p-{place}", ("CASH-500", 1))
    bodies = [OrderChanged(shop_id=SHOP, order_id=f"p-{place}").model_dump_json() for place in range(9)]
    records = [
        {"messageId": str(place), "receiptHandle": str(place), "body": body, "eventSource": "aws:sqs",
         "attributes": {"ApproximateReceiveCount": "1"}}
        for place, body in enumerate([*bodies[:4], "poison", *bodies[4:]])
    ]  # fmt: skip
    queue, sqs = SourceQueue("orders", "https://sqs/orders", "https://sqs/dlq", max_receives=3), _Sqs()

    answer = consume(
        {"Records": records}, OrderChanged, lambda message: retailer.settle(message.order_id),
        queue=queue, sqs=sqs, clock=retailer.world.clock, has_time=lambda: True,
    )  # fmt: skip

    assert (sqs.put_aside, answer["batchItemFailures"]) == (["poison"], [])
    assert all(len(retailer.vouchers_of(f"p-{place}")) == 1 for place in range(9))


def test_invariant_21_a_message_is_sent_once_a_channel(retailer: Retailer, cash: Held) -> None:
    sent: list[object] = []

    class Carrier:
        channel = Channel.LINE

        def pack(self, *what: object) -> Callable[[], Accepted]:
            def send() -> Accepted:
                sent.append(what)
                return Accepted("taken")

            return send

    wiring = retailer.world.wiring
    courier = Courier(
        carrier=Carrier(), sends=wiring.sends, vouchers=wiring.vouchers, shops=wiring.shops, queues=wiring.queues,
        clock=wiring.clock,
    )  # fmt: skip
    wanted = SendRequested(message_id=identity.message_id(cash.voucher_id, 1), channel=Channel.LINE)

    for _ in range(3):
        courier.deliver(wanted)

    assert len(sent) == 1


def test_invariant_22_a_foreign_and_an_unknown_voucher_are_answered_alike(
    retailer: Retailer, cash: Held, foreign_qr: str
) -> None:
    """One deployment is one retailer: foreign is what another one signed, and another store's reference."""
    unknown = retailer.held("00000000-0000-5000-8000-000000000000").qr
    retailer.redeem("r-1", cash.qr, **PART)

    for ask in (retailer.look_up, lambda qr: retailer.redeem("r-9", qr), lambda qr: retailer.hold("h-9", qr)):
        foreign, missing = ask(foreign_qr), ask(unknown)
        assert (foreign.status, json.dumps(foreign.json)) == (missing.status, json.dumps(missing.json))
    for asked in (retailer.till("GET", "redemptions/r-1", at="pos-9"), retailer.refund("f-1", "r-1", at="pos-9")):
        assert asked.status == 404


def test_invariant_23_a_revoked_device_is_refused_at_once_and_its_code_works_once(
    retailer: Retailer, cash: Held
) -> None:
    code = retailer.api.call("PUT", "/v1/terminals/pos-7", {"store_id": XINYI}).json["enrolment_code"]
    tries = [retailer.api.call("POST", "/v1/terminals/enrol", {"enrolment_code": code}, token=None) for _ in range(2)]
    assert [answer.status for answer in tries] == [200, 401]

    retailer.tills["pos-7"] = tries[0].json["token"]
    assert retailer.look_up(cash.qr, at="pos-7").status == 200
    retailer.api.call("DELETE", "/v1/terminals/pos-7")
    assert retailer.look_up(cash.qr, at="pos-7").status == 401


def test_invariant_24_wrong_codes_lock_typing_and_a_right_code_is_not_told_apart(
    retailer: Retailer, cash: Held
) -> None:
    wrong = [retailer.held(f"00000000-0000-5000-8000-{place:012}").code for place in range(12)]

    codes = [retailer.look_up(code).code for code in wrong]

    assert codes == ["unknown"] * 10 + ["throttled"] * 2
    assert retailer.look_up(cash.code).code == "throttled"
    assert retailer.look_up(cash.qr).status == 200
    assert retailer.look_up(cash.code, at="pos-2").status == 200


def test_invariant_25_no_table_holds_what_redeems_or_opens(retailer: Retailer, cash: Held) -> None:
    """Logs, with every fault: tests/runtime/test_canaries.py."""
    token = enrolled(retailer.api, "pos-7", XINYI)
    retailer.offline(undoing("o-1"))
    tables = json.dumps([retailer.world.items(name) for name in ("vouchers", "customers", "commerce", "sends")])

    for secret in (cash.qr, cash.code, token, *retailer.tills.values(), *SECRETS, ADMIN_TOKEN):
        assert secret not in tables


def test_every_invariant_has_a_test() -> None:
    named = {name[len("test_invariant_") :][:2] for name in globals() if name.startswith("test_invariant_")}

    assert named == {f"{number:02}" for number in range(1, 26)}
