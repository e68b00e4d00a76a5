"""A batch of messages: what fails alone, comes back later, or is put aside for a person."""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.adapters.errors import ConflictError
from functions.contracts.messages import OrderChanged, SendRequested
from functions.domain.sending import Channel
from functions.runtime import queue_consumer
from functions.runtime.observability import logger
from functions.runtime.queue_consumer import SourceQueue, consume, pause_seconds, read_message
from functions.runtime.queue_errors import GiveUpError, RetryLaterError
from tests.support.world import World

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
QUEUE = SourceQueue("dispatch-line", "https://sqs/line", "https://sqs/line-dlq", max_receives=3)
GOOD = SendRequested(message_id="m-1", channel=Channel.LINE).model_dump_json()
CANARY = "mei@example.com"


@dataclass
class Sqs:
    """Keeps what it was asked; `broken` refuses everything."""

    broken: bool = False
    put_aside: list[dict[str, Any]] = field(default_factory=list)
    pauses: dict[str, int] = field(default_factory=dict)

    def send_message(self, **request: Any) -> None:
        self._check()
        self.put_aside.append(request)

    def change_message_visibility(self, **request: Any) -> None:
        self._check()
        self.pauses[request["ReceiptHandle"]] = request["VisibilityTimeout"]

    def _check(self) -> None:
        if self.broken:
            raise ConnectionError(CANARY)

    @property
    def reasons(self) -> list[str]:
        return [each["MessageAttributes"]["reason"]["StringValue"] for each in self.put_aside]


@pytest.fixture
def sqs() -> Sqs:
    return Sqs()


@pytest.fixture
def logged() -> Iterator[list[logging.LogRecord]]:
    records: list[logging.LogRecord] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    handler = Keep()
    logger().addHandler(handler)
    yield records
    logger()._logger.removeHandler(handler)


def record(body: str = GOOD, *, name: str = "a", receives: int = 1) -> dict[str, Any]:
    return {
        "messageId": name,
        "receiptHandle": f"handle-{name}",
        "body": body,
        "attributes": {"ApproximateReceiveCount": str(receives)},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
    }


def consumed(
    sqs: Sqs, *records: dict[str, Any], handle: Callable[[SendRequested], None] = lambda _: None, has_time: bool = True
) -> list[str]:
    """The names of the messages that SQS must keep."""
    answer: Any = consume(
        {"Records": list(records)},
        SendRequested,
        handle,
        queue=QUEUE,
        sqs=sqs,
        clock=lambda: NOW,
        has_time=lambda: has_time,
    )
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def failing(error: Exception) -> Callable[[SendRequested], None]:
    def handle(_: SendRequested) -> None:
        raise error

    return handle


def test_handled_messages_are_gone(sqs: Sqs) -> None:
    seen: list[SendRequested] = []

    assert consumed(sqs, record(name="a"), record(name="b"), handle=seen.append) == []
    assert seen == [SendRequested(message_id="m-1", channel=Channel.LINE)] * 2


def test_one_failure_does_not_touch_the_others(sqs: Sqs) -> None:
    def handle(message: SendRequested) -> None:
        if message.message_id == "bad":
            raise RetryLaterError("line_rate_limit")

    bad = SendRequested(message_id="bad", channel=Channel.LINE).model_dump_json()

    assert consumed(sqs, record(name="a"), record(bad, name="b"), record(name="c"), handle=handle) == ["b"]


def test_a_batch_that_fails_whole_is_reported_one_by_one(sqs: Sqs) -> None:
    handle = failing(RetryLaterError("line_unreachable"))

    assert consumed(sqs, record(name="a"), record(name="b"), handle=handle) == ["a", "b"]


@pytest.mark.parametrize("error", [RetryLaterError("claimed"), ConflictError("x"), KeyError("x")])
def test_a_failed_message_comes_back_after_a_pause(error: Exception, sqs: Sqs) -> None:
    assert consumed(sqs, record(receives=2), handle=failing(error)) == ["a"]
    assert 7 <= sqs.pauses["handle-a"] <= 13


@pytest.mark.parametrize(
    ("receives", "about"), [(1, 5), (2, 10), (3, 20), (4, 40), (8, 640), (9, 900), (12, 900), (1000, 900)]
)
def test_pauses_double_up_to_a_quarter_of_an_hour(receives: int, about: int) -> None:
    assert 0.74 * about <= pause_seconds(receives) <= min(1.26 * about, 900)


def test_pauses_differ() -> None:
    """What failed together must not come back together."""
    assert len({pause_seconds(8) for _ in range(50)}) > 10


def test_a_message_that_failed_as_often_as_allowed_is_put_aside_with_its_last_reason(sqs: Sqs) -> None:
    handle = failing(RetryLaterError("line_rate_limit"))

    assert consumed(sqs, record(receives=3), handle=handle) == []
    assert sqs.put_aside == [
        {
            "QueueUrl": "https://sqs/line-dlq",
            "MessageBody": GOOD,
            "MessageAttributes": {
                "reason": {"DataType": "String", "StringValue": "line_rate_limit"},
                "failed_at": {"DataType": "String", "StringValue": "2026-11-22T04:00:00.000Z"},
                "queue": {"DataType": "String", "StringValue": "dispatch-line"},
            },
        }
    ]


def test_a_message_may_fail_until_the_last_allowed_receive(sqs: Sqs) -> None:
    assert consumed(sqs, record(receives=2), handle=failing(RetryLaterError("x"))) == ["a"]
    assert not sqs.put_aside


