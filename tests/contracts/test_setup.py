import json
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from functions.contracts.setup import (
    CustomerAnswer,
    CustomerRequest,
    ProductAnswer,
    ProductRequest,
    ShopAnswer,
    ShopRequest,
    StoreAnswer,
    StoreRequest,
    TerminalAnswer,
    TokenRequest,
)
from functions.domain.discount import Discount
from functions.domain.product import Kind, Product
from functions.domain.retail import Terminal
from functions.domain.tally import Limits
from functions.domain.validity import Hours, Window
from functions.domain.worth import Worth
from tests.contracts.bodies import MONEY, TEXT, read, wrong
from tests.domain.samples import NOW, XINYI, twd

ITEM = {"sku": "spa-hour", "name": TEXT, "quantity": 3}
SOLD = {"shop_id": "s", "sku": "COFFEE-10"}
PERCENT = {"percent": "10"}
DISCOUNT = {"kind": "discount", "funding": "promotional", "value": ..., "discount": PERCENT}
GIVEN = {"funding": "promotional"}


def product(**override: Any) -> Product:
    return read(ProductRequest, **override).domain("p-1")


def window(zone: str = "Asia/Taipei", **valid: Any) -> Window:
    return product(**GIVEN, valid=valid, timezone=zone).window


class TestProducts:
    @pytest.mark.parametrize(
        ("body", "kind", "worth"),
        [
            ({}, Kind.CASH, Worth(money=twd(500))),
            ({"kind": "discount"} | DISCOUNT, Kind.DISCOUNT, Worth(uses=1)),
            (DISCOUNT | {"discount": PERCENT | {"uses": 3}}, Kind.DISCOUNT, Worth(uses=3)),
        ],
    )
    def test_every_kind_has_its_worth(self, body: dict[str, Any], kind: Kind, worth: Worth) -> None:
        made = product(**body)

        assert (made.kind, made.worth) == (kind, worth)

    @pytest.mark.parametrize("kind", ["item", "pickup"])
    def test_services_and_goods_have_their_lines(self, kind: str) -> None:
        made = product(kind=kind, value=..., items=[ITEM])

        assert [(each.sku, each.quantity) for each in made.worth.items] == [("spa-hour", 3)]

    @pytest.mark.parametrize("valid", [{"until": "2099-12-31"}, {"until": "2099-12-31T00:00:00Z"}, {"days": 3_650}])
    def test_prepaid_value_that_would_expire_is_refused(self, valid: dict[str, Any]) -> None:
        assert wrong(ProductRequest, valid=valid) == {""}

    @pytest.mark.parametrize("valid", [{}, None, {"from": "2026-12-01"}, {"weekdays": [6, 7]}])
    def test_prepaid_value_may_start_late_and_keep_weekdays(self, valid: dict[str, Any] | None) -> None:
        assert not product(valid=valid).window.can_expire

    @pytest.mark.parametrize(
        "body",
        [
            {"items": [ITEM]},
            {"discount": PERCENT},
            {"kind": "item", "items": [ITEM]},
            DISCOUNT | {"value": MONEY},
            {"value": ...},
            {"value": None},
            {"kind": "item"},
            {"kind": "item", "value": ...},
            {"kind": "pickup", "value": ...},
            {"kind": "discount", **GIVEN},
            DISCOUNT | {"funding": "prepaid"},
            {"kind": "cash", "value": ..., "items": [ITEM]},
            {"kind": "item", "value": ..., "items": [ITEM, ITEM]},
            {"kind": "item", "value": ..., "items": [ITEM | {"quantity": 0}]},
            {"kind": "item", "value": ..., "items": [ITEM | {"quantity": -1}]},
        ],
    )
    def test_a_product_has_the_one_value_that_its_kind_needs(self, body: dict[str, Any]) -> None:
        assert wrong(ProductRequest, **body) == {""}

    @pytest.mark.parametrize(
        ("body", "where"),
        [
            ({"kind": "gift"}, "kind"),
            ({"funding": "paid"}, "funding"),
            ({"value": MONEY | {"amount": "0"}}, "value"),
            ({"value": "500"}, "value"),
            ({"kind": "item", "value": ..., "items": []}, "items"),
            ({"kind": "item", "value": ..., "items": [ITEM | {"quantity": 10**7}]}, "items.0.quantity"),
            ({"stores": []}, "stores"),
            ({"stores": ["a#b"]}, "stores.0"),
            ({"sold_as": [{"shop_id": "s"}]}, "sold_as.0.sku"),
            ({"sold_as": [SOLD, SOLD]}, "sold_as"),
            ({"timezone": "Mars/Olympus"}, "timezone"),
            ({"timezone": "../etc/passwd"}, "timezone"),
            ({"timezone": ""}, "timezone"),
        ],
    )
    def test_what_is_wrong_is_named(self, body: dict[str, Any], where: str) -> None:
        assert wrong(ProductRequest, **body) == {where}

    @pytest.mark.parametrize(("sent", "rotating"), [({}, False), ({"rotating": True}, True)])
    def test_a_qr_renews_itself_where_the_product_asks_for_it(self, sent: dict[str, Any], *, rotating: bool) -> None:
        made = product(**sent)

        assert (made.rotating, ProductAnswer.of(made).rotating) == (rotating, rotating)

    def test_a_product_is_answered_as_it_is_sold(self) -> None:
        made = product(**DISCOUNT, stores=["xinyi"], sold_as=[{"shop_id": "s", "sku": "COFFEE-10"}], valid={"days": 30})

        shown = json.loads(ProductAnswer.of(made).model_dump_json(by_alias=True))

        assert shown["discount"] == {
            "percent": "10",
            "amount": None,
            "minimum_spend": None,
            "cap": None,
            "products": None,
            "excluded": [],
            "limits": None,
            "uses": 1,
        }
        assert (shown["stores"], shown["sold_as"]) == (["xinyi"], [{"shop_id": "s", "sku": "COFFEE-10"}])
        assert (shown["value"], shown["items"], shown["valid_days"]) == (None, None, 30)


