"""What becomes of each answer of SES's."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from moto import mock_aws
from moto.ses.models import ses_backends

from functions.adapters import aws
from functions.adapters.email import SesMail
from functions.domain.sending import Accepted, Lost, Outcome, Refused, TryLater

MAIL = b"From: shop@example.com\r\nTo: mei@example.com\r\nSubject: hi\r\n\r\nhello\r\n"
ACCOUNT = "123456789012"
URL = "https://email.us-east-1.amazonaws.com"


class FailingSes:
    def __init__(self, error: Exception) -> None:
        self.error, self.calls = error, 0

    def send_email(self, **_: object) -> None:
        self.calls += 1
        raise self.error


def answered(code: str, status: int = 400) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": "to mei@example.com"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "SendEmail")


def outcome_of(error: Exception) -> Outcome:
    ses = FailingSes(error)
    outcome = SesMail(lambda: ses).send(MAIL, "mei@example.com", "m-1")  # type: ignore[arg-type,return-value]  # stands in for boto3's client
    assert ses.calls == 1
    return outcome


@pytest.fixture
def _on_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.mark.usefixtures("_on_aws")
def test_an_accepted_mail_goes_out_as_it_was_written() -> None:
    with mock_aws():
        ses = boto3.client("sesv2")
        ses.create_email_identity(EmailIdentity="shop@example.com")

        outcome = SesMail(lambda: ses).send(MAIL, "mei@example.com", "m-1")

        (sent,) = ses_backends[ACCOUNT]["us-east-1"].sent_messages
    assert outcome == Accepted(sent.id)
    assert sent.raw_data.encode() == MAIL
    assert set(sent.destinations) == {"mei@example.com"}


@pytest.mark.parametrize("code", ["MessageRejected", "BadRequestException"])
def test_a_mail_that_ses_will_never_take_is_refused(code: str) -> None:
    assert isinstance(outcome_of(answered(code)), Refused)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("TooManyRequestsException", 429),
        ("ThrottlingException", 400),
        ("LimitExceededException", 400),
        ("SendingPausedException", 400),
        ("AccountSuspendedException", 400),
        ("MailFromDomainNotVerifiedException", 400),
        ("AccessDeniedException", 403),
        ("InternalFailure", 500),
        ("ServiceUnavailable", 503),
    ],
)
def test_what_ses_did_not_take_this_time_is_tried_later(code: str, status: int) -> None:
    assert outcome_of(answered(code, status)) == TryLater(f"email_{code}")


@pytest.mark.parametrize(
    "error",
    [EndpointConnectionError(endpoint_url=URL), ConnectTimeoutError(endpoint_url=URL), NoCredentialsError()],
    ids=lambda error: type(error).__name__,
)
def test_a_request_that_never_left_is_tried_later(error: BotoCoreError) -> None:
    assert outcome_of(error) == TryLater("email_unreachable")


@pytest.mark.parametrize(
    "error",
    [
        ReadTimeoutError(endpoint_url=URL),
        ConnectionClosedError(endpoint_url=URL),
        answered("GatewayTimeout", 504),
        BotoCoreError(),
    ],
    ids=["time_out", "connection_closed", "gateway_time_out", "anything_else"],
)
def test_an_answer_that_was_lost_leaves_it_open_whether_the_mail_was_taken(error: Exception) -> None:
    assert outcome_of(error) == Lost("email_answer_lost")


@pytest.mark.usefixtures("_on_aws")
def test_botocore_makes_one_try_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    aws.made.cache_clear()
    tries: list[str] = []
    ses = aws.one_try_client("sesv2")
    ses.meta.events.register("before-send.sesv2", lambda request, **_: tries.append(request.url))
    monkeypatch.setattr(ses._endpoint, "_send", _time_out)  # type: ignore[attr-defined]  # botocore's own last step

    outcome = SesMail(lambda: ses).send(MAIL, "mei@example.com", "m-1")

    assert (outcome, len(tries)) == (Lost("email_answer_lost"), 1)


def _time_out(*_: object) -> None:
    raise ReadTimeoutError(endpoint_url=URL)
