"""The code a person can type: 15 characters and a check character, in four groups of four.

31 letters and digits that no one confuses (no I, L, O, 0, 1). 31 is prime, so the weighted check character finds
every single wrong character and every swap of two: 74 bits of code, none of them lost to typing errors.
"""

import unicodedata

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 16
_VALUE = {character: value for value, character in enumerate(ALPHABET)}


def from_number(number: int) -> str:
    """The code whose first 15 characters are `number` in base 31 (what exceeds them is cut off)."""
    digits = []
    for _ in range(LENGTH - 1):
        number, value = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[value])
    return "".join(digits) + _check_character(digits)


def normalise(typed: str) -> str | None:
    """What a person or scanner entered as a bare code, or None where it cannot be one.

    Accepts any case, full-width letters, spaces and hyphens.
    """
    plain = unicodedata.normalize("NFKC", typed).upper()
    code = "".join(character for character in plain if character not in " -\u2010\u2011\u2013\u00a0\t\r\n")
    if len(code) != LENGTH or any(character not in _VALUE for character in code):
        return None
    return code if _check_character(list(code[:-1])) == code[-1] else None


def grouped(code: str) -> str:
    """The code as it is shown: `ABCD-EFGH-JKMN-PQRS`."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _check_character(characters: list[str]) -> str:
    total = sum(weight * _VALUE[character] for weight, character in enumerate(characters, start=1))
    return ALPHABET[total % len(ALPHABET)]
