"""Whose order it is: the customer known under the surest of its identities, or a new one."""

from dataclasses import replace

from functions.domain import identity
from functions.domain.customer import Customer, Identity, IdentityKind, identities_of
from functions.domain.order import Contact, Order
from functions.issuance.ports import Customers
from functions.runtime.again import again


def whose(order: Order, *, customers: Customers) -> Customer | None:
    """The customer, completed with what the order says; None where the order names nobody.

    Raises:
        ConflictError: the customer is being changed from too many sides; the queue tries again.
    """
    contact = order.snapshot.contact if order.snapshot else Contact()
    identities = identities_of(contact, order.shop_id)
    return again(lambda: _found_or_made(contact, order.shop_id, identities, customers)) if identities else None


def _found_or_made(contact: Contact, shop_id: str, identities: tuple[Identity, ...], customers: Customers) -> Customer:
    known = customers.known_as(identities)
    surest = next((each for each in identities if each in known), identities[0])
    customer_id = known.get(surest) or identity.customer_id(surest.kind, surest.value)
    customer = customers.get(customer_id) or Customer(customer_id=customer_id)
    foreign = {each.kind for each in identities if known.get(each, customer_id) != customer_id}
    completed = customer.completed(_without(contact, foreign), shop_id)
    if completed is not customer:
        customers.save(completed, claim=[each for each in identities if each not in known])
    return completed


def _without(contact: Contact, foreign: set[IdentityKind]) -> Contact:
    """The contact without what is known to be somebody else's: no record takes another's address over."""
    return replace(
        contact,
        customer_ref=None if IdentityKind.SHOP in foreign else contact.customer_ref,
        line_user_id=None if IdentityKind.LINE in foreign else contact.line_user_id,
        email=None if IdentityKind.EMAIL in foreign else contact.email,
        phone=None if IdentityKind.PHONE in foreign else contact.phone,
    )
