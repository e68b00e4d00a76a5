import json
from datetime import timedelta
from typing import Any

import pytest

from functions.contracts.orders import LINES_MAX, UNITS_MAX, OrderAnswer, OrderRequest
from functions.domain.order import Contact, Order, Refund
from tests.contracts.bodies import MONEY, body, read, wrong
from tests.domain.samples import NOW, line, order, paid_order, refund, report, snapshot, twd

LATER = "2026-11-22T05:00:00Z"
LINE = {"sku": "CASH-500", "quantity": 1}


def told(**override: Any) -> Order:
    """The order that a request tells of, received at noon."""
    return order(read(OrderRequest, **override).report("demo-shopify", "1001", NOW))


class TestStatus:
    def test_an_order_that_is_said_to_be_paid_is_paid_now(self) -> None:
        assert told(status="paid").paid_at == NOW

    def test_an_order_is_paid_when_its_payment_says_so_whatever_its_status(self) -> None:
        known = told(status="pending", payment={"paid_at": LATER})

        assert known.paid_at == NOW + timedelta(hours=1)

    def test_a_payment_without_a_time_pays_nothing_of_a_pending_order(self) -> None:
        assert told(status="pending", payment={"method": "cash"}).paid_at is None

    @pytest.mark.parametrize(("status", "fact"), [("cancelled", "cancelled_at"), ("refunded", "refunded_at")])
    def test_an_order_is_taken_back_at_its_own_time_or_now(self, status: str, fact: str) -> None:
        assert getattr(told(status=status), fact) == NOW
        assert getattr(told(status=status, updated_at=LATER), fact) == NOW + timedelta(hours=1)

    @pytest.mark.parametrize("status", ["PAID", "shipped", "", None, 1, "partially_refunded"])
    def test_no_other_status_is_known(self, status: Any) -> None:
        assert wrong(OrderRequest, status=status) == {"status"}


