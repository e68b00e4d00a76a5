"""An order's vouchers are made to follow its facts: issued, revoked, and put on their way to the customer.

Whatever happens in between, doing it again ends in the same place. Vouchers come into the world together with their
ledger, their code and the message that brings them, and both that and their end only while the order is still what was
read; messages are queued after that, and the order is marked settled last. A crash anywhere leaves it unsettled, and
the queue's repeat finds what is missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from functions.contracts.messages import OrderChanged, SendRequested
from functions.domain import issue_plan, sending
from functions.domain.cases import used_before_revocation
from functions.domain.customer import Customer
from functions.domain.delivery import message_for
from functions.domain.issue_plan import Plan
from functions.domain.order import Contact, Order
from functions.domain.product import Product
from functions.domain.retail import Shop
from functions.domain.sending import Send
from functions.domain.voucher import State, Voucher
from functions.issuance import ports
from functions.issuance.ports import Issued
from functions.issuance.whose import whose
from functions.runtime.again import again
from functions.runtime.queue_errors import RetryLaterError

# Four rows a voucher and the check of the order, of the 100 that a transaction may touch.
AT_ONCE = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """All that it takes to settle orders."""

    orders: ports.Orders
    shops: ports.Shops
    products: ports.Products
    customers: ports.Customers
    issuing: ports.Issuing
    sends: ports.Sends
    queues: ports.Queues
    codebook: ports.Codebook
    clock: ports.Clock

    def settle(self, message: OrderChanged) -> None:
        """Make the vouchers of an order follow all that is known of it.

        Raises:
            RetryLaterError: the order's shop is not there; a person has to look.
            ConflictError, UnavailableError: not all was done; the queue tries again.
        """
        again(lambda: self._settle_once(message))

    def _settle_once(self, message: OrderChanged) -> None:
        order = self.orders.get(message.shop_id, message.order_id)
        if order is None or order.is_settled:
            return
        products = self.products.sold(order.shop_id, {line.sku for line in order.lines if line.sku})
        existing = self.issuing.many(issue_plan.unit_ids(order))
        plan = issue_plan.plan(order, products, existing)
        new = self._issue(order, plan, products)
        self._revoke(order, plan)
        known = [voucher for voucher in existing.values() if voucher.state is not State.REVOKED]
        self._hand_over([*new, *self.sends.waiting(known)])
        self.orders.settle(replace(order, settled=order.version))

    def _issue(self, order: Order, plan: Plan, products: Mapping[str, Product]) -> list[Send]:
        if not plan.issue:
            return []
        shop = self.shops.get(order.shop_id)
        if shop is None:
            raise RetryLaterError("shop_missing")
        customer = whose(order, customers=self.customers)
        customer_id = customer.customer_id if customer else None
        now = self.clock()
        vouchers = [
            issue_plan.voucher(order, line, unit, products[str(line.sku)], shop.terms, now, customer_id)
            for line, unit in plan.issue
        ]
        issued = [self._issued(order, voucher, shop, customer) for voucher in vouchers]
        for start in range(0, len(issued), AT_ONCE):
            self.issuing.issue(order, issued[start : start + AT_ONCE])
        return [each.send for each in issued if each.send]

    def _issued(self, order: Order, voucher: Voucher, shop: Shop, customer: Customer | None) -> Issued:
        code = self.codebook.code(voucher.named)
        contact = order.snapshot.contact if order.snapshot else Contact()
        reachable = customer.contact(contact) if customer else contact
        send = message_for(voucher, reachable, has_line=shop.line_token is not None, now=voucher.issued_at)
        return Issued(voucher, voucher.issued(), self.codebook.digest(code), send)

    def _revoke(self, order: Order, plan: Plan) -> None:
        for voucher in plan.revoke:
            now = self.clock()
            revoked, entry = voucher.revoke(now, plan.reason)
            self.issuing.revoke(order, revoked, entry, used_before_revocation(revoked, now))

    def _hand_over(self, sends: Sequence[Send]) -> None:
        for channel in sending.Channel:
            requests = [
                SendRequested(message_id=send.message_id, channel=channel)
                for send in sends
                if send.address.channel is channel
            ]
            if requests:
                self.queues.send(f"dispatch-{channel}", *requests)
