"""What a message says, on whatever channel."""

from dataclasses import dataclass

from functions.domain.credential import Credential
from functions.domain.sending import Content, Send
from functions.domain.text import Language
from functions.domain.voucher import Voucher
from functions.domain.wording import expiry_text, one_line, worth_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Every text is one line in `language`. Nothing in it changes between two tries of one message.

    A `credential` that rotates redeems nothing by itself: a message that brings one leads to its page, and shows
    neither a picture of its QR nor a code.
    """

    language: Language
    shop: str
    product: str
    worth: str
    expiry: str
    credential: Credential


def notice_of(send: Send, voucher: Voucher, content: Content) -> Notice:
    """The news that `send` brings: the voucher's frozen terms, and what the send itself has fixed."""
    terms, language = voucher.terms, send.language
    return Notice(
        language=language,
        shop=one_line(content.shop.of(language)),
        product=one_line(terms.name.of(language)),
        worth=one_line(worth_text(content.worth, terms.discount, language)),
        expiry=expiry_text(voucher.expires_at, terms.zone, language),
        credential=voucher.named,
    )


def voucher_url(public_url: str, token: str) -> str:
    """The voucher's page; its QR lies below it (CONTRACT, 'Customers')."""
    return f"{public_url.rstrip('/')}/v/{token}"
