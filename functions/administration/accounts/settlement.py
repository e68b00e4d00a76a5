"""A day of several stores of one retailer, each read from its own partition."""

from datetime import date

from functions.administration.accounts.ports import Settlements, Stores
from functions.domain.errors import InvalidValueError
from functions.domain.identity import checked_identifier
from functions.domain.settlement import Settlement

STORES_MAX = 50


def group_of(names: str | None, day: date, *, stores: Stores, settlements: Settlements) -> list[Settlement]:
    """The days of the stores named `a,b,c`, in that order.

    Raises:
        InvalidValueError: they are none, too many, or one of them does not exist.
    """
    store_ids = list(dict.fromkeys(checked_identifier("store_ids", name) for name in (names or "").split(",")))
    if len(store_ids) > STORES_MAX:
        raise InvalidValueError("store_ids", f"at most {STORES_MAX} stores at once")
    known = {store.store_id for store in stores.many(store_ids)}
    missing = [store_id for store_id in store_ids if store_id not in known]
    if missing:
        raise InvalidValueError("store_ids", f"no store of the name {', '.join(missing)}")
    return [settlements.of(store_id, day) for store_id in store_ids]
