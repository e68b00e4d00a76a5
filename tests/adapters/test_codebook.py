import hashlib
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.codebook import Codebook
from functions.domain import codes
from functions.domain.credential import Credential
from functions.domain.rotation import Reading, Shown
from functions.domain.ticket import Ticket, assemble, claim

BOOK = Codebook(lambda: "a secret of this test")
OTHER = Codebook(lambda: "another secret")
OF = Credential("3f0c1b52-8a77-5d2e-9c41-6a0f9d1b7e23", 1)
MOMENT = 1_795_320_000
TICKET = Ticket(OF.voucher_id, 1, MOMENT, "pos-1")
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


def reading(of: Credential, moment: int, code: str | None = None) -> Reading:
    return Reading("TOKEN", moment, code or BOOK.rotation_code(of, moment))


@given(CREDENTIALS, st.integers(0, 2**35 - 1))
def test_what_we_have_shown_is_known_by_its_code(of: Credential, moment: int) -> None:
    assert re.fullmatch("[A-Z2-7]{8}", BOOK.rotation_code(of, moment))
    assert BOOK.shown(of, reading(of, moment)) == Shown(moment, moment + 30)


@pytest.mark.parametrize(
    "other",
    [
        reading(OF, MOMENT, BOOK.rotation_code(OF, MOMENT - 1)),
        reading(OF, MOMENT, BOOK.rotation_code(replace(OF, number=2), MOMENT)),
        reading(OF, MOMENT, BOOK.rotation_code(replace(OF, voucher_id="3f0c1b52-8a77-5d2e-9c41-6a0f9d1b7e24"), MOMENT)),
        reading(OF, MOMENT, OTHER.rotation_code(OF, MOMENT)),
        reading(OF, MOMENT, BOOK.rotation_code(OF, MOMENT)[:-1] + "2"),
        reading(OF, MOMENT, "AAAAAAAA"),
    ],
    ids=["another moment", "another credential", "another voucher", "another secret", "one letter", "a guess"],
)
def test_what_we_have_not_shown_is_nothing(other: Reading) -> None:
    assert BOOK.shown(OF, other) is None


def test_a_ticket_is_read_back_and_the_same_again() -> None:
    assert BOOK.ticket(BOOK.ticket_text(TICKET).lower()) == TICKET
    assert BOOK.ticket_text(TICKET) == BOOK.ticket_text(TICKET)


@pytest.mark.parametrize(
    "change",
    [{"voucher_id": "3f0c1b52-8a77-5d2e-9c41-6a0f9d1b7e24"}, {"number": 2}, {"moment": 1}, {"terminal_id": "pos-2"}],
)
def test_a_ticket_with_anything_changed_is_nothing(change: dict[str, Any]) -> None:
    seal = BOOK._digest("ticket", claim(TICKET).hex())[:16]

    assert BOOK.ticket(assemble(claim(TICKET), seal)) == TICKET
    assert BOOK.ticket(assemble(claim(replace(TICKET, **change)), seal)) is None


def test_a_ticket_of_another_secret_is_nothing() -> None:
    assert BOOK.ticket(OTHER.ticket_text(TICKET)) is None


def test_what_is_no_ticket_asks_for_no_secret() -> None:
    book = Codebook(lambda: pytest.fail("asked for the secret"))

    assert book.ticket("A" * 136) is None
