"""What every entry of a ledger says besides what changed: a settlement reads nothing else."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from functions.domain.ledger import Entry, EntryKind
from functions.domain.product import Funding
from functions.domain.voucher import Ask, Source, Touch, Voucher
from tests.domain.samples import NOW, VOUCHER_ID, cash, terms, touch, twd, voucher

PART = Ask(money=twd(100))
SOLD_AT_A_TILL = Source("demo-pos", "sale-7", "1", 0, store_id="banqiao")


def sold() -> Voucher:
    """A promotional voucher that the till of another store sold, with a hold on it."""
    made = voucher(source=SOLD_AT_A_TILL, terms=terms(product_id="welcome-500", funding=Funding.PROMOTIONAL))
    return made.hold(PART, "h-1", touch(), 1, NOW + timedelta(minutes=5))[0]


def by_hand(of: Voucher) -> dict[EntryKind, Entry]:
    """An entry of everything that no till does."""
    out, into = of.release("h-1", touch())[0].transfer("hao", NOW, "asked")
    return {
        EntryKind.ISSUE: of.issued(),
        EntryKind.SUSPEND: of.suspend(NOW, "asked")[1],
        EntryKind.RESUME: of.suspend(NOW, "asked")[0].resume(NOW, "asked")[1],
        EntryKind.REVOKE: of.revoke(NOW, "asked")[1],
        EntryKind.REISSUE: of.reissue(NOW, "asked")[1],
        EntryKind.TRANSFER_OUT: out.entry,
        EntryKind.TRANSFER_IN: into.entry,
    }


# An entry of everything that a till does.
AT_TILLS: dict[EntryKind, Callable[[Voucher, Touch], Entry]] = {
    EntryKind.REDEEM: lambda of, here: of.redeem(PART, "r-1", here, 1)[1],
    EntryKind.VOID: lambda of, here: of.void(cash(100), "r-0", here)[1],
    EntryKind.REFUND: lambda of, here: of.refund(cash(100), "r-0", "f-1", here)[1],
    EntryKind.HOLD: lambda of, here: of.hold(PART, "h-2", here, 1, NOW + timedelta(minutes=5))[1],
    EntryKind.RELEASE: lambda of, here: of.release("h-1", here)[1],
}


def entry_of(kind: EntryKind, here: Touch | None = None) -> Entry:
    return AT_TILLS[kind](sold(), here or touch()) if kind in AT_TILLS else by_hand(sold())[kind]


def test_the_samples_are_of_every_kind() -> None:
    assert by_hand(sold()).keys() | AT_TILLS.keys() == set(EntryKind)


@pytest.mark.parametrize("kind", list(EntryKind))
def test_it_says_who_sold_the_voucher_as_what(kind: EntryKind) -> None:
    entry = entry_of(kind)

    assert (entry.shop_id, entry.selling_store_id) == ("demo-pos", "banqiao")
    assert (entry.product_id, entry.funding) == ("welcome-500", Funding.PROMOTIONAL)


@pytest.mark.parametrize("kind", [EntryKind.REDEEM, EntryKind.VOID, EntryKind.REFUND])
def test_where_value_moves_it_names_the_day_at_the_store(kind: EntryKind) -> None:
    midnight = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)

    days = [
        entry_of(kind, touch(now, zone=zone)).business_day
        for now, zone in (
            (midnight - timedelta(microseconds=1), "Asia/Taipei"),
            (midnight, "Asia/Taipei"),
            (midnight, "UTC"),
        )
    ]

    assert days == [date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 22)]


@pytest.mark.parametrize("kind", [EntryKind.HOLD, EntryKind.RELEASE])
def test_where_nothing_moves_it_is_in_no_day_s_settlement(kind: EntryKind) -> None:
    assert entry_of(kind).business_day is None


@pytest.mark.parametrize("kind", list(AT_TILLS))
def test_what_a_till_did_says_where_and_when_it_happened(kind: EntryKind) -> None:
    later = NOW + timedelta(seconds=30)

    entry = entry_of(kind, touch(later, occurred_at=NOW))

    assert (entry.store_id, entry.terminal_id) == ("xinyi", "xinyi-1")
    assert (entry.recorded_at, entry.occurred_at) == (later, NOW)


@pytest.mark.parametrize("kind", list(by_hand(sold())))
def test_what_no_till_did_names_none(kind: EntryKind) -> None:
    entry = entry_of(kind)

    assert (entry.store_id, entry.terminal_id, entry.business_day, entry.occurred_at) == (None,) * 4


@pytest.mark.parametrize("kind", sorted(by_hand(sold()).keys() - {EntryKind.ISSUE}))
def test_what_a_person_did_says_why(kind: EntryKind) -> None:
    assert entry_of(kind).reason == "asked"


def test_the_first_entry_is_of_the_moment_of_the_sale() -> None:
    entry = sold().issued()

    assert (entry.voucher_id, entry.recorded_at, entry.balance) == (VOUCHER_ID, NOW, cash(500))
