"""What the pages need from outside."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from functions.domain.credential import Credential
from functions.domain.retail import Store
from functions.domain.tally import Tally
from functions.domain.text import Text
from functions.domain.voucher import Voucher


class Clock(Protocol):
    """Tells the time."""

    def __call__(self) -> datetime:
        """Now, aware, in UTC."""


class Verifier(Protocol):
    """Reads tokens."""

    def read(self, text: str, /) -> Credential | None:
        """The credential that a token proves, or None where it is not one of ours."""


class Codebook(Protocol):
    """Knows all codes."""

    def code(self, of: Credential, /) -> str:
        """The 16 characters of a credential."""

    def rotation_code(self, of: Credential, moment: int, /) -> str:
        """The code of a rotating QR, shown at a moment in unix seconds."""


class Vouchers(Protocol):
    """Holds the vouchers."""

    def get(self, voucher_id: str, /) -> Voucher | None:
        """One voucher."""

    def tally(self, hint: str, /) -> Tally | None:
        """A customer's uses of a product with limits."""


class Stores(Protocol):
    """Holds the stores."""

    def many(self, store_ids: Iterable[str], /) -> list[Store]:
        """Those of the stores that exist, in the order asked for."""


class ShopNames(Protocol):
    """Knows what shops are called, and none of their secrets."""

    def name(self, shop_id: str, /) -> Text | None:
        """A shop's name."""
