"""The voucher as a text message: the code a person can type, and no link.

Carriers in Taiwan drop messages with addresses that were not registered beforehand, and bill by the part. A voucher
whose QR renews itself has nothing else to offer than its page: it is sent as a link, in more parts, and the shop has to
register its address (docs/deploying.md).
"""

from typing import TYPE_CHECKING

from functions.adapters import aws
from functions.adapters.sms import SnsText
from functions.dispatch.notice import Notice, voucher_url
from functions.domain import codes
from functions.domain.sending import Channel, Send
from functions.domain.text import Text
from functions.domain.wording import shortened

if TYPE_CHECKING:
    from functions.dispatch.ports import Codebook, Parcel, Signer
    from functions.domain.retail import Shop
    from functions.runtime.wiring import Wiring

MOST_PARTS = 2
MOST_PARTS_WITH_LINK = 5  # a link alone is some 220 characters
_TEXT = Text(
    "【{shop}】{product} {worth}，{expiry}。兌換碼 {code}，到店出示即可使用。",
    "{shop}: {product}, {worth}. {expiry}. Code {code}: show it in store.",
)
_TEXT_LIVE = Text(
    "【{shop}】{product} {worth}，{expiry}。到店開啟此頁出示 QR 碼（截圖無法使用）：{url}",
    "{shop}: {product}, {worth}. {expiry}. In store, open this page and show its QR code (no screenshots): {url}",
)
# How much of each name is kept, tried in turn until the message fits.
_NAME_LIMITS = (60, 40, 28, 20, 14, 10, 6)
# 3GPP TS 23.038: the default alphabet, and what costs two characters in it.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("^{}\\[~]|€")


class SmsCarrier:
    """Sends to phone numbers."""

    channel = Channel.SMS

    def __init__(self, sms: SnsText, signer: "Signer", codebook: "Codebook", public_url: str) -> None:
        self._sms, self._signer, self._codebook, self._public_url = sms, signer, codebook, public_url

    def pack(self, send: Send, notice: Notice, _shop: "Shop", /) -> "Parcel":
        """The text message, made ready."""
        text = self._text(notice)
        return lambda: self._sms.send(text, send.address.to)

    def _text(self, notice: Notice) -> str:
        if notice.credential.rotating:
            return link_message(notice, voucher_url(self._public_url, self._signer.token(notice.credential)))
        return message(notice, self._codebook.code(notice.credential))


def carrier(wiring: "Wiring") -> SmsCarrier:
    """The carrier of this deployment."""
    sms, settings = SnsText(lambda: aws.one_try_client("sns")), wiring.settings
    return SmsCarrier(sms, wiring.signer, wiring.codebook, settings.needed("public_url"))


def message(notice: Notice, code: str) -> str:
    """The text with a code, names shortened as far as two parts demand."""
    return _fitted(_TEXT, notice, MOST_PARTS, code=codes.grouped(code))


def link_message(notice: Notice, url: str) -> str:
    """The text with a link, names shortened as far as five parts demand."""
    return _fitted(_TEXT_LIVE, notice, MOST_PARTS_WITH_LINK, url=url)


def parts(text: str) -> int:
    """How many messages a phone network makes of a text: 160 or 153 GSM characters, otherwise 70 or 67 of UCS-2."""
    if _GSM.union(_GSM_TWICE).issuperset(text):
        units, alone, each = len(text) + sum(character in _GSM_TWICE for character in text), 160, 153
    else:
        units, alone, each = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if units <= alone else -(-units // each)


def _fitted(text: Text, notice: Notice, most_parts: int, **brought: str) -> str:
    """`text` filled in; what it brings is never cut."""
    tried = (_filled(text, notice, limit, **brought) for limit in _NAME_LIMITS)
    return next((each for each in tried if parts(each) <= most_parts), _filled(text, notice, 1, **brought))


def _filled(text: Text, notice: Notice, limit: int, **brought: str) -> str:
    return text.of(notice.language).format(
        shop=shortened(notice.shop, limit),
        product=shortened(notice.product, limit),
        worth=shortened(notice.worth, limit),
        expiry=notice.expiry,
        **brought,
    )
