"""What tills call (CONTRACT, 'Tills')."""

from functools import partial
from http import HTTPStatus
from typing import cast

from chalice.app import Blueprint

from functions.contracts.comparing import CompareAnswer, CompareRequest
from functions.contracts.holds import CaptureRequest, HoldAnswer, HoldRequest, ReleaseAnswer
from functions.contracts.offline import ConflictAnswer, OfflineBatch, OfflineOutcomes, Unreadable
from functions.contracts.offline_list import KeysAnswer, OfflineList, OfflineListAnswer
from functions.contracts.refunds import RefundAnswer, RefundRequest
from functions.contracts.settlements import SettlementAnswer
from functions.contracts.sheets import CSV
from functions.contracts.till import (
    LookupAnswer,
    LookupRequest,
    RedemptionAnswer,
    RedemptionRequest,
    TombstoneAnswer,
    VoidAnswer,
)
from functions.domain.operations import Conflict, Operation, Refund, Reservation, Tombstone, redemption_of
from functions.redemption.compare import compare
from functions.redemption.credentials import Presented, find_credential
from functions.redemption.hold import Capture, PlaceHold, capture, place_hold, release
from functions.redemption.look_up import look_up
from functions.redemption.offline import Upload
from functions.redemption.offline_list import admitted, offline_list
from functions.redemption.redeem import Redeem, redeem
from functions.redemption.refund import GiveBack, refund
from functions.redemption.settlement import settlement
from functions.redemption.typed import TypedCodes
from functions.redemption.void import find_operation, void
from functions.runtime.auth import TILL_ONLY, TillCaller
from functions.runtime.http import Answer, Call, endpoint
from functions.runtime.problems import found
from functions.runtime.query import day, whole
from functions.runtime.tables import PAGED, settlement_page
from functions.runtime.wiring import current

bp = Blueprint("app")
LIST_PAGE = 1_000  # lines of the offline list: some 130 KB


@endpoint(
    bp, "POST", "/v1/pos/lookup", summary="What may be redeemed here and now; no side effect",
    roles=TILL_ONLY, body=LookupRequest, answers=(LookupAnswer,),
)  # fmt: skip
def post_lookup(call: Call[LookupRequest]) -> Answer:
    presented, clock = _presented(call, call.body.credential), current().clock
    basket = call.body.basket.domain if call.body.basket else None
    seen = look_up(presented, basket, caller=_till(call), desk=current().till, clock=clock)
    ticket = current().codebook.ticket_text(seen.ticket) if seen.ticket else None
    return Answer(LookupAnswer.of(seen.voucher, clock(), seen.refusal, seen.priced, ticket))


@endpoint(
    bp, "POST", "/v1/pos/compare", summary="Which of several vouchers takes most off a basket; no side effect",
    roles=TILL_ONLY, body=CompareRequest, answers=(CompareAnswer,),
)  # fmt: skip
def post_compare(call: Call[CompareRequest]) -> Answer:
    presented, basket = [_presented(call, text) for text in call.body.credentials], call.body.basket.domain
    offers = compare(presented, basket, caller=_till(call), desk=current().till, clock=current().clock)
    return Answer(CompareAnswer.of(basket.total, offers))


@endpoint(
    bp, "PUT", "/v1/pos/redemptions/{reference}", summary="Take from a voucher, once",
    roles=TILL_ONLY, body=RedemptionRequest, answers=(RedemptionAnswer,), status=HTTPStatus.CREATED,
)  # fmt: skip
def put_redemption(call: Call[RedemptionRequest], reference: str) -> Answer:
    body = call.body
    command = Redeem(reference, _presented(call, body.credential), body.ask, body.receipt, body.hold)
    redemption, replayed = redeem(command, caller=_till(call), desk=current().till, clock=current().clock)
    return Answer(RedemptionAnswer.of(redemption), HTTPStatus.CREATED, replayed=replayed)


@endpoint(
    bp, "GET", "/v1/pos/redemptions/{reference}", summary="What a reference did",
    roles=TILL_ONLY, answers=(RedemptionAnswer, TombstoneAnswer, ConflictAnswer),
)  # fmt: skip
def get_redemption(call: Call[None], reference: str) -> Answer:
    operation = _operation(call, reference)
    if isinstance(operation, Tombstone):
        return Answer(TombstoneAnswer.of(operation))
    if isinstance(operation, Conflict):
        return Answer(ConflictAnswer.of(operation))
    redemption = found(redemption_of(operation), "redemption")
    return Answer(RedemptionAnswer.of(redemption, as_it_stands=True))


@endpoint(
    bp, "POST", "/v1/pos/redemptions/{reference}/void", summary="Take a redemption back, even before it arrives",
    roles=TILL_ONLY, answers=(VoidAnswer,),
)  # fmt: skip
def post_void(call: Call[None], reference: str) -> Answer:
    operation, replayed = void(reference, caller=_till(call), desk=current().till, clock=current().clock)
    return Answer(VoidAnswer.of(operation), replayed=replayed)


@endpoint(
    bp, "PUT", "/v1/pos/refunds/{reference}", summary="Give back what a redemption took, or a part of it",
    roles=TILL_ONLY, body=RefundRequest, answers=(RefundAnswer,), status=HTTPStatus.CREATED,
)  # fmt: skip
def put_refund(call: Call[RefundRequest], reference: str) -> Answer:
    command = GiveBack(reference, call.body.redemption, call.body.ask)
    made, replayed = refund(command, caller=_till(call), desk=current().till, clock=current().clock)
    return Answer(RefundAnswer.of(made), HTTPStatus.CREATED, replayed=replayed)


