"""What a till takes with it for the time when it cannot ask."""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Self

from pydantic import Field

from functions.contracts.base import Instant, Wire, WireMoney
from functions.domain.credential import signed_bytes
from functions.domain.offline_policy import OfflinePolicy
from functions.domain.retail import Terminal
from functions.domain.standing import LIST_LASTS, Standing


class WirePolicy(Wire):
    """What a till may take offline. Without a limit where an amount is null; no money at all where it is 0."""

    floor_limit: WireMoney | None = Field(None, description="for one operation")
    voucher_cap: WireMoney | None = Field(None, description="for one voucher over a batch")
    units: int = Field(10, ge=0, le=10_000, description="of services, goods and uses, for one voucher over a batch")
    hours: int = Field(24, ge=1, le=168, description="how long ago an operation may have happened when it is reported")

    @classmethod
    def of(cls, policy: OfflinePolicy) -> Self:
        """The wire form."""
        return cls(
            floor_limit=WireMoney.of(policy.floor_limit) if policy.floor_limit else None,
            voucher_cap=WireMoney.of(policy.voucher_cap) if policy.voucher_cap else None,
            units=policy.units,
            hours=policy.hours,
        )

    @property
    def domain(self) -> OfflinePolicy:
        """The domain value."""
        return OfflinePolicy(
            floor_limit=self.floor_limit.domain if self.floor_limit else None,
            voucher_cap=self.voucher_cap.domain if self.voucher_cap else None,
            units=self.units,
            hours=self.hours,
        )


class PublicKey(Wire):
    """A key that signs QRs, under the number that stands in them; base 64."""

    number: int
    public_key: str


class KeysAnswer(Wire):
    """What it takes to check a QR and an offline list without asking (docs/offline.md); all bytes in base 64.

    `context` is signed before the claim of a QR; `list_key` checks the signature of an offline list.
    """

    algorithm: str = "Ed25519"
    keys: list[PublicKey]
    context: str
    list_key: str

    @classmethod
    def of(cls, keys: Mapping[int, bytes], list_key: bytes) -> Self:
        """The wire form."""
        return cls(
            keys=[PublicKey(number=number, public_key=_base64(key)) for number, key in sorted(keys.items())],
            context=_base64(signed_bytes(b"")),
            list_key=_base64(list_key),
        )


class StandingWire(Wire):
    """From `at` on a voucher is `usable` or not, under credential numbers from `credential` on."""

    voucher_id: str
    version: int
    usable: bool
    credential: int
    at: Instant

    @classmethod
    def of(cls, line: Standing) -> Self:
        """The wire form."""
        return cls(
            voucher_id=line.voucher_id,
            version=line.version,
            usable=line.usable,
            credential=line.credential,
            at=line.at,
        )


class OfflineList(Wire):
    """What is signed. `policy` is null where the till may take nothing offline, and good until `good_until`.

    The entries follow `cursor`; with `complete` there are no more of them for now.
    """

    store_id: str
    terminal_id: str
    issued_at: Instant
    good_until: Instant
    policy: WirePolicy | None
    cursor: str | None
    next_cursor: str
    complete: bool
    entries: list[StandingWire]

    @classmethod
    def of(
        cls,
        terminal: Terminal,
        lines: Sequence[Standing],
        now: datetime,
        cursor: str | None,
        next_cursor: str,
        *,
        complete: bool,
    ) -> Self:
        """The wire form of what a terminal gets at a moment."""
        return cls(
            store_id=terminal.store_id,
            terminal_id=terminal.terminal_id,
            issued_at=now,
            good_until=now + LIST_LASTS,
            policy=WirePolicy.of(terminal.offline) if terminal.offline else None,
            cursor=cursor,
            next_cursor=next_cursor,
            complete=complete,
            entries=[StandingWire.of(line) for line in lines],
        )


class OfflineListAnswer(Wire):
    """`list` is the JSON text of an `OfflineList` exactly as it was signed, `signature` over its UTF-8 in base 64."""

    list: str
    signature: str
    next_cursor: str


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
