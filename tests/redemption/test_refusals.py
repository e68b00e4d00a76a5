"""Every reason for which a till is told no: its status, code, sentence and facts; and nothing has moved."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from functions.domain.refusal_texts import TEXTS
from functions.domain.refusals import Refusal
from functions.runtime.problems import REFUSAL_STATUS
from tests.support.api import Reply
from tests.support.problem import assert_problem
from tests.support.retail import XINYI, ZHONGSHAN, Retailer, line, money, text

Prepared = Callable[[Retailer], object]


def nothing(_: Retailer) -> None:
    """Some vouchers are refused as they were sold."""


def use_up(retailer: Retailer) -> None:
    retailer.redeem("earlier", retailer.sold["CASH-500"].qr)
    retailer.world.clock.forward(hours=2)


def use_some(retailer: Retailer) -> None:
    retailer.redeem("earlier", retailer.sold["CASH-500"].qr, money=money("300"))


def void_first(retailer: Retailer) -> None:
    retailer.void("r-1")


def reuse(retailer: Retailer) -> None:
    retailer.redeem("r-1", retailer.sold["SPA-3"].qr)


def act(action: str, sku: str = "CASH-500") -> Prepared:
    return lambda retailer: retailer.act(action, retailer.sold[sku].voucher_id)


def forward(**by: float) -> Prepared:
    return lambda retailer: retailer.world.clock.forward(**by)


def hold_most(retailer: Retailer) -> None:
    retailer.hold("h-1", retailer.sold["CASH-500"].qr, money=money("300"), at="pos-9")


def hold_all(retailer: Retailer) -> None:
    retailer.hold("h-1", retailer.sold["CASH-500"].qr, at="pos-9")


def hand_over(retailer: Retailer) -> None:
    retailer.customer("hao")
    retailer.transfer(retailer.sold["CASH-500"].voucher_id, "hao")


def cancel_order(retailer: Retailer) -> None:
    (place,) = [place for place, sku in enumerate(retailer.sold) if sku == "CASH-500"]
    retailer.order(f"sold-{place}", status="cancelled", updated_at="2026-11-22T12:30:00+08:00")
    retailer.settle(f"sold-{place}")


CASH_LEFT = {"money": money("200"), "items": None, "discount": None}
NO_CASH = {"money": money("0"), "items": None, "discount": None}
SPA_LEFT = {"money": None, "items": [line(), line("tea", 1)], "discount": None}
REFUSED: list[Any] = [
    pytest.param("LATER", nothing, {}, 409, "not_yet_valid", {"valid_from": "2026-11-30T16:00:00.000Z"}, id="early"),
    pytest.param(
        "THANKS-200", forward(days=31), {}, 409, "expired", {"expires_at": "2026-12-22T16:00:00.000Z"}, id="late"
    ),
    pytest.param("WEEKDAYS", nothing, {}, 409, "not_active_now", {"retryable": True}, id="on a Sunday"),
    pytest.param("CASH-500", act("suspend"), {}, 409, "suspended", {}, id="suspended"),
    pytest.param("CASH-500", act("revoke"), {}, 409, "revoked", {"reason": "by_shop"}, id="revoked by the shop"),
    pytest.param(
        "CASH-500", cancel_order, {}, 409, "revoked", {"reason": "order_cancelled"}, id="revoked with its order"
    ),
    pytest.param("CASH-500", act("reissue"), {}, 409, "stale_credential", {}, id="an old credential"),
    pytest.param(
        "CASH-500", use_up, {}, 409, "exhausted",
        {"redeemed_at": "2026-11-22T04:00:00.000Z", "store_id": XINYI, "store": text("Xinyi", "信義店")}, id="used up",
    ),
    pytest.param(
        "CASH-500", use_some, {"money": money("201")}, 409, "insufficient", {"available": CASH_LEFT}, id="too much"
    ),
    pytest.param(
        "SPA-3", nothing, {"items": [{"sku": "spa-hour", "quantity": 4}]}, 409, "insufficient",
        {"available": SPA_LEFT}, id="too many",
    ),
    pytest.param(
        "CASH-500", hold_most, {"money": money("201")}, 409, "held",
        {"retryable": True, "available": CASH_LEFT, "held_until": "2026-11-22T04:05:00.000Z"}, id="held for another",
    ),
    pytest.param(
        "CASH-500", hold_all, {}, 409, "held",
        {"retryable": True, "available": NO_CASH, "held_until": "2026-11-22T04:05:00.000Z"}, id="all of it is held",
    ),
    pytest.param("CASH-500", hand_over, {}, 409, "replaced", {}, id="handed to another person"),
    pytest.param("MUG-2", nothing, {}, 409, "wrong_store", {"stores": [ZHONGSHAN]}, id="another store's goods"),
    pytest.param(
        "SPA-3", nothing, {"items": [{"sku": "facial", "quantity": 1}]}, 409, "wrong_product",
        {"available": SPA_LEFT}, id="another service",
    ),
    pytest.param(
        "SPA-3", nothing, {"money": money("100")}, 409, "wrong_product",
        {"available": SPA_LEFT}, id="money for services",
    ),
    pytest.param(
        "CASH-500", nothing, {"items": [{"sku": "tea", "quantity": 1}]}, 409, "wrong_product", {},
        id="services for money",
    ),
    pytest.param("COFFEE-10", nothing, {"money": money("10")}, 409, "wrong_product", {}, id="money for a discount"),
    pytest.param(
        "COFFEE-10", nothing, {"basket": {"total": money("299")}}, 409, "minimum_spend",
        {"minimum_spend": money("300"), "basket": money("299"), "eligible": money("299")}, id="too small a basket",
    ),
    pytest.param(
        "COFFEE-10", nothing, {}, 409, "minimum_spend", {"minimum_spend": money("300")}, id="no basket was told"
    ),
    pytest.param(
        "CASH-500", nothing, {"money": money("5", "USD")}, 422, "currency_mismatch", {"currency": "TWD"},
        id="another currency",
    ),
    pytest.param(
        "COFFEE-10", nothing, {"basket": {"total": money("900", "JPY")}}, 422, "currency_mismatch",
        {"currency": "TWD"}, id="a basket in another currency",
    ),
    pytest.param(
        "CASH-500", void_first, {}, 409, "voided", {"voided_at": "2026-11-22T04:00:00.000Z"}, id="voided before it came"
    ),
    pytest.param("CASH-500", reuse, {}, 409, "reference_reused", {}, id="a used reference"),
]  # fmt: skip


@pytest.mark.parametrize(("sku", "prepare", "ask", "status", "code", "facts"), REFUSED)
def test_a_refusal_is_told_with_its_facts_and_moves_nothing(
    retailer: Retailer,
    sku: str,
    prepare: Prepared,
    ask: dict[str, Any],
    status: int,
    code: str,
    facts: dict[str, Any],
) -> None:
    prepare(retailer)
    before = retailer.world.rows()

    answer = retailer.redeem("r-1", retailer.sold[sku].qr, **ask)

    sentence = {"zh-Hant": TEXTS[code].zh_hant, "en": TEXTS[code].en}
    assert_problem(answer, status, code, **{"retryable": False, "message": sentence} | facts)
    assert retailer.world.rows() == before


def test_a_look_tells_the_same_reasons_where_they_do_not_hang_on_what_is_asked(retailer: Retailer) -> None:
    for case in REFUSED:
        sku, prepare, ask, _, code, _ = case.values
        if ask or code in {"minimum_spend", "voided", "reference_reused"}:
            continue
        start = retailer.world.state(), retailer.world.clock.now
        prepare(retailer)

        found = retailer.look_up(retailer.sold[sku].qr).json

        assert (found["usable"], found["refusal"]["code"]) == (False, code)
        retailer.world.go_back(start[0])
        retailer.world.clock.now = start[1]


def test_a_voucher_is_good_from_its_first_instant(retailer: Retailer) -> None:
    clock = retailer.world.clock
    clock.now = clock.now.replace(month=11, day=30, hour=15, minute=59, second=59)
    assert retailer.redeem("r-1", retailer.sold["LATER"].qr).code == "not_yet_valid"

    clock.forward(seconds=1)

    assert retailer.redeem("r-1", retailer.sold["LATER"].qr).status == 201


def test_a_voucher_is_good_through_its_last_day_in_taipei(retailer: Retailer) -> None:
    clock, held = retailer.world.clock, retailer.sold["THANKS-200"]
    clock.now = clock.now.replace(month=12, day=22, hour=15, minute=59, second=59)
    assert retailer.redeem("r-1", held.qr, money=money("50")).status == 201

    clock.forward(seconds=1)

    assert retailer.redeem("r-2", held.qr, money=money("50")).code == "expired"


def test_prepaid_money_is_good_after_a_hundred_years(retailer: Retailer) -> None:
    retailer.world.clock.forward(days=36_525)

    assert retailer.redeem("r-1", retailer.sold["CASH-500"].qr).status == 201


def test_a_weekday_is_the_shops_own(retailer: Retailer) -> None:
    retailer.world.clock.forward(hours=12)  # Monday 00:00 in Taipei, still Sunday in UTC

    assert retailer.redeem("r-1", retailer.sold["WEEKDAYS"].qr).status == 201


# Credentials that prove nothing. All are answered alike: a thief learns nothing from the difference.


def unknown(retailer: Retailer, credential: str) -> list[Reply]:
    return [retailer.look_up(credential), retailer.redeem("r-1", credential)]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(lambda held: held.qr[:-1], id="truncated"),
        pytest.param(lambda held: held.qr + "A", id="longer"),
        pytest.param(lambda held: ("B" if held.qr[0] == "A" else "A") + held.qr[1:], id="another version"),
        pytest.param(lambda held: held.qr[:60] + ("B" if held.qr[60] == "A" else "A") + held.qr[61:], id="forged"),
        pytest.param(lambda held: held.code[1] + held.code[0] + held.code[2:], id="two letters swapped"),
        pytest.param(lambda held: held.code[:-1], id="a letter too few"),
        pytest.param(lambda held: held.voucher_id, id="the voucher's id"),
        pytest.param(lambda _: "A" * 5000, id="5,000 characters"),
        pytest.param(lambda _: "A" * 136, id="zeros of the right length"),
        pytest.param(lambda _: "https://shop.example/", id="an address alone"),
        pytest.param(lambda _: "票券票券票券票券票券票券票券票券", id="sixteen Chinese characters"),
        pytest.param(lambda _: "\u200d\u202e\x00", id="what cannot be seen"),
        pytest.param(lambda _: " ", id="a space"),
    ],
)
def test_a_credential_that_proves_nothing_is_unknown(retailer: Retailer, changed: Callable[[Any], str]) -> None:
    before = retailer.world.rows()

    for answer in unknown(retailer, changed(retailer.sold["CASH-500"])):
        assert_problem(answer, 404, "unknown", retryable=False)
    assert retailer.world.rows() == before


def test_a_qr_signed_by_another_key_is_unknown(retailer: Retailer, foreign_qr: str) -> None:
    for answer in unknown(retailer, foreign_qr):
        assert_problem(answer, 404, "unknown")


def test_a_qr_of_a_voucher_that_is_not_there_is_unknown(retailer: Retailer) -> None:
    stranger = retailer.held("00000000-0000-5000-8000-000000000000").qr

    for answer in unknown(retailer, stranger):
        assert_problem(answer, 404, "unknown")


def test_an_unknown_a_foreign_and_a_forged_credential_get_the_same_answer_to_the_byte(
    retailer: Retailer, foreign_qr: str
) -> None:
    nobodys = retailer.held("00000000-0000-5000-8000-000000000000")
    mistyped, forged = "2222-2222-2222-2223", retailer.sold["CASH-500"].qr[:-2] + "AA"

    answers = [unknown(retailer, each) for each in (nobodys.qr, nobodys.code, mistyped, foreign_qr, forged)]

    for looked, redeemed in answers:
        assert looked.headers == redeemed.headers == answers[0][0].headers
        # Every request of these tests has one request_id: what else could differ would.
        assert json.dumps(looked.json) == json.dumps(redeemed.json) == json.dumps(answers[0][0].json)


@pytest.mark.parametrize("credential", [None, "", 12345, ["A"], "A" * 16_385])
def test_a_credential_that_is_no_text_is_refused_before_anything_is_read(
    retailer: Retailer, credential: object
) -> None:
    for method, path in (("POST", "lookup"), ("PUT", "redemptions/r-1")):
        answer = retailer.till(method, path, {"credential": credential})

        assert_problem(answer, 422, "invalid")
        assert [error["path"] for error in answer.json["errors"]] == ["credential"]
    assert retailer.world.calls == []


def test_every_refusal_has_a_sentence_in_both_languages() -> None:
    texts = {kind.text for kind in Refusal.__subclasses__()}

    assert texts == set(TEXTS)
    assert all(text.zh_hant and text.en for text in TEXTS.values())


def test_every_refusal_of_a_till_is_shown_here_or_among_the_troubles() -> None:
    shown = {case.values[4] for case in REFUSED} | {"unknown"}

    others = {"customer_limit", "in_progress", "throttled", "refunded", "offline_limit"}
    assert {kind.code for kind in Refusal.__subclasses__()} - shown == others


def test_only_refusals_that_say_so_are_not_409() -> None:
    assert {kind.code for kind in REFUSAL_STATUS} == {"unknown", "currency_mismatch", "throttled"}
