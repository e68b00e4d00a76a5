"""Shop secrets at rest: sealed with a key that the tables do not hold."""

import base64
import hashlib
from collections.abc import Callable

from nacl.secret import SecretBox


class Seal:
    """`secret` reads the text from which the key is made."""

    def __init__(self, secret: Callable[[], str]) -> None:
        self._secret = secret

    def close(self, text: str) -> str:
        """The sealed text, in base 64; never the same twice."""
        return base64.b64encode(self._box().encrypt(text.encode())).decode()

    def open(self, sealed: str) -> str:
        """The text.

        Raises:
            nacl.exceptions.CryptoError: it was changed, or sealed with another key.
        """
        return self._box().decrypt(base64.b64decode(sealed)).decode()

    def _box(self) -> SecretBox:
        return SecretBox(hashlib.sha256(b"storebound shop secrets\x00" + self._secret().encode()).digest())