def test_what_is_given_up_is_put_aside_at_once(sqs: Sqs) -> None:
    assert consumed(sqs, record(receives=1), handle=failing(GiveUpError("sms_opted_out"))) == []
    assert sqs.reasons == ["sms_opted_out"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "malformed"),
        ("not json", "malformed"),
        ("[]", "malformed"),
        ("null", "malformed"),
        ("[" * 100_000, "malformed"),
        ('{"type":"send.requested","version":1}', "malformed"),
        ('{"type":"send.requested","version":1,"message_id":"m-1","channel":"pigeon"}', "malformed"),
        ('{"type":"send.requested","version":1,"message_id":"a#b","channel":"line"}', "malformed"),
        ('{"type":"send.requested","version":2,"message_id":"m-1","channel":"line"}', "unknown_message"),
        ('{"type":["send.requested"],"version":1}', "unknown_message"),
        ('{"type":"send.requested","version":{}}', "unknown_message"),
        ("{}", "unknown_message"),
        (OrderChanged(shop_id="s", order_id="o").model_dump_json(), "wrong_queue"),
    ],
)
def test_what_can_never_be_handled_is_put_aside_at_once(body: str, reason: str, sqs: Sqs) -> None:
    assert consumed(sqs, record(body)) == []
    assert sqs.reasons == [reason]


@settings(deadline=None)
@given(st.text() | st.recursive(st.none() | st.booleans() | st.text(), st.lists, max_leaves=5).map(json.dumps))
def test_no_body_gets_past_the_reader_unread(body: str) -> None:
    with pytest.raises(GiveUpError):
        read_message(body, SendRequested)


def test_a_field_of_tomorrow_is_passed_over() -> None:
    body = json.dumps(json.loads(GOOD) | {"priority": "high"})

    assert read_message(body, SendRequested).message_id == "m-1"


def test_a_message_that_cannot_be_put_aside_is_left_to_the_queues_own_redrive() -> None:
    broken = Sqs(broken=True)

    assert consumed(broken, record("not json"), handle=failing(KeyError())) == ["a"]


def test_a_pause_that_cannot_be_set_still_leaves_the_message_failed() -> None:
    assert consumed(Sqs(broken=True), record(), handle=failing(RetryLaterError("x"))) == ["a"]


def test_nothing_is_begun_that_the_time_left_may_cut_off(sqs: Sqs) -> None:
    """A mail cut off in the middle is a lost answer, and a lost answer is never sent again."""
    seen: list[SendRequested] = []

    assert consumed(sqs, record(), handle=seen.append, has_time=False) == ["a"]
    assert not seen


def test_neither_logs_nor_attributes_hold_what_an_exception_says(sqs: Sqs, logged: list[logging.LogRecord]) -> None:
    consumed(sqs, record(receives=3), handle=failing(ValueError(CANARY)))
    consumed(Sqs(broken=True), record(receives=3), handle=failing(ValueError(CANARY)))
    consumed(sqs, record(f'{{"to":"{CANARY}"}}'))

    written = json.dumps([vars(each) for each in logged], default=str)
    assert "ValueError" in written
    assert CANARY not in written
    assert CANARY not in json.dumps([each["MessageAttributes"] for each in sqs.put_aside])


def test_the_log_says_where_an_unforeseen_error_arose(sqs: Sqs, logged: list[logging.LogRecord]) -> None:
    consumed(sqs, record(), handle=failing(KeyError("x")))

    (line,) = logged
    assert line.levelname == "ERROR"
    assert any("in handle" in step or "handle" in step for step in vars(line)["where"])


class Context:
    def __init__(self, milliseconds: int) -> None:
        self.milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


class Event:
    """As Chalice hands it over."""

    def __init__(self, *records: dict[str, Any], milliseconds: int = 30_000) -> None:
        self.records, self.context = list(records), Context(milliseconds)

    def to_dict(self) -> dict[str, Any]:
        return {"Records": self.records}


def test_a_function_puts_aside_into_its_own_dead_letter_queue(world: World) -> None:
    event: Any = Event(record("not json"))

    answer = queue_consumer.consume_queue(event, "dispatch-sms", SendRequested, lambda _: None)

    assert answer == {"batchItemFailures": []}
    (message,) = boto3.client("sqs").receive_message(
        QueueUrl=world.wiring.settings.sms_dlq_url, MessageAttributeNames=["All"]
    )["Messages"]
    assert message["MessageAttributes"]["reason"]["StringValue"] == "malformed"
    assert message["MessageAttributes"]["queue"]["StringValue"] == "dispatch-sms"


def test_a_functions_failed_message_stays_away_for_its_pause(world: World) -> None:
    sqs, url = boto3.client("sqs"), world.wiring.settings.line_queue_url
    sqs.send_message(QueueUrl=url, MessageBody=GOOD)
    (message,) = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"]
    event: Any = Event(record() | {"receiptHandle": message["ReceiptHandle"]})

    answer = queue_consumer.consume_queue(event, "dispatch-line", SendRequested, failing(RetryLaterError("x")))

    assert answer == {"batchItemFailures": [{"itemIdentifier": "a"}]}
    assert "Messages" not in sqs.receive_message(QueueUrl=url)


@pytest.mark.parametrize(("milliseconds", "kept"), [(13_999, ["a"]), (14_000, [])])
@pytest.mark.usefixtures("world")
def test_a_function_begins_what_it_has_time_for(milliseconds: int, kept: list[str]) -> None:
    event: Any = Event(record(), milliseconds=milliseconds)

    answer: Any = queue_consumer.consume_queue(
        event, "dispatch-line", SendRequested, lambda _: None, seconds_needed=14.0
    )

    assert [failure["itemIdentifier"] for failure in answer["batchItemFailures"]] == kept
