"""What a clerk reads when a till is refused: what is the matter, and what to do next.

By code; a code with several cases has a text for each (`Refusal.text`).
"""

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
        "餘額正為另一筆交易保留中，尚未扣款。請先使用未保留的額度，或於保留期滿後再試。",
        "Kept for another sale; nothing was taken. Redeem what is free, or try again when the hold ends.",
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
        "此保留已完成扣款。如需撤銷，請取消該筆核銷交易。",
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
    "rotated_credential": Text(
        "此 QR 碼已過時或已使用，截圖與代碼均無法使用。請顧客開啟票券頁面，再掃描畫面上的 QR 碼。",
        "This QR code is out of date or was used already; screenshots and typed codes do not work."
        " Ask the customer to open the voucher page, and scan the QR code on it.",
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
    "wrong_product_goods": Text(
        "購物車中沒有適用的商品。請告知顧客適用的商品，或改用其他票券。",
        "Nothing in the basket qualifies. Tell the customer which articles do, or use another voucher.",
    ),
    "wrong_product_lines": Text(
        "票券僅適用於部分商品。請掃描全部商品後再試。",
        "Good for some articles only. Scan all the goods first and try again.",
    ),
    "minimum_spend": Text(
        "適用商品未達最低消費金額。請加購後再試。",
        "The articles that qualify are below the minimum spend. Add to them and try again.",
    ),
    "customer_limit": Text(
        "顧客已達使用次數上限。請告知顧客何時可再次使用。",
        "This customer has used it as often as allowed. Tell the customer from when it may be used again.",
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
        "請求過多。請稍候，再以相同的交易編號重試。",
        "Too many requests. Wait a moment, and try again under the same reference.",
    ),
    "codes_locked": Text(
        "此裝置輸入錯誤代碼次數過多，已暫停手動輸入。請改掃描 QR 碼，或於下方時間後再輸入。",
        "Too many wrong codes were typed at this till, so typing is locked. Scan the QR, or type again after the time"
        " given below.",
    ),
}