@endpoint(
    bp, "GET", "/v1/pos/refunds/{reference}", summary="A refund", roles=TILL_ONLY, answers=(RefundAnswer,),
)  # fmt: skip
def get_refund(call: Call[None], reference: str) -> Answer:
    operation = _operation(call, reference)
    return Answer(RefundAnswer.of(found(operation if isinstance(operation, Refund) else None, "refund")))


@endpoint(
    bp, "PUT", "/v1/pos/holds/{reference}", summary="Keep value for a sale for a while",
    roles=TILL_ONLY, body=HoldRequest, answers=(HoldAnswer,), status=HTTPStatus.CREATED,
)  # fmt: skip
def put_hold(call: Call[HoldRequest], reference: str) -> Answer:
    body, clock = call.body, current().clock
    command = PlaceHold(reference, _presented(call, body.credential), body.ask, body.seconds, body.order)
    hold, replayed = place_hold(command, caller=_till(call), desk=current().till, clock=clock)
    return Answer(HoldAnswer.of(hold, clock()), HTTPStatus.CREATED, replayed=replayed)


@endpoint(
    bp, "GET", "/v1/pos/holds/{reference}", summary="A hold as it stands", roles=TILL_ONLY, answers=(HoldAnswer,),
)  # fmt: skip
def get_hold(call: Call[None], reference: str) -> Answer:
    operation = _operation(call, reference)
    hold = found(operation if isinstance(operation, Reservation) else None, "hold")
    return Answer(HoldAnswer.of(hold, current().clock()))


@endpoint(
    bp, "POST", "/v1/pos/holds/{reference}/capture", summary="Take a hold or a part of it; the rest is free at once",
    roles=TILL_ONLY, body=CaptureRequest, answers=(HoldAnswer,),
)  # fmt: skip
def post_capture(call: Call[CaptureRequest], reference: str) -> Answer:
    command, clock = Capture(reference, call.body.ask, call.body.receipt), current().clock
    hold, replayed = capture(command, caller=_till(call), desk=current().till, clock=clock)
    return Answer(HoldAnswer.of(hold, clock()), replayed=replayed)


@endpoint(
    bp, "POST", "/v1/pos/holds/{reference}/release", summary="Give a hold up, even before it arrives",
    roles=TILL_ONLY, answers=(ReleaseAnswer,),
)  # fmt: skip
def post_release(call: Call[None], reference: str) -> Answer:
    clock = current().clock
    operation, replayed = release(reference, caller=_till(call), desk=current().till, clock=clock)
    return Answer(ReleaseAnswer.of(operation, clock()), replayed=replayed)


@endpoint(
    bp, "GET", "/v1/pos/keys", summary="What it takes to check a QR without asking",
    roles=TILL_ONLY, answers=(KeysAnswer,),
)  # fmt: skip
def get_keys(call: Call[None]) -> Answer:
    wiring = current()
    admitted(_till(call), wiring.till)
    return Answer(KeysAnswer.of(wiring.verifier.public_keys, wiring.list_signer.public_key))


@endpoint(
    bp, "GET", "/v1/pos/offline-list", summary="What stopped being good, and what this till may take offline; signed",
    roles=TILL_ONLY, answers=(OfflineListAnswer,), query=("cursor", "limit"),
)  # fmt: skip
def get_offline_list(call: Call[None]) -> Answer:
    wiring, cursor = current(), call.query.get("cursor")
    limit = whole(call.query.get("limit"), "limit", LIST_PAGE, least=1, most=LIST_PAGE)
    terminal, page = offline_list(
        cursor, limit, caller=_till(call), desk=wiring.till, log=wiring.standings, clock=wiring.clock
    )
    told = OfflineList.of(
        terminal, page.lines, wiring.clock(), cursor, page.next_cursor, complete=page.is_complete
    ).model_dump_json()
    signature = wiring.list_signer.sign(told)
    return Answer(OfflineListAnswer(list=told, signature=signature, next_cursor=page.next_cursor))


@endpoint(
    bp, "POST", "/v1/pos/offline-batches", summary="What a till did while it could not ask; each ends in some way",
    roles=TILL_ONLY, body=OfflineBatch, answers=(OfflineOutcomes,),
)  # fmt: skip
def post_offline_batch(call: Call[OfflineBatch]) -> Answer:
    wiring, sent = current(), call.body.read
    upload = Upload(resolve=partial(_presented, call), caller=_till(call), desk=wiring.till, clock=wiring.clock)
    settled = upload.settle([each for each in sent if not isinstance(each, Unreadable)])
    return Answer(OfflineOutcomes.of(sent, settled))


@endpoint(
    bp, "GET", "/v1/pos/settlements/{date}", summary="A day of the terminal's store: its totals and lines",
    roles=TILL_ONLY, answers=(SettlementAnswer,), query=PAGED, also=(CSV,),
)  # fmt: skip
def get_own_settlement(call: Call[None], date: str) -> Answer:
    settled = settlement(day(date), caller=_till(call), desk=current().till, settlements=current().settlements)
    return settlement_page(settled, call.query)


def _operation(call: Call[object], reference: str) -> Operation | None:
    return find_operation(reference, caller=_till(call), desk=current().till)


def _presented(call: Call[object], text: str) -> Presented | None:
    wiring = current()
    # The codebook costs a secret, which it asks for only where there is a code or ticket to check.
    typed = TypedCodes(wiring.codebook, wiring.till, wiring.guards, wiring.clock)
    return find_credential(text, caller=_till(call), verifier=wiring.verifier, codebook=wiring.codebook, typed=typed)


def _till(call: Call[object]) -> TillCaller:
    return cast("TillCaller", call.caller)  # an endpoint that is TILL_ONLY has no other
