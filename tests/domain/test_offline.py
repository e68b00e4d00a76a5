"""What becomes of what a till did offline, and what people read of it."""

import re
from datetime import timedelta

import pytest

from functions.domain import offline_texts, refusals
from functions.domain.case_texts import CASE_TEXTS, text_of
from functions.domain.cases import CaseKind
from functions.domain.offline import Outcome, Report, Result, Sale, Told, Undoing, at_stake, contested
from functions.domain.offline_texts import contested_text, plain_text, reason
from functions.domain.refusal_texts import TEXTS
from functions.domain.refusals import Refusal
from functions.domain.text import Text
from functions.domain.voucher import Ask
from functions.domain.worth import ItemLine, Worth
from tests.domain.samples import NOW, VOUCHER_ID, cash, discount_voucher, item_voucher, lines, touch, twd, voucher

AT = NOW - timedelta(hours=1)
SALE = Sale(reference="o-1", credential="QR", ask=Ask(money=twd(600)), receipt=None, occurred_at=AT)
UNDOING = Undoing(reference="o-1", occurred_at=AT)
# What a report can be refused with and needs no person: the till's own void, and what comes again.
NOBODYS = {"voided", "in_progress", "throttled", "codes_locked"}
# What is refused of holds, refunds and live QRs, none of which a till does offline.
NEVER = {"expired_hold", "insufficient_hold", "refunded", "insufficient_refund", "rotated_credential"}


def outcome(refusal: Refusal, told: Told = SALE) -> Outcome:
    conflict, _ = Report(told, VOUCHER_ID, "print").unhonoured(refusal, voucher(), touch(occurred_at=AT))
    return contested(told, conflict)


def test_what_is_not_honoured_is_remembered_with_a_case_of_the_same_name() -> None:
    row, case = Report(SALE, VOUCHER_ID, "print").unhonoured(refusals.Insufficient(cash()), voucher(), touch())

    assert (row.reference, row.code, row.why, row.fingerprint) == ("o-1", "insufficient", "insufficient", "print")
    assert (row.occurred_at, row.recorded_at, row.left) == (AT, NOW, cash())
    assert (case.case_id, case.code, case.worth, case.occurred_at) == (row.case_id, "insufficient", cash(600), AT)
    assert (case.kind, case.voucher_id, case.reference) == (CaseKind.OFFLINE_CONFLICT, VOUCHER_ID, "o-1")


def test_of_a_voucher_that_is_stopped_nothing_is_left() -> None:
    stopped, _ = voucher().revoke(NOW, "by_shop")

    row, _ = Report(SALE, VOUCHER_ID).unhonoured(refusals.Revoked("by_shop"), stopped, touch())

    assert row.left == cash(0)


@pytest.mark.parametrize("refusal", [refusals.UnknownVoucher(), refusals.OfflineLimit(), refusals.OfflineForbidden()])
def test_what_a_till_may_not_do_is_refused(refusal: Refusal) -> None:
    assert outcome(refusal).result is Result.REFUSED


@pytest.mark.parametrize("refusal", [refusals.OfflineClock(), refusals.Exhausted(), refusals.StaleCredential()])
def test_what_was_done_in_good_faith_is_a_conflict(refusal: Refusal) -> None:
    assert outcome(refusal).result is Result.CONFLICT


def test_a_void_that_cannot_be_done_is_a_conflict_with_nothing_at_stake() -> None:
    row, case = Report(UNDOING).unhonoured(refusals.ReferenceReused(), None, touch())

    assert (row.code, row.why, row.left, case.worth) == ("reference_reused", "void", None, None)
    assert contested(UNDOING, row).result is Result.CONFLICT


def test_each_report_under_one_reference_has_a_name_of_its_own() -> None:
    reports = [Report(SALE, VOUCHER_ID, "print"), Report(SALE, VOUCHER_ID, "other"), Report(SALE, None, "print")]

    assert len({report.digest for report in (*reports, Report(UNDOING))}) == 4
    assert {len(report.digest) for report in reports} == {64}


def test_a_report_again_is_the_same_report() -> None:
    later = Sale(reference="o-1", credential="QR", ask=Ask(money=twd(600)), receipt=None, occurred_at=NOW)
    row, _ = Report(SALE, VOUCHER_ID, "print").unhonoured(refusals.Exhausted(), voucher(), touch())

    assert Report(later, VOUCHER_ID, "print").digest == Report(SALE, VOUCHER_ID, "print").digest
    assert Report(later, VOUCHER_ID, "print").is_told_by(row)
    assert not Report(SALE, VOUCHER_ID, "other").is_told_by(row)
    assert not Report(SALE, None, "print").is_told_by(row)


def test_what_is_at_stake_is_what_the_till_said() -> None:
    unknown = Worth(items=(ItemLine("mug", Text("mug", "mug"), 2),))

    assert at_stake(Ask(money=twd(600)), None) == cash(600)
    assert at_stake(Ask(items=(("spa-hour", 4),)), item_voucher()) == lines(spa_hour=4)
    assert at_stake(Ask(items=(("mug", 2),)), item_voucher()) == unknown
    assert at_stake(Ask(basket=None), discount_voucher()) == Worth(uses=1)
    assert at_stake(Ask(), voucher()) is None


# What people read.


def is_whole(text: Text) -> bool:
    return bool(re.fullmatch("[^a-zA-Z]*[\u4e00-\u9fff].*。", text.zh_hant) and re.fullmatch(r"[ -~]+\.", text.en))


@pytest.mark.parametrize("why", sorted(offline_texts._REASONS))
def test_a_clerk_reads_what_became_of_the_voucher_and_what_to_do(why: str) -> None:
    text = contested_text(why)

    assert is_whole(text)
    assert "請保留收據" in text.zh_hant
    assert "keep its receipt" in text.en


@pytest.mark.parametrize("why", sorted(offline_texts._REASONS))
def test_no_text_says_that_the_sale_was_refused(why: str) -> None:
    """The clerk saw yes, and the goods are gone: the texts of the counter would tell them to take no voucher."""
    assert not re.search(r"refus|do not accept|請勿收取", contested_text(why).en + contested_text(why).zh_hant)
    assert contested_text(why) != TEXTS.get(why)


def test_every_refusal_of_a_redemption_has_a_reason_of_its_own() -> None:
    told_alike = {"captured"}
    wanted = set(TEXTS) - NOBODYS - NEVER - told_alike
    other = reason("no such reason")

    assert {why for why in wanted if reason(why) == other} == set()


@pytest.mark.parametrize("why", ["voided", "invalid", "in_progress", "throttled", "codes_locked"])
def test_what_needs_no_person_says_what_the_till_does(why: str) -> None:
    assert is_whole(plain_text(why))
    assert "主管" not in plain_text(why).zh_hant


def test_who_settles_a_case_reads_why_before_what_to_do() -> None:
    _, case = Report(SALE, VOUCHER_ID).unhonoured(refusals.Exhausted(), voucher(), touch())

    assert text_of(case).en == f"{reason('exhausted').en} {CASE_TEXTS[case.kind].en}"
    assert text_of(case).zh_hant == reason("exhausted").zh_hant + CASE_TEXTS[case.kind].zh_hant


@pytest.mark.parametrize("kind", CaseKind)
def test_every_case_says_in_both_languages_what_to_do(kind: CaseKind) -> None:
    assert is_whole(CASE_TEXTS[kind])
