"""How a voucher stands, in one glance: usable, or why not and what to do about it."""

from dataclasses import dataclass
from typing import Final

from functions.domain.refusals import (
    CustomerLimit,
    Exhausted,
    Expired,
    Held,
    NotActiveNow,
    NotYetValid,
    Refusal,
    Revoked,
)
from functions.domain.text import Language
from functions.domain.voucher import Voucher
from functions.domain.wording import date_text, expiry_text
from functions.pages.times import times_text
from functions.pages.wording import WORDS, say

# wait: nothing is wrong, it is only early. done: over, as it should be. stop: somebody has to be asked.
_TONES: Final = {
    "usable": "good",
    "not_yet_valid": "wait",
    "not_active_now": "wait",
    "customer_limit": "wait",
    "held": "wait",
    "exhausted": "done",
    "expired": "done",
    "suspended": "stop",
    "revoked": "stop",
    "replaced": "stop",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """`name` is `usable` or the refusal's code, `tone` one of good, wait, done, stop."""

    name: str
    tone: str
    label: str
    headline: str = ""
    details: tuple[str, ...] = ()
    advice: str = ""

    @property
    def may_be_scanned(self) -> bool:
        """Whether a till may want to read it: a sale that holds all of it may ask again."""
        return self.name in {"usable", "held"}


def standing(voucher: Voucher, refusal: Refusal | None, language: Language) -> Standing:
    """How `voucher` stands, given what speaks against using it now (a refusal other than a stale credential)."""
    name = refusal.code if refusal else "usable"
    label, tone = say(language, f"{name}_label"), _TONES[name]
    if refusal is None:
        return Standing(name, tone, label)
    headline, advice = _headline(voucher, refusal, language), say(language, f"{name}_advice")
    return Standing(name, tone, label, headline, _details(voucher, refusal, language), advice)


def _headline(voucher: Voucher, refusal: Refusal, language: Language) -> str:
    zone = voucher.terms.zone
    match refusal:
        case NotYetValid():
            return say(language, "not_yet_valid_headline", when=date_text(refusal.valid_from, zone, language))
        case Held():
            return say(language, "held_headline", when=date_text(refusal.held_until, zone, language))
        case CustomerLimit():
            return say(language, "customer_limit_headline", when=date_text(refusal.again_at, zone, language))
        case Revoked() if f"revoked_{refusal.reason}_headline" in WORDS:
            return say(language, f"revoked_{refusal.reason}_headline")
        case _:
            return say(language, f"{refusal.code}_headline")


def _details(voucher: Voucher, refusal: Refusal, language: Language) -> tuple[str, ...]:
    zone = voucher.terms.zone
    match refusal:
        case Expired():
            return (expiry_text(refusal.expires_at, zone, language),)
        case Exhausted() if refusal.redeemed_at and refusal.store:
            last = say(language, "exhausted_last", store=refusal.store.of(language))
            return last, date_text(refusal.redeemed_at, zone, language)
        case NotActiveNow():
            return (times_text(voucher.terms.window, language) or "",)
        case _:
            return ()
