from datetime import timedelta

import pytest

from functions.domain.discount import Discount
from functions.domain.money import Money
from functions.domain.refusals import CustomerLimit
from functions.domain.tally import Limits
from functions.domain.text import Language, Text
from functions.domain.voucher import Ask, Voucher
from functions.pages.holding import Line
from functions.pages.standing import standing
from functions.pages.view import Place, Scan, Surroundings, VoucherView, view
from tests.pages import samples
from tests.pages.samples import NOW

CODE = "ABCDEFGHJKMNPQRS"


def seen(of: Voucher, language: Language = "en", around: Surroundings | None = None) -> VoucherView:
    refusal = of.refusal(NOW, None, of.credential)
    return view(of, refusal, Scan("TOKEN", CODE, "TOKEN"), around or Surroundings(samples.SHOP_NAME), language)


def about(of: Voucher, language: Language = "en") -> dict[str, str]:
    return dict(seen(of, language).about)


@pytest.mark.parametrize("name", samples.USABLE)
def test_a_usable_voucher_shows_its_qr_and_its_code_in_groups_of_four(name: str) -> None:
    page = seen(samples.EVERY_STATE[name]())

    assert page.standing.may_be_scanned
    assert page.scan == Scan("TOKEN", "ABCD-EFGH-JKMN-PQRS", "TOKEN")


@pytest.mark.parametrize("name", sorted(samples.EVERY_STATE.keys() - set(samples.USABLE)))
def test_a_voucher_that_no_till_would_take_shows_neither_qr_nor_code(name: str) -> None:
    assert seen(samples.EVERY_STATE[name]()).scan is None


@pytest.mark.parametrize(
    ("name", "label", "tone"),
    [
        ("cash", "Ready to use", "good"),
        ("used-up", "Used up", "done"),
        ("not-yet", "Not valid yet", "wait"),
        ("not-now", "Not at this time", "wait"),
        ("expired", "Expired", "done"),
        ("suspended", "On hold", "stop"),
        ("revoked", "Cancelled", "stop"),
        ("held", "At the till", "wait"),
        ("replaced", "Handed over", "stop"),
    ],
)
def test_one_label_and_one_tone_say_how_a_voucher_stands(name: str, label: str, tone: str) -> None:
    standing = seen(samples.EVERY_STATE[name]()).standing

    assert (standing.label, standing.tone) == (label, tone)


def test_a_used_up_voucher_says_where_and_when_it_was_last_used() -> None:
    assert seen(samples.used_up()).standing.details == ("Last used at Xinyi Flagship", "21 November 2026, 10:42")


def test_a_used_up_voucher_whose_last_uses_are_not_known_says_so_much_as_it_knows() -> None:
    used = samples.voucher(samples.used_up().worth, face=samples.cash().face)

    assert seen(used).standing.details == ()


def test_a_voucher_before_its_time_says_from_when() -> None:
    assert seen(samples.not_yet_valid()).standing.headline == "Usable from 1 December 2026, 10:42"


def test_a_voucher_outside_its_hours_says_which_they_are() -> None:
    assert seen(samples.not_at_this_hour(), "zh-Hant").standing.details == ("週六、週日 14:00\u2060–\u206018:00",)


def test_an_expired_voucher_names_its_last_whole_day_in_the_shops_zone() -> None:
    assert seen(samples.expired()).standing.details == ("Valid until 31 October 2026",)


@pytest.mark.parametrize(
    ("reason", "headline"),
    [
        ("order_cancelled", "The order was cancelled, and this voucher with it"),
        ("order_refunded", "The order was refunded, and this voucher with it"),
        ("customer was rude", "The shop has cancelled this voucher"),
    ],
)
def test_a_cancelled_voucher_gives_the_orders_reason_and_never_a_clerks_note(reason: str, headline: str) -> None:
    assert seen(samples.revoked(reason)).standing.headline == headline


def test_a_cancelled_voucher_shows_no_balance() -> None:
    assert seen(samples.revoked()).holding is None


def test_a_suspended_voucher_still_shows_its_balance() -> None:
    holding = seen(samples.suspended()).holding

    assert holding
    assert holding.figure == "NT$300"


def test_cash_is_told_as_what_is_left_of_the_face_value() -> None:
    holding = seen(samples.partly_used()).holding

    assert holding
    assert (holding.figure, holding.notes) == ("NT$300", ("of NT$500",))


def test_every_service_line_is_told_even_one_that_is_used_up() -> None:
    holding = seen(samples.two_services()).holding

    assert holding
    assert holding.lines == (Line("Oil massage, 60 minutes", 2, 3), Line("Herbal tea of the season", 0, 2))


def test_a_discount_is_told_apart_from_its_conditions() -> None:
    holding = seen(samples.discount()).holding

    assert holding
    assert holding.figure == "10% off"
    assert holding.notes == ("On purchases of NT$300 or more", "Up to NT$200 off", "One use")


def test_the_goods_and_the_limits_of_a_discount_are_told_as_its_conditions() -> None:
    offer = Discount(basis_points=1000, products=("tea",), excluded=("mug",), limits=Limits(day=1, month=4), uses=9)

    english, chinese = (seen(samples.discount(offer), language).holding for language in ("en", "zh-Hant"))

    assert english
    assert chinese
    assert (english.figure, english.notes) == (
        "10% off",
        (
            "Selected products only",
            "Some products excluded",
            "At most 1 a day per customer",
            "At most 4 a month per customer",
            "9 of 9 uses left",
        ),
    )
    assert chinese.notes[:3] == ("限指定商品", "部分商品不適用", "每人每日限用 1 次")


