"""Set-up (CONTRACT, 'Set-up')."""

from typing import cast

from chalice.app import Blueprint

from functions.administration import catalogue, exceptions, terminals, tokens
from functions.administration.voucher_actions import Act, Action, VoucherDesk
from functions.contracts.exceptions import ExceptionAnswer, ExceptionPage, Resolution
from functions.contracts.setup import (
    EnrolmentAnswer,
    EnrolmentRequest,
    ProductAnswer,
    ProductRequest,
    ShopAnswer,
    ShopRequest,
    StoreAnswer,
    StoreRequest,
    TerminalAnswer,
    TerminalRequest,
    TokenAnswer,
    TokenRequest,
)
from functions.contracts.vouchers import EntryAnswer, LedgerPage, VoucherAction, VoucherAnswer, VoucherTransfer
from functions.domain.identity import checked_identifier
from functions.domain.retail import ApiToken, Role
from functions.domain.voucher import Voucher
from functions.runtime import openapi
from functions.runtime.again import again
from functions.runtime.auth import TILL_ONLY, TillCaller
from functions.runtime.http import Answer, Call, endpoint
from functions.runtime.problems import found
from functions.runtime.query import one_of, whole
from functions.runtime.wiring import current

bp = Blueprint("app")
ADMIN = (Role.ADMIN,)
STAFF = (Role.ADMIN, Role.MARKETER, Role.CLERK)
PAGE, PAGE_MAX = 50, 100


@endpoint(
    bp, "PUT", "/v1/shops/{shop_id}", summary="A web shop and its secrets",
    roles=ADMIN, body=ShopRequest, answers=(ShopAnswer,),
)  # fmt: skip
def put_shop(call: Call[ShopRequest], shop_id: str) -> Answer:
    shop, replayed = catalogue.put_shop(shop_id, call.body, shops=current().shops)
    return Answer(ShopAnswer.of(shop), replayed=replayed)


@endpoint(bp, "GET", "/v1/shops/{shop_id}", summary="A web shop", roles=STAFF, answers=(ShopAnswer,))
def get_shop(call: Call[None], shop_id: str) -> Answer:
    return Answer(ShopAnswer.of(found(current().shops.get(shop_id), "shop")))


@endpoint(
    bp, "PUT", "/v1/products/{product_id}", summary="A voucher for sale; those already issued keep their terms",
    roles=ADMIN, body=ProductRequest, answers=(ProductAnswer,),
)  # fmt: skip
def put_product(call: Call[ProductRequest], product_id: str) -> Answer:
    product = call.body.domain(product_id)
    replayed = catalogue.put_product(product, products=current().products)
    return Answer(ProductAnswer.of(product), replayed=replayed)


@endpoint(bp, "GET", "/v1/products/{product_id}", summary="A product", roles=STAFF, answers=(ProductAnswer,))
def get_product(call: Call[None], product_id: str) -> Answer:
    return Answer(ProductAnswer.of(found(current().products.get(product_id), "product")))


@endpoint(
    bp, "PUT", "/v1/stores/{store_id}", summary="A place with tills",
    roles=ADMIN, body=StoreRequest, answers=(StoreAnswer,),
)  # fmt: skip
def put_store(call: Call[StoreRequest], store_id: str) -> Answer:
    stores, store = current().stores, call.body.domain(store_id)
    replayed = stores.get(store_id) == store
    if not replayed:
        again(lambda: stores.put(store))
    return Answer(StoreAnswer.of(store), replayed=replayed)


@endpoint(bp, "GET", "/v1/stores/{store_id}", summary="A store", roles=STAFF, answers=(StoreAnswer,))
def get_store(call: Call[None], store_id: str) -> Answer:
    return Answer(StoreAnswer.of(found(current().stores.get(store_id), "store")))


@endpoint(
    bp, "PUT", "/v1/terminals/{terminal_id}", summary="A till, and a fresh one-use code to enrol it with",
    roles=ADMIN, body=TerminalRequest, answers=(TerminalAnswer,),
)  # fmt: skip
def put_terminal(call: Call[TerminalRequest], terminal_id: str) -> Answer:
    wiring = current()
    terminal, code, enrolment = terminals.invite(
        terminal_id, call.body.store_id, call.body.policy, stores=wiring.stores, clock=wiring.clock
    )
    return Answer(TerminalAnswer.of(terminal, code, enrolment.expires_at))


