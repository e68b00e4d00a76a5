"""What API Gateway hands over, before Chalice sees it."""

from typing import Any

import pytest

from functions.runtime.gateway import acceptable


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"headers": None, "multiValueHeaders": None},
        {"headers": {"Accept": "text/html"}, "multiValueHeaders": {"Accept": ["text/html"]}},
        {"headers": {"accept": "image/webp", "ACCEPT": "x"}, "multiValueHeaders": {"aCCept": ["image/webp"]}},
    ],
)
def test_whatever_a_client_accepts_it_is_said_to_accept_anything(event: dict[str, Any]) -> None:
    assert acceptable(event) == {"headers": {"accept": "*/*"}, "multiValueHeaders": {"accept": ["*/*"]}}


def test_all_else_is_handed_on_as_it_came() -> None:
    event = {"path": "/v/x", "body": "b", "headers": {"Host": "h"}, "multiValueHeaders": {"Host": ["h"]}}

    found = acceptable(event)

    assert (found["path"], found["body"]) == ("/v/x", "b")
    assert found["headers"]["Host"] == "h"
    assert found["multiValueHeaders"]["Host"] == ["h"]


def test_the_event_itself_is_left_alone() -> None:
    event = {"headers": {"Accept": "text/html"}}

    acceptable(event)

    assert event == {"headers": {"Accept": "text/html"}}
