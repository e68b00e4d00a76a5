"""From a queue's event to the customer, with real tables, queues and secrets, and a phone that judges as LINE does."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from chalice.app import Chalice
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from functions.adapters.dynamodb import keys
from functions.adapters.dynamodb.database import NEW, Put
from functions.adapters.dynamodb.records import to_item
from functions.contracts.messages import SendRequested
from functions.dispatch import entry
from functions.domain.codes import grouped
from functions.domain.credential import Credential
from functions.domain.sending import Channel, Send, Status
from functions.runtime.wiring import Wiring, using
from infra.local.phone.inbox import Inbox
from infra.local.phone.server import Phone, running_phone
from infra.local.phone.trouble import Line
from tests.dispatch.samples import EMAIL, LINE, MESSAGE_ID, SMS, VOUCHER_ID, send, shop, voucher
from tests.support.world import World

ACCOUNT, REGION = "123456789012", "us-east-1"
CREDENTIAL = Credential(VOUCHER_ID, 1)


@pytest.fixture
def phone(tmp_path: Path) -> Phone:
    return Phone(Inbox(tmp_path / "inbox.jsonl"), list, "channel-token")


@pytest.fixture
def wiring(world: World, phone: Phone) -> Iterator[Wiring]:
    """A deployment whose LINE is the phone, with one voucher of one shop in it."""
    with running_phone(phone) as running:
        settings = world.wiring.settings.model_copy(update={"line_api_url": running.url})
        with using(Wiring(settings, world.clock)) as wiring:
            wiring.database.write([Put(keys.voucher(VOUCHER_ID), to_item(voucher()), NEW)])
            wiring.shops.put(shop())
            boto3.client("sesv2").create_email_identity(EmailIdentity=settings.email_from)
            yield wiring


class Context:
    """Lambda's, with the function's whole time still to run."""

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


def invoke(row: Send, wiring: Wiring, *, receives: int = 1) -> Any:
    """What Lambda gets back for one message about `row`."""
    wiring.sends.add(row)
    channel = row.address.channel
    record = {
        "messageId": "a",
        "receiptHandle": "handle",
        "body": SendRequested(message_id=row.message_id, channel=channel).model_dump_json(),
        "attributes": {"ApproximateReceiveCount": str(receives)},
        "messageAttributes": {},
    }
    return getattr(entry, f"send_{channel}")({"Records": [record]}, Context())


def status(wiring: Wiring, channel: Channel) -> Status:
    row = wiring.sends.get(MESSAGE_ID, channel)
    assert row is not None
    return row.status


def test_a_message_reaches_the_phone_by_line(wiring: Wiring, phone: Phone) -> None:
    answer = invoke(send(LINE), wiring)

    (message,) = phone.messages()
    assert answer == {"batchItemFailures": []}
    assert (message["channel"], message["to"]) == ("line", LINE.to)
    assert f"{wiring.settings.public_url}/v/{wiring.signer.token(CREDENTIAL)}/qr.png" in json.dumps(message["body"])
    assert status(wiring, Channel.LINE) is Status.SENT


def test_a_message_that_comes_twice_reaches_the_phone_once(wiring: Wiring, phone: Phone) -> None:
    invoke(send(LINE), wiring)
    invoke(send(LINE), wiring, receives=2)

    assert len(phone.messages()) == 1


def test_a_message_reaches_a_mailbox(wiring: Wiring) -> None:
    invoke(send(EMAIL), wiring)

    (mail,) = ses_backends[ACCOUNT][REGION].sent_messages
    assert set(mail.destinations) == {EMAIL.to}
    assert status(wiring, Channel.EMAIL) is Status.SENT


def test_a_message_reaches_a_telephone(wiring: Wiring) -> None:
    invoke(send(SMS), wiring)

    ((number, text),) = sns_backends[ACCOUNT][REGION].sms_messages.values()
    assert number == SMS.to
    assert grouped(wiring.codebook.code(CREDENTIAL)) in text
    assert status(wiring, Channel.SMS) is Status.SENT


def test_a_message_line_refuses_is_queued_for_mail(wiring: Wiring, world: World) -> None:
    wiring.shops.put(shop(line_token=None))

    invoke(send(LINE, others=(EMAIL,)), wiring)

    assert status(wiring, Channel.EMAIL) is Status.PENDING
    assert [body["channel"] for body in world.queued("email")] == ["email"]


def test_a_message_that_line_took_before_it_failed_arrives_once(wiring: Wiring, phone: Phone) -> None:
    phone.trouble.plant(Line.ACCEPT_THEN_500)
    kept = invoke(send(LINE), wiring)
    phone.trouble.plant(Line.OK)

    invoke(send(LINE), wiring, receives=2)

    assert kept == {"batchItemFailures": [{"itemIdentifier": "a"}]}
    assert len(phone.messages()) == 1
    assert status(wiring, Channel.LINE) is Status.SENT


@pytest.mark.parametrize("trouble", [Line.DOWN, Line.RATE_LIMITED])
def test_a_message_waits_until_line_is_well(trouble: Line, wiring: Wiring, phone: Phone) -> None:
    phone.trouble.plant(trouble)
    kept = invoke(send(LINE), wiring)
    phone.trouble.plant(Line.OK)

    invoke(send(LINE), wiring, receives=2)

    assert kept == {"batchItemFailures": [{"itemIdentifier": "a"}]}
    assert len(phone.messages()) == 1


def test_a_message_over_lines_monthly_limit_goes_by_mail(wiring: Wiring, phone: Phone, world: World) -> None:
    phone.trouble.plant(Line.MONTHLY_LIMIT)

    answer = invoke(send(LINE, others=(EMAIL,)), wiring)

    assert answer == {"batchItemFailures": []}
    assert status(wiring, Channel.LINE) is Status.FAILED
    assert [body["channel"] for body in world.queued("email")] == ["email"]


def test_a_rejected_channel_token_keeps_the_message_in_its_queue(wiring: Wiring, phone: Phone) -> None:
    wiring.shops.put(shop(line_token="revoked-by-line"))

    answer = invoke(send(LINE), wiring)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "a"}]}
    assert not phone.messages()


def test_a_message_that_nobody_gets_is_put_aside_with_its_reason(wiring: Wiring) -> None:
    invoke(send(SMS, status=Status.UNKNOWN, last_error="sms_answer_lost"), wiring)

    answer = boto3.client("sqs").receive_message(QueueUrl=wiring.settings.sms_dlq_url, MessageAttributeNames=["reason"])
    assert answer["Messages"][0]["MessageAttributes"]["reason"]["StringValue"] == "sms_answer_lost"


def declared() -> list[Any]:
    app = Chalice("app")
    app.register_blueprint(entry.bp)
    return [*app.event_sources]


def test_every_channel_has_its_function_and_its_queue() -> None:
    assert {(source.name, source.queue) for source in declared()} == {
        (f"send_{channel}", f"dispatch-{channel}") for channel in Channel
    }


def test_lambda_finds_every_function_in_app() -> None:
    """Under another module's name the app's middleware would never run."""
    assert {source.handler_string for source in declared()} == {f"app.send_{channel}" for channel in Channel}
