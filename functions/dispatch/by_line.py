"""The voucher as one LINE Flex message: its QR, what it is worth, and the way to its page.

A QR that renews itself is on the page alone: LINE fetches a picture once and keeps it.

Flex: https://developers.line.biz/en/reference/messaging-api/#flex-message
"""

import json
from typing import TYPE_CHECKING, Any

from functions.adapters.line import TOKEN_REJECTED, LineMessaging
from functions.dispatch.notice import Notice, voucher_url
from functions.domain.sending import Channel, Outcome, Refused, Send, TryLater
from functions.domain.text import Text
from functions.domain.wording import shortened
from functions.runtime.observability import logger

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.dispatch.ports import Parcel, Signer
    from functions.domain.retail import Shop
    from functions.runtime.wiring import Wiring

Json = dict[str, Any]

_OPEN = Text("開啟票券", "Open voucher")
_HINT = Text("結帳時請出示此 QR 碼", "Show this QR code at the till")
_HINT_LIVE = Text(
    "結帳時請開啟票券，出示畫面上的 QR 碼；截圖無法使用",
    "At the till, open the voucher and show the QR code on its page; screenshots do not work",
)
_ALT = Text("您的票券：{product}（{worth}）", "Your voucher: {product} ({worth})")
# LINE's own limits (altText 1500, a bubble 30 kB) are far off; these are what a phone shows without scrolling.
_ALT_MAX = 400
_NAME_MAX = 100
_WORTH_MAX = 300
_SOFT = "#5B6461"
_ACCENT = "#0D5A4B"


class LineCarrier:
    """Sends from the LINE account of the voucher's shop. `token_of` opens the shop's channel access token."""

    channel = Channel.LINE

    def __init__(
        self, line: LineMessaging, signer: "Signer", token_of: "Callable[[Shop], str | None]", public_url: str
    ) -> None:
        self._line, self._signer, self._token_of, self._public_url = line, signer, token_of, public_url

    def pack(self, send: Send, notice: Notice, shop: "Shop") -> "Parcel":
        """The push request, made ready."""
        channel_token = self._token_of(shop)
        if channel_token is None:
            return lambda: Refused("line_not_set_up")
        url = voucher_url(self._public_url, self._signer.token(notice.credential))
        body = push_body(send.address.to, notice, url)
        return lambda: self._push(body, send, channel_token)

    def _push(self, body: bytes, send: Send, channel_token: str) -> Outcome:
        outcome = self._line.push(body, send.retry_key, channel_token)
        if outcome == TryLater(TOKEN_REJECTED):
            logger().error("LINE rejects this shop's channel token: set a new one", extra={"shop_id": send.shop_id})
        return outcome


def carrier(wiring: "Wiring") -> LineCarrier:
    """The carrier of this deployment."""
    settings = wiring.settings
    line = LineMessaging(settings.line_api_url)
    return LineCarrier(line, wiring.signer, wiring.shops.line_token, settings.needed("public_url"))


def push_body(to: str, notice: Notice, url: str) -> bytes:
    """A PushMessageRequest to the LINE user `to`, whose voucher has its page at `url`."""
    request = {"to": to, "messages": [_message(notice, url)]}
    return json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode()


def _message(notice: Notice, url: str) -> Json:
    alt = _ALT.of(notice.language).format(product=notice.product, worth=notice.worth)
    return {"type": "flex", "altText": shortened(alt, _ALT_MAX), "contents": _bubble(notice, url)}


def _bubble(notice: Notice, url: str) -> Json:
    hero = {} if notice.credential.rotating else {"hero": _qr(url, notice)}
    return {"type": "bubble", **hero, "body": _body(notice), "footer": _footer(notice, url)}


def _qr(url: str, notice: Notice) -> Json:
    return {
        "type": "image",
        "url": f"{url}/qr.png",
        "size": "full",
        "aspectRatio": "1:1",
        "aspectMode": "fit",
        "backgroundColor": "#FFFFFF",
        "action": _open(notice, url),
    }


def _body(notice: Notice) -> Json:
    hint = _HINT_LIVE if notice.credential.rotating else _HINT
    lines = [
        _text(notice.shop, _NAME_MAX, size="sm", color=_SOFT),
        _text(notice.product, _NAME_MAX, size="lg", weight="bold"),
        _text(notice.worth, _WORTH_MAX, size="xl", weight="bold", color=_ACCENT),
        _text(notice.expiry, _NAME_MAX, size="sm", color=_SOFT),
        _text(hint.of(notice.language), _NAME_MAX, size="sm", color=_SOFT),
    ]
    return {"type": "box", "layout": "vertical", "spacing": "sm", "contents": lines}


def _footer(notice: Notice, url: str) -> Json:
    button = {"type": "button", "style": "primary", "color": _ACCENT, "action": _open(notice, url)}
    return {"type": "box", "layout": "vertical", "contents": [button]}


def _open(notice: Notice, url: str) -> Json:
    return {"type": "uri", "label": _OPEN.of(notice.language), "uri": url}


def _text(text: str, limit: int, **style: str) -> Json:
    return {"type": "text", "text": shortened(text, limit), "wrap": True, **style}
