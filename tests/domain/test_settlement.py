"""A store's day is what the ledgers say of it, to the last dollar."""

from collections import Counter
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from functions.domain.errors import InvalidValueError
from functions.domain.ledger import Entry
from functions.domain.parts import Part, Unit, parts_of
from functions.domain.product import Funding, Kind
from functions.domain.settlement import Issuer, Settlement, Total
from functions.domain.voucher import Source
from tests.domain.lives import ZONES, Life, lives, new_life
from tests.domain.samples import NOW

TWD, XINYI, TODAY = Part(Unit.MONEY, "TWD"), "xinyi", date(2026, 11, 22)


def day_of(entry: Entry) -> tuple[str, date] | None:
    """Under what the index keeps a row."""
    return (entry.store_id, entry.business_day) if entry.store_id and entry.business_day else None


def settled(life: Life) -> dict[tuple[str, date], Settlement]:
    """Every store's every day, found as the index finds them."""
    days = {day for entry in life.entries if (day := day_of(entry))}
    return {day: Settlement.of(*day, [each for each in life.entries if day_of(each) == day]) for day in days}


def today(life: Life, store: str = XINYI, day: date = TODAY) -> Settlement:
    return settled(life)[store, day]


def at(moment: str, zone: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@given(life=lives())
def test_all_settlements_together_are_what_the_vouchers_lost(life: Life) -> None:
    first, last = life.pages[0].voucher, life.page.voucher
    lost = Counter(parts_of(first.face, first.terms.product_id))
    lost.subtract(parts_of(last.worth, first.terms.product_id))

    net: Counter[Part] = Counter()
    for settlement in settled(life).values():
        net.update({part: total.net for part, total in settlement.totals.items() if part.unit is not Unit.OFF})

    assert +net == +lost
    assert -net == -lost


@given(life=lives())
def test_every_movement_at_a_till_is_a_line_of_one_settlement(life: Life) -> None:
    at_tills = [entry for entry in life.entries if entry.kind in {"redeem", "void", "refund"}]
    moving = [entry for entry in at_tills if not entry.change.is_nothing]

    lines = [line for settlement in settled(life).values() for line in settlement.lines]

    assert sorted(map(repr, lines)) == sorted(map(repr, moving))


@given(life=lives())
def test_a_line_is_in_the_settlement_of_its_store_s_own_day(life: Life) -> None:
    for (store, day), settlement in settled(life).items():
        assert {line.recorded_at.astimezone(ZoneInfo(ZONES[store])).date() for line in settlement.lines} == {day}


@given(life=lives())
def test_what_issuers_owe_adds_up_to_the_totals(life: Life) -> None:
    for settlement in settled(life).values():
        owed: Counter[Part] = Counter()
        for totals in settlement.by_issuer.values():
            owed.update({part: total.net for part, total in totals.items()})
        assert owed == Counter({part: total.net for part, total in settlement.totals.items()})


@given(life=lives(kinds=(Kind.DISCOUNT,)))
def test_what_a_discount_took_off_is_given_back_with_its_use(life: Life) -> None:
    off = sum(total.net for day in settled(life).values() for part, total in day.totals.items() if part.unit == "off")
    standing = [each for each in life.redemptions.values() if not each.refundable.is_nothing and not each.voided_at]

    assert off == sum(each.off.minor for each in standing if each.off)


def test_a_void_on_another_day_is_in_that_day_s_settlement() -> None:
    life = new_life(Kind.CASH)
    life.play("redeem", 100, XINYI)
    life.play("wait", 600, XINYI)  # 30 hours
    life.play("void", 1, XINYI)

    assert today(life).totals == {TWD: Total(redeemed=100)}
    assert today(life, day=date(2026, 11, 23)).totals == {TWD: Total(voided=100)}
    assert today(life, day=date(2026, 11, 23)).totals[TWD].net == -100


def test_a_refund_names_its_redemption_and_is_of_its_own_day() -> None:
    life = new_life(Kind.CASH)
    life.play("redeem", 100, XINYI)
    life.play("wait", 600, XINYI)
    life.play("refund", 40, XINYI)

    (line,) = today(life, day=date(2026, 11, 23)).lines

    assert (line.kind, line.redemption, line.reference) == ("refund", "r-1", "f-3")


def test_a_transfer_is_in_no_settlement() -> None:
    life = new_life(Kind.CASH)
    life.play("redeem", 100, XINYI)
    life.play("transfer", 1, XINYI)
    life.play("void", 1, XINYI)

    assert [line.kind.value for line in today(life).lines] == ["redeem", "void"]
    assert today(life).totals[TWD].net == 0


def test_a_hold_is_settled_when_it_is_captured() -> None:
    life = new_life(Kind.CASH)
    life.play("hold", 60, XINYI)
    life.play("capture", 11, XINYI)

    assert [line.kind.value for line in today(life).lines] == ["redeem"]


@pytest.mark.parametrize(
    ("store", "moment", "day"),
    [
        ("xinyi", "2026-11-22T23:59:59", date(2026, 11, 22)),
        ("xinyi", "2026-11-23T00:00:00", date(2026, 11, 23)),
        ("paris", "2027-03-28T01:59:59", date(2027, 3, 28)),  # the hour that is left out
        ("paris", "2027-03-28T23:59:59", date(2027, 3, 28)),
        ("paris", "2027-03-29T00:00:00", date(2027, 3, 29)),
        ("paris", "2026-10-25T02:30:00", date(2026, 10, 25)),  # the hour that comes twice
        ("paris", "2026-10-25T00:00:00", date(2026, 10, 25)),
    ],
)
def test_a_day_begins_and_ends_at_midnight_in_the_store_s_zone(store: str, moment: str, day: date) -> None:
    issued = at("2026-10-01T00:00:00", ZONES[store])
    life = new_life(Kind.CASH, issued_at=issued, valid_from=issued)
    life.now = at(moment, ZONES[store])

    life.play("redeem", 100, store)

    assert set(settled(life)) == {(store, day)}


def test_the_same_moment_is_of_two_days_at_two_stores() -> None:
    life = new_life(Kind.CASH)
    life.now = datetime(2026, 11, 22, 17, tzinfo=UTC)
    life.play("redeem", 100, "xinyi")
    life.play("redeem", 50, "paris")

    assert set(settled(life)) == {("xinyi", date(2026, 11, 23)), ("paris", date(2026, 11, 22))}


def test_the_issuer_is_the_shop_with_the_store_whose_till_sold_the_voucher() -> None:
    life = new_life(Kind.CASH, source=Source("demo-shopify", "1001", "1", 0, "taichung"))
    life.play("redeem", 100, XINYI)

    assert today(life).by_issuer == {Issuer("demo-shopify", "taichung", Funding.PREPAID): {TWD: Total(redeemed=100)}}


def test_lines_are_in_the_order_in_which_they_were_written() -> None:
    life = new_life(Kind.CASH)
    for amount in (10, 20, 30):
        life.play("redeem", amount, XINYI)
        life.play("wait", 1, XINYI)
    rows = list(today(life).lines)

    assert Settlement.of(XINYI, TODAY, reversed(rows)).lines == tuple(rows)


class TestPages:
    @pytest.fixture
    def settlement(self) -> Settlement:
        life = new_life(Kind.CASH)
        for amount in (10, 20, 30, 40, 50):
            life.play("redeem", amount, XINYI)
        return today(life)

    def test_pages_are_all_lines_once(self, settlement: Settlement) -> None:
        read: list[Entry] = []
        after: tuple[str, int] | None = None
        has_more = True
        while has_more:
            lines, has_more = settlement.page(after, 2)
            read += lines
            after = (lines[-1].voucher_id, lines[-1].sequence)

        assert tuple(read) == settlement.lines

    def test_a_full_page_that_is_the_last_has_nothing_behind_it(self, settlement: Settlement) -> None:
        assert settlement.page(None, 5) == (settlement.lines, False)

    @pytest.mark.parametrize("place", [("another voucher", 2), ("3f0c1b52-8a77-5d2e-9c41-6a0f9d1b7e23", 99)])
    def test_a_place_that_is_no_line_of_this_day_is_refused(
        self, settlement: Settlement, place: tuple[str, int]
    ) -> None:
        with pytest.raises(InvalidValueError, match="cursor"):
            settlement.page(place, 2)


def test_the_samples_are_of_the_day_that_the_tests_name() -> None:
    assert NOW.astimezone(ZoneInfo(ZONES[XINYI])).date() == TODAY
