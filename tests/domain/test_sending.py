from collections.abc import Callable
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain import sending
from functions.domain.order import Contact
from functions.domain.sending import (
    CREDENTIAL_REPLACED,
    REPEATABLE_FOR,
    VOUCHER_REVOKED,
    Address,
    Channel,
    Content,
    Send,
    Status,
)
from tests.domain.samples import NOW, VOUCHER_ID, XINYI, cash, voucher

LINE = Address(Channel.LINE, "U4af4980629")
EMAIL = Address(Channel.EMAIL, "mei@example.com")
SMS = Address(Channel.SMS, "+886912345678")
CONTENT = Content(cash(500), XINYI)
LATER = NOW + timedelta(minutes=5)
CHANGES: dict[str, Callable[[Send], Send]] = {
    "claim": lambda send: send.claim(LATER, "worker-2", Content(cash(1), XINYI)),
    "release": lambda send: send.release("line_429"),
    "doubt": lambda send: send.doubt("line_answer_lost"),
    "sent": lambda send: send.sent(LATER, "provider-1"),
    "failed": lambda send: send.failed(LATER, "line_blocked"),
    "lost": lambda send: send.lost(LATER, "ses_answer_lost"),
}


def pending(address: Address = LINE, **override: Any) -> Send:
    values: dict[str, Any] = {
        "message_id": "9d1f6a0c-52b1-5c1e-8f77-3c0de1a2b417",
        "voucher_id": VOUCHER_ID,
        "shop_id": "demo-shopify",
        "credential": 1,
        "address": address,
        "language": "zh-Hant",
        "created_at": NOW,
        "others": (EMAIL, SMS),
    }
    return Send(**values | override)


def claimed(address: Address = LINE, **override: Any) -> Send:
    return pending(address, **override).claim(NOW, "worker-1", CONTENT)


@pytest.mark.parametrize(
    ("change", "status", "is_over"),
    [
        ("claim", Status.SENDING, False),
        ("release", Status.PENDING, False),
        ("doubt", Status.PENDING, False),
        ("sent", Status.SENT, True),
        ("failed", Status.FAILED, True),
        ("lost", Status.UNKNOWN, True),
    ],
)
def test_every_change_leads_to_its_one_status(change: str, status: Status, is_over: object) -> None:
    after = CHANGES[change](claimed())

    assert (after.status, after.is_over) == (status, is_over)


@pytest.mark.parametrize(
    ("change", "ended_at", "provider_id", "last_error"),
    [
        ("release", None, None, "line_429"),
        ("doubt", None, None, "line_answer_lost"),
        ("sent", LATER, "provider-1", None),
        ("failed", LATER, None, "line_blocked"),
        ("lost", LATER, None, "ses_answer_lost"),
    ],
)
def test_how_a_try_ended_is_kept_for_whoever_looks_later(
    change: str, ended_at: datetime | None, provider_id: str | None, last_error: str | None
) -> None:
    after = CHANGES[change](claimed())

    assert (after.ended_at, after.provider_id, after.last_error) == (ended_at, provider_id, last_error)


@pytest.mark.parametrize("change", ["release", "doubt"])
def test_what_may_be_tried_again_is_free_for_any_worker(change: str) -> None:
    after = CHANGES[change](claimed())

    assert (after.claimed_at, after.claimed_by) == (None, None)


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_every_change_makes_one_new_version(change: str) -> None:
    before = claimed()

    assert CHANGES[change](before).version == before.version + 1


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_no_change_touches_who_is_told_what_by_which_channel(change: str) -> None:
    after = CHANGES[change](claimed())
    fixed = ("message_id", "voucher_id", "shop_id", "credential", "address", "others", "language", "created_at")

    assert all(getattr(after, name) == getattr(claimed(), name) for name in fixed)
    assert after.content == CONTENT


def test_the_first_claim_fixes_what_is_said() -> None:
    again = claimed().release("line_429").claim(LATER, "worker-2", Content(cash(1), XINYI))

    assert again.content == CONTENT


def test_a_claim_says_who_has_it_and_counts_the_try() -> None:
    send = claimed()

    assert (send.claimed_at, send.claimed_by, send.attempts) == (NOW, "worker-1", 1)


@given(st.integers(1, 10_000))
def test_a_claim_holds_for_its_lease_and_not_an_instant_longer(seconds: int) -> None:
    lease = timedelta(seconds=seconds)
    end = NOW + lease

    assert claimed().is_claimed(end - timedelta(microseconds=1), lease)
    assert not claimed().is_claimed(end, lease)


@pytest.mark.parametrize("change", ["release", "doubt", "sent", "failed", "lost"])
def test_what_a_worker_is_done_with_is_claimed_by_nobody(change: str) -> None:
    assert not CHANGES[change](claimed()).is_claimed(NOW, timedelta(hours=1))


def test_a_message_is_untouched_until_its_first_claim() -> None:
    assert pending().is_untouched
    assert not claimed().is_untouched
    assert not claimed().release("line_429").is_untouched


@pytest.mark.parametrize("address", [LINE, EMAIL, SMS])
def test_what_the_channel_surely_did_not_take_can_be_tried_again(address: Address) -> None:
    released = claimed(address).release("throttled")

    assert released.is_repeatable(NOW + timedelta(days=365))


