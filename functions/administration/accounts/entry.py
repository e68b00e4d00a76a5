"""Accounts: settlements of stores, what is owed to holders, and the auditor."""

import time
from typing import Any

from chalice.app import Blueprint, CloudWatchEvent, Rate

from functions.administration.accounts.audit import Auditor, Findings
from functions.administration.accounts.liability import outstanding
from functions.administration.accounts.settlement import group_of
from functions.contracts.audits import AuditReport, AuditRequest, DifferenceFound
from functions.contracts.liabilities import LiabilityAnswer, LiabilityLine, liability_sheet, read_bucket, write_bucket
from functions.contracts.settlements import GroupAnswer, SettlementAnswer, group_sheet
from functions.contracts.sheets import CSV
from functions.domain.product import Funding
from functions.domain.retail import Role
from functions.domain.settlement import totals
from functions.runtime.http import Answer, Call, endpoint
from functions.runtime.observability import logger, measure
from functions.runtime.problems import found
from functions.runtime.query import day, one_of
from functions.runtime.tables import PAGED, limit_of, settlement_page, table, wants_table
from functions.runtime.wiring import current

bp = Blueprint("app")
ADMIN = (Role.ADMIN,)
STAFF = (Role.ADMIN, Role.MARKETER, Role.CLERK)
# What a count of one voucher and its write take at the most, with every retry.
_SECONDS_NEEDED = 15.0


@endpoint(
    bp, "GET", "/v1/settlements/{store_id}/{date}", summary="A store's day: totals of all of it, and its lines",
    roles=STAFF, answers=(SettlementAnswer,), query=PAGED, also=(CSV,),
)  # fmt: skip
def get_settlement(call: Call[None], store_id: str, date: str) -> Answer:
    wanted = day(date)
    found(current().stores.get(store_id), "store")
    return settlement_page(current().settlements.of(store_id, wanted), call.query)


@endpoint(
    bp, "GET", "/v1/settlements", summary="A day of several stores: what sellers of vouchers owe them",
    roles=STAFF, answers=(GroupAnswer,), query=("date", "store_ids", "format"), also=(CSV,),
)  # fmt: skip
def get_group_settlement(call: Call[None]) -> Answer:
    wanted = day(call.query.get("date"))
    days = group_of(call.query.get("store_ids"), wanted, stores=current().stores, settlements=current().settlements)
    if wants_table(call.query):
        return table(group_sheet(days), f"settlements-{wanted}")
    return Answer(GroupAnswer.of(wanted, days, totals(line for each in days for line in each.lines)))


@endpoint(
    bp, "GET", "/v1/liability", summary="What is owed to the holders of vouchers, by day of sale and product",
    roles=ADMIN, answers=(LiabilityAnswer,), query=("funding", *PAGED), also=(CSV,),
)  # fmt: skip
def get_liability(call: Call[None]) -> Answer:
    chosen, cursor = one_of(call.query.get("funding"), "funding", ("all", *Funding)), call.query.get("cursor")
    fundings = tuple(each for each in Funding if chosen in {"all", each})
    after = read_bucket(cursor) if cursor is not None else None
    liabilities, now = current().liabilities, current().clock()
    as_of = liabilities.as_of()
    sums, has_more = outstanding(fundings, after, limit_of(call.query), liabilities=liabilities)
    behind = write_bucket(sums[-1].bucket) if has_more else None
    if wants_table(call.query):
        return table(liability_sheet(sums, as_of, now), "liability", behind)
    lines = [LiabilityLine.of(each, now) for each in sums]
    return Answer(LiabilityAnswer(as_of=as_of, items=lines, next_cursor=behind))


@bp.schedule(Rate(5, unit=Rate.MINUTES), name="audit")
def audit(event: CloudWatchEvent) -> dict[str, Any]:
    """Every voucher that changed is counted anew from its ledger; `storebound audit` starts it by hand."""
    request = AuditRequest.model_validate(event.detail)
    context: Any = event.context  # Lambda's own, which Chalice types as a mapping
    auditor = Auditor(audits=current().audits, clock=current().clock, pause=time.sleep)
    begun = time.monotonic()

    def has_time() -> bool:
        is_allowed = request.seconds is None or time.monotonic() - begun < request.seconds
        return is_allowed and context.get_remaining_time_in_millis() >= _SECONDS_NEEDED * 1000

    findings = auditor.audit(request.voucher_id) if request.voucher_id else auditor.run(has_time)
    _tell(findings, context.function_name)
    return _report(findings).model_dump(mode="json")


def _tell(findings: Findings, function: str) -> None:
    """Log what differs, without what it says, and let the alarm see how much it is."""
    for voucher_id, difference in findings.differences:
        facts = {"voucher_id": voucher_id, "difference": difference.code, "sequence": difference.sequence}
        logger().error("a voucher and its ledger differ", extra=facts)
    measure("AuditDifferences", len({voucher_id for voucher_id, _ in findings.differences}), function)
    measure("AuditedVouchers", findings.audited, function)


def _report(findings: Findings) -> AuditReport:
    return AuditReport(
        audited=findings.audited,
        differences=[DifferenceFound.of(voucher_id, each) for voucher_id, each in findings.differences],
        watermark=findings.watermark,
        finished=findings.finished,
    )
