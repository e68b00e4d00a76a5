"""What every error looks like (CONTRACT, 'Common')."""

from http import HTTPStatus

from tests.support.api import Reply

FACTS_OF_EVERY_PROBLEM = {"type", "title", "status", "detail", "code", "request_id", "message", "retryable"}


def assert_problem(reply: Reply, status: int, code: str, **facts: object) -> None:
    """It is problem+json with this status, code and these facts, in both languages, and names the request."""
    assert (reply.status, reply.json["status"], reply.code) == (status, status, code)
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.json["type"] == f"urn:storebound:problem:{code}"
    assert reply.json["title"] == HTTPStatus(status).phrase
    assert reply.json["request_id"] == reply.headers["X-Request-Id"] == "request-1"
    assert reply.json["detail"]
    assert set(reply.json["message"]) == {"zh-Hant", "en"}
    assert all(reply.json["message"].values())
    assert reply.json.keys() >= FACTS_OF_EVERY_PROBLEM
    assert {name: reply.json.get(name) for name in facts} == facts
