import base64
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from functions.adapters.signing import Signer, Verifier, read_public_keys
from functions.domain import credential
from functions.domain.credential import Credential

OLD, NEW, FOREIGN = (bytes((number,)) * 32 for number in (1, 2, 3))
OF = Credential(str(UUID(int=42)), 3)
TRAITS = {"rotating": st.booleans(), "tally": st.none() | st.binary(min_size=9, max_size=9).map(bytes.hex)}
CREDENTIALS = st.builds(Credential, st.uuids().map(str), st.integers(0, 2**24 - 1), **TRAITS)


def public(seed: bytes) -> bytes:
    return bytes(SigningKey(seed).verify_key)


def ring(current: int, **seeds: bytes) -> Signer:
    """A signer with keys by number: `ring(1, k1=OLD)`."""
    keys = {number.removeprefix("k"): base64.b64encode(seed).decode() for number, seed in seeds.items()}
    return Signer(lambda: {"current": current, "keys": keys})


SIGNER = ring(1, k1=OLD)
VERIFIER = Verifier({1: public(OLD)})
TOKEN = SIGNER.token(OF)
RAW = base64.b32decode(TOKEN)
ROTATING = SIGNER.token(replace(OF, rotating=True))


def encoded(raw: bytes) -> str:
    return base64.b32encode(raw).decode()


@given(CREDENTIALS)
def test_what_was_signed_is_read_back(of: Credential) -> None:
    assert VERIFIER.read(SIGNER.token(of)) == of


def test_the_same_credential_is_always_the_same_token() -> None:
    assert ring(1, k1=OLD).token(OF) == TOKEN


@pytest.mark.parametrize(
    "scanned", [TOKEN.lower(), f"https://shop.example/v/{TOKEN}", f"https://shop.example/v/{TOKEN.lower()}/\n"]
)
def test_a_token_is_good_in_any_case_and_behind_any_address(scanned: str) -> None:
    assert VERIFIER.read(scanned) == OF


@pytest.mark.parametrize("token", [TOKEN, ROTATING], ids=["version 1", "version 2"])
def test_a_token_with_any_bit_turned_is_nothing(token: str) -> None:
    raw = base64.b32decode(token)
    whole = int.from_bytes(raw, "big")

    believed = [bit for bit in range(len(raw) * 8) if VERIFIER.read(encoded((whole ^ 1 << bit).to_bytes(len(raw))))]

    assert believed == []


def test_a_token_cut_short_is_nothing() -> None:
    assert [length for length in range(len(TOKEN)) if VERIFIER.read(TOKEN[:length])] == []


@pytest.mark.parametrize("scanned", [TOKEN + "A", TOKEN + TOKEN, TOKEN * 37, "A" * 5_000, TOKEN + "=" * 8, "é" * 136])
def test_a_token_with_anything_behind_it_is_nothing(scanned: str) -> None:
    assert VERIFIER.read(scanned) is None


def test_a_token_under_somebody_else_s_key_is_nothing() -> None:
    assert VERIFIER.read(ring(1, k1=FOREIGN).token(OF)) is None


def test_a_token_under_an_unknown_key_number_is_nothing() -> None:
    assert VERIFIER.read(ring(2, k2=OLD).token(OF)) is None


def test_a_key_is_good_under_its_own_number_only() -> None:
    both = Verifier({1: public(OLD), 2: public(NEW)})

    assert both.read(ring(1, k1=NEW).token(OF)) is None
    assert both.read(ring(2, k2=OLD).token(OF)) is None


@pytest.mark.parametrize("version", [0, 2, 255])
def test_a_well_signed_token_of_another_version_is_nothing(version: int) -> None:
    claim = bytes((version,)) + RAW[1:21]
    signature = SigningKey(OLD).sign(credential.signed_bytes(claim)).signature

    assert VERIFIER.read(credential.assemble(claim, signature)) is None


def test_a_signature_over_the_bare_claim_is_nothing() -> None:
    """What the key might sign elsewhere can never be taken for a credential."""
    claim = RAW[:21]

    assert VERIFIER.read(credential.assemble(claim, SigningKey(OLD).sign(claim).signature)) is None


def test_a_signature_of_one_credential_is_not_good_for_another() -> None:
    other = credential.claim(1, Credential(OF.voucher_id, OF.number + 1))

    assert VERIFIER.read(credential.assemble(other, RAW[21:])) is None


@given(st.binary(min_size=85, max_size=85))
def test_no_85_bytes_of_somebody_s_own_are_a_token(raw: bytes) -> None:
    assert VERIFIER.read(encoded(raw)) is None


def test_what_was_sent_before_a_rotation_stays_good_after_it() -> None:
    rotated = Verifier({1: public(OLD), 2: public(NEW)})

    assert rotated.read(TOKEN) == OF
    assert rotated.read(ring(2, k1=OLD, k2=NEW).token(OF)) == OF


def test_what_is_signed_after_a_rotation_is_signed_by_the_new_key() -> None:
    assert Verifier({2: public(NEW)}).read(ring(2, k1=OLD, k2=NEW).token(OF)) == OF


def test_a_retired_key_is_good_for_nothing() -> None:
    assert Verifier({2: public(NEW)}).read(TOKEN) is None


def test_a_ring_without_keys_believes_nothing() -> None:
    assert Verifier({}).read(TOKEN) is None


def test_public_keys_are_read_as_settings_carry_them() -> None:
    text = ",".join(f"{number}:{base64.b64encode(public(seed)).decode()}" for number, seed in ((1, OLD), (12, NEW)))

    assert read_public_keys(text) == {1: public(OLD), 12: public(NEW)}


def test_no_public_keys_are_none() -> None:
    assert read_public_keys("") == {}
