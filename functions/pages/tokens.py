"""The token in a link: whether it is ours, the one way in which a QR spells it, and what the QR holds."""

from functions.domain import refusals, rotation
from functions.domain.credential import Credential, assemble, claim, take_apart
from functions.pages.ports import Clock, Codebook, Verifier


def genuine(token: str, *, verifier: Verifier) -> tuple[Credential, str]:
    """The credential that a link's token proves, and the token as the QR holds it: mail programs may change its case.

    Raises:
        UnknownVoucher: the token is not one of ours.
    """
    credential, parts = verifier.read(token), take_apart(token)
    if credential is None or parts is None:
        raise refusals.UnknownVoucher
    return credential, assemble(claim(parts.key, parts.credential), parts.signature)


def qr_text(token: str, *, verifier: Verifier, codebook: Codebook, clock: Clock) -> str:
    """What the picture of a link's QR holds.

    Only the signature is asked: the picture tells nobody what they do not hold already, and whether the voucher may be
    used is the till's to say. So it costs no read, and shows in a message even while the tables do not answer.

    Raises:
        UnknownVoucher: the token is not one of ours.
    """
    credential, spelt = genuine(token, verifier=verifier)
    return held(credential, spelt, codebook=codebook, clock=clock)


def held(credential: Credential, token: str, *, codebook: Codebook, clock: Clock) -> str:
    """What the QR of a genuine token holds: the token itself, or where it rotates what it is good for now."""
    if not credential.rotating:
        return token
    moment = rotation.moment_of(clock())
    return rotation.text(token, moment, codebook.rotation_code(credential, moment))
