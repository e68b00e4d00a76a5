"""The typable code of a credential: derived, never stored.

The tables hold a second HMAC, from which no code can be computed: whoever has them without the secret redeems nothing.
"""

import hashlib
import hmac
from collections.abc import Callable

from functions.domain import codes
from functions.domain.credential import Credential


class Codebook:
    """`secret` reads the text that all codes and digests hang on."""

    def __init__(self, secret: Callable[[], str]) -> None:
        self._secret = secret

    def code(self, of: Credential) -> str:
        """The 16 characters of a credential."""
        digest = self._digest("code", f"{of.voucher_id}#{of.number}")
        return codes.from_number(int.from_bytes(digest, "big"))

    def digest(self, code: str) -> str:
        """Under what a code's voucher is found, in hexadecimal."""
        return self._digest("lookup", code).hex()

    def identity_digest(self, kind: str, value: str) -> str:
        """Under what a customer's identity is found, so that no key spells an address."""
        return self._digest(f"identity {kind}", value).hex()

    def list_seed(self) -> bytes:
        """The seed of the key that signs what tills take with them offline."""
        return self._digest("offline list", "ed25519")

    def _digest(self, purpose: str, text: str) -> bytes:
        key = hmac.digest(self._secret().encode(), purpose.encode(), hashlib.sha256)
        return hmac.digest(key, text.encode(), hashlib.sha256)