@pytest.mark.parametrize("address", [EMAIL, SMS])
@pytest.mark.parametrize("in_doubt", [claimed, lambda address: claimed(address).doubt("answer_lost")])
def test_a_channel_without_a_retry_key_is_never_asked_twice_in_doubt(
    address: Address, in_doubt: Callable[[Address], Send]
) -> None:
    assert not in_doubt(address).is_repeatable(NOW)


@pytest.mark.parametrize("in_doubt", [claimed, lambda: claimed().doubt("line_answer_lost")])
def test_line_may_be_asked_again_while_its_retry_key_lasts(in_doubt: Callable[[], Send]) -> None:
    lasts = REPEATABLE_FOR[Channel.LINE]

    assert in_doubt().is_repeatable(NOW + lasts - timedelta(microseconds=1))
    assert not in_doubt().is_repeatable(NOW + lasts)


def test_line_s_retry_key_is_trusted_for_an_hour_less_than_line_keeps_it() -> None:
    assert {Channel.LINE: timedelta(hours=24) - timedelta(hours=1)} == REPEATABLE_FOR


def test_doubt_is_counted_from_the_first_try_that_may_have_arrived() -> None:
    again = claimed().doubt("line_answer_lost").claim(LATER, "worker-2", CONTENT).doubt("line_answer_lost")

    assert again.in_doubt_since == NOW


def test_a_worker_that_died_leaves_a_doubt_from_its_claim_on() -> None:
    taken_over = claimed().claim(LATER, "worker-2", CONTENT)

    assert taken_over.in_doubt_since == NOW


def test_a_refusal_for_now_leaves_no_doubt() -> None:
    assert claimed().release("line_429").in_doubt_since is None


def test_a_retry_key_is_one_for_all_tries_of_a_message_on_a_channel() -> None:
    key = pending().retry_key

    assert key == claimed().release("line_429").claim(LATER, "worker-2", CONTENT).retry_key
    assert str(UUID(key)) == key


def test_two_messages_and_two_channels_never_share_a_retry_key() -> None:
    keys = {pending().retry_key, pending(EMAIL).retry_key, pending(message_id="another").retry_key}

    assert len(keys) == 3


def test_the_next_channel_starts_afresh_with_the_same_message() -> None:
    following = claimed().failed(LATER, "line_blocked").next_channel(LATER)

    assert following == pending(EMAIL, others=(SMS,), created_at=LATER)


def test_behind_the_last_channel_there_is_none() -> None:
    assert pending(SMS, others=()).next_channel(LATER) is None


def test_every_field_of_a_send_is_either_handed_on_or_starts_afresh() -> None:
    """A new field must be thought of here."""
    following = claimed().failed(LATER, "line_blocked").next_channel(LATER)
    handed_on = {"message_id", "voucher_id", "shop_id", "credential", "language"}
    afresh = {field.name for field in fields(Send)} - handed_on - {"address", "others", "created_at"}

    assert {name for name in afresh if getattr(following, name) != getattr(pending(), name)} == set()


@pytest.mark.parametrize("change", ["failed", "lost"])
def test_a_person_must_look_where_the_last_channel_failed(change: str) -> None:
    ended = CHANGES[change](claimed(SMS, others=()))

    assert ended.reached_nobody


@pytest.mark.parametrize("change", ["failed", "lost"])
def test_nobody_needs_to_look_while_a_channel_is_left(change: str) -> None:
    assert not CHANGES[change](claimed()).reached_nobody


@pytest.mark.parametrize("reason", [VOUCHER_REVOKED, CREDENTIAL_REPLACED])
def test_nobody_needs_to_look_at_what_was_withdrawn(reason: str) -> None:
    assert not pending(SMS, others=()).failed(LATER, reason).reached_nobody


def test_a_message_that_arrived_reached_somebody() -> None:
    assert not claimed(SMS, others=()).sent(LATER, None).reached_nobody


def test_a_buyer_is_reached_by_line_then_email_then_sms() -> None:
    contact = Contact(line_user_id=LINE.to, email=EMAIL.to, phone=SMS.to)

    assert sending.addresses(contact, has_line=True) == (LINE, EMAIL, SMS)


def test_line_is_no_way_where_the_shop_has_no_line_account() -> None:
    assert sending.addresses(Contact(line_user_id=LINE.to, phone=SMS.to), has_line=False) == (SMS,)


def test_a_buyer_without_an_address_is_reached_by_nothing() -> None:
    assert sending.addresses(Contact(name="王小美"), has_line=True) == ()


def test_a_revoked_voucher_is_told_to_nobody() -> None:
    revoked, _ = voucher().revoke(NOW, "by_shop")

    assert sending.withdrawal(pending(), revoked) == VOUCHER_REVOKED


@pytest.mark.parametrize("number", [2, 3])
def test_a_replaced_credential_is_told_to_nobody(number: int) -> None:
    assert sending.withdrawal(pending(), voucher(credential=number)) == CREDENTIAL_REPLACED


def test_a_suspended_voucher_is_still_told_of() -> None:
    suspended, _ = voucher().suspend(NOW, None)

    assert sending.withdrawal(pending(), suspended) is None
