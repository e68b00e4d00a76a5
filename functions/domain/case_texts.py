"""What a person reads on the worklist: what is the matter, and what to do about it."""

from functions.domain.cases import CaseKind
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
        "門市離線時已收取此票券，但連線後無法扣款。請查明原因，並決定由門市吸收或向顧客收取差額。",
        "A till took this voucher offline, and it could not be honoured. Find out why, and decide who bears the loss.",
    ),
    CaseKind.AUDIT_DIFFERENCE: Text(
        "票券餘額與帳務明細不符。請先暫停此票券，並立即通知系統管理人員查核。",
        "The voucher and its ledger differ. Suspend the voucher, and call the system's engineers at once.",
    ),
}
