"""A customer's record is written as it is from now on."""

from dataclasses import replace

from functions.contracts.problems import FieldError
from functions.domain.customer import Customer
from functions.engagement.ports import Customers
from functions.runtime.again import again
from functions.runtime.problems import InvalidError


def put_customer(customer: Customer, *, customers: Customers) -> bool:
    """Whether the record was so before.

    Raises:
        InvalidError: an identity is another customer's.
    """
    return again(lambda: _put_once(customer, customers))


def _put_once(customer: Customer, customers: Customers) -> bool:
    before = customers.get(customer.customer_id) or Customer(customer_id=customer.customer_id)
    if replace(customer, version=before.version) == before and before.version:
        return True
    known = customers.known_as(customer.identities)
    foreign = [
        each.kind for each in customer.identities if known.get(each, customer.customer_id) != customer.customer_id
    ]
    if foreign:
        errors = [FieldError(path=kind, message="belongs to another customer") for kind in foreign]
        raise InvalidError("an identity belongs to one customer only", errors)
    claim = [each for each in customer.identities if each not in known]
    release = [each for each in before.identities if each not in customer.identities]
    customers.save(replace(customer, version=before.version + 1), claim, release)
    return False
