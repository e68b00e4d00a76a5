"""Shops tell of an order twice, late and backwards. The vouchers must not be able to tell."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.domain import issue_plan
from functions.domain.issue_plan import ShopTerms
from functions.domain.order import Contact, Order, Report
from functions.domain.voucher import Ask, State, Voucher
from tests.domain.samples import NOW, TAIPEI, line, order, product, refund, report, snapshot, touch, twd

PRODUCTS = {sku: product(product_id=sku.lower(), sold_as=(("demo-shopify", sku),)) for sku in ("CASH-500", "CASH-100")}
SKUS = {"1": "CASH-500", "2": "CASH-100", "3": "TEA-50"}
SHOP = ShopTerms(TAIPEI)
Vouchers = dict[str, Voucher]


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def told_at(minute: int, quantities: dict[str, int], left: dict[str, int]) -> Report:
    """A snapshot; a line of which no unit was ever there is not told of."""
    lines = tuple(
        line(line_id, quantity=quantity, current=left.get(line_id, quantity), sku=SKUS[line_id])
        for line_id, quantity in sorted(quantities.items())
        if quantity
    )
    # A second telling at the same minute differs in the contact alone.
    contact = Contact(email=f"mei+{sum(left.values())}@example.com")
    return report(snapshot=replace(snapshot(as_of=NOW + minutes(minute), contact=contact), lines=lines))


@st.composite
def tellings(draw: st.DrawFn) -> list[Report]:
    """What a shop says of one order over time: it grows, is paid, shrinks, is refunded in part or cancelled."""
    counts = {line_id: draw(st.integers(0, 4)) for line_id in SKUS}
    reports = [told_at(0, counts, {})]
    for minute in range(1, 1 + draw(st.integers(0, 2))):
        counts = {line_id: count + draw(st.integers(0, 2)) for line_id, count in counts.items()}
        reports.append(told_at(minute, counts, {}))
    for minute in range(3, 3 + draw(st.integers(0, 3))):
        # Some shops say what is left beside what was sold, some tell of fewer units, some leave the line out.
        left = {line_id: draw(st.integers(0, count)) for line_id, count in counts.items()}
        says_what_was_sold = draw(st.booleans())
        reports.append(told_at(minute, counts if says_what_was_sold else left, left))
        counts = left
    if draw(st.booleans()):
        reports.append(report(paid_at=NOW + minutes(draw(st.integers(0, 9)))))
    for number in range(draw(st.integers(0, 3))):
        parts = draw(st.dictionaries(st.sampled_from(sorted(SKUS)), st.integers(1, 3), max_size=2))
        reports.append(report(refunds=(refund(f"r{number}", *sorted(parts.items()), at=NOW + minutes(number)),)))
    if draw(st.sampled_from([False, False, False, True])):
        reports.append(report(cancelled_at=NOW + minutes(8)))
    return reports


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Report], list[Report]]:
    """The tellings in order, and the same in another order with some of them twice."""
    reports = draw(tellings())
    again = draw(st.lists(st.sampled_from(reports), max_size=3))
    return reports, draw(st.permutations([*reports, *again]))


def facts(of: Order) -> Order:
    return replace(of, version=0)


def settled(of: Order, vouchers: Vouchers) -> Vouchers:
    """The vouchers after the plan was carried out."""
    plan = issue_plan.plan(of, PRODUCTS, vouchers)
    new = [issue_plan.voucher(of, each, unit, PRODUCTS[str(each.sku)], SHOP, NOW, None) for each, unit in plan.issue]
    assert not {voucher.voucher_id for voucher in new} & vouchers.keys(), "a unit was issued twice"
    taken_back = [voucher.revoke(NOW, plan.reason)[0] for voucher in plan.revoke]
    return vouchers | {voucher.voucher_id: voucher for voucher in (*new, *taken_back)}


def settled_each_time(reports: Iterable[Report], touched: Sequence[int] = ()) -> tuple[Order, Vouchers]:
    """The order and its vouchers, settled after every report; `touched` are the vouchers used in between."""
    known, vouchers = order(), Vouchers()
    uses = iter(touched)
    for each in reports:
        known = known.told(each)
        vouchers = settled(known, vouchers)
        vouchers = used(vouchers, next(uses, None))
    return known, vouchers


def used(vouchers: Vouchers, which: int | None) -> Vouchers:
    usable = [voucher for voucher in vouchers.values() if not voucher.refusal(NOW, "xinyi")]
    if which is None or not usable:
        return vouchers
    chosen = usable[which % len(usable)]
    left, _, _ = chosen.redeem(Ask(money=twd(1)), "r", touch(), chosen.credential)
    return vouchers | {left.voucher_id: left}


def in_force(vouchers: Vouchers) -> Counter[str]:
    """How many vouchers of each line a till would take."""
    return Counter(voucher.source.line_id for voucher in vouchers.values() if voucher.state is not State.REVOKED)


def wanted(of: Order) -> Counter[str]:
    return +Counter({each.line_id: of.wanted(each) for each in of.lines if each.sku in PRODUCTS})


@given(deliveries())
@settings(max_examples=3 * settings().max_examples)
def test_reports_in_any_order_and_twice_end_in_the_same_facts(delivered: tuple[list[Report], list[Report]]) -> None:
    in_order, jumbled = delivered

    assert facts(order(*jumbled)) == facts(order(*in_order))


@given(deliveries())
def test_what_was_heard_already_is_no_news(delivered: tuple[list[Report], list[Report]]) -> None:
    in_order, jumbled = delivered
    known = order(*in_order)

    assert order(*in_order, *jumbled) == known


@given(deliveries(), st.lists(st.integers(0, 9), max_size=6))
@settings(max_examples=3 * settings().max_examples)
def test_vouchers_issued_along_the_way_and_at_the_end_are_as_many(
    delivered: tuple[list[Report], list[Report]], touched: list[int]
) -> None:
    in_order, jumbled = delivered
    known = order(*in_order)

    at_the_end = settled(known, {})
    _, along_the_way = settled_each_time(jumbled, touched)

    assert in_force(along_the_way) == in_force(at_the_end) == wanted(known)


@given(deliveries())
def test_a_plan_that_was_carried_out_leaves_nothing_to_do(delivered: tuple[list[Report], list[Report]]) -> None:
    _, jumbled = delivered
    known, vouchers = settled_each_time(jumbled)

    assert settled(known, vouchers) == vouchers


@given(st.lists(tellings(), min_size=1, max_size=3), st.lists(st.integers(0, 9), max_size=6), st.randoms())
def test_never_are_more_vouchers_in_force_than_the_order_wants(
    several: list[list[Report]], touched: list[int], random: Random
) -> None:
    """Even of a shop that contradicts itself: that shrinks a line, refunds it and lets it grow again."""
    reports = [each for telling in several for each in telling]
    random.shuffle(reports)

    known, vouchers = order(), Vouchers()
    uses = iter(touched)
    for each in reports:
        known = known.told(each)
        before = vouchers
        vouchers = settled(known, used(vouchers, next(uses, None)))
        assert in_force(vouchers) <= wanted(known)
        assert all(
            vouchers[voucher_id].state is State.REVOKED
            for voucher_id, voucher in before.items()
            if voucher.state is State.REVOKED
        )


@given(
    tellings(),
    st.lists(st.integers(0, 9), min_size=1, max_size=6),
    st.dictionaries(st.sampled_from(["1", "2"]), st.integers(1, 4), min_size=1),
)
def test_no_used_voucher_is_taken_back_while_an_untouched_one_of_its_line_is_left(
    reports: list[Report], touched: list[int], refunded: dict[str, int]
) -> None:
    known, vouchers = settled_each_time([*reports, report(paid_at=NOW)], touched)
    refunds = (refund("last", *sorted(refunded.items())),)

    after = settled(known.told(report(refunds=refunds)), vouchers)

    for voucher_id, voucher in vouchers.items():
        if voucher.is_used and after[voucher_id].state is not voucher.state:
            line_id = voucher.source.line_id
            kept = [each for each in after.values() if each.source.line_id == line_id and each.state is State.ACTIVE]
            assert all(each.is_used for each in kept)
