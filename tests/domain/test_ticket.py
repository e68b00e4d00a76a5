"""What a lookup gives a till in place of a rotating QR."""

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain import codes, credential, rotation, ticket
from functions.domain.rotation import Shown
from functions.domain.ticket import Ticket

IDS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-", min_size=1, max_size=64)
TICKETS = st.builds(Ticket, st.uuids().map(str), st.integers(0, 2**24 - 1), st.integers(0, 32**7 - 1), IDS)
TICKET = Ticket(str(UUID(int=42)), 3, 1_795_320_000, "pos-1")
SEAL = bytes(range(16))
TEXT = ticket.assemble(ticket.claim(TICKET), SEAL)


@given(TICKETS)
def test_a_ticket_is_taken_apart_into_what_it_was_made_of(of: Ticket) -> None:
    read = ticket.take_apart(ticket.assemble(ticket.claim(of), SEAL))

    assert read is not None
    assert (read.ticket, read.claim, read.seal) == (of, ticket.claim(of), SEAL)


@pytest.mark.parametrize("sent", [TEXT.lower(), f" {TEXT}\r\n"])
def test_a_ticket_is_read_in_any_case(sent: str) -> None:
    assert ticket.take_apart(sent) == ticket.take_apart(TEXT)


@given(TICKETS)
def test_a_ticket_is_nothing_else_that_a_till_may_send(of: Ticket) -> None:
    text = ticket.assemble(ticket.claim(of), SEAL)

    assert re.fullmatch(r"TICKET\.[A-Z2-7]+", text)
    assert (codes.normalise(text), credential.take_apart(text)) == (None, None)


@pytest.mark.parametrize(
    "sent",
    ["", "TICKET.", TEXT.removeprefix("TICKET."), "TICKET." + "A" * 40, "TICKET." + "A" * 257, TEXT[:-1] + "1",
     TEXT + "é", "TICKET." + "7" * 80, "ticket.\ud800"],
)  # fmt: skip
def test_what_cannot_be_a_ticket_is_none_and_no_error(sent: str) -> None:
    assert ticket.take_apart(sent) is None


@given(st.text(max_size=300))
def test_any_text_is_a_ticket_or_none(sent: str) -> None:
    read = ticket.take_apart(f"TICKET.{sent}")

    assert read is None or len(read.seal) == 16


def test_a_ticket_keeps_the_moment_that_was_scanned_for_five_minutes() -> None:
    assert TICKET.shown == Shown(TICKET.moment, TICKET.moment + 300)
    assert TICKET.shown.until - rotation.shown(TICKET.moment).until == 270
