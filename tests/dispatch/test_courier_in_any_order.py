"""Whatever happens in whatever order, nobody gets the same message twice on one channel, and nobody is forgotten."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from functions.adapters.errors import OutsideError, UnavailableError
from functions.contracts.messages import SendRequested
from functions.dispatch.courier import LEASE, Courier
from functions.dispatch.notice import Notice
from functions.dispatch.ports import Parcel
from functions.domain.retail import Shop
from functions.domain.sending import Accepted, Channel, Lost, Outcome, Refused, Send, TryLater
from functions.runtime.queue_errors import GiveUpError, RetryLaterError
from tests.dispatch.samples import (
    EMAIL,
    LINE,
    MESSAGE_ID,
    SMS,
    VOUCHER_ID,
    Clock,
    Known,
    MemoryQueues,
    MemorySends,
    send,
    shop,
    voucher,
)

LINE_FORGETS = timedelta(hours=24)

# What one call to a channel does, and what of it is seen.
Fate = Literal[
    "taken", "refused", "not_taken", "taken_unseen", "not_taken_unseen", "died_before", "died_after", "overtaken"
]
# What happens to the n-th write of a delivery: nothing odd, lost on the way there, or on the way back.
Fault = Literal["none", "write_lost", "answer_lost", "died"]
FATES = st.sampled_from(
    ["taken", "refused", "not_taken", "taken_unseen", "not_taken_unseen", "died_before", "died_after", "overtaken"]
)
FAULTS = st.sampled_from(["none", "none", "none", "none", "write_lost", "answer_lost", "died"])


class WorkerDied(BaseException):
    """The function is gone."""


@dataclass
class Step:
    """One delivery of the queue's message of `channel`, `minutes` after the last."""

    channel: Channel
    minutes: int
    fates: list[Fate]
    faults: list[Fault]


@dataclass
class People:
    """What really reached somebody: the truth that no worker can see. LINE knows a retry key for a day."""

    clock: Clock
    received: Counter[Channel] = field(default_factory=Counter)
    keys: dict[str, datetime] = field(default_factory=dict)

    def take(self, send: Send) -> Outcome:
        """The provider does its work."""
        channel = send.address.channel
        known_since = self.keys.get(send.retry_key)
        if channel is Channel.LINE and known_since and self.clock.now < known_since + LINE_FORGETS:
            return Accepted("409")
        self.keys[send.retry_key] = self.clock.now
        self.received[channel] += 1
        return Accepted("200")


@dataclass
class FaultySends(MemorySends):
    """Loses writes and answers as told."""

    faults: list[Fault] = field(default_factory=list)

    def save(self, changed: Send) -> None:
        fault = self.faults.pop(0) if self.faults else "none"
        if fault == "died":
            raise WorkerDied
        if fault == "write_lost":
            raise UnavailableError("dynamodb")
        super().save(changed)
        if fault == "answer_lost":
            raise UnavailableError("dynamodb")


class Town:
    """A shop's whole dispatch, with workers that die, overtake each other and lose answers."""

    def __init__(self, *, is_careless: bool = False) -> None:
        self.clock = Clock()
        self.people = People(self.clock)
        self.sends = FaultySends(is_careless=is_careless)
        self.queues = MemoryQueues()
        self.fates: list[Fate] = []
        self.told: list[str] = []
        self.sends.add(send(LINE, others=(EMAIL, SMS)))

    def run(self, step: Step) -> None:
        """One delivery; whatever it raises, SQS goes on."""
        self.clock.forward(minutes=step.minutes)
        self.fates, self.sends.faults = list(step.fates), list(step.faults)
        self.deliver(step.channel)

    def deliver(self, channel: Channel) -> None:
        """What a function does with one message."""
        try:
            self._courier(channel).deliver(SendRequested(message_id=MESSAGE_ID, channel=channel))
        except (RetryLaterError, OutsideError, WorkerDied):
            return
        except GiveUpError as error:
            if error.reason != "send_missing":
                self.told.append(error.reason)

    def _courier(self, channel: Channel) -> Courier:
        return Courier(
            carrier=_FatefulCarrier(channel, self),
            sends=self.sends,
            vouchers=Known({VOUCHER_ID: voucher()}),
            shops=Known({"demo-shop": shop()}),
            queues=self.queues,
            clock=self.clock,
        )

    def carry(self, send: Send) -> Outcome:
        """One call to a channel."""
        fate = self.fates.pop(0) if self.fates else "taken"
        match fate:
            case "died_before":
                raise WorkerDied
            case "refused":
                return Refused("refused")
            case "not_taken":
                return TryLater("limit")
            case "not_taken_unseen":
                return Lost("answer_lost")
            case "overtaken":
                self.clock.now += LEASE
                self.deliver(send.address.channel)
        outcome = self.people.take(send)
        if fate == "died_after":
            raise WorkerDied
        return Lost("answer_lost") if fate == "taken_unseen" else outcome


@dataclass
class _FatefulCarrier:
    channel: Channel
    town: Town

    def pack(self, send: Send, notice: Notice, shop: Shop) -> Parcel:
        del notice, shop
        return lambda: self.town.carry(send)


STEPS = st.builds(
    Step,
    channel=st.sampled_from([*[Channel.LINE] * 3, *Channel]),
    minutes=st.sampled_from([0, 0, 1, 2, 15, 22 * 60, 23 * 60, 25 * 60]),
    fates=st.lists(FATES, min_size=1, max_size=3),
    faults=st.lists(FAULTS, max_size=6),
)
ALL_WELL = [Step(channel, 2, [], []) for channel in Channel] * 2


@given(st.lists(STEPS, max_size=12))
@settings(max_examples=600, deadline=None)
@example([Step(Channel.LINE, 0, ["taken_unseen"], []), Step(Channel.LINE, 25 * 60, ["taken"], [])])
@example([Step(Channel.LINE, 0, ["overtaken", "refused"], []), Step(Channel.EMAIL, 0, ["overtaken", "taken"], [])])
def test_nobody_gets_a_message_twice_on_one_channel(steps: list[Step]) -> None:
    town = Town()

    for step in steps:
        town.run(step)

    assert all(count <= 1 for count in town.people.received.values())


@given(st.lists(STEPS, max_size=12))
@settings(max_examples=300, deadline=None)
def test_in_the_end_the_customer_has_it_or_a_person_was_told(steps: list[Step]) -> None:
    town = Town()

    for step in [*steps, *ALL_WELL]:
        town.run(step)

    assert town.people.received or town.told


def test_without_the_condition_on_the_claim_the_same_check_finds_a_second_mail() -> None:
    """The world above can see what it is there to see."""
    rival = Step(Channel.LINE, 0, ["refused"], [])

    def mails(*, is_careless: bool) -> int:
        town = Town(is_careless=is_careless)
        town.run(rival)
        read = town.sends.get

        def overtaken(message_id: str, channel: Channel) -> Send | None:
            row = read(message_id, channel)
            town.sends.get = read  # type: ignore[method-assign]  # strikes once, between read and claim
            town.deliver(channel)
            return row

        town.sends.get = overtaken  # type: ignore[method-assign]  # as above
        town.run(Step(Channel.EMAIL, 0, [], []))
        return town.people.received[Channel.EMAIL]

    assert (mails(is_careless=True), mails(is_careless=False)) == (2, 1)