class TestValidity:
    @pytest.mark.parametrize(
        ("zone", "first_instant_after"),
        [("Asia/Taipei", "2026-12-31T16:00:00+00:00"), ("America/New_York", "2027-01-01T05:00:00+00:00")],
    )
    def test_until_a_day_means_to_the_end_of_that_day_in_the_product_s_zone(
        self, zone: str, first_instant_after: str
    ) -> None:
        assert window(zone, until="2026-12-31").ends == datetime.fromisoformat(first_instant_after)

    def test_from_a_day_means_from_its_first_instant(self) -> None:
        starts = window(**{"from": "2026-12-01"}).starts

        assert starts == datetime(2026, 12, 1, tzinfo=ZoneInfo("Asia/Taipei"))

    def test_until_a_time_means_that_instant(self) -> None:
        assert window(until="2026-12-31T18:00:00+08:00").ends == datetime.fromisoformat("2026-12-31T10:00:00+00:00")

    def test_days_weekdays_and_hours_are_kept(self) -> None:
        kept = window(days=30, weekdays=[5, 1, 5], hours={"from": "22:00", "to": "02:30"})

        assert kept == Window(days=30, weekdays=(1, 5), hours=Hours(time(22), time(2, 30)))

    @pytest.mark.parametrize(
        ("valid", "where"),
        [
            *(({"until": sent}, "until") for sent in ("2026", "tomorrow", "2026-02-30", "2026-12-31T18:00:00", "")),
            *(({"until": sent}, "until") for sent in (1_798_675_200, True, "1798675200", "86400", "20261231")),
            *(({"until": sent}, "until") for sent in ("9999-12-31", "0001-01-01", "9999-12-31T23:59:59Z")),
            ({"from": "2026-12-31T18:00"}, "from"),
            *(({"days": sent}, "days") for sent in (-1, 3_661, 1.0, "30", True)),
            *(({"weekdays": sent}, "weekdays") for sent in ("mon", [1] * 8, 1)),
            *(({"weekdays": [sent]}, "weekdays.0") for sent in (0, 8, "1", True)),
            *(({"hours": {"from": sent, "to": "14:00"}}, "hours.from") for sent in ("24:00", "9", 9, 32_400, None)),
            *(({"hours": {"from": sent, "to": "14:00"}}, "hours.from") for sent in ("11:00Z", "11:00+08:00")),
            ({"hours": {"from": "11:00"}}, "hours.to"),
            ({"weekdays": []}, "weekdays"),
            ({"until": []}, "until"),
            ({"util": "2026-12-31"}, "util"),
        ],
    )
    def test_a_time_that_could_be_misread_is_refused_and_named(self, valid: dict[str, Any], where: str) -> None:
        assert wrong(ProductRequest, **GIVEN, valid=valid) == {f"valid.{where}"}


