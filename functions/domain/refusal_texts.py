"""What a clerk reads when a till is refused: what is the matter, and what to do next."""

from functions.domain.text import Text

TEXTS = {
    "unknown": Text(
        "查無此票券。請重新掃描，或輸入十六碼代碼。",
        "No such voucher. Scan again, or type the 16-character code.",
    ),
    "not_yet_valid": Text(
        "票券尚未生效。請告知顧客生效日期。",
        "This voucher is not valid yet. Tell the customer from when it is.",
    ),
    "expired": Text(
        "票券已過期，無法使用。請顧客洽詢發行商店。",
        "This voucher has expired. Ask the customer to contact the shop that issued it.",
    ),
    "not_active_now": Text(
        "此時段不可使用。請告知顧客可使用的日期與時間。",
        "Not usable on this day or at this hour. Tell the customer when it is.",
    ),
    "suspended": Text(
        "票券已暫停使用。請顧客洽詢發行商店。",
        "This voucher is suspended. Ask the customer to contact the shop that issued it.",
    ),
    "revoked": Text(
        "票券已作廢，請勿收取。請顧客洽詢發行商店。",
        "This voucher was cancelled. Do not accept it; ask the customer to contact the shop that issued it.",
    ),
    "stale_credential": Text(
        "此 QR 碼已更新。請顧客開啟最新訊息中的票券。",
        "This QR code was replaced. Ask the customer to open the voucher in the newest message.",
    ),
    "exhausted": Text(
        "票券已使用完畢。請依下方的時間與門市向顧客說明。",
        "Nothing is left on this voucher. Show the customer when and where it was used.",
    ),
    "insufficient": Text(
        "餘額或次數不足。請改用剩餘數量，差額以其他方式付款。",
        "Not enough is left. Redeem what is left and take the rest by another means.",
    ),
    "wrong_store": Text(
        "此門市不適用。請告知顧客可使用的門市。",
        "Not usable at this store. Tell the customer at which stores it is.",
    ),
    "wrong_product": Text(
        "票券不適用於此商品或服務。請確認票券內容。",
        "Not good for this article or service. Check what the voucher holds.",
    ),
    "minimum_spend": Text(
        "未達最低消費金額。請加購後再試。",
        "The basket is below the minimum spend. Add to it and try again.",
    ),
    "currency_mismatch": Text(
        "幣別不符。請以票券的幣別輸入金額。",
        "Another currency than the voucher's. Enter the amount in the voucher's currency.",
    ),
    "voided": Text(
        "此筆交易已取消。請以新的交易編號重新操作。",
        "This transaction was voided. Start again with a new reference.",
    ),
    "reference_reused": Text(
        "此交易編號已用於另一筆交易。請使用新的交易編號。",
        "This reference belongs to another transaction. Use a new reference.",
    ),
    "in_progress": Text(
        "系統忙碌，尚未扣款。請再試一次。",
        "The voucher is busy; nothing was taken. Try again.",
    ),
    "throttled": Text(
        "請求過多，尚未扣款。請稍候再試。",
        "Too many requests; nothing was taken. Wait a moment and try again.",
    ),
}
