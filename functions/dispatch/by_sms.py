"""The voucher as a text message: the code a person can type, and no link.

Carriers in Taiwan drop messages with addresses that were not registered beforehand, and bill by the part.
"""

from typing import TYPE_CHECKING

from functions.adapters import aws
from functions.adapters.sms import SnsText
from functions.dispatch.notice import Notice
from functions.domain import codes
from functions.domain.sending import Channel, Send
from functions.domain.text import Text
from functions.domain.wording import shortened

if TYPE_CHECKING:
    from functions.dispatch.ports import Codebook, Parcel
    from functions.domain.retail import Shop
    from functions.runtime.wiring import Wiring

MOST_PARTS = 2
_TEXT = Text(
    "【{shop}】{product} {worth}，{expiry}。兌換碼 {code}，到店出示即可使用。",
    "{shop}: {product}, {worth}. {expiry}. Code {code}: show it in store.",
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

    def __init__(self, sms: SnsText, codebook: "Codebook") -> None:
        self._sms, self._codebook = sms, codebook

    def pack(self, send: Send, notice: Notice, _shop: "Shop", /) -> "Parcel":
        """The text message, made ready."""
        text = message(notice, self._codebook.code(notice.credential))
        return lambda: self._sms.send(text, send.address.to)


def carrier(wiring: "Wiring") -> SmsCarrier:
    """The carrier of this deployment."""
    return SmsCarrier(SnsText(lambda: aws.one_try_client("sns")), wiring.codebook)


def message(notice: Notice, code: str) -> str:
    """The text, names shortened as far as two parts demand."""
    texts = (_text(notice, codes.grouped(code), limit) for limit in _NAME_LIMITS)
    return next((text for text in texts if parts(text) <= MOST_PARTS), _text(notice, codes.grouped(code), 1))


def parts(text: str) -> int:
    """How many messages a phone network makes of a text: 160 or 153 GSM characters, otherwise 70 or 67 of UCS-2."""
    if _GSM.union(_GSM_TWICE).issuperset(text):
        units, alone, each = len(text) + sum(character in _GSM_TWICE for character in text), 160, 153
    else:
        units, alone, each = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if units <= alone else -(-units // each)


def _text(notice: Notice, code: str, limit: int) -> str:
    return _TEXT.of(notice.language).format(
        shop=shortened(notice.shop, limit),
        product=shortened(notice.product, limit),
        worth=shortened(notice.worth, limit),
        expiry=notice.expiry,
        code=code,
    )
