"""Who answers for a prepaid voucher: what Taiwan's gift-voucher rules want on its face."""

from datetime import datetime
from zoneinfo import ZoneInfo

from functions.domain.product import Issuer, Terms
from functions.domain.text import Language
from functions.domain.voucher import Voucher
from functions.domain.wording import worth_text
from functions.pages.wording import say

Fact = tuple[str, str]


def about(voucher: Voucher, language: Language) -> tuple[Fact, ...]:
    """Labels and what stands beside them; nothing for a voucher that nobody paid for."""
    terms = voucher.terms
    if terms.issuer is None:
        return ()
    own = {
        "face_value": worth_text(voucher.face, terms.discount, language),
        "serial": voucher.voucher_id,
        "sold_at": _day(voucher.issued_at, terms.zone),
    }
    facts = _issuer(terms.issuer, language) | own | _guarantee(terms, language)
    return tuple((say(language, label), value) for label, value in facts.items())


def _issuer(issuer: Issuer, language: Language) -> dict[str, str]:
    return {
        "issuer_name": issuer.name.of(language),
        "address": issuer.address,
        "tax_id": issuer.tax_id,
        "representative": issuer.representative,
        "complaints": issuer.complaints,
    }


def _guarantee(terms: Terms, language: Language) -> dict[str, str]:
    guarantee = terms.guarantee
    if guarantee is None:
        return {}
    starts, ends = _day(guarantee.starts, terms.zone), _day(guarantee.ends, terms.zone)
    return {
        "guarantee": guarantee.method.of(language),
        "guarantee_dates": say(language, "guarantee_period", start=starts, end=ends),
    }


def _day(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y/%m/%d}"
