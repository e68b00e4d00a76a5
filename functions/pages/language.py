"""Which language a visitor reads."""

from functions.domain.text import HOME_LANGUAGE, Language

_BY_PRIMARY_TAG: dict[str, Language] = {"zh": "zh-Hant", "en": "en"}


def choose(asked: str | None, accepted: str | None) -> Language:
    """The language of a page: what `?lang=` asks for, else the best of an Accept-Language header that we have."""
    wanted = [asked or "", *_by_weight(accepted or "")]
    return next((language for language in map(_known, wanted) if language), HOME_LANGUAGE)


def other(language: Language) -> Language:
    """The one to switch to."""
    return "en" if language == "zh-Hant" else "zh-Hant"


def _known(tag: str) -> Language | None:
    return _BY_PRIMARY_TAG.get(tag.strip().lower().partition("-")[0])


def _by_weight(header: str) -> list[str]:
    """The tags of a header (RFC 9110, 12.5.4), the most wanted first; those with weight 0 are not wanted at all."""
    weighted = [
        (_weight(parameters), tag) for tag, _, parameters in (part.partition(";") for part in header.split(","))
    ]
    return [tag for weight, tag in sorted(weighted, key=lambda pair: -pair[0]) if weight]


def _weight(parameters: str) -> int:
    """`q=0.8` as 800; 1000 where none is given, 0 where it makes no sense."""
    name, _, value = parameters.strip().partition("=")
    if not parameters.strip():
        return 1000
    whole, _, decimals = value.strip().partition(".")
    digits = f"{whole}{decimals[:3]:0<3}"
    return min(int(digits), 1000) if name.strip().lower() == "q" and digits.isascii() and digits.isdigit() else 0
