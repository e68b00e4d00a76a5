"""The voucher as mail: its QR in the mail itself, its page as a link, its code for where neither works.

A QR that renews itself has its page alone.
"""

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from functions.adapters import aws
from functions.adapters.email import SesMail
from functions.dispatch.notice import Notice, voucher_url
from functions.domain import codes
from functions.domain.sending import Channel, Refused, Send
from functions.domain.text import Text
from functions.domain.wording import shortened

if TYPE_CHECKING:
    from jinja2 import Environment

    from functions.dispatch.ports import Codebook, Parcel, Signer
    from functions.domain.retail import Shop
    from functions.runtime.wiring import Wiring

_TEMPLATES: Final = Path(__file__).parent / "templates"
# What a header can hold unquoted (RFC 5322, dot-atom). SES does not speak SMTPUTF8, so nothing beyond ASCII.
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_QR_ID: Final = "qr@storebound"
_NAME_MAX: Final = 60
_WORDS: Final = {
    "subject": Text("【{shop}】您的票券：{product}", "{shop}: your voucher {product}"),
    "hint": Text("結帳時請出示此 QR 碼", "Show this QR code at the till"),
    "live": Text(
        "結帳時請開啟票券，出示畫面上的 QR 碼。QR 碼會自動更新，截圖無法使用。",
        "At the till, open the voucher and show the QR code on its page. It renews itself; screenshots do not work.",
    ),
    "open": Text("開啟票券", "Open voucher"),
    "code": Text("無法掃描時，請告知店員此代碼", "If it cannot be scanned, tell the clerk this code"),
    "keep_private": Text(
        "任何人持有此信都能使用這張票券，請勿轉寄。",
        "Whoever has this mail can use the voucher: please do not forward it.",
    ),
    "qr": Text("票券 QR 碼", "QR code of the voucher"),
}


class EmailCarrier:
    """Sends mail in the shop's name, from the shop's own address or else from `sender`."""

    channel = Channel.EMAIL

    def __init__(self, mail: SesMail, signer: "Signer", codebook: "Codebook", public_url: str, sender: str) -> None:
        self._mail, self._signer, self._codebook = mail, signer, codebook
        self._public_url, self._sender = public_url, sender

    def pack(self, send: Send, notice: Notice, shop: "Shop") -> "Parcel":
        """The mail, made ready."""
        to = send.address.to
        if _ADDRESS.fullmatch(to) is None:
            return lambda: Refused("email_address")
        token, sender = self._signer.token(notice.credential), shop.email_from or self._sender
        url = voucher_url(self._public_url, token)
        mail = mime(notice, to, sender, url, None if notice.credential.rotating else self._keepsake(notice, token))
        raw = _with_fixed_boundaries(mail, send.message_id).as_bytes()
        return lambda: self._mail.send(raw, to, send.message_id)

    def _keepsake(self, notice: Notice, token: str) -> "Keepsake":
        from functions.adapters import qr  # noqa: PLC0415 - no other channel draws

        return Keepsake(qr.png(token), codes.grouped(self._codebook.code(notice.credential)))


@dataclass(frozen=True, slots=True)
class Keepsake:
    """What a till takes out of the mail itself: the QR as a PNG, and the code as it is written."""

    qr: bytes
    code: str


def carrier(wiring: "Wiring") -> EmailCarrier:
    """The carrier of this deployment."""
    ses, settings = SesMail(lambda: aws.one_try_client("sesv2")), wiring.settings
    return EmailCarrier(
        ses, wiring.signer, wiring.codebook, settings.needed("public_url"), settings.needed("email_from")
    )


def mime(notice: Notice, to: str, sender: str, url: str, keepsake: Keepsake | None) -> EmailMessage:
    """Plain text, and HTML with the QR inside it where there is one to keep."""
    words = {name: text.of(notice.language) for name, text in _WORDS.items()}
    mail = EmailMessage(policy=SMTP)
    shop, product = shortened(notice.shop, _NAME_MAX), shortened(notice.product, _NAME_MAX)
    mail["From"] = Address(display_name=shop, addr_spec=sender)
    mail["To"] = to
    mail["Subject"] = words["subject"].format(shop=shop, product=product)
    code = keepsake.code if keepsake else None
    mail.set_content(_rendered("voucher.txt", notice, words, url, code))
    mail.add_alternative(_rendered("voucher.html", notice, words, url, code), subtype="html")
    if keepsake is not None:
        _, html = mail.iter_parts()
        html.add_related(keepsake.qr, "image", "png", cid=f"<{_QR_ID}>", filename="qr.png", disposition="inline")
    return mail


def _rendered(template: str, notice: Notice, words: dict[str, str], url: str, code: str | None) -> str:
    return _environment().get_template(template).render(n=notice, t=words, url=url, code=code, qr_id=_QR_ID)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape  # noqa: PLC0415 - as above

    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _with_fixed_boundaries(mail: EmailMessage, message_id: str) -> EmailMessage:
    """Python would draw them at random; the same send gives the same bytes."""
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=_{message_id}.{number}")
    return mail