class TestDiscounts:
    @pytest.mark.parametrize(
        ("percent", "basis_points"), [("10", 1_000), ("12.5", 1_250), ("0.01", 1), ("100", 10_000), ("99.99", 9_999)]
    )
    def test_a_percentage_is_kept_in_basis_points(self, percent: str, basis_points: int) -> None:
        assert product(**DISCOUNT | {"discount": {"percent": percent}}).discount == Discount(basis_points=basis_points)

    @pytest.mark.parametrize(
        "percent",
        [
            *("0", "0.00", "-10", "100.01", "101", "1000", "12.345", "1e1", "+10", "1_0", "010", "10.", ".5", "10%"),
            *("NaN", "Infinity", "", " 10", "10 ", "１０", "٠", 10, 10.0, True),
        ],
    )
    def test_a_percentage_is_a_plain_decimal_of_more_than_nothing_and_no_more_than_all(self, percent: Any) -> None:
        assert wrong(ProductRequest, **DISCOUNT | {"discount": {"percent": percent}}) == {"discount.percent"}

    def test_an_amount_comes_off_from_a_minimum_up_to_a_cap(self) -> None:
        sent = {
            "amount": MONEY,
            "minimum_spend": MONEY | {"amount": "1000"},
            "cap": MONEY | {"amount": "800"},
            "uses": 2,
        }

        assert product(**DISCOUNT | {"discount": sent}).discount == Discount(
            amount=twd(500), minimum_spend=twd(1_000), cap=twd(800), uses=2
        )

    @pytest.mark.parametrize(
        "sent",
        [
            {},
            PERCENT | {"amount": MONEY},
            {"amount": MONEY, "cap": {"amount": "1", "currency": "USD"}},
            PERCENT | {"minimum_spend": MONEY, "cap": {"amount": "1", "currency": "USD"}},
        ],
    )
    def test_a_discount_works_one_way_and_in_one_currency(self, sent: dict[str, Any]) -> None:
        assert wrong(ProductRequest, **DISCOUNT | {"discount": sent}) == {"discount"}

    def test_a_discount_is_good_for_the_goods_it_names_and_as_often_as_its_limits_say(self) -> None:
        sent = PERCENT | {"products": ["tea", "mug"], "excluded": ["gift-tea"], "limits": {"day": 1, "month": 4}}

        made = product(**DISCOUNT | {"discount": sent})

        assert made.discount == Discount(
            basis_points=1_000,
            products=("tea", "mug"),
            excluded=("gift-tea",),
            limits=Limits(day=1, month=4),
        )

    def test_its_goods_and_limits_are_answered_as_they_were_sent(self) -> None:
        sent = PERCENT | {"products": ["tea"], "excluded": ["gift-tea"], "limits": {"week": 2}}

        shown = json.loads(ProductAnswer.of(product(**DISCOUNT | {"discount": sent})).model_dump_json())["discount"]

        assert (shown["products"], shown["excluded"]) == (["tea"], ["gift-tea"])
        assert shown["limits"] == {"day": None, "week": 2, "month": None}

    @pytest.mark.parametrize(
        ("part", "where"),
        [
            ({"products": []}, ".products"),
            ({"products": ["tea", "tea"]}, ".products"),
            ({"products": [""]}, ".products.0"),
            ({"products": ["x"] * 101}, ".products"),
            ({"excluded": ["tea", "tea"]}, ".excluded"),
            ({"excluded": None}, ".excluded"),
            ({"products": ["tea"], "excluded": ["tea"]}, ""),
            ({"limits": {}}, ".limits"),
            ({"limits": {"day": None}}, ".limits"),
            ({"limits": {"day": 0}}, ".limits.day"),
            ({"limits": {"week": "1"}}, ".limits.week"),
            ({"limits": {"month": 10_001}}, ".limits.month"),
            ({"limits": {"year": 1}}, ".limits.year"),
        ],
    )
    def test_goods_and_limits_that_make_no_sense_are_refused_and_named(self, part: dict[str, Any], where: str) -> None:
        assert wrong(ProductRequest, **DISCOUNT | {"discount": PERCENT | part}) == {f"discount{where}"}

    @pytest.mark.parametrize("uses", [0, -1, 10_001, 1.5, "1"])
    def test_a_discount_can_be_used_a_whole_number_of_times(self, uses: Any) -> None:
        assert wrong(ProductRequest, **DISCOUNT | {"discount": PERCENT | {"uses": uses}}) == {"discount.uses"}


