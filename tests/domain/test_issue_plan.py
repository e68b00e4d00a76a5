from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from functions.domain import issue_plan
from functions.domain.discount import Discount
from functions.domain.issue_plan import Plan, ShopTerms
from functions.domain.order import Line, Order
from functions.domain.product import Funding, Guarantee, Issuer, Kind, Product
from functions.domain.text import Text
from functions.domain.validity import Window
from functions.domain.voucher import Ask, Source, State, Voucher
from functions.domain.worth import Worth
from tests.domain.samples import (
    NOW,
    TAIPEI,
    cash,
    line,
    paid_order,
    product,
    promotion,
    refund,
    report,
    touch,
    twd,
)

PRODUCTS = {"CASH-500": product()}
ISSUER = Issuer(Text("青禾選物", "Chingho Select"), "台北市信義區", "12345678", "王小美", "0800-000-000")
GUARANTEE = Guarantee(Text("銀行履約保證", "Bank guarantee"))
SHOP = ShopTerms(TAIPEI, ISSUER, GUARANTEE)


def issued(order: Order, *units: int, bought: Line | None = None) -> dict[str, Voucher]:
    """The vouchers of these units of a line, by id."""
    sold = bought or order.lines[0]
    vouchers = [issue_plan.voucher(order, sold, unit, product(), SHOP, NOW, None) for unit in units]
    return {voucher.voucher_id: voucher for voucher in vouchers}


def used(vouchers: dict[str, Voucher], unit: int) -> dict[str, Voucher]:
    """The same vouchers, one of them with a dollar taken."""
    (chosen,) = [voucher for voucher in vouchers.values() if voucher.source.unit == unit]
    left, _, _ = chosen.redeem(Ask(money=twd(1)), "r-1", touch(), chosen.credential)
    return vouchers | {left.voucher_id: left}


def units(plan: Plan) -> tuple[list[int], list[int]]:
    """Units to issue, and units to revoke."""
    return [unit for _, unit in plan.issue], sorted(voucher.source.unit for voucher in plan.revoke)


def test_every_unit_of_a_paid_line_becomes_a_voucher() -> None:
    assert units(issue_plan.plan(paid_order(line(quantity=3)), PRODUCTS, {})) == ([0, 1, 2], [])


def test_only_what_is_missing_is_issued() -> None:
    order = paid_order(line(quantity=3))

    assert units(issue_plan.plan(order, PRODUCTS, issued(order, 0, 2))) == ([1], [])


def test_a_refund_that_came_first_leaves_fewer_to_issue() -> None:
    order = paid_order(line(quantity=3), refunds=(refund("r1", ("1", 2)),))

    assert units(issue_plan.plan(order, PRODUCTS, {})) == ([0], [])


def test_goods_that_are_no_voucher_become_none() -> None:
    goods = (line(quantity=3, sku="TEA-50"), line("2", quantity=1, sku=None))

    assert units(issue_plan.plan(paid_order(*goods), PRODUCTS, {})) == ([], [])


def test_untouched_vouchers_are_taken_back_first_and_of_those_the_last_sold() -> None:
    order = paid_order(line(quantity=3))
    vouchers = used(issued(order, 0, 1, 2), 2)

    refunded = order.told(report(refunds=(refund("r1", ("1", 1)),)))

    assert units(issue_plan.plan(refunded, PRODUCTS, vouchers)) == ([], [1])


def test_a_used_voucher_is_taken_back_when_no_other_is_left() -> None:
    order = paid_order(line(quantity=2))
    vouchers = used(issued(order, 0, 1), 0)

    cancelled = order.told(report(cancelled_at=NOW))

    assert units(issue_plan.plan(cancelled, PRODUCTS, vouchers)) == ([], [0, 1])


def test_a_revoked_unit_is_never_issued_again() -> None:
    order = paid_order(line(quantity=2))
    vouchers = {key: replace(each, state=State.REVOKED) for key, each in issued(order, 0, 1).items()}

    assert units(issue_plan.plan(order, PRODUCTS, vouchers)) == ([], [])


def test_a_suspended_voucher_counts_and_can_be_taken_back() -> None:
    order = paid_order(line(quantity=1))
    vouchers = {key: replace(each, state=State.SUSPENDED) for key, each in issued(order, 0).items()}

    assert units(issue_plan.plan(order, PRODUCTS, vouchers)) == ([], [])
    assert units(issue_plan.plan(order.told(report(cancelled_at=NOW)), PRODUCTS, vouchers)) == ([], [0])


def test_a_refund_of_what_the_shop_had_revoked_already_revokes_no_other() -> None:
    order = paid_order(line(quantity=3), refunds=(refund("r1", ("1", 1)),))
    vouchers = issued(order, 0, 1, 2)
    by_hand = {
        key: replace(each, state=State.REVOKED) if each.source.unit == 0 else each for key, each in vouchers.items()
    }

    assert units(issue_plan.plan(order, PRODUCTS, by_hand)) == ([], [])