class TestLines:
    def test_lines_without_an_id_are_named_by_their_place(self) -> None:
        lines = told(lines=[LINE, LINE | {"line_id": "x"}, LINE]).lines

        assert [each.line_id for each in lines] == ["1", "x", "3"]

    @pytest.mark.parametrize("second", [{"line_id": "1"}, {"line_id": "x"}])
    def test_two_lines_of_one_name_are_refused(self, second: dict[str, Any]) -> None:
        first = LINE if second["line_id"] == "1" else LINE | {"line_id": "x"}

        assert wrong(OrderRequest, lines=[first, LINE | second]) == {""}

    @pytest.mark.parametrize("quantity", [-1, UNITS_MAX + 1, 1.0, "1", True, None])
    def test_a_line_has_a_whole_number_of_units(self, quantity: Any) -> None:
        assert wrong(OrderRequest, lines=[LINE | {"quantity": quantity}]) == {"lines.0.quantity"}

    def test_an_order_has_ten_thousand_units_at_the_most(self) -> None:
        half = LINE | {"quantity": UNITS_MAX // 2}

        assert told(lines=[half, half]).lines[1].quantity == UNITS_MAX // 2
        assert wrong(OrderRequest, lines=[half, half, LINE]) == {""}

    def test_an_order_has_a_bounded_number_of_lines(self) -> None:
        assert wrong(OrderRequest, lines=[LINE] * (LINES_MAX + 1)) == {"lines"}

    def test_a_price_is_kept_exactly(self) -> None:
        assert told(lines=[LINE | {"unit_price": MONEY}]).lines[0].unit_price == twd(500)

    @pytest.mark.parametrize("price", [{"amount": 500, "currency": "TWD"}, {"amount": "-1", "currency": "TWD"}, 500])
    def test_a_price_is_money(self, price: Any) -> None:
        assert wrong(OrderRequest, lines=[LINE | {"unit_price": price}])


class TestRefunds:
    def test_a_refund_of_units_and_its_amount_are_kept(self) -> None:
        sent = {"refund_id": "r1", "at": LATER, "lines": [{"line_id": "1", "quantity": 2}], "amount": MONEY}

        assert told(refunds=[sent]).refunds == (
            Refund(refund_id="r1", at=NOW + timedelta(hours=1), lines=(("1", 2),), amount=twd(500)),
        )

    def test_a_refund_without_a_time_was_made_now(self) -> None:
        assert told(refunds=[{"refund_id": "r1"}]).refunds == (refund("r1"),)

    @pytest.mark.parametrize(
        "sent",
        [
            {},
            {"refund_id": ""},
            {"refund_id": "r1", "lines": [{"line_id": "1"}]},
            {"refund_id": "r1", "lines": [{"line_id": "1", "quantity": 0}]},
            {"refund_id": "r1", "amount": {"amount": "0", "currency": "TWD"}},
            {"refund_id": "r1", "amount": 500},
        ],
    )
    def test_a_refund_that_says_nothing_certain_is_refused(self, sent: dict[str, Any]) -> None:
        assert {where.split(".")[0] for where in wrong(OrderRequest, refunds=[sent])} == {"refunds"}


class TestBuyers:
    def test_addresses_are_taken_in_their_one_form(self) -> None:
        known = told(customer={"email": " Mei@Example.com ", "phone": "0912-345-678", "language": "en"})

        assert known.snapshot
        assert known.snapshot.contact == Contact(email="mei@example.com", phone="+886912345678", language="en")

    @pytest.mark.parametrize(
        ("part", "value"),
        [
            ("email", "mei"),
            ("email", "a@b.com\nBcc: c@d.com"),
            ("email", "m" * 321),
            ("phone", "12"),
            ("phone", "9" * 40),
            ("phone", "9" * 41),
            ("phone", 912345678),
            ("line_user_id", ""),
            ("line_user_id", "U#1"),
            ("line_user_id", "U" * 65),
            ("language", "ja"),
            ("name", ""),
        ],
    )
    def test_an_address_that_reaches_nobody_is_refused_and_named(self, part: str, value: Any) -> None:
        assert wrong(OrderRequest, customer={part: value}) == {f"customer.{part}"}

    def test_an_order_may_come_without_a_buyer(self) -> None:
        known = told()

        assert known.snapshot
        assert known.snapshot.contact == Contact()


class TestAnswering:
    def test_an_order_is_answered_with_what_is_known_and_its_vouchers(self) -> None:
        known = paid_order(line(quantity=3, unit_price=twd(500)), refunds=(refund("r1", ("1", 1)),))

        shown = json.loads(OrderAnswer.of(known, ["v-1", "v-2"]).model_dump_json())

        assert shown == {
            "shop_id": "demo-shopify",
            "order_id": "1001",
            "status": "partially_refunded",
            "payment": {"method": None, "paid_at": "2026-11-22T04:00:00.000Z", "test": False},
            "cancelled_at": None,
            "lines": [
                {
                    "line_id": "1",
                    "sku": "CASH-500",
                    "name": "NT$500",
                    "quantity": 3,
                    "returned": 1,
                    "unit_price": {"amount": "500", "currency": "TWD"},
                }
            ],
            "vouchers": ["v-1", "v-2"],
        }

    def test_an_order_of_which_only_a_refund_was_heard_can_be_answered(self) -> None:
        shown = OrderAnswer.of(order(report(refunds=(refund(),))), [])

        assert (shown.status, shown.lines) == ("pending", [])

    def test_the_same_request_at_another_time_tells_nothing_new_but_its_time(self) -> None:
        request = OrderRequest.model_validate_json(json.dumps(body(OrderRequest, updated_at=LATER)))

        first, again = (request.report("s", "o", NOW + timedelta(hours=hours)) for hours in (0, 9))

        assert (
            first.snapshot
            == again.snapshot
            == snapshot(line(quantity=1, name=""), contact=Contact(), as_of=NOW + timedelta(hours=1))
        )
