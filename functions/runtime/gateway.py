"""What API Gateway hands over, before Chalice sees it."""

from typing import Any


def acceptable(event: dict[str, Any]) -> dict[str, Any]:
    """The event with an `Accept` that takes anything.

    Chalice answers 400 to a request for a picture that does not ask for pictures, and a chat app that fetches a QR
    asks for nothing. What we answer never depends on the header.
    """
    headers = {name: value for name, value in (event.get("headers") or {}).items() if name.lower() != "accept"}
    many = {name: value for name, value in (event.get("multiValueHeaders") or {}).items() if name.lower() != "accept"}
    return event | {"headers": headers | {"accept": "*/*"}, "multiValueHeaders": many | {"accept": ["*/*"]}}
