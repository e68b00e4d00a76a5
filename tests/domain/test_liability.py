"""What is owed is what is left on all vouchers, however often and in whatever order they are audited."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from functions.domain.audit import Audited, Books, verdict
from functions.domain.liability import Bucket, Outstanding, contribution
from functions.domain.parts import Part, Unit, parts_of
from functions.domain.product import Funding, Kind
from functions.domain.recount import recount
from functions.domain.voucher import State, Voucher
from tests.domain.lives import Life, lives, new_life
from tests.domain.samples import NOW

TWD = Part(Unit.MONEY, "TWD")


def owed(voucher: Voucher) -> dict[Bucket, int]:
    return contribution(voucher, parts_of(voucher.worth), voucher.state)


@given(life=lives(), data=st.data())
def test_sums_kept_audit_by_audit_are_the_sum_over_all_vouchers(life: Life, data: st.DataObject) -> None:
    sums: Counter[Bucket] = Counter()
    for page in life.pages:
        before: Audited | None = None
        stops = data.draw(st.sets(st.integers(1, len(page.ledger))))
        for length in sorted({*stops, len(page.ledger)}):
            books = Books(page.voucher.voucher_id, page.voucher, page.ledger[:length])
            decided = verdict(books, (), before, NOW)
            sums.update(decided.moves)
            before = decided.audited

    expected: Counter[Bucket] = Counter()
    for page in life.pages:
        expected.update(owed(page.voucher))
    assert {bucket: amount for bucket, amount in sums.items() if amount} == dict(expected)


@given(life=lives())
def test_a_ledger_says_of_what_is_owed_what_the_voucher_says(life: Life) -> None:
    for page in life.pages:
        count = recount(page.ledger)
        assert contribution(page.voucher, count.left, count.state) == owed(page.voucher)


def test_what_is_paid_for_is_by_day_of_sale_product_shop_and_end_of_its_guarantee() -> None:
    life = new_life(Kind.CASH)

    assert owed(life.page.voucher) == {
        Bucket(
            funding=Funding.PREPAID,
            sold_on=date(2026, 11, 22),
            shop_id="demo-shopify",
            product_id="cash-500",
            part=TWD,
            guarantee_ends=date(2027, 11, 22),
        ): 500
    }


def test_items_are_owed_by_the_piece() -> None:
    (tea,) = (amount for bucket, amount in owed(new_life(Kind.ITEM).page.voucher).items() if bucket.part.of == "tea")

    assert tea == 2


def test_the_day_of_sale_is_the_shop_s() -> None:
    sold = replace(new_life(Kind.CASH).page.voucher, issued_at=datetime(2026, 11, 22, 16, 30, tzinfo=UTC))

    (bucket,) = owed(sold)

    assert bucket.sold_on == date(2026, 11, 23)


def test_a_transfer_keeps_the_day_of_sale_and_changes_no_sum() -> None:
    life = new_life(Kind.CASH)
    before = owed(life.page.voucher)
    life.play("wait", 600, "xinyi")
    life.play("transfer", 1, "xinyi")

    over, heir = (owed(page.voucher) for page in life.pages)

    assert (over, heir) == ({}, before)


def test_nothing_is_owed_on_what_was_revoked_and_all_on_what_is_only_suspended() -> None:
    voucher = new_life(Kind.CASH).page.voucher

    assert owed(replace(voucher, state=State.REVOKED)) == {}
    assert owed(replace(voucher, state=State.SUSPENDED)) == owed(voucher)


def test_what_has_expired_is_told_apart_at_the_moment_of_asking() -> None:
    promotion = replace(new_life(Kind.DISCOUNT).page.voucher, expires_at=NOW + timedelta(days=1))
    ((bucket, amount),) = owed(promotion).items()

    assert Outstanding(bucket, amount).is_expired(NOW + timedelta(days=1))
    assert not Outstanding(bucket, amount).is_expired(NOW + timedelta(hours=23))


def test_what_is_paid_for_and_what_is_given_away_are_never_in_one_sum() -> None:
    paid = new_life(Kind.CASH).page.voucher
    given_away = replace(paid, terms=replace(paid.terms, funding=Funding.PROMOTIONAL))

    assert not set(owed(paid)) & set(owed(given_away))
