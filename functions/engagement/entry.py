"""Customers' records."""

from chalice.app import Blueprint

from functions.contracts.setup import CustomerAnswer, CustomerRequest
from functions.domain.retail import Role
from functions.engagement.put_customer import put_customer as put
from functions.runtime.http import Answer, Call, endpoint
from functions.runtime.problems import found
from functions.runtime.wiring import current

bp = Blueprint("app")
WHO = (Role.ADMIN, Role.MARKETER)


@endpoint(
    bp, "PUT", "/v1/customers/{customer_id}", summary="What is known of a person, and where to reach them",
    roles=WHO, body=CustomerRequest, answers=(CustomerAnswer,),
)  # fmt: skip
def put_customer(call: Call[CustomerRequest], customer_id: str) -> Answer:
    customer = call.body.domain(customer_id)
    replayed = put(customer, customers=current().customers)
    return Answer(CustomerAnswer.of(customer), replayed=replayed)


@endpoint(bp, "GET", "/v1/customers/{customer_id}", summary="A person's record", roles=WHO, answers=(CustomerAnswer,))
def get_customer(call: Call[None], customer_id: str) -> Answer:
    return Answer(CustomerAnswer.of(found(current().customers.get(customer_id), "customer")))
