"""One record of each customer, and the identities under which shops, channels and tills know them."""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from enum import StrEnum

from functions.domain.order import Contact
from functions.domain.text import HOME_LANGUAGE, Language

_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,189}\.[^@\s.,;<>\"]{2,63}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_TAIWAN_MOBILE = re.compile(r"09[0-9]{8}", re.ASCII)


class IdentityKind(StrEnum):
    """What an identity is, the surest first: the first that is known decides who somebody is."""

    SHOP = "shop"
    LINE = "line"
    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Identity:
    """One name under which somebody is known, in its normal form; a shop's reference carries the shop."""

    kind: IdentityKind
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A person. `shop_refs` are (shop id, the shop's own reference)."""

    customer_id: str
    name: str | None = None
    language: Language = HOME_LANGUAGE
    line_user_id: str | None = None
    email: str | None = None
    phone: str | None = None
    shop_refs: tuple[tuple[str, str], ...] = field(default=())
    version: int = 0

    @property
    def identities(self) -> tuple[Identity, ...]:
        """All that this person is known under."""
        named = (
            *((IdentityKind.SHOP, f"{shop_id}#{ref}") for shop_id, ref in self.shop_refs),
            (IdentityKind.LINE, self.line_user_id),
            (IdentityKind.EMAIL, self.email),
            (IdentityKind.PHONE, self.phone),
        )
        return tuple(Identity(kind, value) for kind, value in named if value)

    def completed(self, contact: Contact, shop_id: str) -> "Customer":
        """What an order adds: it fills what was unknown and overwrites nothing the customer told us."""
        ref = (shop_id, contact.customer_ref) if contact.customer_ref else None
        completed = replace(
            self,
            name=self.name or contact.name,
            language=self.language if self.version else contact.language,
            line_user_id=self.line_user_id or contact.line_user_id,
            email=self.email or contact.email,
            phone=self.phone or contact.phone,
            shop_refs=self.shop_refs if ref is None or ref in self.shop_refs else (*self.shop_refs, ref),
        )
        return self if completed == self else replace(completed, version=self.version + 1)

    def contact(self, order: Contact) -> Contact:
        """How to reach this person for one order: what the order says first, then what is known."""
        return replace(
            order,
            line_user_id=order.line_user_id or self.line_user_id,
            email=order.email or self.email,
            phone=order.phone or self.phone,
        )


def identities_of(contact: Contact, shop_id: str) -> tuple[Identity, ...]:
    """The identities in an order's contact, the surest first."""
    return Customer(customer_id="").completed(contact, shop_id).identities


def normal_email(text: str | None) -> str | None:
    """A usable email address in lower case, or None."""
    plain = unicodedata.normalize("NFKC", text or "").strip().lower()
    return plain if _EMAIL.fullmatch(plain) else None


def normal_phone(text: str | None) -> str | None:
    """A phone number in E.164, or None; a Taiwanese mobile number may come without its country code."""
    plain = re.sub(r"[\s().-]", "", unicodedata.normalize("NFKC", text or ""))
    if _TAIWAN_MOBILE.fullmatch(plain):
        return f"+886{plain[1:]}"
    international = re.sub(r"^00", "+", plain)
    # Taiwan: the 0 before a national number is not dialled behind the country code, yet often written.
    number = re.sub(r"^\+8860", "+886", international)
    return number if _E164.fullmatch(number) else None
