"""What web shops call (CONTRACT, 'Web shops')."""

from dataclasses import replace

from chalice.app import Blueprint

from functions.checkout.connectors import CONNECTORS
from functions.checkout.receive import learn, receive
from functions.contracts.orders import Accepted, OrderAnswer, OrderRequest
from functions.domain import issue_plan
from functions.domain.order import Order
from functions.domain.retail import Role
from functions.runtime.auth import TillCaller
from functions.runtime.http import Answer, Call, endpoint
from functions.runtime.problems import BadSignatureError, NotFoundError, found
from functions.runtime.wiring import current

bp = Blueprint("app")
# Shopify's largest orders are some hundred kilobytes.
WEBHOOK_MAX = 1_048_576


@endpoint(
    bp, "POST", "/webhooks/{shop_id}", summary="A shop platform's own signed webhook",
    answers=(Accepted,), body_max=WEBHOOK_MAX,
)  # fmt: skip
def post_webhook(call: Call[None], shop_id: str) -> Answer:
    wiring = current()
    shop = wiring.shops.get(shop_id)
    connector = CONNECTORS.get(shop.platform) if shop else None
    if shop is None or connector is None:
        raise NotFoundError("no shop of this name takes webhooks")
    if not connector.is_signed(call.headers, call.raw, wiring.shops.webhook_secrets(shop)):
        raise BadSignatureError("none of the shop's active secrets signed this body")
    delivery = connector.read(shop_id, call.headers, call.raw)
    receive(delivery, orders=wiring.orders, queues=wiring.queues, clock=wiring.clock)
    return Answer(Accepted())


@endpoint(
    bp, "PUT", "/v1/orders/{shop_id}/{order_id}", summary="An order, by a shop without a platform or a till that sells",
    roles=(Role.ADMIN, Role.TERMINAL), body=OrderRequest, answers=(OrderAnswer,), body_max=WEBHOOK_MAX,
)  # fmt: skip
def put_order(call: Call[OrderRequest], shop_id: str, order_id: str) -> Answer:
    wiring = current()
    found(wiring.shops.get(shop_id), "shop")
    seller = call.caller.store_id if isinstance(call.caller, TillCaller) else None
    report = replace(call.body.report(shop_id, order_id, wiring.clock()), store_id=seller)
    is_timed = call.body.updated_at is not None
    order, replayed = learn(
        report, None, is_timed=is_timed, orders=wiring.orders, queues=wiring.queues, clock=wiring.clock
    )
    return Answer(_answer(order), replayed=replayed)


@endpoint(
    bp, "GET", "/v1/orders/{shop_id}/{order_id}", summary="An order and its vouchers",
    roles=(Role.ADMIN, Role.TERMINAL), answers=(OrderAnswer,),
)  # fmt: skip
def get_order(call: Call[None], shop_id: str, order_id: str) -> Answer:
    return Answer(_answer(found(current().orders.get(shop_id, order_id), "order")))


def _answer(order: Order) -> OrderAnswer:
    possible = issue_plan.unit_ids(order)
    existing = current().vouchers.many(possible)
    return OrderAnswer.of(order, [voucher_id for voucher_id in possible if voucher_id in existing])
