import json
from datetime import timedelta
from typing import Any

import pytest

from functions.contracts.till import (
    CREDENTIAL_MAX,
    LookupAnswer,
    LookupRequest,
    RedemptionAnswer,
    RedemptionRequest,
    TombstoneAnswer,
    VoidAnswer,
)
from functions.contracts.vouchers import EntryAnswer, VoucherAnswer
from functions.domain import operations, refusals
from functions.domain.discount import Discount
from functions.domain.operations import Redemption
from functions.domain.tally import Limits
from functions.domain.voucher import Ask, Voucher
from tests.contracts.bodies import MONEY, read, wrong
from tests.domain.samples import (
    NOW,
    basket,
    cash,
    discount_voucher,
    goods,
    item_voucher,
    lines,
    touch,
    twd,
    voucher,
)

SPA = {"sku": "spa-hour", "quantity": 1}
HALF_PRICE = Discount(basis_points=5_000, minimum_spend=twd(100), cap=twd(300), uses=2)


def out(answer: Any) -> Any:
    """An answer as it goes over the wire."""
    return json.loads(answer.model_dump_json(by_alias=True))


def redeemed(of: Voucher, ask: Ask) -> tuple[Voucher, Redemption]:
    left, _, taken = of.redeem(ask, "r-1", touch(), of.credential)
    return left, operations.redemption(left, taken, "r-1", touch(), "print", "A-7")


class TestAsking:
    def test_a_part_of_the_amount_is_asked_for(self) -> None:
        assert read(RedemptionRequest, money=MONEY).ask == Ask(money=twd(500))

    def test_units_of_lines_are_asked_for(self) -> None:
        request = read(RedemptionRequest, items=[SPA, {"sku": "tea", "quantity": 2}])

        assert request.ask == Ask(items=(("spa-hour", 1), ("tea", 2)))

    def test_neither_is_all_that_is_left(self) -> None:
        assert read(RedemptionRequest).ask.is_for_all

    def test_a_basket_is_passed_on(self) -> None:
        assert read(RedemptionRequest, basket={"total": MONEY}).ask == Ask(basket=basket(500))

    def test_an_empty_basket_is_a_basket(self) -> None:
        assert read(RedemptionRequest, basket={"total": MONEY | {"amount": "0"}}).ask == Ask(basket=basket(0))

    def test_money_and_items_at_once_are_refused(self) -> None:
        assert wrong(RedemptionRequest, money=MONEY, items=[SPA]) == {""}

    @pytest.mark.parametrize("items", [[], {}, "spa-hour", [SPA] * 101, [[]], [None]])
    def test_items_are_one_to_a_hundred_lines(self, items: Any) -> None:
        assert {where.split(".")[0] for where in wrong(RedemptionRequest, items=items)} == {"items"}

    def test_one_sku_in_two_lines_is_refused(self) -> None:
        assert wrong(RedemptionRequest, items=[SPA, SPA]) == {"items"}

    @pytest.mark.parametrize("quantity", [0, -1, 10**6, 10**20, 1.0, 1.5, "1", True, None, [1]])
    def test_a_quantity_is_a_whole_number_of_units(self, quantity: Any) -> None:
        assert wrong(RedemptionRequest, items=[SPA | {"quantity": quantity}]) == {"items.0.quantity"}

    @pytest.mark.parametrize("sku", ["", "x" * 256, 7, None])
    def test_a_sku_is_a_text_of_some_length(self, sku: Any) -> None:
        assert wrong(RedemptionRequest, items=[SPA | {"sku": sku}]) == {"items.0.sku"}

    @pytest.mark.parametrize("model", [LookupRequest, RedemptionRequest])
    @pytest.mark.parametrize("credential", ["", "x" * (CREDENTIAL_MAX + 1), None, 7, ["x"]])
    def test_a_credential_is_a_text_of_some_length(self, model: type[LookupRequest], credential: Any) -> None:
        assert wrong(model, credential=credential) == {"credential"}

    @pytest.mark.parametrize("credential", ["x", "x" * 5_000, "ＡＢＣ", "\u0000", "' OR 1=1 --"])
    def test_whatever_a_scanner_reads_is_for_the_lookup_to_judge(self, credential: str) -> None:
        assert read(LookupRequest, credential=credential).credential == credential


