"""What people look at (CONTRACT, 'Customers'). A GET never changes anything."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from chalice.app import Blueprint

from functions.adapters import qr
from functions.domain.text import Language
from functions.pages.language import choose
from functions.pages.rendering import content_security_policy, notice_html
from functions.pages.show_voucher import show_voucher
from functions.pages.tokens import qr_text
from functions.runtime.http import Answer, Call, endpoint
from functions.runtime.problems import ProblemAnswer
from functions.runtime.wiring import current

bp = Blueprint("app")
HTML: Final = "text/html; charset=utf-8"
PNG: Final = "image/png"
SVG: Final = "image/svg+xml"
# The address of a page is as good as money: it must not be kept, indexed or told to others.
_PRIVATE: Final = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}
_PICTURE: Final = _PRIVATE | {"Content-Security-Policy": "default-src 'none'"}
# What a person is told of an error, by its code; of any other that we are in trouble.
_NOTICES: Final = frozenset({"unknown", "stale_credential"})


def error_page(error: ProblemAnswer, request: Mapping[str, Any]) -> Answer:
    """An error as a person sees it."""
    code = str(error.body["code"])
    language = choose((request["query_params"] or {}).get("lang"), request["headers"].get("accept-language"))
    html = notice_html(code if code in _NOTICES else "unavailable", language)
    return _page(html, language, HTTPStatus(error.status), error.headers)


@endpoint(bp, "GET", "/v/{token}", summary="The voucher page", content_type=HTML, on_error=error_page, query=("lang",))
def voucher_page(call: Call[None], token: str) -> Answer:
    here, language = current(), choose(call.query.get("lang"), call.headers.get("accept-language"))
    page = show_voucher(
        token,
        language,
        verifier=here.verifier,
        codebook=here.codebook,
        vouchers=here.vouchers,
        stores=here.stores,
        shop_names=here.shops,
        clock=here.clock,
    )
    return _page(page.html, language, is_live=page.is_live)


@endpoint(bp, "GET", "/v/{token}/qr.png", summary="The voucher's QR", content_type=PNG, on_error=error_page)
def voucher_png(_call: Call[None], token: str) -> Answer:
    return Answer(qr.png(_qr_text(token)), content_type=PNG, headers=_PICTURE)


@endpoint(bp, "GET", "/v/{token}/qr.svg", summary="The voucher's QR", content_type=SVG, on_error=error_page)
def voucher_svg(_call: Call[None], token: str) -> Answer:
    return Answer(qr.svg(_qr_text(token)).decode(), content_type=SVG, headers=_PICTURE)


def _qr_text(token: str) -> str:
    here = current()
    return qr_text(token, verifier=here.verifier, codebook=here.codebook, clock=here.clock)


def _page(
    html: str,
    language: Language,
    status: int = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
    *,
    is_live: bool = False,
) -> Answer:
    own = {"Content-Language": language, "Content-Security-Policy": content_security_policy(is_live=is_live)}
    return Answer(html, status, content_type=HTML, headers=_PRIVATE | own | dict(headers or {}))
