import hashlib
import re

from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.codebook import Codebook
from functions.domain import codes
from functions.domain.credential import Credential

BOOK = Codebook(lambda: "a secret of this test")
OTHER = Codebook(lambda: "another secret")
OF = Credential("3f0c1b52-8a77-5d2e-9c41-6a0f9d1b7e23", 1)
CREDENTIALS = st.builds(Credential, st.uuids().map(str), st.integers(1, 2**24 - 1))


@given(CREDENTIALS)
def test_a_credential_s_code_can_be_typed_and_is_always_the_same(of: Credential) -> None:
    code = BOOK.code(of)

    assert codes.normalise(codes.grouped(code)) == code == BOOK.code(of)


@given(CREDENTIALS)
def test_every_credential_of_a_voucher_has_another_code(of: Credential) -> None:
    assert BOOK.code(of) != BOOK.code(Credential(of.voucher_id, of.number + 1))


def test_nobody_without_the_secret_finds_a_code_or_its_digest() -> None:
    assert OTHER.code(OF) != BOOK.code(OF)
    assert OTHER.digest("ABCD") != BOOK.digest("ABCD")


def test_what_a_table_holds_of_a_code_is_not_the_code_and_not_its_bare_hash() -> None:
    code = BOOK.code(OF)

    digest = BOOK.digest(code)

    assert re.fullmatch("[0-9a-f]{64}", digest)
    assert code.lower() not in digest
    assert digest != hashlib.sha256(code.encode()).hexdigest()


def test_a_code_is_found_under_the_same_digest_again() -> None:
    assert BOOK.digest(BOOK.code(OF)) == BOOK.digest(BOOK.code(OF))


def test_one_text_has_a_digest_for_each_purpose() -> None:
    digests = {BOOK.digest("x"), BOOK.identity_digest("email", "x"), BOOK.identity_digest("phone", "x")}

    assert len(digests) == 3


def test_codes_stay_good_across_releases() -> None:
    """Customers hold these: a change of how they are derived would turn every one of them away."""
    assert BOOK.code(OF) == "5U47AMPRUBWGU89A"


def test_the_secret_is_asked_for_each_time_so_that_a_rotation_arrives() -> None:
    secrets = iter(["first", "second"])
    book = Codebook(lambda: next(secrets))

    digests = [book.digest("x"), book.digest("x")]

    assert digests == [Codebook(lambda: "first").digest("x"), Codebook(lambda: "second").digest("x")]
