"""The voucher as a LINE message, judged by LINE's own published models."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from functions.dispatch.by_line import LineCarrier, push_body
from functions.domain.credential import Credential
from functions.domain.sending import Accepted, Outcome, Refused, TryLater
from functions.runtime.observability import logger
from infra.local.phone.line_rules import faults_of_push
from tests.dispatch.samples import LINE, PUBLIC_URL, ROTATING, Keys, notice, send, shop

URL = f"{PUBLIC_URL}/v/{'A' * 136}"
OPENAPI = Path(__file__).parents[3] / "shared" / "samples" / "line" / "openapi" / "messaging-api.yml"


class Line:
    """LINE as the adapter shows it."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.pushed: list[tuple[bytes, str, str]] = []

    def push(self, body: bytes, retry_key: str, token: str) -> Outcome:
        self.pushed.append((body, retry_key, token))
        return self.outcome


def carrier(line: Line) -> LineCarrier:
    return LineCarrier(line, Keys(), lambda shop: shop.line_token, PUBLIC_URL)  # type: ignore[arg-type]  # stands in for LINE


def message(**override: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(push_body(LINE.to, notice(**override), URL))
    (only,) = body["messages"]
    found: dict[str, Any] = only
    return found


def texts(part: Any) -> list[str]:
    """All that a person reads in a message."""
    if isinstance(part, list):
        return [text for each in part for text in texts(each)]
    if not isinstance(part, dict):
        return []
    own = [part[name] for name in ("text", "label") if name in part]
    return own + [text for each in part.values() for text in texts(each)]


def test_the_message_says_whose_what_how_much_and_until_when() -> None:
    assert texts(message()) == [
        "開啟票券",
        "青禾選物",
        "現金禮券",
        "NT$500",
        "無使用期限",
        "結帳時請出示此 QR 碼",
        "開啟票券",
    ]


def test_the_message_speaks_english_to_those_who_do() -> None:
    said = texts(message(language="en", shop="Chingho", product="Gift voucher", expiry="No expiry date"))

    assert said == [
        "Open voucher",
        "Chingho",
        "Gift voucher",
        "NT$500",
        "No expiry date",
        "Show this QR code at the till",
        "Open voucher",
    ]


def test_the_qr_is_a_square_picture_of_the_vouchers_own_address() -> None:
    hero = message()["contents"]["hero"]

    assert (hero["url"], hero["aspectRatio"]) == (f"{URL}/qr.png", "1:1")


def test_the_button_opens_the_vouchers_page() -> None:
    (button,) = message()["contents"]["footer"]["contents"]

    assert button["action"]["uri"] == URL


def test_the_notification_tells_enough_without_being_opened() -> None:
    assert message()["altText"] == "您的票券：現金禮券（NT$500）"


EITHER = pytest.mark.parametrize("credential", [notice().credential, ROTATING], ids=["a picture", "renews itself"])


@EITHER
def test_line_finds_no_fault_with_it(credential: Credential) -> None:
    assert faults_of_push(json.loads(push_body(LINE.to, notice(credential=credential), URL))) == []


def test_a_qr_that_renews_itself_is_shown_on_its_page_alone() -> None:
    shown = message(credential=ROTATING)

    assert "qr.png" not in json.dumps(shown)
    (button,) = shown["contents"]["footer"]["contents"]
    assert button["action"]["uri"] == URL
    assert "結帳時請開啟票券，出示畫面上的 QR 碼；截圖無法使用" in texts(shown)


def test_a_qr_that_renews_itself_is_explained_in_english_to_those_who_read_it() -> None:
    hint = "At the till, open the voucher and show the QR code on its page; screenshots do not work"

    assert hint in texts(message(credential=ROTATING, language="en"))


@settings(deadline=None)
@given(name=st.text(min_size=1, max_size=4000), worth=st.text(min_size=1, max_size=4000))
def test_no_name_is_too_long_for_line(name: str, worth: str) -> None:
    body = push_body(LINE.to, notice(product=name, shop=name, worth=worth), URL)

    contents = json.loads(body)["messages"][0]["contents"]
    assert len(json.dumps(contents, ensure_ascii=False).encode()) < 30_000
    assert len(json.loads(body)["messages"][0]["altText"]) <= 1500


@EITHER
def test_the_body_fits_lines_published_description(credential: Credential) -> None:
    if not OPENAPI.exists():
        pytest.skip(f"{OPENAPI.name} is not beside this repository")
    validator = Draft202012Validator(_schema_of_push(yaml.safe_load(OPENAPI.read_text())))

    body = json.loads(push_body(LINE.to, notice(credential=credential), URL))
    assert [error.message for error in validator.iter_errors(body)] == []


def test_that_description_finds_a_misspelt_property() -> None:
    if not OPENAPI.exists():
        pytest.skip(f"{OPENAPI.name} is not beside this repository")
    validator = Draft202012Validator(_schema_of_push(yaml.safe_load(OPENAPI.read_text())))
    body = json.loads(push_body(LINE.to, notice(), URL))

    body["messages"][0]["contents"]["hero"]["aspectratio"] = "1:1"

    assert not validator.is_valid(body)


def test_the_same_send_gives_the_same_bytes_and_retry_key() -> None:
    line = Line(Accepted("r-1"))

    carrier(line).pack(send(), notice(), shop())()
    carrier(line).pack(send(), notice(), shop())()

    first, second = line.pushed
    assert first == second


def test_the_retry_key_belongs_to_the_message() -> None:
    assert send().retry_key != send(message_id="9d1f6a0c-52b1-5c1e-8f77-3c0de1a2b418").retry_key


def test_a_message_goes_out_with_its_own_shops_channel_token() -> None:
    line = Line(Accepted("r-1"))

    carrier(line).pack(send(), notice(), shop(line_token="of-this-shop"))()

    assert [token for _, _, token in line.pushed] == ["of-this-shop"]


def test_a_shop_that_gave_up_its_line_account_refuses() -> None:
    line = Line(Accepted("r-1"))

    assert carrier(line).pack(send(), notice(), shop(line_token=None))() == Refused("line_not_set_up")
    assert not line.pushed


def test_a_rejected_channel_token_is_logged_as_an_error_with_the_shop() -> None:
    lines: list[logging.LogRecord] = []
    keep = logging.Handler()
    keep.emit = lines.append  # type: ignore[assignment,method-assign]  # all that this handler is for
    logger().addHandler(keep)

    carrier(Line(TryLater("line_token_rejected"))).pack(send(), notice(), shop())()

    logger()._logger.removeHandler(keep)
    assert [(line.levelname, vars(line)["shop_id"]) for line in lines] == [("ERROR", "demo-shop")]
    assert "channel-token" not in str([vars(line) for line in lines])


def _schema_of_push(openapi: dict[str, Any]) -> dict[str, Any]:
    """JSON Schema of a push request: discriminators, which JSON Schema does not know, as conditions."""
    schemas = openapi["components"]["schemas"]
    for name in [name for name, schema in schemas.items() if "discriminator" in schema]:
        _discriminate(schemas, name)
    return {"$ref": "#/components/schemas/PushMessageRequest", "components": {"schemas": schemas}}


def _discriminate(schemas: dict[str, Any], name: str) -> None:
    base = schemas.pop(name)
    mapping = base.pop("discriminator")["mapping"]
    schemas[f"{name}Base"] = base
    schemas[name] = {
        "required": ["type"],
        "properties": {"type": {"enum": list(mapping)}},
        "allOf": [
            {"if": {"properties": {"type": {"const": kind}}}, "then": {"$ref": to}} for kind, to in mapping.items()
        ],
    }
    for to in mapping.values():
        leaf = schemas[to.rpartition("/")[2]]
        leaf["unevaluatedProperties"] = False
        for part in leaf.get("allOf", ()):
            if part.get("$ref") == f"#/components/schemas/{name}":
                part["$ref"] += "Base"
