"""The voucher page: what the holder of a link has, and the QR that a till takes."""

from dataclasses import dataclass
from datetime import datetime

from functions.adapters import qr
from functions.domain import refusals
from functions.domain.credential import Credential
from functions.domain.text import Language
from functions.domain.voucher import Voucher
from functions.pages.ports import Clock, Codebook, ShopNames, Stores, Verifier, Vouchers
from functions.pages.rendering import voucher_html
from functions.pages.tokens import genuine, held
from functions.pages.view import Scan, Surroundings, view

STORES_LISTED = 100  # keeps the page small, and its stores one read


@dataclass(frozen=True, slots=True)
class VoucherPage:
    """The HTML, and whether the QR on it renews itself."""

    html: str
    is_live: bool


def show_voucher(
    token: str,
    language: Language,
    *,
    verifier: Verifier,
    codebook: Codebook,
    vouchers: Vouchers,
    stores: Stores,
    shop_names: ShopNames,
    clock: Clock,
) -> VoucherPage:
    """The page. Nothing is changed.

    Raises:
        UnknownVoucher: the token is not one of ours, or its voucher is not there.
        StaleCredential: a newer link was sent.
    """
    credential, spelt = genuine(token, verifier=verifier)
    voucher = vouchers.get(credential.voucher_id)
    if voucher is None:
        raise refusals.UnknownVoucher
    now = clock()
    refusal = voucher.refusal(now, None, credential.number)
    if isinstance(refusal, refusals.StaleCredential):
        raise refusal
    refusal = refusal or _used_enough(voucher, now, vouchers)
    scan = _scan(credential, spelt, codebook, clock)
    page = view(voucher, refusal, scan, _surroundings(voucher, stores, shop_names), language)
    if page.scan is None:
        return VoucherPage(voucher_html(page, None), is_live=False)
    return VoucherPage(voucher_html(page, qr.svg(page.scan.text).decode()), page.scan.is_live)


def _scan(credential: Credential, token: str, codebook: Codebook, clock: Clock) -> Scan:
    code = None if credential.rotating else codebook.code(credential)
    return Scan(token, code, held(credential, token, codebook=codebook, clock=clock))


def _used_enough(voucher: Voucher, now: datetime, vouchers: Vouchers) -> refusals.CustomerLimit | None:
    tally = vouchers.tally(voucher.untouched_tally.hint) if voucher.limits else None
    return tally.refusal(voucher.limits, now, voucher.terms.zone) if tally and voucher.limits else None


def _surroundings(voucher: Voucher, stores: Stores, shop_names: ShopNames) -> Surroundings:
    named = voucher.terms.stores or ()
    return Surroundings(
        shop=shop_names.name(voucher.source.shop_id),
        stores=stores.many(named[:STORES_LISTED]) if named else (),
        unlisted=max(0, len(named) - STORES_LISTED),
    )