@endpoint(bp, "GET", "/v1/terminals/{terminal_id}", summary="A till", roles=STAFF, answers=(TerminalAnswer,))
def get_terminal(call: Call[None], terminal_id: str) -> Answer:
    return Answer(TerminalAnswer.of(found(current().stores.terminal(terminal_id), "terminal")))


@endpoint(
    bp, "DELETE", "/v1/terminals/{terminal_id}", summary="Revoke a till's token, effective at once",
    roles=ADMIN, answers=(TerminalAnswer,),
)  # fmt: skip
def delete_terminal(call: Call[None], terminal_id: str) -> Answer:
    terminal, replayed = terminals.revoke(terminal_id, stores=current().stores, clock=current().clock)
    return Answer(TerminalAnswer.of(terminal), replayed=replayed)


@endpoint(
    bp, "POST", "/v1/terminals/enrol", summary="A device gives its code back and gets its token, once",
    body=EnrolmentRequest, answers=(EnrolmentAnswer,),
)  # fmt: skip
def post_enrolment(call: Call[EnrolmentRequest]) -> Answer:
    wiring = current()
    terminal, token = terminals.enrol(call.body.enrolment_code, stores=wiring.stores, clock=wiring.clock)
    return Answer(EnrolmentAnswer(terminal_id=terminal.terminal_id, store_id=terminal.store_id, token=token))


@endpoint(
    bp, "POST", "/v1/terminals/roll", summary="A device's next token; its old one is good until this is first used",
    roles=TILL_ONLY, answers=(EnrolmentAnswer,),
)  # fmt: skip
def post_roll(call: Call[None]) -> Answer:
    caller = cast("TillCaller", call.caller)  # an endpoint that is TILL_ONLY has no other
    terminal, token = terminals.roll(caller, stores=current().stores, guards=current().guards)
    return Answer(EnrolmentAnswer(terminal_id=terminal.terminal_id, store_id=terminal.store_id, token=token))


@endpoint(
    bp, "PUT", "/v1/tokens/{token_id}", summary="A token for a person or program, shown once",
    roles=ADMIN, body=TokenRequest, answers=(TokenAnswer,),
)  # fmt: skip
def put_token(call: Call[TokenRequest], token_id: str) -> Answer:
    wiring = current()
    token, text = tokens.make(token_id, call.body.role, call.body.name, access=wiring.access, clock=wiring.clock)
    return Answer(_token(token, text))


@endpoint(bp, "DELETE", "/v1/tokens/{token_id}", summary="Revoke a token", roles=ADMIN, answers=(TokenAnswer,))
def delete_token(call: Call[None], token_id: str) -> Answer:
    token, replayed = tokens.revoke(token_id, access=current().access, clock=current().clock)
    return Answer(_token(token), replayed=replayed)


@endpoint(bp, "GET", "/v1/vouchers/{voucher_id}", summary="A voucher", roles=STAFF, answers=(VoucherAnswer,))
def get_voucher(call: Call[None], voucher_id: str) -> Answer:
    return Answer(_voucher(found(current().vouchers.get(voucher_id), "voucher")))


@endpoint(
    bp, "GET", "/v1/vouchers/{voucher_id}/ledger", summary="All that happened to a voucher, oldest first",
    roles=STAFF, answers=(LedgerPage,), query=("limit", "cursor"),
)  # fmt: skip
def get_ledger(call: Call[None], voucher_id: str) -> Answer:
    found(current().vouchers.get(voucher_id), "voucher")
    limit = whole(call.query.get("limit"), "limit", PAGE, least=1, most=PAGE_MAX)
    after = whole(call.query.get("cursor"), "cursor", 0, least=0, most=10**9)
    entries = current().vouchers.ledger(voucher_id, after, limit + 1)
    cursor = str(entries[limit - 1].sequence) if len(entries) > limit else None
    return Answer(LedgerPage(items=[EntryAnswer.of(entry) for entry in entries[:limit]], next_cursor=cursor))


