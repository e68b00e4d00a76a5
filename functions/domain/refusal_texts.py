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
    "replaced": Text(
        "此票券已轉讓，舊的 QR 碼已失效。請持有人出示新收到的票券。",
        "This voucher was handed to another person. Ask its holder for the voucher in the newest message.",
    ),
    "held": Text(
        "餘額正為另一筆交易保留中，尚未扣款。請完成或取消該筆交易，或於保留期滿後再試。",
        "What is left is kept for another sale; nothing was taken. Finish or release that sale, or try again later.",
    ),
    "expired_hold": Text(
        "保留時間已過，尚未扣款。請重新掃描票券後再扣款。",
        "The hold has run out; nothing was taken. Scan the voucher again and redeem anew.",
    ),
    "insufficient_hold": Text(
        "金額超過保留的額度，尚未扣款。請改用保留額度內的金額，差額以其他方式付款。",
        "More than was held; nothing was taken. Capture what was held and take the rest by another means.",
    ),
    "captured": Text(
        "此保留已完成扣款。如需取消，請作廢該筆交易。",
        "This hold was captured already. To undo it, void the redemption.",
    ),
    "refunded": Text(
        "此筆交易已全數退回。請勿重複退回，並向顧客說明餘額已恢復。",
        "All of this redemption was refunded already. Do not refund it again; show the customer the balance.",
    ),
    "insufficient_refund": Text(
        "退回數量超過尚可退回的額度，尚未退回。請改以尚可退回的額度辦理。",
        "More than can still be refunded; nothing was given back. Refund what is left of this redemption.",
    ),
    "offline_limit": Text(
        "超過離線核銷上限，尚未扣款。請恢復連線後再核銷，或改用其他方式付款。",
        "Over the limit for offline use; nothing was taken. Redeem online, or take payment by another means.",
    ),
    "offline_forbidden": Text(
        "此收銀機或此票券不可離線核銷，尚未扣款。請恢復連線後再核銷，或改用其他方式付款。",
        "This till or this voucher is not for offline use; nothing was taken. Redeem online, or take another payment.",
    ),
    "offline_clock": Text(
        "離線過久或收銀機時鐘有誤，尚未扣款。請校正時鐘並恢復連線後再核銷。",
        "Offline for too long, or the till's clock is wrong; nothing was taken. Set the clock, and redeem online.",
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
