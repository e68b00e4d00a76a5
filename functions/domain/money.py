"""Money in whole minor units. No floats, no arithmetic across currencies."""

import re
from dataclasses import dataclass
from typing import Self

from functions.domain.errors import InvalidValueError

# Decimals in use, which for TWD differ from ISO 4217's two: no shop in Taiwan charges cents.
DECIMALS = {
    "TWD": 0, "JPY": 0, "KRW": 0, "VND": 0,
    "USD": 2, "EUR": 2, "GBP": 2, "HKD": 2, "CNY": 2, "SGD": 2, "MYR": 2, "THB": 2, "AUD": 2, "CAD": 2, "MOP": 2,
}  # fmt: skip
# Twelve digits before the point: past any voucher, and far below DynamoDB's 38.
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,11})(?:\.([0-9]{1,6}))?", re.ASCII)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """`minor` whole minor units (TWD 500 is 500, USD 4.99 is 499) of `currency` (ISO 4217)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if self.currency not in DECIMALS:
            raise InvalidValueError("currency", f"{self.currency!r} is not supported")

    @classmethod
    def parse(cls, amount: str, currency: str) -> Self:
        """Read a decimal string such as `"500"` or `"499.50"`.

        Raises:
            InvalidValueError: not a plain non-negative decimal, or more decimals than the currency has.
        """
        if currency not in DECIMALS:
            raise InvalidValueError("currency", f"{currency!r} is not supported")
        match = _AMOUNT.fullmatch(amount)
        if match is None:
            raise InvalidValueError("amount", "must be a decimal string such as 500 or 499.50")
        whole, fraction = match[1], match[2] or ""
        if len(fraction) > DECIMALS[currency]:
            raise InvalidValueError("amount", f"{currency} has {DECIMALS[currency]} decimals")
        return cls(int(whole + fraction.ljust(DECIMALS[currency], "0")), currency)

    @property
    def amount(self) -> str:
        """The decimal string of the wire: `"500"`, `"499.50"`; a ledger's change may be negative, `"-200"`."""
        decimals = DECIMALS[self.currency]
        sign, digits = "-" if self.minor < 0 else "", str(abs(self.minor)).rjust(decimals + 1, "0")
        return sign + (f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits)

    def __add__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same_currency(other)
        return self.minor < other.minor

    def _same_currency(self, other: "Money") -> None:
        # A programmer's slip, never a till's: refusals are raised before amounts meet.
        if other.currency != self.currency:
            raise ValueError(f"cannot combine {self.currency} with {other.currency}")
