"""Tills that work offline hear of everything that stops or resumes being good, and of nothing else."""

from functions.domain.ledger import STANDING, Entry, EntryKind
from functions.domain.standing import Standing, standing
from functions.domain.voucher import Ask, Voucher
from tests.domain.samples import NOW, VOUCHER_ID, touch, twd, voucher


def line(changed: Voucher, entry: Entry) -> tuple[bool, int, int]:
    told = standing(changed, entry)
    assert (told.voucher_id, told.at) == (VOUCHER_ID, NOW)
    return told.usable, told.credential, told.version


def test_a_suspended_voucher_is_not_usable_and_a_resumed_one_is() -> None:
    suspended, entry = voucher().suspend(NOW, None)

    assert line(suspended, entry) == (False, 1, 2)
    assert line(*suspended.resume(NOW, None)) == (True, 1, 3)


def test_of_a_reissued_voucher_only_the_newest_credential_is_good() -> None:
    assert line(*voucher(credential=4).reissue(NOW, None)) == (True, 5, 2)


def test_a_reissued_voucher_that_is_suspended_stays_so() -> None:
    suspended, _ = voucher().suspend(NOW, None)

    assert line(*suspended.reissue(NOW, None)) == (False, 2, 3)


def test_a_revoked_voucher_is_not_usable() -> None:
    assert line(*voucher().revoke(NOW, "by_shop")) == (False, 1, 2)


def test_of_a_transfer_the_old_voucher_is_told_and_not_the_new_one() -> None:
    over, heir = voucher().transfer("hao", NOW, None)

    assert line(over.voucher, over.entry) == (False, 1, 2)
    assert over.entry.kind in STANDING
    assert heir.entry.kind not in STANDING


def test_what_moves_value_is_not_told() -> None:
    left, entry, taken = voucher().redeem(Ask(money=twd(5)), "r-1", touch(), 1)

    assert entry.kind not in STANDING
    assert left.void(taken.worth, "r-1", touch())[1].kind not in STANDING
    assert voucher().issued().kind not in STANDING


def test_every_kind_of_entry_either_moves_value_or_is_told() -> None:
    moving = {"issue", "redeem", "void", "refund", "hold", "release", "transfer_in"}

    assert {kind.value for kind in set(EntryKind) - STANDING} == moving


def test_a_line_is_made_of_what_is_on_the_voucher() -> None:
    changed, entry = voucher().suspend(NOW, "lost")

    assert standing(changed, entry) == Standing(voucher_id=VOUCHER_ID, version=2, usable=False, credential=1, at=NOW)
