import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain import credential
from functions.domain.credential import Credential
from functions.domain.voucher import LAST_CREDENTIAL

TALLIES = st.binary(min_size=9, max_size=9).map(bytes.hex)
NUMBERS = {"voucher_id": st.uuids().map(str), "number": st.integers(1, LAST_CREDENTIAL)}
PLAIN = st.builds(Credential, **NUMBERS)
WITH_TRAITS = st.builds(Credential, **NUMBERS, rotating=st.just(value=True), tally=st.none() | TALLIES) | st.builds(
    Credential, **NUMBERS, rotating=st.booleans(), tally=TALLIES
)
CREDENTIALS = PLAIN | WITH_TRAITS
KEYS = st.integers(0, 255)
SIGNATURES = st.binary(min_size=64, max_size=64)


def token(key: int, of: Credential, signature: bytes) -> str:
    return credential.assemble(credential.claim(key, of), signature)


TOKEN = token(7, Credential(str(UUID(int=42)), 3), bytes(range(64)))


ROTATING = token(7, Credential(str(UUID(int=42)), 3, rotating=True, tally="0123456789abcdef01"), bytes(range(64)))
BOTH = pytest.mark.parametrize("token", [TOKEN, ROTATING], ids=["version 1", "version 2"])


def of_version_2(traits: int, tally: bytes = bytes(9)) -> str:
    """A token as version 2 spells it, whatever it says."""
    claim = bytes((2, *credential.claim(7, Credential(str(UUID(int=42)), 3))[1:], traits)) + tally
    return credential.assemble(claim, bytes(64))


@given(KEYS, PLAIN, SIGNATURES)
def test_a_token_is_136_characters_that_any_scanner_can_type(key: int, of: Credential, signature: bytes) -> None:
    assert re.fullmatch(r"[A-Z2-7]{136}", token(key, of, signature))


@given(KEYS, WITH_TRAITS, SIGNATURES)
def test_a_token_with_traits_is_152_of_the_same_characters(key: int, of: Credential, signature: bytes) -> None:
    assert re.fullmatch(r"[A-Z2-7]{152}", token(key, of, signature))


def test_tokens_that_were_sent_before_there_were_traits_stay_good() -> None:
    """Customers hold these."""
    sent = (
        "AEDQAAAAAAAAAAAAAAAAAAAAAAACUAAAAMAACAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4DUPB6IBBEIRSIJJGE4UCSKRLFQWS4LZQ"
        "GEZDGNBVGY3TQOJ2HM6D2PR7"
    )

    read = credential.take_apart(sent)

    assert sent == TOKEN
    assert read is not None
    assert read.credential == Credential(str(UUID(int=42)), 3)


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
        "{upper}",
        "{lower}",
        " {upper}\r\n",
        "https://shop.example/v/{upper}",
        "https://shop.example/api/v/{lower}/",
        "HTTPS://SHOP.EXAMPLE/V/{upper}",
    ],
)
@BOTH
def test_a_token_is_read_in_any_case_and_behind_any_address(token: str, scanned: str) -> None:
    read = credential.take_apart(scanned.format(upper=token, lower=token.lower()))

    assert read is not None
    assert credential.assemble(credential.claim(read.key, read.credential), read.signature) == token


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
        "=" * 136,
        "=" * 152,
        ROTATING[:-1],
        ROTATING[:-8] + "A" * 7 + "=",
        ROTATING + "A",
        TOKEN + "A" * 16,
        ROTATING[:136],
        "A" * 152,
    ],
)
def test_what_cannot_be_a_token_is_none_and_no_error(scanned: str) -> None:
    assert credential.take_apart(scanned) is None


@pytest.mark.parametrize("version", [0, 2, 3, 255])
def test_a_token_of_another_version_is_none(version: int) -> None:
    claim = bytes((version,)) + credential.claim(7, Credential(str(UUID(int=42)), 3))[1:]

    assert credential.take_apart(credential.assemble(claim, bytes(64))) is None


@pytest.mark.parametrize("version", [0, 1, 3, 255])
def test_a_longer_token_of_another_version_is_none(version: int) -> None:
    claim = bytes((version,)) + credential.claim(7, Credential(str(UUID(int=42)), 3, rotating=True))[1:]

    assert credential.take_apart(credential.assemble(claim, bytes(64))) is None


@pytest.mark.parametrize("traits", [4, 5, 8, 128, 255])
def test_a_trait_that_we_do_not_know_makes_a_token_none(traits: int) -> None:
    """A later release may mean something by it that we would not honour."""
    assert credential.take_apart(of_version_2(traits, bytes(range(9)))) is None


@pytest.mark.parametrize(
    ("traits", "tally"), [(0, bytes(9)), (0, bytes(range(9))), (1, bytes(range(9)))], ids=["none", "a tally", "both"]
)
def test_nothing_is_said_in_two_ways(traits: int, tally: bytes) -> None:
    """No trait at all is version 1, and no tally is zeros."""
    assert credential.take_apart(of_version_2(traits, tally)) is None


@pytest.mark.parametrize(("traits", "rotating", "tally"), [(1, True, None), (2, False, "00" * 9), (3, True, "00" * 9)])
def test_a_token_tells_its_traits(traits: int, *, rotating: bool, tally: str | None) -> None:
    read = credential.take_apart(of_version_2(traits))

    assert read is not None
    assert (read.credential.rotating, read.credential.tally) == (rotating, tally)


@given(st.text(max_size=200))
def test_any_text_is_a_token_or_none(scanned: str) -> None:
    assert credential.take_apart(scanned) is None


@given(st.text(min_size=136, max_size=136))
def test_any_text_of_the_right_length_is_a_token_or_none(scanned: str) -> None:
    read = credential.take_apart(scanned)

    assert read is None or len(read.signature) == 64


@given(st.text(min_size=152, max_size=152))
def test_any_text_of_the_longer_length_is_a_token_or_none(scanned: str) -> None:
    read = credential.take_apart(scanned)

    assert read is None or len(read.signature) == 64
