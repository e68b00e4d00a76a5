from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from functions.contracts.base import Id, Instant, Wire, WireItem, WireMoney, WireText, WireWorth, rfc3339
from functions.contracts.till import LookupRequest, RedemptionRequest
from functions.domain.identity import is_identifier
from functions.domain.money import DECIMALS, Money
from functions.domain.text import Text
from functions.domain.worth import Worth
from tests.contracts.bodies import MONEY, SMALLEST, read, wrong
from tests.domain.samples import NOW, cash, lines

ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
identifier: TypeAdapter[str] = TypeAdapter(Id)


class Timed(Wire):
    at: Instant


def instant(sent: str) -> datetime:
    """What a body's time is read as."""
    return Timed.model_validate_json(f'{{"at": {sent}}}').at


class TestBodies:
    @pytest.mark.parametrize("model", SMALLEST, ids=lambda model: model.__name__)
    def test_the_smallest_body_of_each_kind_is_taken(self, model: type[Wire]) -> None:
        assert isinstance(read(model), model)

    @pytest.mark.parametrize("model", SMALLEST, ids=lambda model: model.__name__)
    @pytest.mark.parametrize("slip", ["mony", "Money", "money ", "_", "valeu", "model_config"])
    def test_an_unknown_field_is_refused_and_named(self, model: type[Wire], slip: str) -> None:
        assert wrong(model, **{slip: MONEY}) == {slip}

    @pytest.mark.parametrize(
        ("model", "part"), [(model, part) for model, smallest in SMALLEST.items() for part in smallest]
    )
    def test_a_part_that_is_needed_cannot_be_left_out(self, model: type[Wire], part: str) -> None:
        assert wrong(model, **{part: ...}) - {""} <= {part}

    @pytest.mark.parametrize("sent", ["[]", '""', "1", "null", "true", ""])
    def test_a_body_is_an_object(self, sent: str) -> None:
        with pytest.raises(ValidationError):
            LookupRequest.model_validate_json(sent)

    def test_what_was_sent_is_not_repeated_in_the_error(self) -> None:
        with pytest.raises(ValidationError) as refused:
            read(RedemptionRequest, money="a customer's secret")

        assert "secret" not in str(refused.value)


class TestMoney:
    @pytest.mark.parametrize(
        "amount", [500, 500.0, 1e-7, True, False, None, [], ["500"], {}, {"amount": "500"}], ids=repr
    )
    def test_an_amount_that_is_no_text_is_refused(self, amount: Any) -> None:
        assert wrong(RedemptionRequest, money=MONEY | {"amount": amount}) == {"money.amount"}

    @pytest.mark.parametrize(
        "amount",
        [
            "",
            "-1",
            "-0",
            "+1",
            "1e3",
            "1E3",
            "NaN",
            "Infinity",
            "1,000",
            "01",
            ".5",
            "5.",
            "５００",
            " 5",
            "9" * 13,
            "9" * 39,
        ],
    )
    def test_an_amount_that_is_no_plain_decimal_is_refused(self, amount: str) -> None:
        assert any(where.startswith("money") for where in wrong(RedemptionRequest, money=MONEY | {"amount": amount}))

    @pytest.mark.parametrize(("amount", "currency"), [("500.0", "TWD"), ("10.005", "USD"), ("0.5", "JPY")])
    def test_more_decimals_than_the_currency_has_are_refused(self, amount: str, currency: str) -> None:
        assert wrong(RedemptionRequest, money={"amount": amount, "currency": currency}) == {"money"}

    @pytest.mark.parametrize("currency", ["twd", "TWD ", "NTD", "", "XXX", "ＴＷＤ"])
    def test_an_unknown_currency_is_refused(self, currency: str) -> None:
        assert wrong(RedemptionRequest, money=MONEY | {"currency": currency}) == {"money"}

    @pytest.mark.parametrize("money", ["500", 500, True, [], ["500", "TWD"]])
    def test_money_is_an_amount_with_its_currency(self, money: Any) -> None:
        assert wrong(RedemptionRequest, money=money) == {"money"}

    @pytest.mark.parametrize("part", ["amount", "currency"])
    def test_neither_half_of_money_can_be_left_out(self, part: str) -> None:
        half = {name: value for name, value in MONEY.items() if name != part}

        assert wrong(RedemptionRequest, money=half) == {f"money.{part}"}

    @pytest.mark.parametrize("amount", ["0", "0.00"])
    def test_a_till_cannot_take_nothing(self, amount: str) -> None:
        assert wrong(RedemptionRequest, money={"amount": amount, "currency": "USD"}) == {"money"}

    @given(st.integers(0, 10**12 - 1), st.sampled_from(sorted(DECIMALS)))
    def test_money_goes_out_and_comes_back_the_same(self, minor: int, currency: str) -> None:
        money = Money(minor, currency)

        assert WireMoney.model_validate_json(WireMoney.of(money).model_dump_json()).domain == money


