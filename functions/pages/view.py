"""The voucher page before it is HTML: everything on it decided, nothing of it drawn."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from functions.domain import codes
from functions.domain.refusals import Refusal, Replaced, Revoked
from functions.domain.retail import Store
from functions.domain.text import Language, Text
from functions.domain.voucher import Use, Voucher
from functions.domain.wording import date_text, expiry_text
from functions.pages.about import Fact, about
from functions.pages.holding import Holding, holding, taken_text
from functions.pages.standing import Standing, standing
from functions.pages.times import times_text
from functions.pages.wording import say


@dataclass(frozen=True, slots=True)
class Scan:
    """What a till takes: the token of the page, the code as it is written, and what the QR holds now.

    A QR that renews itself has no code: whatever can be typed can be passed on.
    """

    token: str
    code: str | None
    text: str

    @property
    def is_live(self) -> bool:
        """Whether the QR renews itself."""
        return self.code is None


@dataclass(frozen=True, slots=True)
class Place:
    """A store where the voucher can be used."""

    name: str
    address: str
    phone: str


@dataclass(frozen=True, slots=True)
class PastUse:
    """One redemption, as its holder is told of it."""

    store: str
    when: str
    taken: str
    is_undone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherView:
    """The page's content. `scan` is None unless a till would take the voucher now; `places` is None for all stores."""

    language: Language
    shop: str
    product: str
    kind: str
    standing: Standing
    holding: Holding | None
    scan: Scan | None
    validity: tuple[str, ...]
    places: tuple[Place, ...] | None
    more_places: str
    uses: tuple[PastUse, ...]
    terms: str
    about: tuple[Fact, ...]
    complaints: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the page tells beside the voucher: the shop's name, stores to list, and how many are not listed."""

    shop: Text | None
    stores: Sequence[Store] = ()
    unlisted: int = 0


def view(
    voucher: Voucher, refusal: Refusal | None, scan: Scan, around: Surroundings, language: Language
) -> VoucherView:
    """The page of `voucher`, with `scan` on it if nothing speaks against using it now."""
    terms = voucher.terms
    stands = standing(voucher, refusal, language)
    return VoucherView(
        language=language,
        shop=_shop(voucher, around, language),
        product=terms.name.of(language),
        kind=say(language, f"kind_{terms.kind}"),
        standing=stands,
        # A voucher that is over holds nothing, whatever its balance was.
        holding=None if isinstance(refusal, Revoked | Replaced) else holding(voucher, language),
        scan=replace(scan, code=scan.code and codes.grouped(scan.code)) if stands.may_be_scanned else None,
        validity=_validity(voucher, language),
        places=None if terms.stores is None else tuple(_place(store, language) for store in around.stores),
        more_places=say(language, "more_stores", count=around.unlisted) if around.unlisted else "",
        uses=tuple(_use(voucher, use, language) for use in reversed(voucher.recent)),
        terms=terms.text.of(language),
        about=about(voucher, language),
        complaints=terms.issuer.complaints if terms.issuer else "",
    )


def _shop(voucher: Voucher, around: Surroundings, language: Language) -> str:
    issuer = voucher.terms.issuer
    name = around.shop or (issuer.name if issuer else None)
    return name.of(language) if name else ""


def _validity(voucher: Voucher, language: Language) -> tuple[str, ...]:
    zone, times = voucher.terms.zone, times_text(voucher.terms.window, language)
    starts_later = voucher.valid_from > voucher.issued_at
    return (
        *([say(language, "valid_from", start=date_text(voucher.valid_from, zone, language))] if starts_later else []),
        expiry_text(voucher.expires_at, zone, language),
        *([say(language, "times", times=times)] if times else []),
    )


def _place(store: Store, language: Language) -> Place:
    address = store.address.of(language) if store.address else ""
    return Place(store.name.of(language), address, store.phone or "")


def _use(voucher: Voucher, use: Use, language: Language) -> PastUse:
    when = date_text(use.at, voucher.terms.zone, language)
    return PastUse(use.store.of(language), when, taken_text(voucher, use.taken, language), use.is_undone)
