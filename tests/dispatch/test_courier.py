"""One message on one channel: every way it can end, and every way it can be interrupted."""

from dataclasses import replace

import pytest

from functions.adapters.errors import UnavailableError
from functions.contracts.messages import SendRequested
from functions.dispatch.courier import LEASE
from functions.domain.money import Money
from functions.domain.sending import Accepted, Address, Channel, Lost, Outcome, Refused, Send, Status, TryLater
from functions.domain.text import Text
from functions.domain.voucher import State
from functions.domain.worth import Worth
from functions.runtime.queue_errors import GiveUpError, RetryLaterError
from tests.dispatch.samples import ADDRESSES, EMAIL, LINE, MESSAGE_ID, NOW, SMS, VOUCHER_ID, World, send, shop, voucher


class WorkerDied(BaseException):
    """The function is gone: nothing after this point runs."""


def die() -> Outcome:
    raise WorkerDied


def retried(world: World) -> str:
    with pytest.raises(RetryLaterError) as caught:
        world.deliver()
    return caught.value.reason


def given_up(world: World) -> str:
    with pytest.raises(GiveUpError) as caught:
        world.deliver()
    return caught.value.reason


def crashed(world: World) -> None:
    with pytest.raises(WorkerDied):
        world.deliver()


def asked_next(world: World) -> list[tuple[str, SendRequested]]:
    return [(queue, message) for queue, message in world.queues.sent if isinstance(message, SendRequested)]


every_channel = pytest.mark.parametrize("address", ADDRESSES.values(), ids=list(ADDRESSES))
without_retry_key = pytest.mark.parametrize("address", [EMAIL, SMS], ids=["email", "sms"])


@every_channel
def test_an_accepted_message_is_sent(address: Address) -> None:
    world = World(send(address), Accepted("p-7"))

    world.deliver()

    assert (world.row.status, world.row.provider_id, world.row.ended_at) == (Status.SENT, "p-7", NOW)


@every_channel
def test_a_message_that_comes_twice_is_sent_once(address: Address) -> None:
    world = World(send(address))

    world.deliver()
    world.deliver()

    assert world.tries == 1


def test_the_row_is_claimed_before_the_channel_is_called() -> None:
    seen: list[Send] = []
    world = World(send())

    def look() -> Outcome:
        seen.append(world.row)
        return Accepted(None)

    world.carrier.answers = [look]

    world.deliver()

    assert [(row.status, row.claimed_at, row.attempts) for row in seen] == [(Status.SENDING, NOW, 1)]


def test_a_message_another_worker_is_at_is_tried_later() -> None:
    world = World(send(status=Status.SENDING, claimed_at=NOW))

    assert retried(world) == "claimed"
    assert world.tries == 0


def test_a_worker_that_loses_the_race_for_the_claim_sends_nothing() -> None:
    world = World(send())
    rival = world.sends.get

    def read_then_overtaken(message_id: str, channel: Channel) -> Send | None:
        row = rival(message_id, channel)
        world.sends.rows[message_id, channel] = replace(world.row, version=world.row.version + 1)
        return row

    world.sends.get = read_then_overtaken  # type: ignore[method-assign]  # the rival strikes between read and claim

    assert retried(world) == "claimed"
    assert world.tries == 0


@every_channel
def test_what_the_channel_surely_did_not_take_is_tried_again(address: Address) -> None:
    world = World(send(address), TryLater("rate_limit"), Accepted("p-2"))

    assert retried(world) == "rate_limit"
    assert world.row.status is Status.PENDING
    world.deliver()

    assert (world.row.status, world.row.attempts) == (Status.SENT, 2)


def test_a_refused_message_goes_to_the_next_channel() -> None:
    world = World(send(others=(EMAIL, SMS)), Refused("line_403"))

    world.deliver()

    assert (world.row.status, world.row.last_error) == (Status.FAILED, "line_403")
    assert world.sends.rows[MESSAGE_ID, Channel.EMAIL].others == (SMS,)
    assert asked_next(world) == [("dispatch-email", SendRequested(message_id=MESSAGE_ID, channel=Channel.EMAIL))]