class TestShops:
    def test_a_shop_s_secrets_are_taken_and_never_answered(self) -> None:
        shop = read(ShopRequest, secrets=["whsec_1", "whsec_2"], line_channel_token="line-token").domain("s")

        shown = ShopAnswer.of(shop).model_dump_json()

        assert (shop.secrets, shop.line_token) == (("whsec_1", "whsec_2"), "line-token")
        assert '"active_secrets":2' in shown
        assert '"has_line_channel":true' in shown
        assert "whsec" not in shown
        assert "line-token" not in shown

    @pytest.mark.parametrize(
        ("part", "value", "where"),
        [
            ("kind", "magento", "kind"),
            ("secrets", "whsec_1", "secrets"),
            ("secrets", [""], "secrets.0"),
            ("secrets", ["x"] * 11, "secrets"),
            ("line_channel_token", "", "line_channel_token"),
            ("timezone", "Taipei", "timezone"),
            ("guarantee", {"method": TEXT, "months": 11}, "guarantee.months"),
        ],
    )
    def test_what_is_wrong_is_named(self, part: str, value: Any, where: str) -> None:
        assert wrong(ShopRequest, **{part: value}) == {where}

    def test_who_answers_for_prepaid_value_and_how_it_is_secured_is_kept(self) -> None:
        issuer = {"name": TEXT, "address": "台北市", "tax_id": "1", "representative": "王小美", "complaints": "0800"}

        shop = read(ShopRequest, issuer=issuer, guarantee={"method": TEXT}).domain("s")

        assert shop.issuer
        assert shop.guarantee
        assert (shop.issuer.representative, shop.guarantee.months) == ("王小美", 12)


class TestPeopleAndPlaces:
    def test_a_store_goes_out_as_it_came_in(self) -> None:
        store = read(StoreRequest, address=TEXT, phone="02-2720-8889").domain("xinyi")

        assert json.loads(StoreAnswer.of(store).model_dump_json(by_alias=True)) == {
            "store_id": "xinyi",
            "name": TEXT,
            "address": TEXT,
            "phone": "02-2720-8889",
            "timezone": "Asia/Taipei",
        }

    def test_a_till_is_answered_without_any_digest(self) -> None:
        till = Terminal(terminal_id="t", store_id="xinyi", store=XINYI, enrolment_digest="d1", token_digest="d2")

        shown = json.loads(TerminalAnswer.of(till, "CODE", NOW + timedelta(minutes=10)).model_dump_json())

        assert shown == {
            "terminal_id": "t",
            "store_id": "xinyi",
            "enrolled_at": None,
            "revoked_at": None,
            "offline": None,
            "enrolment_code": "CODE",
            "enrolment_expires_at": "2026-11-22T04:10:00.000Z",
        }

    @pytest.mark.parametrize("role", ["terminal", "root", "ADMIN", None])
    def test_a_till_s_token_comes_of_its_enrolment_and_of_nothing_else(self, role: Any) -> None:
        assert wrong(TokenRequest, role=role) == {"role"}

    def test_a_customer_goes_out_in_the_normal_forms(self) -> None:
        sent = {"email": "Mei@Example.com", "phone": "0912345678", "shop_refs": [{"shop_id": "s", "customer_ref": "7"}]}

        shown = CustomerAnswer.of(read(CustomerRequest, **sent).domain("mei"))

        assert (shown.email, shown.phone) == ("mei@example.com", "+886912345678")
        assert [(ref.shop_id, ref.customer_ref) for ref in shown.shop_refs] == [("s", "7")]

    @pytest.mark.parametrize(("part", "value"), [("email", "mei"), ("phone", "12"), ("language", "ja"), ("name", "")])
    def test_an_address_that_reaches_nobody_is_refused_and_named(self, part: str, value: str) -> None:
        assert wrong(CustomerRequest, **{part: value}) == {part}
