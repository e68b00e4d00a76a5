"""The composition root: everything a use case may need, made from settings at first use.

A room takes its dependencies from `current()`; a test hands in its own with `using(Wiring(...))`. Adapters are imported
where they are made, so that no function pays for another's.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING

from functions.runtime.settings import Settings

if TYPE_CHECKING:
    from functions.adapters.codebook import Codebook
    from functions.adapters.dynamodb.access import AccessTable
    from functions.adapters.dynamodb.audits import AuditTable
    from functions.adapters.dynamodb.cases import CaseTable
    from functions.adapters.dynamodb.customers import CustomerTable
    from functions.adapters.dynamodb.database import Database
    from functions.adapters.dynamodb.guards import GuardTable
    from functions.adapters.dynamodb.issuing import IssuingTable
    from functions.adapters.dynamodb.liabilities import LiabilityTable
    from functions.adapters.dynamodb.orders import OrderTable
    from functions.adapters.dynamodb.products import ProductTable
    from functions.adapters.dynamodb.sends import SendTable
    from functions.adapters.dynamodb.settlements import SettlementTable
    from functions.adapters.dynamodb.shops import ShopTable
    from functions.adapters.dynamodb.standings import StandingLog
    from functions.adapters.dynamodb.stores import StoreTable
    from functions.adapters.dynamodb.till import TillDesk
    from functions.adapters.dynamodb.vouchers import VoucherTable
    from functions.adapters.queues import Queues
    from functions.adapters.sealing import Seal
    from functions.adapters.secrets import Secret
    from functions.adapters.signing import ListSigner, Signer, Verifier
    from functions.runtime.meter import Meter

TABLES = ("vouchers", "customers", "commerce", "sends")
QUEUES = {"orders": "orders", "dispatch-line": "line", "dispatch-email": "email", "dispatch-sms": "sms"}


def system_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


class Wiring:
    """All adapters of one deployment."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = system_clock) -> None:
        self.settings, self.clock = settings, clock

    @cached_property
    def database(self) -> "Database":
        """The tables this function may touch."""
        from functions.adapters import aws
        from functions.adapters.dynamodb.database import Database

        return Database(aws.client("dynamodb"), {name: getattr(self.settings, f"{name}_table") for name in TABLES})

    @cached_property
    def vouchers(self) -> "VoucherTable":
        """Vouchers and their ledgers."""
        from functions.adapters.dynamodb.vouchers import VoucherTable

        return VoucherTable(self.database)

    @cached_property
    def issuing(self) -> "IssuingTable":
        """New vouchers, with all that comes with them."""
        from functions.adapters.dynamodb.issuing import IssuingTable

        return IssuingTable(self.database, self.vouchers)

    @cached_property
    def till(self) -> "TillDesk":
        """What a till reads and writes."""
        from functions.adapters.dynamodb.till import TillDesk

        return TillDesk(self.database)

    @cached_property
    def guards(self) -> "GuardTable":
        """What stands at the terminals' doors."""
        from functions.adapters.dynamodb.guards import GuardTable

        return GuardTable(self.database)

    @cached_property
    def meter(self) -> "Meter":
        """What this worker has counted of terminals' calls."""
        from functions.runtime.meter import Meter

        return Meter(self.settings.terminal_rate)

    @cached_property
    def standings(self) -> "StandingLog":
        """What stopped being good, and what is good again."""
        from functions.adapters.dynamodb.standings import StandingLog

        return StandingLog(self.database)

    @cached_property
    def cases(self) -> "CaseTable":
        """What people have to settle."""
        from functions.adapters.dynamodb.cases import CaseTable

        return CaseTable(self.database)

    @cached_property
    def settlements(self) -> "SettlementTable":
        """Stores' days."""
        from functions.adapters.dynamodb.settlements import SettlementTable

        return SettlementTable(self.database)

    @cached_property
    def audits(self) -> "AuditTable":
        """What the auditor reads and leaves."""
        from functions.adapters.dynamodb.audits import AuditTable

        return AuditTable(self.database)

    @cached_property
    def liabilities(self) -> "LiabilityTable":
        """What is owed on vouchers."""
        from functions.adapters.dynamodb.liabilities import LiabilityTable

        return LiabilityTable(self.database, self.audits)

    @cached_property
    def shops(self) -> "ShopTable":
        """Shops and their secrets."""
        from functions.adapters.dynamodb.shops import ShopTable

        return ShopTable(self.database, lambda: self.seal)

    @cached_property
    def products(self) -> "ProductTable":
        """Products and the SKUs they are sold as."""
        from functions.adapters.dynamodb.products import ProductTable

        return ProductTable(self.database)

    @cached_property
    def stores(self) -> "StoreTable":
        """Stores and terminals."""
        from functions.adapters.dynamodb.stores import StoreTable

        return StoreTable(self.database)

    @cached_property
    def access(self) -> "AccessTable":
        """Tokens of people and programs."""
        from functions.adapters.dynamodb.access import AccessTable

        return AccessTable(self.database)

    @cached_property
    def orders(self) -> "OrderTable":
        """Orders and webhook deliveries."""
        from functions.adapters.dynamodb.orders import OrderTable

        return OrderTable(self.database)

    @cached_property
    def customers(self) -> "CustomerTable":
        """Customers and their identities."""
        from functions.adapters.dynamodb.customers import CustomerTable

        return CustomerTable(self.database, self.codebook)

    @cached_property
    def sends(self) -> "SendTable":
        """Messages on their way."""
        from functions.adapters.dynamodb.sends import SendTable

        return SendTable(self.database)

    @cached_property
    def queues(self) -> "Queues":
        """The queues this function may fill."""
        from functions.adapters import aws
        from functions.adapters.queues import Queues

        urls = {queue: getattr(self.settings, f"{setting}_queue_url") for queue, setting in QUEUES.items()}
        return Queues(lambda: aws.client("sqs"), urls)

    @cached_property
    def codebook(self) -> "Codebook":
        """Typable codes."""
        from functions.adapters.codebook import Codebook

        return Codebook(self._secret("codes_secret").text)

    @cached_property
    def seal(self) -> "Seal":
        """What keeps shop secrets at rest."""
        from functions.adapters.sealing import Seal

        return Seal(self._secret("sealing_secret").text)

    @cached_property
    def signer(self) -> "Signer":
        """Makes QR tokens."""
        from functions.adapters.signing import Signer

        return Signer(self._secret("signing_secret").json)

    @cached_property
    def list_signer(self) -> "ListSigner":
        """Signs what tills take with them offline."""
        from functions.adapters.signing import ListSigner

        return ListSigner(self.codebook.list_seed)

    @cached_property
    def verifier(self) -> "Verifier":
        """Reads QR tokens."""
        from functions.adapters.signing import Verifier, read_public_keys

        return Verifier(read_public_keys(self.settings.needed("verify_keys")))

    @cached_property
    def admin_secret(self) -> "Secret":
        """The first administrator's token."""
        return self._secret("admin_secret")

    def _secret(self, setting: str) -> "Secret":
        from functions.adapters import aws
        from functions.adapters.secrets import Secret

        return Secret(lambda: aws.client("secretsmanager"), self.settings.needed(setting))


@cache
def _deployed() -> Wiring:
    return Wiring(Settings.load(os.environ))


_handed_in: list[Wiring] = []


def current() -> Wiring:
    """The wiring of this function, or the one a test has handed in."""
    return _handed_in[-1] if _handed_in else _deployed()


@contextmanager
def using(wiring: Wiring) -> Iterator[Wiring]:
    """Let everything below use another wiring."""
    _handed_in.append(wiring)
    try:
        yield wiring
    finally:
        _handed_in.remove(wiring)
