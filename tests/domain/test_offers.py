"""Which of several vouchers a till should take."""

from datetime import timedelta

import pytest

from functions.domain.discount import Discount
from functions.domain.offers import Offer, ranked
from functions.domain.refusals import Exhausted, UnknownVoucher
from functions.domain.voucher import Ask, Voucher
from tests.domain.samples import NOW, basket, discount_voucher, touch, twd, voucher

SOON, LATER = NOW + timedelta(days=1), NOW + timedelta(days=30)


def held(name: str, off: int = 100, **override: object) -> Voucher:
    """NT$100 off, twice."""
    return discount_voucher(Discount(amount=twd(off), uses=2), voucher_id=name, **override)


def offer(of: Voucher, place: int = 0) -> Offer:
    return Offer(named=(place,), voucher=of, priced=of.priced(basket(1_000)))


def order(*offers: Offer) -> list[str | None]:
    return [each.voucher.voucher_id if each.voucher else None for each in ranked(offers)]


def test_the_one_that_takes_most_off_comes_first_and_is_the_best() -> None:
    found = ranked([offer(held("little", 50)), offer(held("much", 300)), offer(held("some", 100))])

    assert [(each.voucher and each.voucher.voucher_id, each.best) for each in found] == [
        ("much", True),
        ("some", False),
        ("little", False),
    ]


def test_of_equals_the_one_that_ends_soonest_comes_first() -> None:
    never, later, soon = held("a"), held("b", expires_at=LATER), held("c", expires_at=SOON)

    assert order(offer(never), offer(later), offer(soon)) == ["c", "b", "a"]


def test_then_the_one_with_fewer_uses_left() -> None:
    fresh = held("a")
    used, _, _ = held("b").redeem(Ask(), "r-1", touch(), 1)

    assert order(offer(fresh), offer(used)) == ["b", "a"]


def test_then_the_order_is_always_the_same() -> None:
    assert order(offer(held("b")), offer(held("a"))) == order(offer(held("a")), offer(held("b"))) == ["a", "b"]


def test_what_is_no_discount_comes_after_the_discounts() -> None:
    assert order(offer(voucher()), offer(held("a", 1))) == ["a", voucher().voucher_id]


def test_what_cannot_be_used_comes_last_and_what_nobody_knows_after_it() -> None:
    spent = Offer(named=(0,), voucher=held("a"), refusal=Exhausted())
    unknown = Offer(named=(1,), refusal=UnknownVoucher())

    assert order(unknown, spent, offer(voucher())) == [voucher().voucher_id, "a", None]


@pytest.mark.parametrize(
    "only",
    [
        offer(voucher()),
        Offer(named=(0,), voucher=held("a"), refusal=Exhausted()),
        Offer(named=(0,), voucher=held("a"), priced=held("a").priced(basket(0))),
    ],
    ids=["no discount", "not usable", "nothing off"],
)
def test_what_takes_nothing_off_is_never_the_best(only: Offer) -> None:
    assert [each.best for each in ranked([only])] == [False]


def test_strangers_keep_the_order_in_which_they_were_shown() -> None:
    unknown = [Offer(named=(place,), refusal=UnknownVoucher()) for place in (2, 0, 1)]

    assert [each.named for each in ranked(unknown)] == [(0,), (1,), (2,)]
