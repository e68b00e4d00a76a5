"""What LINE refuses: judged by the models of LINE's official SDK, and by the limits that these do not hold.

The SDK's models come from line-openapi; the limits of sizes and addresses are those of the Messaging API reference
(https://developers.line.biz/en/reference/messaging-api/). The models drop a property they do not know where LINE
refuses it, so a message is also compared with what the model made of it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_RECEIVER = re.compile(r"[UCR][0-9a-f]{32}")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}(?:[0-9A-Fa-f]{2})?")
_LOOPBACK = {"127.0.0.1", "localhost"}
_MESSAGES_MAX = 5
_URL_MAX = 2000
_TEXT_MAX = 5000
_ALT_TEXT_MAX = 1500
_BUBBLES_MAX = 12
_BYTES_MAX = {"bubble": 30_000, "carousel": 50_000}
_IMAGE_URLS = {"url", "originalContentUrl", "previewImageUrl"}
_IMAGES = {"image", "icon", "video"}


@dataclass(frozen=True)
class Fault:
    """One thing that LINE refuses, and where it stands in the request."""

    message: str
    property: str


def faults_of_push(body: object) -> list[Fault]:
    """What LINE refuses of a push request's body."""
    if not isinstance(body, dict):
        return [Fault("The request body could not be parsed as JSON object", "")]
    receiver = body.get("to")
    faults = [] if isinstance(receiver, str) and _RECEIVER.fullmatch(receiver) else [Fault("Invalid", "to")]
    unknown = set(body) - {"to", "messages", "notificationDisabled", "customAggregationUnits"}
    faults += [Fault("Unknown field", name) for name in sorted(unknown)]
    return faults + faults_of_messages(body.get("messages"))


def faults_of_messages(messages: object) -> list[Fault]:
    """What LINE refuses of a list of message objects."""
    if not isinstance(messages, list) or not 1 <= len(messages) <= _MESSAGES_MAX:
        return [Fault(f"Size must be between 1 and {_MESSAGES_MAX}", "messages")]
    return [fault for place, message in enumerate(messages) for fault in _of_message(message, f"messages[{place}]")]


def _of_message(message: object, path: str) -> Iterator[Fault]:
    if not isinstance(message, dict):
        yield Fault("Must be an object", path)
        return
    try:
        understood = _understood(message)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        yield from _of_model_error(error, path)
        return
    yield from _lost(message, understood, path)
    yield from _of_limits(message, path)
    yield from _of_parts(message, path)


def _understood(message: dict[str, Any]) -> dict[str, Any]:
    """The message as the SDK's model of its type holds it."""
    # Loading the SDK's models takes more than a second: paid when the first message comes, not by every command.
    from linebot.v3.messaging.models.message import Message  # noqa: PLC0415

    understood: dict[str, Any] = Message.from_dict(message).to_dict()
    return understood


def _of_model_error(error: Exception, path: str) -> Iterator[Fault]:
    details = getattr(error, "errors", None)
    if details is None:
        yield Fault("May not be missing or of an unknown type", f"{path}.type")
        return
    for detail in details():
        where = ".".join(str(part) for part in detail["loc"])
        yield Fault(str(detail["msg"]), f"{path}.{where}")


def _lost(sent: object, understood: object, path: str) -> Iterator[Fault]:
    """Properties that were sent and that the model does not know."""
    if isinstance(sent, dict) and isinstance(understood, dict):
        for name, value in sent.items():
            if name in understood:
                yield from _lost(value, understood[name], f"{path}.{name}")
            elif value is not None:
                yield Fault("Unknown field", f"{path}.{name}")
    elif isinstance(sent, list) and isinstance(understood, list):
        for place, (one, other) in enumerate(zip(sent, understood, strict=True)):
            yield from _lost(one, other, f"{path}[{place}]")


def _of_limits(message: dict[str, Any], path: str) -> Iterator[Fault]:
    """Limits of a message as a whole."""
    if message["type"] == "text" and not 1 <= len(message["text"]) <= _TEXT_MAX:
        yield Fault(f"Length must be between 1 and {_TEXT_MAX}", f"{path}.text")
    if message["type"] == "flex":
        if not 1 <= len(message["altText"]) <= _ALT_TEXT_MAX:
            yield Fault(f"Length must be between 1 and {_ALT_TEXT_MAX}", f"{path}.altText")
        yield from _of_container(message["contents"], f"{path}.contents")


def _of_container(contents: dict[str, Any], path: str) -> Iterator[Fault]:
    size = len(json.dumps(contents, ensure_ascii=False, separators=(",", ":")).encode())
    if size > _BYTES_MAX[contents["type"]]:
        yield Fault(f"Must be at most {_BYTES_MAX[contents['type']]} bytes, is {size}", path)
    if contents["type"] == "carousel" and not 1 <= len(contents["contents"]) <= _BUBBLES_MAX:
        yield Fault(f"Size must be between 1 and {_BUBBLES_MAX}", f"{path}.contents")


def _of_parts(part: object, path: str) -> Iterator[Fault]:
    """Limits of every part of a message: addresses of images and links, colours, texts."""
    if isinstance(part, list):
        for place, one in enumerate(part):
            yield from _of_parts(one, f"{path}[{place}]")
    if not isinstance(part, dict):
        return
    for name, value in part.items():
        reason = _refusal(part.get("type"), name, value)
        if reason:
            yield Fault(reason, f"{path}.{name}")
        yield from _of_parts(value, f"{path}.{name}")


def _refusal(kind: object, name: str, value: object) -> str | None:
    if not isinstance(value, str):
        return None
    if kind in _IMAGES and name in _IMAGE_URLS:
        return None if _is_image_address(value) else "Invalid image URL: HTTPS, at most 2000 characters"
    if kind == "uri" and name == "uri":
        return None if urlsplit(value).scheme in {"http", "https", "line", "tel"} else "Invalid URI scheme"
    if name.lower().endswith("color"):
        return None if _COLOUR.fullmatch(value) else "Invalid colour"
    return "Must be non-empty text" if kind in {"text", "span"} and name == "text" and not value else None


def _is_image_address(text: str) -> bool:
    """LINE fetches HTTPS alone. Here plain HTTP is let pass to this machine, where no certificate could be had."""
    if len(text) > _URL_MAX:
        return False
    address = urlsplit(text)
    return bool(address.hostname) and (
        address.scheme == "https" or (address.scheme == "http" and address.hostname in _LOOPBACK)
    )