class TestLookingUp:
    def test_a_usable_cash_voucher_shows_its_amount(self) -> None:
        shown = out(LookupAnswer.of(voucher(), NOW, None))

        assert shown["usable"] is True
        assert shown["available"] == {"money": MONEY, "items": None, "discount": None}
        assert shown["product"]["name"] == {"zh-Hant": "現金禮券", "en": "Gift voucher"}
        assert (shown["kind"], shown["funding"], shown["state"]) == ("cash", "prepaid", "active")
        assert (shown["valid_from"], shown["expires_at"]) == ("2026-11-22T04:00:00.000Z", None)

    def test_an_item_voucher_shows_its_lines_even_the_used_up(self) -> None:
        left, _ = redeemed(item_voucher(), Ask(items=(("tea", 2),)))

        shown = out(LookupAnswer.of(left, NOW, None))["available"]

        assert shown["money"] is None
        assert [(line["sku"], line["quantity"]) for line in shown["items"]] == [("spa-hour", 3), ("tea", 0)]

    def test_a_discount_shows_its_terms_and_the_uses_left(self) -> None:
        shown = out(LookupAnswer.of(discount_voucher(HALF_PRICE), NOW, None))["available"]["discount"]

        assert shown == {
            "percent": "50",
            "amount": None,
            "minimum_spend": {"amount": "100", "currency": "TWD"},
            "cap": {"amount": "300", "currency": "TWD"},
            "products": None,
            "excluded": None,
            "limits": None,
            "uses_left": 2,
            "off": None,
            "eligible": None,
            "capped": False,
            "lines": None,
        }

    def test_a_discount_shows_its_goods_and_limits(self) -> None:
        discount = Discount(
            basis_points=1_000, products=("tea",), excluded=("mug",), limits=Limits(day=1, week=None, month=4)
        )

        shown = out(LookupAnswer.of(discount_voucher(discount), NOW, None))["available"]["discount"]

        assert (shown["products"], shown["excluded"]) == (["tea"], ["mug"])
        assert shown["limits"] == {"day": 1, "week": None, "month": 4}

    def test_a_discount_shows_what_it_takes_off_a_basket_and_why_no_more(self) -> None:
        capped = discount_voucher(Discount(basis_points=5_000, cap=twd(100), excluded=("mug",)))

        found = LookupAnswer.of(capped, NOW, None, capped.priced(goods(("tea", 300), ("mug", 200))))
        shown = out(found)["available"]["discount"]

        assert (shown["off"]["amount"], shown["eligible"]["amount"], shown["capped"]) == ("100", "300", True)
        assert [(line["sku"], line["off"]["amount"], line["eligible"]) for line in shown["lines"]] == [
            ("tea", "100", True),
            ("mug", "0", False),
        ]

    @pytest.mark.parametrize(
        ("basis_points", "percent"), [(1_000, "10"), (1_250, "12.5"), (1_205, "12.05"), (1, "0.01"), (10_000, "100")]
    )
    def test_a_percentage_is_written_without_needless_zeros(self, basis_points: int, percent: str) -> None:
        discount = Discount(basis_points=basis_points)

        assert (
            out(LookupAnswer.of(discount_voucher(discount), NOW, None))["available"]["discount"]["percent"] == percent
        )

    def test_a_used_up_voucher_says_where_and_when(self) -> None:
        left, _ = redeemed(voucher(), Ask())

        shown = out(LookupAnswer.of(left, NOW, left.refusal(NOW, "xinyi", 1)))

        assert shown["usable"] is False
        assert shown["refusal"]["code"] == "exhausted"
        assert shown["refusal"]["redeemed_at"] == "2026-11-22T04:00:00.000Z"
        assert shown["refusal"]["store"] == {"zh-Hant": "信義店", "en": "Xinyi"}

    def test_a_revoked_voucher_has_nothing_available_whatever_is_left_on_it(self) -> None:
        revoked, _ = voucher().revoke(NOW, "order_cancelled")

        shown = out(LookupAnswer.of(revoked, NOW, revoked.refusal(NOW, "xinyi", 1)))

        assert shown["available"]["money"] == {"amount": "0", "currency": "TWD"}
        assert shown["refusal"]["reason"] == "order_cancelled"

    def test_a_voucher_that_cannot_be_used_just_now_still_shows_what_it_holds(self) -> None:
        shown = out(LookupAnswer.of(voucher(), NOW, refusals.NotActiveNow()))

        assert shown["available"]["money"] == MONEY

    def test_past_uses_come_newest_first(self) -> None:
        used = voucher()
        for number in range(3):
            now = NOW + timedelta(hours=number)
            used, _, _ = used.redeem(Ask(money=twd(number + 1)), f"r-{number}", touch(now), 1)

        history = out(LookupAnswer.of(used, NOW, None))["history"]

        assert [use["reference"] for use in history] == ["r-2", "r-1", "r-0"]
        assert history[0]["redeemed"]["money"] == {"amount": "3", "currency": "TWD"}


