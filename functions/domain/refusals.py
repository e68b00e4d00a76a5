"""Every reason for which a till is told no. The code is stable; the facts let the clerk explain.

The sentences for people stand in `refusal_texts`.
"""

from datetime import datetime
from typing import ClassVar

from functions.domain.errors import DomainError
from functions.domain.money import Money
from functions.domain.text import Text
from functions.domain.worth import Worth


class Refusal(DomainError):
    """A till's request was understood and refused; nothing changed.

    `retryable` says whether the same request may succeed later without anybody changing anything. `text` names what
    people read (`refusal_texts`): the code's own, unless one code has several cases with different things to do.
    """

    retryable: ClassVar[bool] = False
    text: ClassVar[str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "text" not in vars(cls):
            cls.text = cls.code

    @property
    def facts(self) -> dict[str, object]:
        """What the case adds for the clerk: the refusal's own attributes, as domain values."""
        return dict(vars(self))


class UnknownVoucher(Refusal):
    """No voucher answers to this credential. A forged, foreign and mistyped one are told apart by nobody."""

    code = "unknown"


class NotYetValid(Refusal):
    """The voucher's time has not begun."""

    code = "not_yet_valid"

    def __init__(self, valid_from: datetime) -> None:
        super().__init__(valid_from)
        self.valid_from = valid_from


class Expired(Refusal):
    """A promotional voucher's time is over."""

    code = "expired"

    def __init__(self, expires_at: datetime) -> None:
        super().__init__(expires_at)
        self.expires_at = expires_at


class NotActiveNow(Refusal):
    """Valid, but not on this weekday or at this hour."""

    code = "not_active_now"
    retryable = True


class Suspended(Refusal):
    """The shop has put the voucher on hold."""

    code = "suspended"


class Revoked(Refusal):
    """The shop took the voucher back for good: `reason` is order_cancelled, order_refunded or by_shop."""

    code = "revoked"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Replaced(Refusal):
    """The voucher was handed to another person, who holds a new one in its place."""

    code = "replaced"


class StaleCredential(Refusal):
    """A newer QR or code was issued for the same voucher."""

    code = "stale_credential"


class RotatedCredential(Refusal):
    """Of a voucher whose QR renews itself, this is no QR of now: a picture of one, a used one, the link, or a code."""

    code, text = "stale_credential", "rotated_credential"


class Exhausted(Refusal):
    """Nothing is left: told with where and when it was last used."""

    code = "exhausted"

    def __init__(
        self, redeemed_at: datetime | None = None, store_id: str | None = None, store: Text | None = None
    ) -> None:
        super().__init__(redeemed_at, store_id)
        self.redeemed_at, self.store_id, self.store = redeemed_at, store_id, store


class Insufficient(Refusal):
    """Less is left than was asked for."""

    code = "insufficient"

    def __init__(self, available: Worth) -> None:
        super().__init__()
        self.available = available


class Held(Refusal):
    """What is left is kept for another sale: told with until when at the latest, and what is free."""

    code = "held"
    retryable = True

    def __init__(self, held_until: datetime, available: Worth) -> None:
        super().__init__(held_until)
        self.held_until, self.available = held_until, available


class HoldExpired(Refusal):
    """The hold's time was over before it was captured; it keeps nothing any more."""

    code, text = "expired", "expired_hold"

    def __init__(self, held_until: datetime) -> None:
        super().__init__(held_until)
        self.held_until = held_until


class HoldTooSmall(Refusal):
    """More was to be captured than the hold keeps."""

    code, text = "insufficient", "insufficient_hold"

    def __init__(self, available: Worth) -> None:
        super().__init__()
        self.available = available


class AlreadyCaptured(Refusal):
    """A hold that became a redemption can be neither released nor captured in another way."""

    code, text = "reference_reused", "captured"


class Refunded(Refusal):
    """All that the redemption took was given back already."""

    code = "refunded"


class RefundTooLarge(Refusal):
    """More was to be given back than the redemption took and nobody has got back yet."""

    code, text = "insufficient", "insufficient_refund"

    def __init__(self, available: Worth) -> None:
        super().__init__()
        self.available = available


class WrongStore(Refusal):
    """The voucher is not good at this till's store."""

    code = "wrong_store"

    def __init__(self, stores: tuple[str, ...]) -> None:
        super().__init__(stores)
        self.stores = stores


class WrongProduct(Refusal):
    """The voucher is not good for what was asked: other services, or an amount where it holds services."""

    code = "wrong_product"

    def __init__(self, available: Worth) -> None:
        super().__init__()
        self.available = available


class WrongGoods(Refusal):
    """The discount is good for nothing in the basket: only for `products` (None: all) that are not `excluded`."""

    code = "wrong_product"
    text = "wrong_product_goods"

    def __init__(self, products: tuple[str, ...] | None, excluded: tuple[str, ...]) -> None:
        super().__init__()
        self.products, self.excluded = products, excluded


class LinesNeeded(Refusal):
    """The discount is good for some goods only, and the till did not say which goods are in the basket."""

    code = "wrong_product"
    text = "wrong_product_lines"

    def __init__(self, products: tuple[str, ...] | None, excluded: tuple[str, ...]) -> None:
        super().__init__()
        self.products, self.excluded = products, excluded


class MinimumSpend(Refusal):
    """The basket is too small for the discount, or was not told. `eligible` is what counts of it."""

    code = "minimum_spend"

    def __init__(self, minimum_spend: Money, basket: Money | None, eligible: Money | None = None) -> None:
        super().__init__(minimum_spend.minor)
        self.minimum_spend, self.basket, self.eligible = minimum_spend, basket, eligible


class CustomerLimit(Refusal):
    """The customer has used the discount `limit` times in this `period`; from `again_at` on they may use it again."""

    code = "customer_limit"
    retryable = True

    def __init__(self, limit: int, period: str, again_at: datetime) -> None:
        super().__init__(limit, period)
        self.limit, self.period, self.again_at = limit, period, again_at


class CurrencyMismatch(Refusal):
    """The amount asked for is in another currency than the voucher."""

    code = "currency_mismatch"

    def __init__(self, currency: str) -> None:
        super().__init__(currency)
        self.currency = currency


class Voided(Refusal):
    """The till has voided this reference, perhaps before the original came."""

    code = "voided"

    def __init__(self, voided_at: datetime) -> None:
        super().__init__(voided_at)
        self.voided_at = voided_at


class ReferenceReused(Refusal):
    """The reference already names another operation of this store."""

    code = "reference_reused"


class InProgress(Refusal):
    """Too many tills changed the voucher at this moment; nothing was done."""

    code = "in_progress"
    retryable = True


class OfflineLimit(Refusal):
    """A till that was offline took more than it may on its own."""

    code = "offline_limit"


class OfflineForbidden(Refusal):
    """The till may not work offline, or nobody may take this product offline."""

    code, text = "offline_limit", "offline_forbidden"


class OfflineClock(Refusal):
    """A till says that it did something too long ago, or in the future."""

    code, text = "offline_limit", "offline_clock"


class Throttled(Refusal):
    """More requests than the system, or one terminal, is given; there are more in `retry_after` seconds."""

    code = "throttled"
    retryable = True

    def __init__(self, retry_after: int = 1) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


class CodesLocked(Refusal):
    """Too many wrong codes were typed at this terminal. Whether this one is right is told to nobody."""

    code, text = "throttled", "codes_locked"
    retryable = True

    def __init__(self, again_at: datetime, retry_after: int) -> None:
        super().__init__(again_at)
        self.again_at, self.retry_after = again_at, retry_after
