"""New vouchers into the tables, with their ledger, their code and their message."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from functions.adapters.dynamodb import keys
from functions.adapters.dynamodb.cases import new_case
from functions.adapters.dynamodb.database import Check, Database, Write, unchanged
from functions.adapters.dynamodb.sends import new_send
from functions.adapters.dynamodb.vouchers import VoucherTable, change, code_row
from functions.domain.cases import Case
from functions.domain.ledger import Entry
from functions.domain.order import Order
from functions.domain.sending import Send
from functions.domain.voucher import Voucher


class Issued(Protocol):
    """A new voucher with all that comes into the world with it."""

    @property
    def voucher(self) -> Voucher:
        """The voucher."""

    @property
    def entry(self) -> Entry:
        """The first row of its ledger."""

    @property
    def code_digest(self) -> str:
        """Under what its typable code is found."""

    @property
    def send(self) -> Send | None:
        """The message that brings it."""


class IssuingTable:
    """Issues vouchers of orders."""

    def __init__(self, database: Database, vouchers: VoucherTable) -> None:
        self._database, self._vouchers = database, vouchers

    def many(self, voucher_ids: Iterable[str]) -> Mapping[str, Voucher]:
        """Those of the vouchers that exist, by id; where one was handed on, the voucher in its place."""
        return self._vouchers.in_force(voucher_ids)

    def issue(self, order: Order, vouchers: Sequence[Issued]) -> None:
        """Write new vouchers, all or none, only if the order still says what was read.

        Raises:
            ConflictError: the order has changed, or one of the vouchers is there already.
        """
        self._database.write([_still(order), *(write for issued in vouchers for write in _birth(issued))])

    def revoke(self, order: Order, revoked: Voucher, entry: Entry, case: Case | None) -> None:
        """Write a revoked voucher, its entry, and what a person has to settle, only if the order still says so.

        Raises:
            ConflictError: the order has changed, or the voucher has, since they were read.
        """
        opened = [new_case(case)] if case else []
        self._database.write([_still(order), *change(revoked, entry), *opened])


def _still(order: Order) -> Check:
    return Check(keys.order(order.shop_id, order.order_id), unchanged(order.version))


def _birth(issued: Issued) -> list[Write]:
    return [
        *change(issued.voucher, issued.entry),
        code_row(issued.voucher, issued.code_digest),
        *([new_send(issued.send)] if issued.send else []),
    ]
