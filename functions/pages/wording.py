"""What a customer reads on the pages, in both languages. Clerks' sentences stand in `domain.refusal_texts`."""

from typing import Final

from functions.domain.text import Language, Text

WORDS: Final = {
    # The frame
    "switch": Text("語言", "Language"),
    "keep_private": Text(
        "任何人持有此頁面都能使用這張票券，請勿轉傳或公開。",
        "Whoever has this page can use the voucher. Please do not pass it on.",
    ),
    # Kinds
    "kind_cash": Text("現金券", "Cash voucher"),
    "kind_item": Text("服務券", "Service voucher"),
    "kind_discount": Text("優惠券", "Discount"),
    "kind_pickup": Text("取貨券", "Pick-up"),
    # What is left
    "left_cash": Text("剩餘金額", "Balance"),
    "left_item": Text("剩餘內容", "What is left"),
    "left_pickup": Text("待取商品", "Waiting for you"),
    "left_discount": Text("優惠內容", "Your offer"),
    "of_total": Text("面額 {total}", "of {total}"),
    "line_left_before": Text("剩 ", ""),
    "line_left_after": Text("", " left"),
    "uses_left": Text("剩 {left}/{total} 次", "{left} of {total} uses left"),
    "once": Text("限用一次", "One use"),
    "minimum_spend": Text("消費滿 {amount} 可用", "On purchases of {amount} or more"),
    "cap": Text("最高折抵 {amount}", "Up to {amount} off"),
    # The QR
    "qr_label": Text("票券 QR 碼", "QR code of the voucher"),
    "show_at_till": Text("結帳時請出示此 QR 碼", "Show this QR code at the till"),
    "code": Text("無法掃描時，請告知店員此代碼", "If it cannot be scanned, tell the clerk this code"),
    "save": Text("儲存 QR 碼圖片", "Save the QR code as a picture"),
    "offline": Text("存成圖片後，沒有網路也能使用。", "A saved picture works without a network."),
    "live": Text(
        "QR 碼每 15 秒自動更新，截圖無法使用。結帳時請開啟此頁。",
        "The QR code renews itself every 15 seconds; screenshots do not work. Open this page at the till.",
    ),
    "lost": Text(
        "沒有網路，QR 碼無法更新。請檢查網路連線，恢復後會自動顯示。",
        "No network, so the QR code cannot be renewed. Check your connection; it comes back by itself.",
    ),
    # How the voucher stands: label, headline, what to do next
    "usable_label": Text("可使用", "Ready to use"),
    "exhausted_label": Text("已用完", "Used up"),
    "exhausted_headline": Text("這張票券已全部使用完畢", "All of this voucher has been used"),
    "exhausted_last": Text("最後使用：{store}", "Last used at {store}"),
    "exhausted_advice": Text("若不是您本人使用，請聯絡發行商店。", "Was it not you? Contact the shop that issued it."),
    "not_yet_valid_label": Text("尚未開始", "Not valid yet"),
    "not_yet_valid_headline": Text("{when} 起可以使用", "Usable from {when}"),
    "not_yet_valid_advice": Text(
        "時間到了請重新開啟此頁，QR 碼就會出現。", "Open this page again then, and the QR code will be here."
    ),
    "not_active_now_label": Text("非使用時段", "Not at this time"),
    "not_active_now_headline": Text("現在不是可使用的時段", "Not usable at this time"),
    "not_active_now_advice": Text(
        "請在可使用的時段重新開啟此頁，QR 碼就會出現。",
        "Open this page again at that time, and the QR code will be here.",
    ),
    "customer_limit_label": Text("已達次數上限", "Limit reached"),
    "customer_limit_headline": Text("{when} 起可以再次使用", "Usable again from {when}"),
    "customer_limit_advice": Text(
        "您已用完這段期間的次數。時間到了請重新開啟此頁，QR 碼就會出現。",
        "You have used it as often as you may for now. Open this page again then, and the QR code will be here.",
    ),
    "expired_label": Text("已過期", "Expired"),
    "expired_headline": Text("這張票券已超過使用期限", "This voucher has expired"),
    "expired_advice": Text("如有疑問，請聯絡發行商店。", "Questions? Contact the shop that issued it."),
    "suspended_label": Text("暫停使用", "On hold"),
    "suspended_headline": Text("商店暫停了這張票券", "The shop has put this voucher on hold"),
    "suspended_advice": Text(
        "您的餘額不受影響。請聯絡商店了解何時恢復。",
        "What is left on it is kept. Contact the shop to learn when you can use it again.",
    ),
    "revoked_label": Text("已作廢", "Cancelled"),
    "revoked_headline": Text("商店已將這張票券作廢", "The shop has cancelled this voucher"),
    "revoked_order_cancelled_headline": Text(
        "訂單已取消，這張票券隨之作廢", "The order was cancelled, and this voucher with it"
    ),
    "revoked_order_refunded_headline": Text(
        "訂單已退款，這張票券隨之作廢", "The order was refunded, and this voucher with it"
    ),
    "revoked_advice": Text("如有疑問，請聯絡發行商店。", "Questions? Contact the shop that issued it."),
    "replaced_label": Text("已轉讓", "Handed over"),
    "replaced_headline": Text("這張票券已轉讓給另一位持有人", "This voucher was handed to another person"),
    "replaced_advice": Text(
        "新的持有人已收到新的票券。若您不知情，請聯絡發行商店。",
        "Its new holder has received a voucher of their own. If you did not know, contact the shop that issued it.",
    ),
    "held_label": Text("結帳中", "At the till"),
    "held_headline": Text("正為一筆結帳保留，至 {when} 為止", "Kept for a sale at the till until {when}"),
    "held_advice": Text(
        "請完成結帳。若您沒有在結帳，時間到了額度就會恢復；仍有疑問請聯絡商店。",
        "Finish paying. If you are not at a till, it is free again then; if in doubt, contact the shop.",
    ),
    # Validity
    "validity": Text("有效期間", "Validity"),
    "valid_from": Text("{start} 起", "From {start}"),
    "times": Text("可使用時段：{times}", "Usable {times}"),
    "any_day": Text("每天", "every day"),
    "day_range": Text("{first}至{last}", "{first} to {last}"),
    "next_day": Text("{closes}（隔日）", "{closes} the next day"),
    # Stores
    "stores": Text("可使用門市", "Where you can use it"),
    "all_stores": Text("全部門市", "All stores"),
    "more_stores": Text("另有 {count} 家門市，請洽發行商店", "And {count} more; ask the shop that issued it"),
    # History
    "uses": Text("使用紀錄", "Last uses"),
    "given_back": Text("已取消，已退回票券", "Cancelled and given back"),
    # Terms and who answers for it
    "terms": Text("使用說明", "Terms"),
    "issuer": Text("發行資訊", "About this voucher"),
    "issuer_name": Text("發行人", "Issuer"),
    "address": Text("地址", "Address"),
    "tax_id": Text("統一編號", "Tax id"),
    "representative": Text("負責人", "Responsible person"),
    "complaints": Text("客訴專線", "Complaints"),
    "face_value": Text("面額或內容", "Face value"),
    "serial": Text("序號", "Serial number"),
    "sold_at": Text("發行日期", "Issued"),
    "guarantee": Text("履約保證", "Performance guarantee"),
    "guarantee_dates": Text("保證期間", "Guaranteed"),
    "guarantee_period": Text(
        "{start} 至 {end}；期滿後票券仍可使用", "{start} to {end}; the voucher stays usable afterwards"
    ),
    # Pages instead of a voucher
    "unknown_title": Text("找不到這張票券", "We cannot find this voucher"),
    "unknown_advice": Text(
        "連結可能不完整或已損壞。請回到您收到的訊息，直接點開其中的連結；若仍無法開啟，請聯絡購買的商店。",
        "The link may be incomplete or damaged. Go back to the message you received and tap the link in it."
        " If that does not help, contact the shop you bought from.",
    ),
    "stale_credential_title": Text("這個連結已經更新", "This link was replaced"),
    "stale_credential_advice": Text(
        "請開啟最新收到的訊息，使用其中的票券。您的票券內容沒有減少。",
        "Open the newest message you received and use the voucher in it. Nothing on your voucher is lost.",
    ),
    "unavailable_title": Text("暫時無法顯示票券", "We cannot show your voucher just now"),
    "unavailable_advice": Text(
        "請稍候一分鐘再重新整理。您的票券沒有任何變動；趕時間的話，若訊息中有 QR 碼，可直接出示。",
        "Wait a minute and load this page again. Nothing has happened to your voucher."
        " In a hurry? If your message has a QR code in it, show that.",
    ),
}
WEEKDAYS: Final = (
    Text("週一", "Monday"),
    Text("週二", "Tuesday"),
    Text("週三", "Wednesday"),
    Text("週四", "Thursday"),
    Text("週五", "Friday"),
    Text("週六", "Saturday"),
    Text("週日", "Sunday"),
)


def say(language: Language, key: str, **facts: object) -> str:
    """One entry of the table with its facts filled in."""
    return WORDS[key].of(language).format(**facts)
