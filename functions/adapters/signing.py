"""QR tokens: Ed25519 signatures through libsodium (docs/decisions says why PyNaCl)."""

import base64
from collections.abc import Callable, Mapping

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from functions.domain import credential
from functions.domain.credential import Credential


class Signer:
    """Makes tokens. `keys` reads `{"current": 2, "keys": {"1": "<base64 seed>", "2": ...}}`."""

    def __init__(self, keys: Callable[[], Mapping[str, object]]) -> None:
        self._keys = keys

    def token(self, of: Credential) -> str:
        """The token of a credential, under the current key. The same credential gives the same token."""
        ring = self._keys()
        number = int(str(ring["current"]))
        claim = credential.claim(number, of)
        seed = base64.b64decode(ring["keys"][str(number)])  # type: ignore[index]  # the shape infra/keys.py writes
        return credential.assemble(claim, SigningKey(seed).sign(credential.signed_bytes(claim)).signature)


class Verifier:
    """Reads tokens with public keys alone. Any key of the ring is good, so that a rotation kills no QR."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        self._keys = {number: VerifyKey(key) for number, key in keys.items()}

    @property
    def public_keys(self) -> dict[int, bytes]:
        """The keys by number, for tills that check a QR themselves."""
        return {number: bytes(key) for number, key in self._keys.items()}

    def read(self, text: str) -> Credential | None:
        """The credential that a scanned text proves, or None: not a token, or not signed by us."""
        token = credential.take_apart(text)
        key = self._keys.get(token.key) if token else None
        if token is None or key is None:
            return None
        try:
            key.verify(token.signed, token.signature)
        except BadSignatureError:
            return None
        return token.credential


class ListSigner:
    """Signs what tills take with them offline. `seed` reads the 32 bytes from which its one key is made."""

    def __init__(self, seed: Callable[[], bytes]) -> None:
        self._seed = seed

    @property
    def public_key(self) -> bytes:
        """What its signatures are checked with."""
        return bytes(self._key().verify_key)

    def sign(self, text: str) -> str:
        """The signature over the text's UTF-8, in base 64."""
        return base64.b64encode(self._key().sign(text.encode()).signature).decode()

    def _key(self) -> SigningKey:
        return SigningKey(self._seed())


def read_public_keys(text: str) -> dict[int, bytes]:
    """Public keys as settings carry them: `1:<base64>,2:<base64>`."""
    pairs = (pair.split(":", 1) for pair in text.split(",") if pair)
    return {int(number): base64.b64decode(key) for number, key in pairs}