def post_action(action: Action, summary: str) -> None:
    """Declare the route of one action on a voucher."""

    @endpoint(
        bp, "POST", f"/v1/vouchers/{{voucher_id}}/{action}", summary=summary,
        roles=ADMIN, body=VoucherAction, answers=(VoucherAnswer,), name=f"post_{action}", headers=("Idempotency-Key",),
    )  # fmt: skip
    def acted(call: Call[VoucherAction], voucher_id: str) -> Answer:
        voucher, replayed = _desk().act(Act(voucher_id, action, call.body.reason, _idempotency_key(call)))
        return Answer(_voucher(voucher), replayed=replayed)


post_action(Action.SUSPEND, "Stop a voucher for a while")
post_action(Action.RESUME, "Let a suspended voucher be used again")
post_action(Action.REVOKE, "Take a voucher back for good")
post_action(Action.REISSUE, "Send a new QR and code; the old ones are dead")


@endpoint(
    bp, "POST", "/v1/vouchers/{voucher_id}/transfer", summary="Hand what is left to another customer, as a new voucher",
    roles=ADMIN, body=VoucherTransfer, answers=(VoucherAnswer,), headers=("Idempotency-Key",),
)  # fmt: skip
def post_transfer(call: Call[VoucherTransfer], voucher_id: str) -> Answer:
    command = Act(voucher_id, Action.TRANSFER, call.body.reason, _idempotency_key(call), call.body.customer_id)
    voucher, replayed = _desk().act(command)
    return Answer(_voucher(voucher), replayed=replayed)


@endpoint(
    bp, "GET", "/v1/exceptions", summary="What people have to settle, oldest first",
    roles=STAFF, answers=(ExceptionPage,), query=("state", "limit", "cursor"),
)  # fmt: skip
def get_exceptions(call: Call[None]) -> Answer:
    limit = whole(call.query.get("limit"), "limit", PAGE, least=1, most=PAGE_MAX)
    is_open = one_of(call.query.get("state"), "state", ("open", "resolved")) == "open"
    after = call.query.get("cursor")
    cases = current().cases.page(is_open=is_open, after=after and checked_identifier("cursor", after), limit=limit + 1)
    cursor = cases[limit - 1].case_id if len(cases) > limit else None
    return Answer(ExceptionPage(items=[ExceptionAnswer.of(case) for case in cases[:limit]], next_cursor=cursor))


@endpoint(
    bp, "GET", "/v1/exceptions/{exception_id}", summary="One matter for a person",
    roles=STAFF, answers=(ExceptionAnswer,),
)  # fmt: skip
def get_exception(call: Call[None], exception_id: str) -> Answer:
    return Answer(ExceptionAnswer.of(found(current().cases.get(exception_id), "exception")))


@endpoint(
    bp, "POST", "/v1/exceptions/{exception_id}/resolve", summary="Say how a matter was settled",
    roles=(Role.ADMIN, Role.CLERK), body=Resolution, answers=(ExceptionAnswer,),
)  # fmt: skip
def post_resolution(call: Call[Resolution], exception_id: str) -> Answer:
    case, replayed = exceptions.resolve(
        exception_id, call.caller.name, call.body.note, cases=current().cases, clock=current().clock
    )
    return Answer(ExceptionAnswer.of(case), replayed=replayed)


@endpoint(bp, "GET", "/openapi.json", summary="This interface, in OpenAPI 3.1")
def get_openapi(call: Call[None]) -> Answer:
    return Answer(openapi.text())


def _desk() -> VoucherDesk:
    wiring = current()
    return VoucherDesk(
        vouchers=wiring.vouchers, customers=wiring.customers, shops=wiring.shops, queues=wiring.queues,
        codebook=wiring.codebook, clock=wiring.clock,
    )  # fmt: skip


def _token(token: ApiToken, text: str | None = None) -> TokenAnswer:
    return TokenAnswer(
        token_id=token.token_id, role=token.role, name=token.name, created_at=token.created_at,
        revoked_at=token.revoked_at, token=text,
    )  # fmt: skip


def _voucher(voucher: Voucher) -> VoucherAnswer:
    return VoucherAnswer.of(voucher, current().clock())


def _idempotency_key(call: Call[object]) -> str | None:
    key = call.headers.get("idempotency-key")
    # The IETF draft writes the key as a quoted string; both forms are taken.
    return None if key is None else checked_identifier("Idempotency-Key", key.strip().strip('"'))
