"""Email and SMS: what the local AWS was asked to send, fetched from its inspection addresses when somebody looks."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import urllib3

from infra.local.phone.inbox import Message, now, rfc3339

_EMAILS = "/_ministack/ses/messages"
_TEXTS = "/_ministack/sns/sms-messages"


class Post:
    """The mail and the text messages of one local AWS."""

    def __init__(self, endpoint_url: str) -> None:
        self._endpoint_url = endpoint_url
        self._http = urllib3.PoolManager(retries=False, timeout=10.0)

    def fetch(self) -> list[Message]:
        """Everything it holds; empty while it cannot be reached."""
        try:
            return [*_emails(self._get(_EMAILS)["messages"]), *_texts(self._get(_TEXTS)["sms_messages"])]
        except (urllib3.exceptions.HTTPError, ValueError):
            return []

    def _get(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = self._http.request("GET", self._endpoint_url + path).json()
        return found


def _emails(by_account: dict[str, list[dict[str, Any]]]) -> Iterator[Message]:
    for sent in (email for emails in by_account.values() for email in emails):
        body = {
            "from": sent["Source"],
            "subject": sent["Subject"],
            "text": sent["BodyText"],
            "html": sent["BodyHtml"],
        }
        for to in [*sent["To"], *sent["CC"], *sent["BCC"]]:
            yield Message(
                f"email {sent['MessageId']} {to}",
                "email",
                to,
                rfc3339(datetime.fromtimestamp(sent["Timestamp"], UTC)),
                body,
            )


def _texts(by_number: dict[str, list[dict[str, Any]]]) -> Iterator[Message]:
    for number, texts in by_number.items():
        for sent in texts:
            # The local AWS does not say when: it is the moment the phone first sees it.
            yield Message(f"sms {sent['MessageId']}", "sms", number, now(), {"text": sent["Message"]})