def test_a_customer_who_has_reached_the_limit_is_told_from_when_it_may_be_used_again() -> None:
    limit = CustomerLimit(1, "day", NOW + timedelta(hours=13, minutes=18))

    stands = standing(samples.discount(), limit, "en")

    assert (stands.label, stands.tone, stands.headline) == (
        "Limit reached",
        "wait",
        "Usable again from 23 November 2026, 00:00",
    )


def test_a_chinese_discount_is_told_in_tenths_to_pay() -> None:
    holding = seen(samples.discount(), "zh-Hant").holding

    assert holding
    assert (holding.figure, holding.notes) == ("9 折", ("消費滿 NT$300 可用", "最高折抵 NT$200", "限用一次"))


def test_a_discount_for_several_times_counts_them() -> None:
    holding = seen(samples.discount(Discount(amount=Money(100, "TWD"), uses=3))).holding

    assert holding
    assert (holding.figure, holding.notes) == ("NT$100 off", ("3 of 3 uses left",))


def test_a_prepaid_voucher_says_that_it_never_expires() -> None:
    assert seen(samples.cash(), "zh-Hant").validity == ("無使用期限",)


def test_the_validity_tells_start_end_and_hours_where_there_are_any() -> None:
    limited = samples.discount(window=samples.not_at_this_hour().terms.window, valid_from=NOW + timedelta(days=1))

    assert seen(limited).validity == (
        "From 23 November 2026, 10:42",
        "Valid until 31 December 2026",
        "Usable Saturday, Sunday 14:00\u2060–\u206018:00",
    )


def test_a_voucher_for_all_stores_lists_none() -> None:
    assert seen(samples.cash()).places is None


def test_the_stores_of_a_voucher_are_told_with_address_and_phone() -> None:
    page = seen(samples.services(), around=Surroundings(None, samples.STORES))

    assert page.places == (
        Place("Xinyi Flagship", "2F, No. 19, Songgao Rd., Xinyi Dist., Taipei", "02-2723-0000"),
        Place("Zhongshan Nanxi", "No. 15, Nanjing W. Rd., Zhongshan Dist., Taipei", ""),
    )


def test_stores_that_are_not_listed_are_counted() -> None:
    page = seen(samples.services(), around=Surroundings(None, samples.STORES, unlisted=40))

    assert page.more_places == "And 40 more; ask the shop that issued it"


def test_the_last_uses_are_told_newest_first() -> None:
    uses = seen(samples.two_services()).uses

    assert [(use.when, use.taken) for use in uses] == [
        ("20 November 2026, 10:42", "Herbal tea of the season × 1"),
        ("13 November 2026, 10:42", "Oil massage, 60 minutes × 1, Herbal tea of the season × 1"),
    ]


def test_a_use_of_a_discount_is_told_by_its_rate() -> None:
    used = samples.redeemed(samples.discount(Discount(basis_points=1500, uses=2)), Ask())

    assert [use.taken for use in seen(used, "zh-Hant").uses] == ["85 折"]


def test_a_use_that_was_taken_back_is_marked_and_the_balance_is_whole() -> None:
    page = seen(samples.with_undone_use())

    assert [use.is_undone for use in page.uses] == [True]
    assert page.holding
    assert page.holding.figure == "NT$500"


def test_the_face_of_a_prepaid_voucher_tells_all_that_the_rules_ask_for() -> None:
    assert about(samples.partly_used(), "zh-Hant") == {
        "發行人": "青禾生活股份有限公司",
        "地址": "臺北市大安區敦化南路一段 100 號",
        "統一編號": "24536806",
        "負責人": "林青禾",
        "客訴專線": "0800-000-168",
        "面額或內容": "NT$500",
        "序號": samples.VOUCHER_ID,
        "發行日期": "2026/11/02",
        "履約保證": "青禾商業銀行足額履約保證",
        "保證期間": "2026/11/02 至 2027/11/02；期滿後票券仍可使用",
    }


def test_a_prepaid_voucher_without_a_guarantee_on_record_claims_none() -> None:
    assert "Guaranteed" not in about(samples.cash(terms=samples.terms(guarantee=None)))


def test_a_promotional_voucher_has_no_issuer_to_name() -> None:
    assert about(samples.discount()) == {}


def test_a_shop_without_a_name_is_called_by_the_issuers() -> None:
    assert seen(samples.cash(), around=Surroundings(None)).shop == "Chingho Living Co., Ltd."


def test_a_promotional_voucher_of_a_shop_without_a_name_names_nobody() -> None:
    assert seen(samples.discount(), around=Surroundings(None)).shop == ""


def test_everything_on_the_page_is_in_the_language_asked_for() -> None:
    page = seen(samples.cash(), "zh-Hant", Surroundings(Text("青禾", "Chingho")))

    assert (page.shop, page.product, page.kind, page.standing.label) == ("青禾", "NT$500 現金禮券", "現金券", "可使用")
