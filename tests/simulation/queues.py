"""SQS in memory, in the shape of a boto3 client: a message may come twice, and none comes in its turn."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from botocore.exceptions import ReadTimeoutError

from tests.simulation.faults import ENDPOINT, Fault, KilledError, Weather

DUPLICATES = 0.1


@dataclass(frozen=True, slots=True)
class Message:
    """A message in a queue; `number` tells two with the same body apart."""

    number: int
    queue: str
    body: str


@dataclass
class Queues:
    """All queues. `sent` is everything that was ever put into one: (queue, body)."""

    weather: Weather
    waiting: list[Message] = field(default_factory=list)
    sent: list[tuple[str, str]] = field(default_factory=list)

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[dict[str, str]]) -> dict[str, Any]:
        """As boto3's."""
        self.weather.interrupt()
        fault = self.weather.fault("send_message_batch")
        if fault is Fault.KILLED_BEFORE:
            raise KilledError
        if fault is Fault.LOST_REQUEST:
            raise ReadTimeoutError(endpoint_url=ENDPOINT)
        taken = Entries[: len(Entries) // 2] if fault is Fault.PART_REFUSED else Entries
        for entry in taken:
            self._take(QueueUrl, entry["MessageBody"])
        if fault is Fault.KILLED_AFTER:
            raise KilledError
        if fault is Fault.LOST_REPLY:
            raise ReadTimeoutError(endpoint_url=ENDPOINT)
        failed = [{"Id": entry["Id"]} for entry in Entries[len(taken) :]]
        return {"Successful": [{"Id": entry["Id"]} for entry in taken], "Failed": failed}

    def next(self, queue: str, random: Random) -> Message | None:
        """Any message of a queue. It stays until it is said to be done."""
        there = [message for message in self.waiting if message.queue == queue]
        return random.choice(there) if there else None

    def done(self, message: Message, random: Random) -> None:
        """Take a message out, unless it is to come once more."""
        if message in self.waiting and random.random() >= DUPLICATES:
            self.waiting.remove(message)

    def _take(self, queue: str, body: str) -> None:
        self.waiting.append(Message(len(self.sent), queue, body))
        self.sent.append((queue, body))
