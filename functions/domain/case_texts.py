"""What a person reads on the worklist: what is the matter, and what to do about it."""

from functions.domain.cases import Case, CaseKind
from functions.domain.offline_texts import reason
from functions.domain.text import Text

CASE_TEXTS = {
    CaseKind.USED_BEFORE_REVOCATION: Text(
        "訂單已取消或退款，但票券先前已被使用。請與顧客確認已使用的部分，並調整退款金額。",
        "The purchase was undone, but a part of the voucher was used before. Settle the used part with the customer.",
    ),
    CaseKind.RETURNED_TO_REVOKED: Text(
        "顧客退回商品，但原票券已作廢，退回的額度無法使用。請以其他方式退還顧客，或補發票券。",
        "Goods paid with a voucher came back after it was revoked. Give the value back by other means or by a new one.",
    ),
    CaseKind.OFFLINE_CONFLICT: Text(
        "門市已於離線時完成此筆。請決定由門市吸收、與顧客結清，或於連線後補辦。",
        "A till had done it offline already. Bear the loss, settle it with the customer, or do it again online.",
    ),
    CaseKind.AUDIT_DIFFERENCE: Text(
        "票券餘額與帳務明細不符。請先暫停此票券，並立即通知系統管理人員查核。",
        "The voucher and its ledger differ. Suspend the voucher, and call the system's engineers at once.",
    ),
}


def text_of(case: Case) -> Text:
    """What a person reads of one case: where a till could not be honoured, first why."""
    what_to_do = CASE_TEXTS[case.kind]
    return reason(case.why).then(what_to_do) if case.why else what_to_do
