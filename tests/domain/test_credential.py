import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain import credential
from functions.domain.credential import Credential
from functions.domain.voucher import LAST_CREDENTIAL

CREDENTIALS = st.builds(Credential, st.uuids().map(str), st.integers(1, LAST_CREDENTIAL))
KEYS = st.integers(0, 255)
SIGNATURES = st.binary(min_size=64, max_size=64)


def token(key: int, of: Credential, signature: bytes) -> str:
    return credential.assemble(credential.claim(key, of), signature)


TOKEN = token(7, Credential(str(UUID(int=42)), 3), bytes(range(64)))


@given(KEYS, CREDENTIALS, SIGNATURES)
def test_a_token_is_136_characters_that_any_scanner_can_type(key: int, of: Credential, signature: bytes) -> None:
    assert re.fullmatch(r"[A-Z2-7]{136}", token(key, of, signature))


@given(KEYS, CREDENTIALS, SIGNATURES)
def test_a_token_is_taken_apart_into_what_it_was_made_of(key: int, of: Credential, signature: bytes) -> None:
    read = credential.take_apart(token(key, of, signature))

    assert read is not None
    assert (read.key, read.credential, read.signature) == (key, of, signature)
    assert read.signed == credential.signed_bytes(credential.claim(key, of))


def test_what_is_signed_can_be_nothing_but_a_voucher_credential() -> None:
    claim = credential.claim(7, Credential(str(UUID(int=42)), 3))

    assert credential.signed_bytes(claim) == b"storebound voucher credential\x00" + claim


@pytest.mark.parametrize(
    "scanned",
    [
        TOKEN.lower(),
        f" {TOKEN}\r\n",
        f"https://shop.example/v/{TOKEN}",
        f"https://shop.example/api/v/{TOKEN.lower()}/",
        f"HTTPS://SHOP.EXAMPLE/V/{TOKEN}",
    ],
)
def test_a_token_is_read_in_any_case_and_behind_any_address(scanned: str) -> None:
    assert credential.take_apart(scanned) == credential.take_apart(TOKEN)


@pytest.mark.parametrize(
    "scanned",
    [
        "",
        "/",
        TOKEN[:-1],
        TOKEN + "A",
        TOKEN[1:],
        TOKEN[:-8] + "A" * 7 + "=",
        TOKEN[:-1] + "1",
        TOKEN[:-1] + "8",
        TOKEN[:-1] + "é",
        "ａ" * 136,
        "ß" * 68,
        TOKEN[:68] + " " + TOKEN[68:],
        TOKEN * 2,
        "A" * 5_000,
        "\ud800" * 136,
    ],
)
def test_what_cannot_be_a_token_is_none_and_no_error(scanned: str) -> None:
    assert credential.take_apart(scanned) is None


@pytest.mark.parametrize("version", [0, 2, 255])
def test_a_token_of_another_version_is_none(version: int) -> None:
    claim = bytes((version,)) + credential.claim(7, Credential(str(UUID(int=42)), 3))[1:]

    assert credential.take_apart(credential.assemble(claim, bytes(64))) is None


@given(st.text(max_size=200))
def test_any_text_is_a_token_or_none(scanned: str) -> None:
    assert credential.take_apart(scanned) is None


@given(st.text(min_size=136, max_size=136))
def test_any_text_of_the_right_length_is_a_token_or_none(scanned: str) -> None:
    read = credential.take_apart(scanned)

    assert read is None or len(read.signature) == 64
