"""What tills call (CONTRACT, 'Tills')."""

from http import HTTPStatus
from typing import cast

from chalice.app import Blueprint

from functions.contracts.till import (
    LookupAnswer,
    LookupRequest,
    RedemptionAnswer,
    RedemptionRequest,
    TombstoneAnswer,
    VoidAnswer,
)
from functions.domain.credential import Credential
from functions.domain.operations import Redemption
from functions.redemption.credentials import find_credential
from functions.redemption.look_up import look_up
from functions.redemption.redeem import Redeem, redeem
from functions.redemption.void import find_operation, void
from functions.runtime.auth import TILL_ONLY, TillCaller
from functions.runtime.http import Answer, Call, endpoint
from functions.runtime.problems import NotFoundError
from functions.runtime.wiring import current

bp = Blueprint("app")


@endpoint(
    bp, "POST", "/v1/pos/lookup", summary="What may be redeemed here and now; no side effect",
    roles=TILL_ONLY, body=LookupRequest, answers=(LookupAnswer,),
)  # fmt: skip
def post_lookup(call: Call[LookupRequest]) -> Answer:
    credential = _credential(call.body.credential)
    basket = call.body.basket.total.domain if call.body.basket else None
    found = look_up(credential, basket, caller=_till(call), desk=current().till, clock=current().clock)
    return Answer(LookupAnswer.of(found.voucher, found.refusal, found.off))


@endpoint(
    bp, "PUT", "/v1/pos/redemptions/{reference}", summary="Take from a voucher, once",
    roles=TILL_ONLY, body=RedemptionRequest, answers=(RedemptionAnswer,), status=HTTPStatus.CREATED,
)  # fmt: skip
def put_redemption(call: Call[RedemptionRequest], reference: str) -> Answer:
    command = Redeem(reference, _credential(call.body.credential), call.body.ask, call.body.receipt)
    redemption, replayed = redeem(command, caller=_till(call), desk=current().till, clock=current().clock)
    return Answer(RedemptionAnswer.of(redemption), HTTPStatus.CREATED, replayed=replayed)


@endpoint(
    bp, "GET", "/v1/pos/redemptions/{reference}", summary="What a reference did",
    roles=TILL_ONLY, answers=(RedemptionAnswer, TombstoneAnswer),
)  # fmt: skip
def get_redemption(call: Call[None], reference: str) -> Answer:
    operation = find_operation(reference, caller=_till(call), desk=current().till)
    if operation is None:
        raise NotFoundError("this store has used no such reference")
    if isinstance(operation, Redemption):
        return Answer(RedemptionAnswer.of(operation))
    return Answer(TombstoneAnswer.of(operation))


@endpoint(
    bp, "POST", "/v1/pos/redemptions/{reference}/void", summary="Take a redemption back, even before it arrives",
    roles=TILL_ONLY, answers=(VoidAnswer,),
)  # fmt: skip
def post_void(call: Call[None], reference: str) -> Answer:
    operation, replayed = void(reference, caller=_till(call), desk=current().till, clock=current().clock)
    return Answer(VoidAnswer.of(operation), replayed=replayed)


def _credential(text: str) -> Credential | None:
    wiring = current()
    # The codebook costs a secret, so it is asked for only when a code was typed.
    return find_credential(text, verifier=wiring.verifier, codebook=wiring.codebook, desk=wiring.till)


def _till(call: Call[object]) -> TillCaller:
    return cast("TillCaller", call.caller)  # an endpoint that is TILL_ONLY has no other
