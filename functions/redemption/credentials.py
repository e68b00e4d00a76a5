"""From whatever a scanner read or a clerk typed to the credential it stands for."""

from functions.domain import codes
from functions.domain.credential import Credential
from functions.redemption.ports import Codebook, Desk, Verifier


def find_credential(text: str, *, verifier: Verifier, codebook: Codebook, desk: Desk) -> Credential | None:
    """The credential, or None: a QR costs no read, a typed code one; a mistyped code is seen without any."""
    code = codes.normalise(text)
    if code is None:
        return verifier.read(text)
    return desk.by_code(codebook.digest(code))