def test_a_refused_message_with_no_channel_left_is_for_a_person() -> None:
    world = World(send(SMS), Refused("sms_opted_out"))

    assert given_up(world) == "sms_opted_out"
    assert world.row.status is Status.FAILED


def test_a_person_is_told_though_the_worker_died_before_it_could_tell() -> None:
    world = World(send(SMS, status=Status.FAILED, last_error="sms_opted_out", ended_at=NOW))

    assert given_up(world) == "sms_opted_out"


def test_no_row_ends_before_the_next_channels_row_is_queued() -> None:
    """A worker that dies while handing on has lost nothing: the repeat hands on again."""
    world = World(send(others=(EMAIL,)), Refused("line_403"), Refused("line_403"))
    queue = world.queues.send
    world.queues.send = lambda *_: die()  # type: ignore[assignment,method-assign]  # SQS is reached by nobody

    crashed(world)
    assert not world.row.is_over
    world.queues.send = queue  # type: ignore[method-assign]  # and now it is
    world.clock.now += LEASE
    world.deliver()

    assert world.row.status is Status.FAILED
    assert len(asked_next(world)) == 1


def test_handing_on_twice_does_not_touch_a_next_row_that_is_sent_by_then() -> None:
    world = World(send(others=(EMAIL,)), Refused("line_403"))
    world.sends.add(send(EMAIL, status=Status.SENT, provider_id="m-1"))

    world.deliver()

    assert world.sends.rows[MESSAGE_ID, Channel.EMAIL].status is Status.SENT


def test_a_lost_answer_of_line_is_tried_again_under_the_same_retry_key() -> None:
    world = World(send(), Lost("line_answer_lost"), Accepted("r-1"))
    key = world.row.retry_key

    assert retried(world) == "line_answer_lost"
    world.deliver()

    assert (world.row.status, world.row.retry_key, world.tries) == (Status.SENT, key, 2)


@without_retry_key
def test_a_lost_answer_without_a_retry_key_is_never_sent_again_on_that_channel(address: Address) -> None:
    world = World(send(address), Lost("answer_lost"))

    assert given_up(world) == "answer_lost"
    assert given_up(world) == "answer_lost"
    assert (world.row.status, world.tries) == (Status.UNKNOWN, 1)


def test_a_lost_answer_without_a_retry_key_goes_to_the_next_channel() -> None:
    world = World(send(EMAIL, others=(SMS,)), Lost("email_answer_lost"))

    world.deliver()

    assert world.row.status is Status.UNKNOWN
    assert asked_next(world) == [("dispatch-sms", SendRequested(message_id=MESSAGE_ID, channel=Channel.SMS))]


def test_a_crash_between_success_and_mark_is_mended_by_lines_retry_key() -> None:
    world = World(send(), die, Accepted("r-1"))

    crashed(world)
    assert retried(world) == "claimed"
    world.clock.now += LEASE
    world.deliver()

    assert (world.row.status, world.row.provider_id) == (Status.SENT, "r-1")


@without_retry_key
def test_a_crash_between_success_and_mark_without_a_retry_key_is_never_sent_again(address: Address) -> None:
    world = World(send(address), die)

    crashed(world)
    world.clock.now += LEASE

    assert given_up(world) == "worker_died"
    assert (world.row.status, world.tries) == (Status.UNKNOWN, 1)


def test_doubt_older_than_lines_retry_key_goes_to_the_next_channel() -> None:
    world = World(send(others=(EMAIL,)), Lost("line_answer_lost"))
    retried(world)

    world.clock.forward(hours=23)
    world.deliver()

    assert (world.row.status, world.row.last_error, world.tries) == (Status.UNKNOWN, "line_answer_lost", 1)
    assert asked_next(world) == [("dispatch-email", SendRequested(message_id=MESSAGE_ID, channel=Channel.EMAIL))]


