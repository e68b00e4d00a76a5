from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.domain.order import Contact, Line, Order, Report, Sold, Status, nothing_new
from tests.domain.samples import NOW, line, order, paid_order, refund, report, snapshot

HOUR = timedelta(hours=1)
PAID = report(snapshot=snapshot(line(quantity=3)), paid_at=NOW)


def test_an_order_that_nobody_paid_is_pending() -> None:
    assert order(report(snapshot=snapshot())).status is Status.PENDING


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({}, Status.PAID),
        ({"cancelled_at": NOW}, Status.CANCELLED),
        ({"refunded_at": NOW}, Status.REFUNDED),
        ({"cancelled_at": NOW, "refunded_at": NOW}, Status.CANCELLED),
        ({"refunds": (refund("r1", ("1", 1)),)}, Status.PARTIALLY_REFUNDED),
        ({"refunds": (refund("r1", ("1", 3)),)}, Status.REFUNDED),
        ({"refunds": (refund("r1"),)}, Status.PAID),
        ({"refunds": (refund("r1", ("another-line", 1)),)}, Status.PAID),
    ],
)
def test_the_strongest_fact_wins(more: dict[str, Any], status: Status) -> None:
    assert order(PAID, report(**more)).status is status


@pytest.mark.parametrize(
    ("current", "refunded", "returned"),
    [(3, 0, 0), (3, 1, 1), (2, 0, 1), (2, 1, 1), (1, 1, 2), (3, 3, 3), (3, 99, 3), (0, 99, 3)],
)
def test_a_unit_that_was_refunded_and_edited_away_is_returned_once(current: int, refunded: int, returned: int) -> None:
    bought = line(quantity=3, current=current)
    told = paid_order(bought, refunds=(refund("r1", ("1", refunded)),))

    assert told.returned(bought) == returned
    assert told.wanted(bought) == 3 - returned


def test_two_refunds_of_one_line_add_up() -> None:
    told = order(PAID, report(refunds=(refund("r1", ("1", 1)),)), report(refunds=(refund("r2", ("1", 1)),)))

    assert told.wanted(told.lines[0]) == 1


def test_one_refund_told_twice_counts_once() -> None:
    told = order(
        PAID, report(refunds=(refund("r1", ("1", 1)),)), report(refunds=(refund("r1", ("1", 1), at=NOW + HOUR),))
    )

    assert told.wanted(told.lines[0]) == 2


@pytest.mark.parametrize("stopped", [{"cancelled_at": NOW}, {"refunded_at": NOW}])
def test_nothing_is_wanted_of_an_order_that_was_taken_back(stopped: dict[str, datetime]) -> None:
    told = order(PAID, report(**stopped))

    assert told.wanted(told.lines[0]) == 0


def test_what_was_paid_once_stays_paid() -> None:
    told = order(PAID, report(snapshot=snapshot(line(quantity=3), as_of=NOW + HOUR)))

    assert told.paid_at == NOW


def test_the_first_time_it_was_paid_is_when_it_was_paid() -> None:
    assert order(PAID, report(paid_at=NOW + HOUR)).paid_at == order(report(paid_at=NOW + HOUR), PAID).paid_at == NOW


def test_an_older_report_that_comes_late_changes_nothing_that_is_newer() -> None:
    newer = snapshot(line(), contact=Contact(email="new@example.com"), as_of=NOW + HOUR)

    told = order(report(snapshot=newer), report(snapshot=snapshot(line(), contact=Contact(email="old@example.com"))))

    assert told.snapshot == newer


def shortened(*after: Line) -> Order:
    """Three units of line 1 were paid; later the shop tells of these lines."""
    return order(PAID, report(snapshot=snapshot(*after, as_of=NOW + HOUR)))


def test_a_line_that_a_shop_made_shorter_wants_fewer_vouchers_of_all_it_was_sold_as() -> None:
    (told,) = shortened(line(quantity=1)).lines

    assert (told.quantity, told.current) == (3, 1)
    assert shortened(line(quantity=1)).wanted(told) == 1


def test_a_line_that_a_shop_tells_of_no_more_wants_none() -> None:
    told = shortened(line("2", quantity=1))

    assert [(each.line_id, each.sku, told.wanted(each)) for each in told.lines] == [
        ("2", "CASH-500", 1),
        ("1", "CASH-500", 0),
    ]


def test_a_line_that_a_shop_made_longer_wants_more() -> None:
    told = shortened(line(quantity=5))

    assert [told.wanted(each) for each in told.lines] == [5]


def test_an_edit_before_the_payment_is_no_refund() -> None:
    told = order(
        report(snapshot=snapshot(line(quantity=3))),
        report(snapshot=snapshot(line(quantity=1), as_of=NOW + HOUR), paid_at=NOW + HOUR),
    )

    assert told.status is Status.PAID


def test_every_new_fact_makes_one_new_version() -> None:
    assert order(PAID, report(cancelled_at=NOW)).version == 2


@pytest.mark.parametrize(
    "again", [PAID, report(), report(paid_at=NOW + HOUR), report(snapshot=snapshot(line(quantity=3), as_of=NOW - HOUR))]
)
def test_a_report_that_says_nothing_new_makes_no_new_version(again: Report) -> None:
    told = order(PAID)

    assert told.told(again) is told


def test_a_new_order_is_not_settled() -> None:
    assert not order(PAID).is_settled


def test_a_line_told_under_two_skus_is_the_same_line_whichever_came_first() -> None:
    tellings = [report(snapshot=snapshot(line(sku=sku), as_of=NOW + HOUR * hour)) for hour, sku in enumerate("ABC")]

    forth, back = order(*tellings), order(*reversed(tellings))

    assert forth.sold == back.sold == (Sold("1", 2, "C"),)
    assert forth.lines == back.lines


def test_an_order_is_settled_until_something_new_is_known() -> None:
    settled = Order(shop_id="demo-shopify", order_id="1001", version=1, settled=1)

    assert settled.is_settled
    assert not settled.told(PAID).is_settled


def test_the_same_words_of_a_sender_without_a_clock_are_no_news() -> None:
    known = order(PAID)
    repeated = report(snapshot=snapshot(line(quantity=3), as_of=NOW + HOUR), paid_at=NOW)

    assert known.told(nothing_new(repeated, known)) is known


def test_other_words_of_a_sender_without_a_clock_are_news() -> None:
    known = order(PAID)
    changed = report(snapshot=snapshot(line(quantity=2), as_of=NOW + HOUR))

    assert nothing_new(changed, known) == changed


def test_the_first_words_of_a_sender_without_a_clock_are_news() -> None:
    assert nothing_new(PAID, None) == PAID


def test_units_edited_away_and_units_refunded_add_up() -> None:
    three = paid_order(line(quantity=3))

    edited = three.told(report(snapshot=snapshot(line(quantity=2), as_of=NOW + timedelta(hours=1))))
    refunded = edited.told(report(refunds=(refund("r1", ("1", 1)),)))

    assert [refunded.wanted(each) for each in refunded.lines] == [1]


def test_the_store_that_sold_it_is_the_same_in_whatever_order_reports_come() -> None:
    by_web, by_till, by_other = report(), report(store_id="xinyi"), report(store_id="banqiao")

    assert order(by_web, by_till).store_id == order(by_till, by_web).store_id == "xinyi"
    assert order(by_till, by_other).store_id == order(by_other, by_till).store_id == "banqiao"
