"""The Ed25519 keys that sign QR codes: a secret holds the seeds, the app stack's `VerifyKeys` the public halves.

A till accepts a QR code if it knows the public key of the number in it. So a new key is published before anything is
signed with it, and a key is retired only when no QR code signed with it need work any more.
"""

import base64
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nacl.signing import SigningKey

from infra.errors import UsageError
from infra.target import Target

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient

_SEED_BYTES = 32


@dataclass(frozen=True)
class SigningKeys:
    """The seeds by key number, and the number of the one that signs."""

    current: int
    seeds: dict[int, bytes]

    @property
    def newest(self) -> int:
        """The highest number ever given to a key that is still here."""
        return max(self.seeds)

    @property
    def verify_keys(self) -> str:
        """The public keys as the functions read them: `1:<base64>,2:<base64>`."""
        public = {number: bytes(SigningKey(seed).verify_key) for number, seed in sorted(self.seeds.items())}
        return ",".join(f"{number}:{base64.b64encode(key).decode()}" for number, key in public.items())

    def with_new_key(self) -> "SigningKeys":
        """One key more, which does not sign yet."""
        return replace(self, seeds=self.seeds | {self.newest + 1: _new_seed()})

    def without(self, number: int) -> "SigningKeys":
        """One key less.

        Raises:
            UsageError: there is no such key, or it is the one that signs.
        """
        if number not in self.seeds:
            raise UsageError(f"There is no key {number}.", "See which there are: storebound keys list")
        if number == self.current:
            raise UsageError(f"Key {number} is the one that signs.", "Make a new one first: storebound keys rotate")
        return replace(self, seeds={other: seed for other, seed in self.seeds.items() if other != number})


class KeyStore:
    """The secret that holds the keys."""

    def __init__(self, target: Target, secret_id: str) -> None:
        self._client: SecretsManagerClient = target.client("secretsmanager")
        self._secret_id = secret_id

    def load(self) -> SigningKeys | None:
        """The keys, or `None` if the secret was never filled."""
        held = json.loads(self._client.get_secret_value(SecretId=self._secret_id)["SecretString"])
        if not held:
            return None
        seeds = {int(number): base64.b64decode(seed, validate=True) for number, seed in held["keys"].items()}
        return SigningKeys(held["current"], seeds)

    def save(self, keys: SigningKeys) -> None:
        """Write the keys in the form that the functions read."""
        seeds = {str(number): base64.b64encode(seed).decode() for number, seed in sorted(keys.seeds.items())}
        held = {"current": keys.current, "keys": seeds}
        self._client.put_secret_value(SecretId=self._secret_id, SecretString=json.dumps(held))

    def ensure(self) -> SigningKeys:
        """The keys; a first one is made if there is none."""
        keys = self.load()
        if keys is None:
            keys = SigningKeys(1, {1: _new_seed()})
            self.save(keys)
        return keys


def rotate(store: KeyStore, publish: Callable[[SigningKeys], None]) -> SigningKeys:
    """Make a new key, publish its public half, then sign with it.

    A rotation that was interrupted goes on with the key that it had made.
    """
    keys = store.ensure()
    if keys.newest == keys.current:
        keys = keys.with_new_key()
        store.save(keys)
    publish(keys)
    rotated = replace(keys, current=keys.newest)
    store.save(rotated)
    return rotated


def retire(store: KeyStore, number: int, publish: Callable[[SigningKeys], None]) -> SigningKeys:
    """Forget a key: QR codes signed with it are refused from now on.

    Raises:
        UsageError: there is no such key, or it is the one that signs.
    """
    keys = store.ensure().without(number)
    publish(keys)
    store.save(keys)
    return keys


def _new_seed() -> bytes:
    return secrets.token_bytes(_SEED_BYTES)