def test_vouchers_follow_their_order_when_the_shop_no_longer_sells_the_product() -> None:
    order = paid_order(line(quantity=2))
    cancelled = order.told(report(cancelled_at=NOW))

    assert units(issue_plan.plan(cancelled, {}, issued(order, 0, 1))) == ([], [0, 1])
    assert units(issue_plan.plan(order, {}, issued(order, 0))) == ([], [])


@pytest.mark.parametrize(
    ("fact", "reason"), [({"cancelled_at": NOW}, "order_cancelled"), ({"refunded_at": NOW}, "order_refunded")]
)
def test_a_voucher_is_told_why_it_was_taken_back(fact: dict[str, datetime], reason: str) -> None:
    assert issue_plan.plan(paid_order().told(report(**fact)), PRODUCTS, {}).reason == reason


def test_an_id_is_the_same_however_often_it_is_asked_for_and_no_other_unit_s() -> None:
    order = paid_order(line(quantity=3), line("2", quantity=2))

    ids = issue_plan.unit_ids(order)

    assert ids == issue_plan.unit_ids(order)
    assert len(set(ids)) == 5


def test_a_line_without_a_sku_has_no_ids() -> None:
    assert issue_plan.unit_ids(paid_order(line("2", sku=None))) == []


def made(sold: Product, at: datetime = NOW, shop: ShopTerms = SHOP) -> Voucher:
    bought = line(quantity=1)
    return issue_plan.voucher(paid_order(bought), bought, 0, sold, shop, at, "mei")


def test_a_new_voucher_is_whole_and_knows_what_it_was_sold_as() -> None:
    voucher = made(product())

    assert voucher.face == voucher.worth == cash(500)
    assert voucher.source == Source("demo-shopify", "1001", "1", 0)
    assert (voucher.issued_at, voucher.customer_id, voucher.credential, voucher.version) == (NOW, "mei", 1, 1)


def test_a_new_voucher_carries_the_terms_it_was_sold_under() -> None:
    sold = promotion(Window(days=30), stores=("xinyi",))

    terms = made(sold).terms

    assert (terms.name, terms.text, terms.stores, terms.window) == (sold.name, sold.terms, ("xinyi",), Window(days=30))
    assert (terms.product_id, terms.kind, terms.funding) == (sold.product_id, sold.kind, sold.funding)
    assert terms.zone == TAIPEI


def test_a_new_voucher_is_valid_for_the_span_of_its_product_and_its_shop_s_zone() -> None:
    voucher = made(promotion(Window(starts=NOW + timedelta(days=1), days=30)))

    assert voucher.valid_from == NOW + timedelta(days=1)
    assert voucher.expires_at == datetime(2026, 12, 23, tzinfo=ZoneInfo(TAIPEI))


@pytest.mark.parametrize("rotating", [True, False])
def test_whether_the_qr_renews_itself_is_frozen_with_the_voucher(*, rotating: bool) -> None:
    assert made(product(rotating=rotating)).terms.rotating == rotating


def test_a_discount_is_frozen_with_the_voucher() -> None:
    discount = Discount(basis_points=1_000, cap=twd(100), uses=2)
    sold = product(kind=Kind.DISCOUNT, funding=Funding.PROMOTIONAL, discount=discount, worth=Worth(uses=2))

    assert made(sold).terms.discount == discount


def test_prepaid_value_names_its_issuer_and_its_guarantee() -> None:
    terms = made(product()).terms

    assert terms.issuer == ISSUER
    assert terms.guarantee
    assert terms.guarantee.method == GUARANTEE.method


def test_what_nobody_paid_for_names_neither() -> None:
    terms = made(product(funding=Funding.PROMOTIONAL)).terms

    assert (terms.issuer, terms.guarantee) == (None, None)


def test_a_shop_that_named_no_guarantee_promises_none() -> None:
    assert made(product(), shop=ShopTerms(TAIPEI)).terms.guarantee is None


@pytest.mark.parametrize(
    ("sold", "months", "ends"),
    [
        ("2026-11-22T12:00", 12, "2027-11-22T12:00"),
        ("2026-01-31T12:00", 13, "2027-03-03T12:00"),
        ("2028-02-29T12:00", 12, "2029-03-01T12:00"),
        ("2026-12-31T12:00", 12, "2027-12-31T12:00"),
        # 1 March in Taipei is 28 February in UTC: counted there, a leap year would cost the holder a day.
        ("2027-03-01T04:00", 12, "2028-03-01T04:00"),
        ("2027-03-01T04:00", 13, "2028-04-01T04:00"),
        ("2027-01-01T00:30", 12, "2028-01-01T00:30"),
    ],
)
def test_a_guarantee_lasts_its_months_by_the_shop_s_calendar_and_never_a_day_less(
    sold: str, months: int, ends: str
) -> None:
    at, end = (datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(TAIPEI)) for text in (sold, ends))
    shop = ShopTerms(TAIPEI, ISSUER, replace(GUARANTEE, months=months))

    guarantee = made(product(), at, shop).terms.guarantee

    assert guarantee
    assert (guarantee.starts, guarantee.ends) == (at, end)
    assert guarantee.ends - guarantee.starts >= timedelta(days=365)
