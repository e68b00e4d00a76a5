"""The auditor finds nothing where nothing is wrong, and everything that is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.audit import Audited, Books, Code, differences, verdict
from functions.domain.holds import Hold
from functions.domain.ledger import EntryKind
from functions.domain.money import Money
from functions.domain.product import Kind
from functions.domain.voucher import State
from functions.domain.worth import Worth
from tests.domain.lives import Life, lives, new_life
from tests.domain.samples import NOW, XINYI, cash, lines


def codes(books: Books) -> set[Code]:
    return {difference.code for difference in differences(books)}


def played(*steps: tuple[str, int], kind: Kind = Kind.CASH) -> Life:
    """A life at one till."""
    life = new_life(kind)
    for name, number in steps:
        life.play(name, number, "xinyi")
    return life


@pytest.fixture
def books() -> Books:
    """NT$500, of which NT$100 were redeemed, NT$40 of that refunded, and NT$60 are held."""
    life = played(("redeem", 100), ("refund", 40), ("hold", 60), ("reissue", 1))
    assert codes(life.page.books) == set()
    assert [entry.kind.value for entry in life.page.ledger] == ["issue", "redeem", "refund", "hold", "reissue"]
    return life.page.books


def saying(books: Books, **fields: object) -> Books:
    """The voucher says something else than it was made to say."""
    assert books.voucher is not None
    return replace(books, voucher=replace(books.voucher, **fields))  # type: ignore[arg-type]  # its own fields


def with_row(books: Books, sequence: int, **fields: object) -> Books:
    """One row says something else than was written."""
    rows = [replace(row, **fields) if row.sequence == sequence else row for row in books.entries]  # type: ignore[arg-type]  # its own fields
    return replace(books, entries=tuple(rows))


def without_row(books: Books, sequence: int) -> Books:
    return replace(books, entries=tuple(row for row in books.entries if row.sequence != sequence))


@given(life=lives())
def test_no_life_that_keeps_to_the_rules_differs_from_its_ledger(life: Life) -> None:
    for page in life.pages:
        assert differences(page.books) == ()


@given(life=lives(), other=st.integers(1, 10_000), where=st.integers(0, 100))
def test_no_amount_of_a_row_can_be_changed_unseen(life: Life, other: int, where: int) -> None:
    books = life.page.books
    row = books.entries[where % len(books.entries)]
    worth = row.change
    changed = Worth(
        money=Money(worth.money.minor + other, worth.money.currency) if worth.money else None,
        items=tuple(replace(line, quantity=line.quantity + other) for line in worth.items),
        uses=worth.uses + other if worth.uses is not None else None,
    )

    if changed != worth:
        assert codes(with_row(books, row.sequence, change=changed)) >= {Code.RUNNING_BALANCE}


@given(life=lives(), where=st.integers(0, 100))
def test_no_row_can_go_missing_unseen(life: Life, where: int) -> None:
    books = life.page.books
    row = books.entries[where % len(books.entries)]

    assert codes(without_row(books, row.sequence))


CORRUPTIONS: dict[str, tuple[Callable[[Books], Books], Code]] = {
    "money appears on the voucher": (lambda it: saying(it, worth=cash(441)), Code.WORTH),
    "money disappears from the voucher": (lambda it: saying(it, worth=cash(0)), Code.WORTH),
    "money turns into another currency": (lambda it: saying(it, worth=Worth(money=Money(440, "JPY"))), Code.WORTH),
    "a change happened that no row tells of": (lambda it: saying(it, version=6), Code.VERSION),
    "an older voucher was put back": (lambda it: saying(it, version=2), Code.VERSION),
    "a row is gone": (lambda it: without_row(it, 3), Code.SEQUENCE),
    "the last row is gone": (lambda it: without_row(it, 5), Code.VERSION),
    "the first row is gone": (lambda it: without_row(it, 1), Code.FIRST_ENTRY),
    "all rows are gone": (lambda it: replace(it, entries=()), Code.NO_LEDGER),
    "the voucher is gone": (lambda it: replace(it, voucher=None), Code.NO_VOUCHER),
    "a row cannot be read": (lambda it: replace(it, unreadable=("LEDGER",)), Code.UNREADABLE),
    "a row is another voucher's": (lambda it: with_row(it, 2, voucher_id="another"), Code.FOREIGN_ENTRY),
    "two rows change places": (
        lambda it: replace(it, entries=(it.entries[0], it.entries[2], it.entries[1], *it.entries[3:])), Code.SEQUENCE,
    ),
    "it was issued for less than its face": (lambda it: with_row(it, 1, change=cash(400)), Code.FIRST_ENTRY),
    "its face was raised": (lambda it: saying(it, face=cash(600)), Code.FIRST_ENTRY),
    "it begins with a refund": (lambda it: with_row(it, 1, kind=EntryKind.REFUND), Code.FIRST_ENTRY),
    "a row's balance is wrong": (lambda it: with_row(it, 3, balance=cash(441)), Code.RUNNING_BALANCE),
    "a row took another currency": (
        lambda it: with_row(it, 2, change=Worth(money=Money(-100, "JPY"))), Code.RUNNING_BALANCE,
    ),
    "more was taken than there was": (lambda it: with_row(it, 2, change=cash(-501)), Code.BELOW_ZERO),
    "more is left than the face value": (lambda it: with_row(it, 3, change=cash(101)), Code.ABOVE_FACE),
    "more is held than is left": (lambda it: with_row(it, 4, held=cash(441)), Code.OVERHELD),
    "more was refunded than was redeemed": (lambda it: with_row(it, 3, change=cash(101)), Code.RETURNED),
    "a refund is of no redemption": (lambda it: with_row(it, 3, redemption="r-unknown"), Code.RETURNED),
    "a reference was redeemed twice": (
        lambda it: with_row(it, 3, kind=EntryKind.REDEEM, reference=it.entries[1].reference), Code.REPEATED,
    ),
    "it was suspended by nobody": (lambda it: saying(it, state=State.SUSPENDED), Code.STATE),
    "an old credential is good again": (lambda it: saying(it, credential=1), Code.CREDENTIAL),
    "a hold was forgotten": (lambda it: saying(it, holds=()), Code.HOLDS),
    "a hold was made longer": (lambda it: with_row(it, 4, until=NOW + timedelta(hours=9)), Code.HOLDS),
    "a hold came from nowhere": (lambda it: saying(it, holds=(it.voucher.holds[0], foreign_hold())), Code.HOLDS),  # type: ignore[union-attr]
    "a use was forgotten": (lambda it: saying(it, recent=()), Code.USES),
    "a use looks voided": (lambda it: saying(it, recent=(replace(it.voucher.recent[0], voided=True),)), Code.USES),  # type: ignore[union-attr]
    "a use looks as if nothing was refunded": (
        lambda it: saying(it, recent=(replace(it.voucher.recent[0], refunded=None),)), Code.USES,  # type: ignore[union-attr]
    ),
    "it was handed on by nobody": (lambda it: saying(it, replaced_by="another"), Code.REPLACEMENT),
}  # fmt: skip


def foreign_hold() -> Hold:
    return Hold(
        reference="h-9", store_id="paris", store=XINYI, terminal_id="paris-1", worth=cash(1),
        expires_at=NOW + timedelta(hours=1),
    )  # fmt: skip


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_planted_corruption_is_found(books: Books, name: str) -> None:
    corrupt, code = CORRUPTIONS[name]

    assert code in codes(corrupt(books))


def test_every_code_is_planted_above() -> None:
    assert {code for _, code in CORRUPTIONS.values()} == set(Code)


def test_a_void_gives_back_exactly_what_was_not_refunded() -> None:
    books = played(("redeem", 100), ("refund", 40), ("void", 1)).page.books

    assert codes(books) == set()
    assert Code.RETURNED in codes(with_row(books, 4, change=cash(59), balance=cash(499)))


def test_what_was_redeemed_before_a_transfer_comes_back_to_the_voucher_in_force() -> None:
    life = played(("redeem", 100), ("transfer", 1), ("void", 1))

    assert [entry.kind.value for entry in life.page.ledger] == ["transfer_in", "void"]
    assert [codes(page.books) for page in life.pages] == [set(), set()]


def test_a_hold_that_has_run_out_is_kept_by_neither() -> None:
    life = played(("hold", 10), ("wait", 100), ("redeem", 490))

    assert codes(life.page.books) == set()


def test_tills_whose_clocks_differ_raise_no_alarm() -> None:
    life = played(("hold", 10), ("wait", 4))
    life.play("redeem", 495, "xinyi")
    life.now -= timedelta(minutes=11)
    life.play("reissue", 1, "xinyi")

    assert [entry.kind.value for entry in life.page.ledger] == ["issue", "hold", "redeem", "reissue"]
    assert codes(life.page.books) == set()


def test_a_difference_says_what_was_said_and_what_was_counted(books: Books) -> None:
    (difference,) = differences(saying(books, worth=cash(441)))

    assert (difference.says, difference.counted) == ("money TWD 441", "money TWD 440")


def test_a_row_s_difference_names_the_row(books: Books) -> None:
    assert {each.sequence for each in differences(with_row(books, 3, balance=cash(441)))} == {3}


def test_items_are_counted_one_by_one() -> None:
    books = played(("redeem", 1), kind=Kind.ITEM).page.books

    assert codes(books) == set()
    assert codes(saying(books, worth=lines(spa_hour=2, tea=2))) == {Code.WORTH}


class TestVerdict:
    def test_a_first_audit_counts_what_is_left(self, books: Books) -> None:
        decided = verdict(books, (), None, NOW)

        assert list(decided.moves.values()) == [440]
        assert (decided.audited.version, decided.audited.revision, decided.is_news) == (5, 1, True)

    def test_the_same_again_is_no_news(self, books: Books) -> None:
        first = verdict(books, (), None, NOW).audited

        again = verdict(books, (), first, NOW)

        assert (again.moves, again.case, again.is_news) == ({}, None, False)

    def test_a_later_audit_moves_the_difference_alone(self) -> None:
        life = played(("redeem", 100))
        first = verdict(life.page.books, (), None, NOW).audited
        life.play("redeem", 30, "xinyi")

        later = verdict(life.page.books, (), first, NOW)

        assert list(later.moves.values()) == [-30]
        assert later.audited.revision == 2

    def test_what_is_revoked_is_owed_no_more(self) -> None:
        life = played(("redeem", 100))
        first = verdict(life.page.books, (), None, NOW).audited
        life.play("revoke", 9, "xinyi")

        assert list(verdict(life.page.books, (), first, NOW).moves.values()) == [-400]

    def test_the_ledger_is_believed_and_not_the_voucher(self, books: Books) -> None:
        wrong = saying(books, worth=cash(1))

        assert list(verdict(wrong, differences(wrong), None, NOW).moves.values()) == [440]

    def test_a_new_difference_opens_a_case_that_names_it(self, books: Books) -> None:
        wrong = saying(books, worth=cash(1))

        case = verdict(wrong, differences(wrong), None, NOW).case

        assert case is not None
        assert (case.kind, case.voucher_id, case.code, case.worth) == (
            "audit_difference", books.voucher_id, "worth", cash(1),
        )  # fmt: skip

    def test_the_same_difference_opens_no_second_case(self, books: Books) -> None:
        wrong = saying(books, worth=cash(1))
        first = verdict(wrong, differences(wrong), None, NOW).audited

        assert verdict(wrong, differences(wrong), first, NOW).case is None

    def test_a_voucher_that_is_gone_is_owed_no_more(self, books: Books) -> None:
        first: Audited = verdict(books, (), None, NOW).audited
        gone = Books(books.voucher_id, None, ())

        decided = verdict(gone, differences(gone), first, NOW)

        assert list(decided.moves.values()) == [-440]
        assert decided.case is not None
