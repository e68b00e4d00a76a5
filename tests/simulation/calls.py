"""What clients say and hear: a request as it travels, what it means, and when it was under way.

Times are counted, not measured: each beginning and each end of a call is one tick of the history.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.simulation.door import Reply, Request

# What a voucher holds or a till takes, by what it is counted in: {"TWD": 500}, {"spa-hour": 3, "tea": 1}, {"uses": 1}.
Amounts = Mapping[str, int]


@dataclass(frozen=True)
class Redeem:
    """Take `asked` from a voucher, or all that is left. `said` is all of the request but the credential."""

    store: str
    reference: str
    voucher_id: str
    credential: int
    asked: Amounts | None
    said: str


@dataclass(frozen=True)
class Void:
    """Take back whatever was done under a reference, or will be."""

    store: str
    reference: str


@dataclass(frozen=True)
class Find:
    """What did a reference do?"""

    store: str
    reference: str


@dataclass(frozen=True)
class Look:
    """What is left of a voucher?"""

    store: str
    voucher_id: str
    credential: int


@dataclass(frozen=True)
class Act:
    """An administrator's wish; `key` makes its repeats repeats."""

    voucher_id: str
    action: str
    key: str | None


@dataclass(frozen=True)
class Tell:
    """A shop tells of an order; `takes_back` where it says that units are not wanted any more."""

    shop_id: str
    order_id: str
    takes_back: bool


@dataclass(frozen=True)
class Keep:
    """Hold `asked` of a voucher, or all that is free, for a sale."""

    store: str
    reference: str
    voucher_id: str


@dataclass(frozen=True)
class End:
    """Capture a hold or a part of it, or release it."""

    store: str
    reference: str
    is_capture: bool


@dataclass(frozen=True)
class Return:
    """Refund a redemption or a part of it, under a reference of its own."""

    store: str
    reference: str
    redemption: str


Meaning = Redeem | Void | Find | Look | Act | Tell | Keep | End | Return


@dataclass
class Spoken:
    """One call. Without `returned` its client never heard of it, and it may happen at any time after `invoked`."""

    who: str
    request: Request
    meaning: Meaning
    invoked: int
    returned: int | None = None
    reply: Reply | None = None

    def __str__(self) -> str:
        return f"{self.who}: {self.request}"