class TestTime:
    @given(st.datetimes(datetime(1971, 1, 1), datetime(9998, 1, 1), timezones=ZONES))  # noqa: DTZ001 - Hypothesis adds the zone
    def test_an_instant_is_read_to_the_microsecond_whatever_its_offset(self, moment: datetime) -> None:
        assert instant(f'"{moment.isoformat()}"') == moment

    @pytest.mark.parametrize(
        ("sent", "moment"),
        [
            ("2026-11-22T04:00:00Z", NOW),
            ("2026-11-22T12:00:00+08:00", NOW),
            ("2026-11-21T23:00:00.000-05:00", NOW),
            ("2026-11-22t04:00:00.123z", NOW.replace(microsecond=123_000)),
            ("2026-11-22T04:00:00.123456789Z", NOW.replace(microsecond=123_456)),
            ("2026-11-22T04:00:00-00:00", NOW),
        ],
    )
    def test_rfc_3339_is_read_as_utc(self, sent: str, moment: datetime) -> None:
        taken = instant(f'"{sent}"')

        assert (taken, taken.tzinfo) == (moment, UTC)

    @pytest.mark.parametrize(
        "sent",
        [
            *('""', '"now"', '"2026-11-22"', '"2026-11-22T04:00:00"', '"2026-11-22T04:00Z"', '"2026-11-22 04:00:00Z"'),
            *('"2026"', '"1795320000"', '"1795320000.5"', "1795320000", "1795320000.5", "true", "null", "[]"),
            *(
                '"2026-02-30T04:00:00Z"',
                '"2026-11-22T25:00:00Z"',
                '"2026-11-22T23:59:60Z"',
                '"2026-11-22T04:00:00+24:00"',
            ),
            *(
                '"２０２６-11-22T04:00:00Z"',
                '"2026-11-22T04:00:00Z\\n"',
                '"-2026-11-22T04:00:00Z"',
                '"20261122T040000Z"',
            ),
        ],
    )
    def test_anything_but_rfc_3339_with_an_offset_is_refused(self, sent: str) -> None:
        with pytest.raises(ValidationError):
            instant(sent)

    @pytest.mark.parametrize(
        "sent",
        ["0001-01-01T00:00:00+14:00", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00"],
    )
    def test_a_time_that_no_zone_could_name_is_refused_and_breaks_nothing(self, sent: str) -> None:
        with pytest.raises(ValidationError, match="years"):
            instant(f'"{sent}"')

    @given(st.datetimes(datetime(1971, 1, 1), datetime(9998, 1, 1), timezones=ZONES))  # noqa: DTZ001 - as above
    def test_an_instant_goes_out_in_utc_with_milliseconds(self, moment: datetime) -> None:
        written = rfc3339(moment)

        assert instant(f'"{written}"') == moment.replace(microsecond=moment.microsecond // 1000 * 1000)
        assert written.endswith("Z")


class TestIds:
    @given(st.text(max_size=70))
    def test_the_wire_and_the_domain_agree_on_what_may_name_a_thing(self, text: str) -> None:
        try:
            identifier.validate_python(text)
        except ValidationError:
            assert not is_identifier(text)
        else:
            assert is_identifier(text)

    @pytest.mark.parametrize("text", ["a\n", "a#b", "a/b", "", "x" * 65])
    def test_what_would_break_a_key_or_a_path_is_no_id(self, text: str) -> None:
        with pytest.raises(ValidationError):
            identifier.validate_python(text)


class TestWorth:
    @pytest.mark.parametrize(
        ("worth", "wire"),
        [
            (cash(-200), {"money": {"amount": "-200", "currency": "TWD"}}),
            (Worth(uses=-1), {"uses": -1}),
            (
                lines(tea=-1),
                {"items": [{"sku": "tea", "name": {"zh-Hant": "花草茶", "en": "Herbal tea"}, "quantity": -1}]},
            ),
        ],
    )
    def test_a_change_goes_out_with_its_sign_and_in_one_shape(self, worth: Worth, wire: dict[str, Any]) -> None:
        assert WireWorth.of(worth).model_dump(mode="json", by_alias=True, exclude_none=True) == wire

    def test_a_line_goes_out_and_comes_back_the_same(self) -> None:
        (line,) = lines(tea=2).items

        assert WireItem.model_validate_json(WireItem.of(line).model_dump_json(by_alias=True)).domain == line


class TestText:
    def test_a_text_goes_out_and_comes_back_in_both_languages(self) -> None:
        text = Text("禮券", "Gift voucher")

        assert WireText.model_validate_json(WireText.of(text).model_dump_json(by_alias=True)).domain == text

    @pytest.mark.parametrize(
        "sent",
        [
            '{"zh-Hant": "禮券"}',
            '{"en": "Voucher"}',
            '{"zh_hant": "禮券", "en": "Voucher"}',
            '{"zh-Hant": "", "en": "V"}',
        ],
    )
    def test_a_text_without_both_languages_is_refused(self, sent: str) -> None:
        with pytest.raises(ValidationError):
            WireText.model_validate_json(sent)
