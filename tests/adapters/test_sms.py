"""What becomes of each answer of SNS's."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from moto import mock_aws
from moto.sns.models import sns_backends

from functions.adapters.sms import SnsText
from functions.domain.sending import Accepted, Lost, Outcome, Refused, TryLater

ACCOUNT = "123456789012"
NUMBER = "+886912345678"


class Sns:
    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.asked: list[dict[str, object]] = []

    def publish(self, **request: object) -> dict[str, str]:
        self.asked.append(request)
        if self.error:
            raise self.error
        return {"MessageId": "s-1"}


def sent(sns: Sns) -> Outcome:
    return SnsText(lambda: sns).send("兌換碼 ABCD", NUMBER)  # type: ignore[arg-type,return-value]  # stands in for boto3's client


def answered(code: str, status: int = 400) -> ClientError:
    response: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "Publish")


def test_an_accepted_text_goes_to_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        sns = boto3.client("sns", region_name="us-east-1")

        outcome = SnsText(lambda: sns).send("兌換碼 ABCD", NUMBER)

        assert outcome == Accepted(next(iter(sns_backends[ACCOUNT]["us-east-1"].sms_messages)))
        assert [*sns_backends[ACCOUNT]["us-east-1"].sms_messages.values()] == [(NUMBER, "兌換碼 ABCD")]


def test_a_text_is_sent_as_transactional() -> None:
    """Carriers hold promotions back over lunch and at night."""
    sns = Sns()

    sent(sns)

    assert sns.asked[0]["MessageAttributes"] == {
        "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}
    }


@pytest.mark.parametrize(
    ("code", "reason"),
    [("InvalidParameter", "sms_bad_request"), ("EndpointDisabled", "sms_opted_out"), ("OptedOut", "sms_opted_out")],
)
def test_a_number_that_will_never_do_is_refused(code: str, reason: str) -> None:
    assert sent(Sns(answered(code))) == Refused(reason)


@pytest.mark.parametrize(("code", "status"), [("Throttled", 429), ("InternalError", 500), ("AuthorizationError", 403)])
def test_what_sns_did_not_take_this_time_is_tried_later(code: str, status: int) -> None:
    assert sent(Sns(answered(code, status))) == TryLater(f"sms_{code}")


def test_a_time_out_leaves_it_open_whether_the_text_was_taken() -> None:
    assert sent(Sns(ReadTimeoutError(endpoint_url="https://sns"))) == Lost("sms_answer_lost")
