"""What hangs on the codes secret: typable codes, the codes of rotating QRs, and tickets. All derived, never stored.

The tables hold a second HMAC, from which no code can be computed: whoever has them without the secret redeems nothing.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable

from functions.domain import codes, rotation, ticket
from functions.domain.credential import Credential
from functions.domain.rotation import Reading, Shown
from functions.domain.ticket import Ticket


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

    def rotation_code(self, of: Credential, moment: int) -> str:
        """The code of a rotating QR, shown at a moment in unix seconds."""
        digest = self._digest("rotation", f"{of.voucher_id}#{of.number}#{moment}")
        return base64.b32encode(digest).decode()[: rotation.CODE_LENGTH]

    def shown(self, of: Credential, reading: Reading) -> Shown | None:
        """When a QR of this credential was shown, or None where we never showed it so."""
        is_ours = hmac.compare_digest(self.rotation_code(of, reading.moment), reading.code)
        return rotation.shown(reading.moment) if is_ours else None

    def ticket_text(self, of: Ticket) -> str:
        """A ticket, sealed. The same ticket gives the same text."""
        claim = ticket.claim(of)
        return ticket.assemble(claim, self._seal(claim))

    def ticket(self, text: str) -> Ticket | None:
        """The ticket that a text is, or None: not one, or not sealed by us."""
        sealed = ticket.take_apart(text)
        if sealed is None or not hmac.compare_digest(self._seal(sealed.claim), sealed.seal):
            return None
        return sealed.ticket

    def identity_digest(self, kind: str, value: str) -> str:
        """Under what a customer's identity is found, so that no key spells an address."""
        return self._digest(f"identity {kind}", value).hex()

    def list_seed(self) -> bytes:
        """The seed of the key that signs what tills take with them offline."""
        return self._digest("offline list", "ed25519")

    def _seal(self, claim: bytes) -> bytes:
        return self._digest("ticket", claim.hex())[: ticket.SEAL]

    def _digest(self, purpose: str, text: str) -> bytes:
        key = hmac.digest(self._secret().encode(), purpose.encode(), hashlib.sha256)
        return hmac.digest(key, text.encode(), hashlib.sha256)
