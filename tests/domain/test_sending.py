"""How a send moves from state to state, and when another try is harmless."""

from datetime import UTC, datetime, timedelta

import pytest

from functions.domain.money import Money
from functions.domain.sending import Address, Channel, Content, Send, Status, withdrawal
from functions.domain.text import Text
from functions.domain.voucher import State
from functions.domain.worth import Worth
from tests.dispatch.samples import EMAIL, LINE, SMS, send, voucher

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
LEASE = timedelta(seconds=60)
CONTENT = Content(Worth(money=Money(500, "TWD")), Text("青禾選物", "Chingho Select"))


def claimed(address: Address = LINE) -> Send:
    return send(address).claim(NOW, "worker", CONTENT)


def test_every_change_raises_the_version_by_one() -> None:
    row = claimed()

    changed = [row.release("x"), row.doubt("x"), row.sent(NOW, "p"), row.failed(NOW, "x"), row.lost(NOW, "x")]

    assert [each.version for each in changed] == [3] * 5


@pytest.mark.parametrize(("seconds", "is_claimed"), [(0, True), (59, True), (60, False)])
def test_a_claim_lasts_as_long_as_its_lease(seconds: int, *, is_claimed: bool) -> None:
    assert claimed().is_claimed(NOW + timedelta(seconds=seconds), LEASE) is is_claimed


def test_the_first_claim_fixes_the_content() -> None:
    later = Content(Worth(money=Money(1, "TWD")), Text("新", "new"))

    assert claimed().release("x").claim(NOW, "worker", later).content == CONTENT


def test_a_released_send_is_as_harmless_to_try_as_a_new_one() -> None:
    assert claimed(EMAIL).release("x").is_repeatable(NOW)


@pytest.mark.parametrize(("hours", "may"), [(0, True), (22.99, True), (23, False)])
def test_a_doubtful_line_message_may_be_repeated_while_line_knows_its_key(hours: float, *, may: bool) -> None:
    assert claimed().doubt("x").is_repeatable(NOW + timedelta(hours=hours)) is may


@pytest.mark.parametrize("address", [EMAIL, SMS])
def test_a_claim_found_on_a_channel_without_keys_may_not_be_repeated_even_by_a_slow_clock(address: Address) -> None:
    assert not claimed(address).is_repeatable(NOW - timedelta(seconds=1))


def test_doubt_counts_from_the_first_uncertain_try() -> None:
    again = claimed().doubt("x").claim(NOW + timedelta(hours=20), "other", CONTENT).doubt("x")

    assert again.in_doubt_since == NOW


def test_a_worker_that_died_leaves_doubt_to_the_next_claim() -> None:
    assert claimed().claim(NOW + LEASE, "other", CONTENT).in_doubt_since == NOW


def test_the_next_channel_starts_afresh() -> None:
    following = send(LINE, others=(EMAIL, SMS)).claim(NOW, "worker", CONTENT).next_channel(NOW)

    assert following == send(EMAIL, others=(SMS,), created_at=NOW)


def test_each_channel_of_a_message_has_its_own_retry_key() -> None:
    assert send(LINE).retry_key != send(EMAIL).retry_key


@pytest.mark.parametrize(
    ("row", "reached_nobody"),
    [
        (send(SMS, status=Status.FAILED, last_error="sms_opted_out"), True),
        (send(SMS, status=Status.UNKNOWN, last_error="sms_answer_lost"), True),
        (send(LINE, status=Status.FAILED, last_error="line_403", others=(EMAIL,)), False),
        (send(SMS, status=Status.FAILED, last_error="voucher_revoked"), False),
        (send(SMS, status=Status.SENT), False),
        (send(SMS), False),
    ],
    ids=["refused", "unknown", "handed_on", "withdrawn", "sent", "pending"],
)
def test_a_person_must_look_when_the_last_channel_ended_without_success(row: Send, *, reached_nobody: bool) -> None:
    assert row.reached_nobody is reached_nobody


@pytest.mark.parametrize(
    ("state", "credential", "reason"),
    [
        (State.ACTIVE, 1, None),
        (State.SUSPENDED, 1, None),
        (State.REVOKED, 1, "voucher_revoked"),
        (State.ACTIVE, 2, "credential_replaced"),
    ],
)
def test_a_qr_that_no_till_would_take_is_withdrawn(state: State, credential: int, reason: str | None) -> None:
    assert withdrawal(send(), voucher(state=state, credential=credential)) == reason


def test_a_send_is_untouched_until_a_channel_is_asked() -> None:
    assert send(LINE).is_untouched
    assert not claimed().release("x").is_untouched


def test_channels_are_tried_best_first() -> None:
    assert [*Channel] == [Channel.LINE, Channel.EMAIL, Channel.SMS]