def test_a_try_that_surely_failed_does_not_lift_an_older_doubt() -> None:
    world = World(send(), Lost("line_answer_lost"), TryLater("line_rate_limit"))
    retried(world)
    world.clock.forward(hours=1)
    retried(world)

    assert world.row.in_doubt_since == NOW


def test_a_success_is_noted_though_another_worker_took_this_one_for_dead() -> None:
    world = World(send(EMAIL, others=(SMS,)))

    def slow() -> Outcome:
        world.clock.now += LEASE
        world.deliver()  # the other worker, which finds the claim run out
        return Accepted("m-1")

    world.carrier.answers = [slow]
    world.deliver()

    assert (world.row.status, world.row.provider_id, world.tries) == (Status.SENT, "m-1", 1)


def test_a_revoked_voucher_is_not_sent() -> None:
    world = World(send(others=(EMAIL,)))
    world.vouchers.rows[VOUCHER_ID] = voucher(state=State.REVOKED)

    world.deliver()

    assert (world.row.status, world.row.last_error, world.tries) == (Status.FAILED, "voucher_revoked", 0)
    assert not world.queues.sent


def test_a_replaced_credential_is_not_sent() -> None:
    world = World(send())
    world.vouchers.rows[VOUCHER_ID] = voucher(credential=2)

    world.deliver()

    assert (world.row.status, world.row.last_error, world.tries) == (Status.FAILED, "credential_replaced", 0)


def test_a_withdrawn_message_troubles_nobody_when_it_comes_again() -> None:
    world = World(send())
    world.vouchers.rows[VOUCHER_ID] = voucher(state=State.REVOKED)

    world.deliver()
    world.deliver()

    assert world.row.last_error == "voucher_revoked"


def test_a_suspended_voucher_is_sent() -> None:
    """It is the customer's, and will be usable again."""
    world = World(send())
    world.vouchers.rows[VOUCHER_ID] = voucher(state=State.SUSPENDED)

    world.deliver()

    assert world.row.status is Status.SENT


def test_a_repeat_says_the_same_though_shop_and_balance_have_changed() -> None:
    world = World(send(), Lost("line_answer_lost"), Accepted("r-1"))
    retried(world)
    world.vouchers.rows[VOUCHER_ID] = voucher(worth=Worth(money=Money(100, "TWD")))
    world.shops.rows["demo-shop"] = shop(name=Text("新店名", "New name"))

    world.deliver()

    first, second = world.carrier.notices
    assert first == second


@pytest.mark.parametrize(
    ("missing", "reason"), [("sends", "send_missing"), ("vouchers", "voucher_missing"), ("shops", "shop_missing")]
)
def test_what_is_not_there_is_for_a_person(missing: str, reason: str) -> None:
    world = World(send())
    getattr(world, missing).rows.clear()

    assert given_up(world) == reason


def test_a_message_in_another_channels_queue_is_for_a_person() -> None:
    world = World(send())
    world.message = SendRequested(message_id=MESSAGE_ID, channel=Channel.SMS)

    assert given_up(world) == "wrong_queue"


def test_a_message_that_cannot_be_made_ready_stays_unclaimed() -> None:
    """Nothing has left: it may be tried again on any channel once the fault is mended."""
    world = World(send(EMAIL))

    def unpackable(*_: object) -> None:
        raise UnavailableError("secretsmanager")

    world.carrier.pack = unpackable  # type: ignore[assignment,method-assign]  # the secret cannot be read
    with pytest.raises(UnavailableError):
        world.deliver()

    assert world.row == send(EMAIL)


def test_the_notice_speaks_the_sends_language() -> None:
    world = World(replace(send(LINE), language="en"))

    world.deliver()

    assert world.carrier.notices[0].product == "Gift voucher"
