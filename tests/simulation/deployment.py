"""A whole deployment over the store in memory: the app's own wiring, a small retailer set up through its own routes."""

import base64
import json
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

from nacl.signing import SigningKey

from functions.adapters.codebook import Codebook
from functions.adapters.dynamodb.database import Database
from functions.adapters.queues import Queues as QueueAdapter
from functions.adapters.sealing import Seal
from functions.adapters.secrets import Secret
from functions.adapters.signing import Signer, Verifier
from functions.contracts.messages import OrderChanged
from functions.domain.credential import Credential
from functions.issuance.entry import settling
from functions.runtime.queue_consumer import read_message
from functions.runtime.settings import Settings
from functions.runtime.wiring import QUEUES, TABLES, Wiring, using
from tests.simulation.door import Request, call
from tests.simulation.faults import Calm, Unreliable
from tests.simulation.queues import Queues
from tests.simulation.store import Rows, Store, deployed_indexes
from tests.support.retail import OWN_SHOP, PRODUCTS, SHOP, XINYI, ZHONGSHAN, order_body, shop_body, text
from tests.support.world import ADMIN_TOKEN, SEED, Clock

TILLS = {"pos-1": XINYI, "pos-2": XINYI, "pos-9": ZHONGSHAN}
SKUS = ("CASH-500", "SPA-3", "COFFEE-10", "THANKS-200")
_RING = {"current": 1, "keys": {"1": base64.b64encode(SEED).decode()}}
_SETTINGS = Settings(admin_secret="admin")


class Deployment(Wiring):
    """The wiring of a deployment whose DynamoDB, SQS and secrets are in memory."""

    def __init__(self, client: Any, sqs: Any, clock: Clock) -> None:
        super().__init__(_SETTINGS, clock)
        self.database = Database(client, {table: table for table in TABLES})
        self.queues = QueueAdapter(lambda: sqs, {queue: queue for queue in QUEUES})
        self.codebook = Codebook(lambda: "codes" * 8)
        self.seal = Seal(lambda: "sealing" * 8)
        self.signer = _SIGNER
        self.verifier = _VERIFIER
        self.admin_secret = _known(ADMIN_TOKEN)


class _Signer(Signer):
    """Signs each credential once: the same gives the same."""

    def __init__(self) -> None:
        super().__init__(lambda: _RING)
        self.token = cache(super().token)  # type: ignore[method-assign]


class _Verifier(Verifier):
    """Checks each signature once: it stays as good or as bad as it is."""

    def __init__(self) -> None:
        super().__init__({1: bytes(SigningKey(SEED).verify_key)})
        self.read = cache(super().read)  # type: ignore[method-assign]


_SIGNER, _VERIFIER = _Signer(), _Verifier()


def _known(secret: str) -> Secret:
    return Secret(lambda: SimpleNamespace(get_secret_value=lambda **_: {"SecretString": secret}), "known")  # type: ignore[arg-type, return-value]


def qr(voucher_id: str, credential: int) -> str:
    """The text of a QR."""
    return _SIGNER.token(Credential(voucher_id, credential))


@dataclass(frozen=True)
class Opened:
    """The tables of a retailer that is ready to sell, and what its tills show to be let in."""

    rows: Rows
    tokens: dict[str, str]
    sold: list[str]


@cache
def opened() -> Opened:
    """A retailer with its shops, stores, tills and products, and one voucher sold of each product."""
    store = Store(TABLES, deployed_indexes())
    queues = Queues(Calm())
    tokens: dict[str, str] = {}
    with using(Deployment(Unreliable(store, Calm()), queues, Clock())):
        _put("/v1/shops/{shop_id}", shop_body(), shop_id=SHOP)
        own = shop_body(kind="standard", secrets=[], line_channel_token=None)
        _put("/v1/shops/{shop_id}", own, shop_id=OWN_SHOP)
        for store_id in (XINYI, ZHONGSHAN):
            _put("/v1/stores/{store_id}", {"name": text(store_id)}, store_id=store_id)
        for terminal_id, store_id in TILLS.items():
            tokens[terminal_id] = _enrolled(terminal_id, store_id)
        for product_id, body in _products().items():
            _put("/v1/products/{product_id}", body, product_id=product_id)
        for place, sku in enumerate(SKUS):
            _put("/v1/orders/{shop_id}/{order_id}", order_body((sku, 1)), shop_id=SHOP, order_id=f"sold-{place}")
        for message in queues.waiting:
            if message.queue == "orders":
                settling().settle(read_message(message.body, OrderChanged))
    sold = sorted(row.pk.removeprefix("VOUCHER#") for row in store.rows if row.sk == "VOUCHER")
    return Opened(dict(store.rows), tokens, sold)


def _products() -> dict[str, Any]:
    """The products that the simulation sells, in both shops."""
    found = {}
    for product_id, body in PRODUCTS.items():
        skus = [sold["sku"] for sold in body["sold_as"]]
        if set(skus) <= set(SKUS):
            sold_as = [{"shop_id": shop_id, "sku": sku} for shop_id in (SHOP, OWN_SHOP) for sku in skus]
            found[product_id] = body | {"sold_as": sold_as}
    return found


def _enrolled(terminal_id: str, store_id: str) -> str:
    invited = _put("/v1/terminals/{terminal_id}", {"store_id": store_id}, terminal_id=terminal_id)
    answer = call(Request("POST", "/v1/terminals/enrol", body={"enrolment_code": invited["enrolment_code"]}))
    assert answer.is_ok, answer.text
    return str(answer.json["token"])


def _put(path: str, body: Any, **parameters: str) -> Any:
    answer = call(Request("PUT", path, parameters, body, ADMIN_TOKEN))
    assert answer.is_ok, answer.text
    return json.loads(answer.text)
