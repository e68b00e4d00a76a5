"""Text for people, in both languages of the home market."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh-Hant", "en"]
HOME_LANGUAGE: Language = "zh-Hant"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or name, in Traditional Chinese and English."""

    zh_hant: str
    en: str

    def of(self, language: Language) -> str:
        """The text in one language."""
        return self.zh_hant if language == "zh-Hant" else self.en

    def then(self, more: "Text") -> "Text":
        """Two sentences as one text; English wants a space between them."""
        return Text(self.zh_hant + more.zh_hant, f"{self.en} {more.en}")


def language_of(locale: str | None) -> Language:
    """The language to write to somebody whose platform says `locale`, such as `en-GB` or `zh-TW`."""
    return "en" if locale and locale.lower().startswith("en") else HOME_LANGUAGE
