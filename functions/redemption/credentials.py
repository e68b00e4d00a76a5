"""From whatever a scanner read or a clerk typed to the credential it stands for."""

from dataclasses import dataclass

from functions.domain import codes, rotation
from functions.domain.credential import Credential
from functions.domain.rotation import Shown
from functions.domain.ticket import Ticket
from functions.redemption.ports import Codebook, Verifier
from functions.redemption.typed import TypedCodes
from functions.runtime.auth import TillCaller


@dataclass(frozen=True, slots=True)
class Presented:
    """How a voucher was named to a till; `shown` is of a genuine rotating QR, or of a ticket for one, alone."""

    credential: Credential
    shown: Shown | None = None


def find_credential(
    text: str, *, caller: TillCaller, verifier: Verifier, codebook: Codebook, typed: TypedCodes
) -> Presented | None:
    """What was presented, or None where it proves nothing.

    A QR costs no read, a typed code one; a mistyped code is seen without any.

    Raises:
        UnauthorizedError, CodesLocked, ConflictError: of a typed code alone, as `TypedCodes` says.
    """
    code = codes.normalise(text)
    if code is not None:
        found = typed.credential(code, caller)
        return Presented(found) if found else None
    # No token begins as a ticket does, so the secret is asked for only where there is a ticket.
    ticket = codebook.ticket(text)
    return _of_ticket(ticket, caller.terminal_id) if ticket else _of_qr(text, verifier, codebook)


def _of_ticket(ticket: Ticket, terminal_id: str) -> Presented:
    """Another terminal's ticket names the voucher, and shows nothing."""
    return Presented(ticket.credential, ticket.shown if ticket.terminal_id == terminal_id else None)


def _of_qr(text: str, verifier: Verifier, codebook: Codebook) -> Presented | None:
    reading = rotation.take_apart(text)
    credential = verifier.read(reading.token if reading else text)
    if credential is None:
        return None
    return Presented(credential, codebook.shown(credential, reading) if reading else None)