class TestRedeeming:
    def test_a_redemption_says_what_was_taken_and_what_is_left(self) -> None:
        _, redemption = redeemed(voucher(), Ask(money=twd(180)))

        shown = out(RedemptionAnswer.of(redemption))

        assert shown["redeemed"]["money"] == {"amount": "180", "currency": "TWD"}
        assert shown["available"]["money"] == {"amount": "320", "currency": "TWD"}
        assert (shown["state"], shown["redeemed_at"]) == ("redeemed", "2026-11-22T04:00:00.000Z")
        assert (shown["store_id"], shown["terminal_id"], shown["receipt"]) == ("xinyi", "xinyi-1", "A-7")

    def test_a_discount_says_what_came_off_the_basket(self) -> None:
        _, redemption = redeemed(discount_voucher(HALF_PRICE), Ask(basket=basket(500)))

        shown = out(RedemptionAnswer.of(redemption))

        assert shown["redeemed"] == {
            "money": None,
            "items": None,
            "uses": 1,
            "off": {"amount": "250", "currency": "TWD"},
            "lines": None,
        }
        assert shown["available"]["discount"]["uses_left"] == 1

    def test_a_discount_says_what_came_off_each_line(self) -> None:
        tea_only = discount_voucher(Discount(basis_points=5_000, products=("tea",)))
        _, redemption = redeemed(tea_only, Ask(basket=goods(("tea", 300), ("mug", 200))))

        shown = out(RedemptionAnswer.of(redemption))["redeemed"]["lines"]

        assert shown == [
            {
                "line_id": "1",
                "sku": "tea",
                "amount": {"amount": "300", "currency": "TWD"},
                "off": {"amount": "150", "currency": "TWD"},
                "eligible": True,
            },
            {
                "line_id": "2",
                "sku": "mug",
                "amount": {"amount": "200", "currency": "TWD"},
                "off": {"amount": "0", "currency": "TWD"},
                "eligible": False,
            },
        ]

    def test_a_voided_redemption_says_so(self) -> None:
        _, redemption = redeemed(voucher(), Ask())

        shown = out(RedemptionAnswer.of(redemption.voided(NOW)))

        assert (shown["state"], shown["voided_at"]) == ("voided", "2026-11-22T04:00:00.000Z")

    def test_a_void_says_what_it_did(self) -> None:
        _, redemption = redeemed(voucher(), Ask())
        stone = operations.tombstone("r-1", touch())

        assert out(VoidAnswer.of(redemption.voided(NOW))) == {
            "reference": "r-1",
            "state": "voided",
            "effect": "restored",
        }
        assert out(VoidAnswer.of(stone)) == {"reference": "r-1", "state": "voided", "effect": "none"}
        assert out(TombstoneAnswer.of(stone))["voided_at"] == "2026-11-22T04:00:00.000Z"


class TestAdministering:
    def test_a_voucher_shows_its_face_value_beside_what_is_left(self) -> None:
        left, _ = redeemed(voucher(), Ask(money=twd(180)))

        shown = out(VoucherAnswer.of(left, NOW))

        assert shown["face_value"]["money"] == MONEY
        assert shown["available"]["money"] == {"amount": "320", "currency": "TWD"}

    def test_nothing_that_a_till_would_take_is_in_it(self) -> None:
        shown = out(VoucherAnswer.of(voucher(), NOW))

        assert shown.keys().isdisjoint({"code", "token", "qr", "credential_code"})
        assert shown["credential"] == 1

    def test_a_ledger_line_shows_its_change_with_the_sign(self) -> None:
        _, entry, _ = voucher().redeem(Ask(money=twd(180)), "r-1", touch(), 1)

        shown = out(EntryAnswer.of(entry))

        assert shown["change"]["money"] == {"amount": "-180", "currency": "TWD"}
        assert shown["balance"]["money"] == {"amount": "320", "currency": "TWD"}
        assert (shown["kind"], shown["sequence"], shown["reference"]) == ("redeem", 2, "r-1")

    def test_a_ledger_line_of_services_shows_units(self) -> None:
        _, entry = item_voucher().void(lines(tea=1), "r-1", touch())

        assert [line["quantity"] for line in out(EntryAnswer.of(entry))["change"]["items"]] == [1]

    def test_the_first_ledger_line_is_the_face_value(self) -> None:
        assert out(EntryAnswer.of(voucher(cash(99)).issued()))["change"]["money"]["amount"] == "99"
