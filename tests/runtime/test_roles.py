"""Who may do what: every endpoint, under every role."""

import pytest

from functions.domain.retail import Role
from functions.runtime.http import ENDPOINTS
from tests.support.endpoints import JSON_ENDPOINTS, requests
from tests.support.problem import assert_problem
from tests.support.retail import Retailer

ADMIN, STAFF, MARKETING = {Role.ADMIN}, {Role.ADMIN, Role.MARKETER, Role.CLERK}, {Role.ADMIN, Role.MARKETER}
ORDERS, TILL, ANYBODY = {Role.ADMIN, Role.TERMINAL}, {Role.TERMINAL}, set(Role)

# Written out, and not taken from the declarations: a slip there must not be a slip here.
MAY: dict[tuple[str, str], set[Role]] = {
    ("GET", "/openapi.json"): ANYBODY,
    ("PUT", "/v1/shops/{shop_id}"): ADMIN,
    ("GET", "/v1/shops/{shop_id}"): STAFF,
    ("PUT", "/v1/products/{product_id}"): ADMIN,
    ("GET", "/v1/products/{product_id}"): STAFF,
    ("PUT", "/v1/stores/{store_id}"): ADMIN,
    ("GET", "/v1/stores/{store_id}"): STAFF,
    ("PUT", "/v1/terminals/{terminal_id}"): ADMIN,
    ("GET", "/v1/terminals/{terminal_id}"): STAFF,
    ("DELETE", "/v1/terminals/{terminal_id}"): ADMIN,
    ("POST", "/v1/terminals/enrol"): ANYBODY,  # the code is the permission
    ("POST", "/v1/terminals/roll"): TILL,
    ("PUT", "/v1/tokens/{token_id}"): ADMIN,
    ("DELETE", "/v1/tokens/{token_id}"): ADMIN,
    ("PUT", "/v1/customers/{customer_id}"): MARKETING,
    ("GET", "/v1/customers/{customer_id}"): MARKETING,
    ("POST", "/webhooks/{shop_id}"): ANYBODY,  # the signature is the permission
    ("PUT", "/v1/orders/{shop_id}/{order_id}"): ORDERS,
    ("GET", "/v1/orders/{shop_id}/{order_id}"): ORDERS,
    ("POST", "/v1/pos/lookup"): TILL,
    ("POST", "/v1/pos/compare"): TILL,
    ("PUT", "/v1/pos/redemptions/{reference}"): TILL,
    ("GET", "/v1/pos/redemptions/{reference}"): TILL,
    ("POST", "/v1/pos/redemptions/{reference}/void"): TILL,
    ("PUT", "/v1/pos/refunds/{reference}"): TILL,
    ("GET", "/v1/pos/refunds/{reference}"): TILL,
    ("PUT", "/v1/pos/holds/{reference}"): TILL,
    ("GET", "/v1/pos/holds/{reference}"): TILL,
    ("POST", "/v1/pos/holds/{reference}/capture"): TILL,
    ("POST", "/v1/pos/holds/{reference}/release"): TILL,
    ("GET", "/v1/pos/keys"): TILL,
    ("GET", "/v1/pos/offline-list"): TILL,
    ("POST", "/v1/pos/offline-batches"): TILL,
    ("GET", "/v1/pos/settlements/{date}"): TILL,
    ("GET", "/v1/settlements/{store_id}/{date}"): STAFF,
    ("GET", "/v1/settlements"): STAFF,
    ("GET", "/v1/liability"): ADMIN,
    ("GET", "/v1/exceptions"): STAFF,
    ("GET", "/v1/exceptions/{exception_id}"): STAFF,
    ("POST", "/v1/exceptions/{exception_id}/resolve"): {Role.ADMIN, Role.CLERK},
    ("GET", "/v1/vouchers/{voucher_id}"): STAFF,
    ("GET", "/v1/vouchers/{voucher_id}/ledger"): STAFF,
    ("POST", "/v1/vouchers/{voucher_id}/suspend"): ADMIN,
    ("POST", "/v1/vouchers/{voucher_id}/resume"): ADMIN,
    ("POST", "/v1/vouchers/{voucher_id}/reissue"): ADMIN,
    ("POST", "/v1/vouchers/{voucher_id}/revoke"): ADMIN,
    ("POST", "/v1/vouchers/{voucher_id}/transfer"): ADMIN,
}


def test_the_table_knows_every_endpoint() -> None:
    assert set(MAY) == set(JSON_ENDPOINTS)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_do_what_is_its_own_and_nothing_else(retailer: Retailer, role: Role) -> None:
    tokens, asked = {each: retailer.token(each) for each in Role}, requests(retailer)

    for request in asked:
        may = MAY[request.method, request.template]
        before = retailer.world.rows()
        answer = request.send(retailer, tokens[role])
        if role in may:
            assert answer.status == ENDPOINTS[request.method, request.template].status, (request, answer.json)
            continue
        assert_problem(answer, 403, "forbidden")
        assert retailer.world.rows() == before
        # So that the next request finds what it needs.
        request.send(retailer, tokens[next(other for other in Role if other in may)])


def test_nobody_may_do_what_is_somebodys(retailer: Retailer) -> None:
    asked, before = requests(retailer), retailer.world.rows()

    for request in asked:
        if MAY[request.method, request.template] != ANYBODY:
            assert_problem(request.send(retailer, None), 401, "unauthorized")
    assert retailer.world.rows() == before


def test_the_pages_are_anybodys() -> None:
    assert {each.roles for each in ENDPOINTS.values() if each.path.startswith("/v/")} == {()}
