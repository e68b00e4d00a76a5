"""What people read of a sale that was made offline and could not be honoured: why, and what to do.

The clerk saw the till say yes, and the goods are gone. So no text says that the sale is refused: it says what became of
the voucher. `refusal_texts` speak at the counter, where nothing was handed over yet.
"""

from functions.domain.text import Text

_REASONS = {
    "unknown": Text(
        "查無此票券，可能是偽造或輸入錯誤，未扣款。",
        "There is no such voucher: forged, or mistyped. Nothing was taken.",
    ),
    "not_yet_valid": Text(
        "交易當時票券尚未生效，未扣款。", "The voucher was not valid yet at the time of the sale; nothing was taken."
    ),
    "expired": Text(
        "交易當時票券已過期，未扣款。", "The voucher had expired at the time of the sale; nothing was taken."
    ),
    "not_active_now": Text(
        "交易當時不在票券可用的時段，未扣款。",
        "The voucher was not usable on that day or at that hour; nothing was taken.",
    ),
    "suspended": Text("票券已暫停使用，未扣款。", "The shop has suspended the voucher; nothing was taken."),
    "revoked": Text("票券已作廢，未扣款。", "The shop has cancelled the voucher; nothing was taken."),
    "replaced": Text(
        "票券已轉讓他人，舊的 QR 碼已失效，未扣款。",
        "The voucher had been handed to another person; nothing was taken.",
    ),
    "stale_credential": Text(
        "顧客出示的是舊的 QR 碼，未扣款。", "The QR code had been replaced by a newer one; nothing was taken."
    ),
    "exhausted": Text(
        "恢復連線時，票券已在別處用完，未扣款。",
        "By the time the till was online again the voucher was used up elsewhere; nothing was taken.",
    ),
    "insufficient": Text(
        "恢復連線時，票券所剩不足，未扣款。",
        "By the time the till was online again too little was left on the voucher; nothing was taken.",
    ),
    "held": Text(
        "恢復連線時，票券餘額正為另一筆交易保留，未扣款。",
        "What is left on the voucher was kept for another sale; nothing was taken.",
    ),
    "wrong_store": Text("票券不適用於此門市，未扣款。", "The voucher is not good at this store; nothing was taken."),
    "wrong_product": Text(
        "票券不適用於所售的商品或服務，未扣款。", "The voucher is not good for what was sold; nothing was taken."
    ),
    "wrong_product_goods": Text(
        "所售商品不在此優惠的適用範圍，未扣抵。",
        "The discount is not good for any of the goods sold; nothing was taken.",
    ),
    "wrong_product_lines": Text(
        "上傳時未附商品明細，無法計算折扣，未扣抵。",
        "The goods were not told line by line, and the discount hangs on them; nothing was taken.",
    ),
    "minimum_spend": Text(
        "消費未達票券的最低金額，未扣款。", "The sale was below the voucher's minimum spend; nothing was taken."
    ),
    "customer_limit": Text(
        "顧客已達此優惠的使用次數上限，未扣抵。",
        "The customer had used this discount as often as they may; nothing was taken.",
    ),
    "currency_mismatch": Text("幣別與票券不符，未扣款。", "The sale was in another currency; nothing was taken."),
    "reference_reused": Text(
        "此交易編號先前已用於另一筆交易，此筆未扣款。",
        "This reference belongs to another transaction; nothing was taken for this one.",
    ),
    "offline_limit": Text(
        "超過此收銀機離線可收的上限，未扣款。",
        "It was more than this till may take offline; nothing was taken.",
    ),
    "offline_forbidden": Text(
        "此收銀機或此票券不可離線收取，未扣款。",
        "This till or this voucher is not for offline use; nothing was taken.",
    ),
    "offline_clock": Text(
        "交易時間過久或晚於現在，未扣款；請校正收銀機時鐘。",
        "The sale is told too late, or lies in the future: set the till's clock. Nothing was taken.",
    ),
    "void": Text("此交易編號無法作廢，未退回任何額度。", "This reference cannot be voided; nothing was given back."),
}
_OTHER = Text("無法由此票券扣款。", "The voucher could not be charged; nothing was taken.")
_KEEP = Text(
    "當時的交易照舊，請保留收據，勿重複扣款；已列入待處理清單，由主管處理。",
    "The sale stands as it was made: keep its receipt, and do not redeem again. A manager has it on the list.",
)
# What needs no person: the till's own void, and what the till has to send once more.
_ALONE = {
    "voided": Text(
        "此筆交易先前已取消，未扣款，無須處理。",
        "This transaction was voided before; nothing was taken, and nothing is left to do.",
    ),
    "invalid": Text(
        "此筆資料有誤，尚未處理。請保留此筆，修正 errors 所列欄位後重新上傳。",
        "This operation is wrong and was not carried out. Keep it, mend the fields in errors, and send it again.",
    ),
}
_AGAIN = Text(
    "系統忙碌，此筆尚未處理。請保留此筆，稍候重新上傳。",
    "The system is busy; this operation was not carried out yet. Keep it, and send it again in a moment.",
)


def reason(why: str) -> Text:
    """Why a till could not be honoured."""
    return _REASONS.get(why, _OTHER)


def contested_text(why: str) -> Text:
    """What a clerk reads where a person will settle it."""
    return reason(why).then(_KEEP)


def plain_text(why: str) -> Text:
    """What a clerk reads where no person is needed."""
    return _ALONE.get(why, _AGAIN)
