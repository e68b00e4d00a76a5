import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.exceptions import CryptoError

from functions.adapters.sealing import Seal

SEAL = Seal(lambda: "a secret of this test")
SECRET = "whsec_of_a_shop"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=600))
def test_what_was_sealed_is_opened_the_same(text: str) -> None:
    assert SEAL.open(SEAL.close(text)) == text


def test_the_same_secret_is_never_sealed_the_same_way_twice() -> None:
    assert SEAL.close(SECRET) != SEAL.close(SECRET)


def test_a_seal_shows_nothing_of_what_is_in_it() -> None:
    assert SECRET.encode() not in base64.b64decode(SEAL.close(SECRET))


@pytest.mark.parametrize("place", [0, 12, 24, -16, -1])
def test_a_seal_that_was_tampered_with_does_not_open(place: int) -> None:
    raw = bytearray(base64.b64decode(SEAL.close(SECRET)))
    raw[place] ^= 1

    with pytest.raises(CryptoError):
        SEAL.open(base64.b64encode(raw).decode())


def test_a_seal_opens_with_its_own_key_alone() -> None:
    with pytest.raises(CryptoError):
        Seal(lambda: "another secret").open(SEAL.close(SECRET))
