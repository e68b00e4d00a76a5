"""A retailer's set-up: shops that sell, stores that redeem, the tills in them, and who may do what."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from functions.domain.issue_plan import ShopTerms
from functions.domain.offline_policy import OfflinePolicy
from functions.domain.product import Guarantee, Issuer
from functions.domain.text import Text
from functions.domain.validity import HOME_ZONE

ENROLMENT_LASTS = timedelta(minutes=10)


class Platform(StrEnum):
    """What kind of shop it is, and so how its webhooks are signed and read."""

    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"
    STRIPE = "stripe"
    ECPAY = "ecpay"
    SHOPLINE = "shopline"
    STANDARD = "standard"


class Role(StrEnum):
    """What a token's holder may do."""

    ADMIN = "admin"
    MARKETER = "marketer"
    CLERK = "clerk"
    TERMINAL = "terminal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A web shop. `secrets` sign its webhooks, any of them is good; `line_token` sends from its LINE account."""

    shop_id: str
    platform: Platform
    name: Text
    zone: str
    secrets: tuple[str, ...] = ()
    line_token: str | None = None
    email_from: str | None = None
    issuer: Issuer | None = None
    guarantee: Guarantee | None = None

    @property
    def terms(self) -> ShopTerms:
        """What the shop adds to the terms of its vouchers."""
        return ShopTerms(self.zone, self.issuer, self.guarantee)


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A place with tills. Its days begin and end in `zone` (IANA)."""

    store_id: str
    name: Text
    address: Text | None = None
    phone: str | None = None
    zone: str = HOME_ZONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """A till, bound to one store. Only digests of its token and of the code that waits for it are kept.

    A token may be rolled: the next one and the one it follows are both good until the next one is first used. That it
    was is not written here but in the terminal's guard, since a till's function may write no terminal.

    `store` and `zone` repeat the store's name and zone, so that a redemption needs no read to say where and on which
    day it happened. Without a policy for it, the till may take nothing offline.
    """

    terminal_id: str
    store_id: str
    store: Text
    zone: str = HOME_ZONE
    enrolment_digest: str | None = None
    token_digest: str | None = None
    next_digest: str | None = None
    enrolled_at: datetime | None = None
    revoked_at: datetime | None = None
    offline: OfflinePolicy | None = None

    def invited(self, store: Store, code_digest: str) -> "Terminal":
        """The terminal, waiting to be enrolled in a store. An earlier code is dead, and so is another store's token."""
        moved = store.store_id != self.store_id
        return replace(
            self,
            store_id=store.store_id,
            store=store.name,
            zone=store.zone,
            enrolment_digest=code_digest,
            token_digest=None if moved else self.token_digest,
            next_digest=None if moved else self.next_digest,
        )

    def enrolled(self, token_digest: str, now: datetime) -> "Terminal":
        """The terminal with its one token; an earlier token and the code are dead."""
        return replace(
            self, token_digest=token_digest, next_digest=None, enrolment_digest=None, enrolled_at=now, revoked_at=None
        )

    def live(self, promoted: str | None) -> tuple[str, ...]:
        """The digests of the tokens that are good; `promoted` is that of the last rolled token to be used first."""
        if self.next_digest is not None and self.next_digest == promoted:
            return (self.next_digest,)
        return tuple(digest for digest in (self.token_digest, self.next_digest) if digest is not None)

    def rolled(self, held: str, next_digest: str) -> "Terminal":
        """The terminal with a token to follow the one its device holds; one that nobody has used yet is dead."""
        return replace(self, token_digest=held, next_digest=next_digest)

    def revoked(self, now: datetime) -> "Terminal":
        """The terminal without any token, and with no code that could make one."""
        return replace(self, token_digest=None, next_digest=None, enrolment_digest=None, revoked_at=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """The promise to make one device a terminal, kept under the digest of its one-use code."""

    code_digest: str
    terminal_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A person's or program's token. Only its digest is kept."""

    token_id: str
    role: Role
    name: str
    token_digest: str
    created_at: datetime
    revoked_at: datetime | None = None
