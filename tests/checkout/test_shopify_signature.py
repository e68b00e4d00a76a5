"""Who signed a body, and what must never pass for a signature."""

import pytest

from functions.checkout.shopify import Shopify
from tests.support import shopify
from tests.support.samples import sample_json
from tests.support.shopify import raw, signature

BODY = raw(shopify.order())
SIGNED = signature(BODY, "current")


def is_signed(sent: str, *secrets: str, body: bytes = BODY) -> bool:
    return Shopify().is_signed({"x-shopify-hmac-sha256": sent}, body, secrets)


def test_signatures_that_shopifys_own_libraries_test_with_pass() -> None:
    for vector in sample_json("shopify/hmac_vectors.json"):
        assert is_signed(vector["x-shopify-hmac-sha256"], vector["secret"], body=vector["body"].encode())


def test_signatures_that_shopifys_own_libraries_test_with_fail_under_another_secret() -> None:
    for vector in sample_json("shopify/hmac_vectors.json"):
        assert not is_signed(vector["x-shopify-hmac-sha256"], "another", body=vector["body"].encode())


def test_any_of_several_active_secrets_may_have_signed() -> None:
    assert is_signed(SIGNED, "next", "current")
    assert is_signed(SIGNED, "current", "next")


def test_a_shop_without_secrets_accepts_nothing() -> None:
    assert not is_signed(SIGNED)
    assert not is_signed("")


def test_a_missing_header_is_no_signature() -> None:
    assert not Shopify().is_signed({}, BODY, ["current"])


def test_one_changed_bit_anywhere_in_the_signature_fails() -> None:
    for place in range(len(SIGNED)):
        changed = SIGNED[:place] + chr(ord(SIGNED[place]) ^ 1) + SIGNED[place + 1 :]

        assert not is_signed(changed, "current")


def test_one_changed_bit_anywhere_in_the_body_fails() -> None:
    for place in range(0, len(BODY), 7):
        changed = BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :]

        assert not is_signed(SIGNED, "current", body=changed)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(SIGNED.rstrip("="), id="without padding"),
        pytest.param(SIGNED + "\n", id="with a line feed"),
        pytest.param(f"{SIGNED},{SIGNED}", id="twice"),
        pytest.param(SIGNED.lower(), id="in lower case"),
        pytest.param("簽章", id="not ASCII"),
    ],
)
def test_a_signature_written_otherwise_fails(sent: str) -> None:
    assert not is_signed(sent, "current")
