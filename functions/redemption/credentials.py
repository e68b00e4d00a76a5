"""From whatever a scanner read or a clerk typed to the credential it stands for."""

from functions.domain import codes
from functions.domain.credential import Credential
from functions.redemption.ports import Verifier
from functions.redemption.typed import TypedCodes
from functions.runtime.auth import TillCaller


def find_credential(text: str, *, caller: TillCaller, verifier: Verifier, typed: TypedCodes) -> Credential | None:
    """The credential, or None: a QR costs no read, a typed code one; a mistyped code is seen without any.

    Raises:
        UnauthorizedError, CodesLocked, ConflictError: of a typed code alone, as `TypedCodes` says.
    """
    code = codes.normalise(text)
    if code is None:
        return verifier.read(text)
    return typed.credential(code, caller)
