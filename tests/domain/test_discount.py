import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from functions.domain import refusals
from functions.domain.basket import Basket
from functions.domain.discount import Discount, Priced, PricedLine
from functions.domain.errors import InvalidValueError
from functions.domain.money import Money
from functions.domain.refusals import Refusal
from functions.domain.tally import Limits
from tests.domain.samples import basket, goods, twd

AMOUNTS = st.integers(0, 10**9).map(twd)
CAPS = st.none() | AMOUNTS
SKUS = st.sampled_from(["tea", "mug", "bag", "pot"])
DISCOUNTS = st.one_of(
    st.builds(Discount, basis_points=st.integers(1, 10_000), cap=CAPS),
    st.builds(Discount, amount=AMOUNTS, cap=CAPS),
)
RESTRICTED = st.one_of(
    st.builds(Discount, basis_points=st.integers(1, 10_000), cap=CAPS, excluded=st.sets(SKUS).map(tuple)),
    st.builds(Discount, amount=AMOUNTS, cap=CAPS, products=st.sets(SKUS, min_size=1).map(tuple)),
)
BASKETS = st.lists(st.tuples(SKUS, st.integers(0, 10**6)), min_size=1, max_size=20).map(lambda lines: goods(*lines))
TEN_PERCENT = Discount(basis_points=1_000)
TEA_ONLY = Discount(basis_points=1_000, products=("tea", "oolong"))
NO_TOBACCO = Discount(basis_points=1_000, excluded=("tobacco",))


def refused(discount: Discount, of: Basket) -> Refusal:
    with pytest.raises(Refusal) as raised:
        discount.priced(of)
    return raised.value


def offs(priced: Priced) -> list[int]:
    """What comes off each line."""
    return [line.off.minor for line in priced.lines]


class TestOfATotal:
    @pytest.mark.parametrize(
        ("basis_points", "total", "off"),
        [
            (1_000, 500, 50),
            (1_000, 504, 50),
            (1_000, 505, 51),
            (1_000, 4, 0),
            (1_000, 5, 1),
            (1_250, 4, 1),
            (3_333, 100, 33),
            (10_000, 499, 499),
            (1, 4_999, 0),
            (1, 5_000, 1),
            (1_000, 0, 0),
        ],
    )
    def test_a_percentage_is_rounded_half_up_to_the_minor_unit(self, basis_points: int, total: int, off: int) -> None:
        assert Discount(basis_points=basis_points).priced(basket(total)).off == twd(off)

    def test_a_percentage_of_cents_is_rounded_to_the_cent(self) -> None:
        assert TEN_PERCENT.priced(Basket(Money(1_995, "USD"))).off == Money(200, "USD")

    def test_all_of_it_counts_and_no_lines_are_told(self) -> None:
        assert TEN_PERCENT.priced(basket(500)) == Priced(off=twd(50), eligible=twd(500))

    def test_an_amount_takes_no_more_than_the_basket_holds(self) -> None:
        assert Discount(amount=twd(100)).priced(basket(60)) == Priced(off=twd(60), eligible=twd(60))

    @given(DISCOUNTS, AMOUNTS)
    def test_what_comes_off_is_never_negative_nor_more_than_basket_or_cap(
        self, discount: Discount, total: Money
    ) -> None:
        off = discount.priced(Basket(total)).off

        assert 0 <= off.minor <= total.minor
        assert discount.cap is None or off.minor <= discount.cap.minor

    @given(DISCOUNTS, AMOUNTS, AMOUNTS)
    def test_a_larger_basket_never_gets_less_off(self, discount: Discount, one: Money, other: Money) -> None:
        smaller, larger = sorted((one, other), key=lambda money: money.minor)

        assert discount.priced(Basket(smaller)).off.minor <= discount.priced(Basket(larger)).off.minor


class TestCap:
    HALF_OFF = Discount(basis_points=5_000, cap=twd(100))

    @pytest.mark.parametrize("total", [202, 10_000])
    def test_a_percentage_stops_at_its_cap_and_says_so(self, total: int) -> None:
        assert self.HALF_OFF.priced(basket(total)) == Priced(off=twd(100), eligible=twd(total), capped=True)

    @pytest.mark.parametrize(("total", "off"), [(198, 99), (200, 100)])
    def test_up_to_its_cap_nothing_is_cut(self, total: int, off: int) -> None:
        assert self.HALF_OFF.priced(basket(total)) == Priced(off=twd(off), eligible=twd(total), capped=False)

    def test_a_basket_that_is_smaller_than_the_amount_is_not_what_the_cap_is_for(self) -> None:
        assert not Discount(amount=twd(100), cap=twd(80)).priced(basket(60)).capped


class TestProducts:
    def test_only_the_goods_it_is_good_for_count(self) -> None:
        priced = TEA_ONLY.priced(goods(("tea", 300), ("mug", 500), ("oolong", 205)))

        assert (priced.off, priced.eligible) == (twd(51), twd(505))

    def test_excluded_goods_do_not_count(self) -> None:
        priced = NO_TOBACCO.priced(goods(("tea", 300), ("tobacco", 500)))

        assert (priced.off, priced.eligible) == (twd(30), twd(300))

    def test_what_is_both_named_and_excluded_is_excluded(self) -> None:
        discount = Discount(basis_points=1_000, products=("tea", "gift-tea"), excluded=("gift-tea",))

        assert discount.priced(goods(("tea", 100), ("gift-tea", 900))).eligible == twd(100)

    def test_an_amount_takes_no_more_than_the_goods_it_is_good_for(self) -> None:
        discount = Discount(amount=twd(100), products=("tea",))

        assert discount.priced(goods(("tea", 60), ("mug", 500))).off == twd(60)

    def test_each_line_says_whether_it_counted_and_what_came_off_it(self) -> None:
        assert TEA_ONLY.priced(goods(("mug", 500), ("tea", 300))).lines == (
            PricedLine("mug", twd(500), twd(0), eligible=False, line_id="1"),
            PricedLine("tea", twd(300), twd(30), eligible=True, line_id="2"),
        )

    @pytest.mark.parametrize("discount", [TEA_ONLY, NO_TOBACCO])
    def test_a_total_alone_cannot_say_what_counts(self, discount: Discount) -> None:
        refusal = refused(discount, basket(500))

        assert isinstance(refusal, refusals.LinesNeeded)
        assert refusal.facts == {"products": discount.products, "excluded": discount.excluded}

    @pytest.mark.parametrize(
        ("discount", "of"),
        [
            (TEA_ONLY, goods(("mug", 500))),
            (TEA_ONLY, goods(("TEA", 500))),
            (NO_TOBACCO, goods(("tobacco", 500))),
        ],
    )
    def test_a_basket_of_nothing_that_counts_is_refused(self, discount: Discount, of: Basket) -> None:
        refusal = refused(discount, of)

        assert isinstance(refusal, refusals.WrongGoods)
        assert refusal.facts == {"products": discount.products, "excluded": discount.excluded}

    def test_the_sentences_tell_the_two_apart_under_one_code(self) -> None:
        wrong, untold = refused(TEA_ONLY, goods(("mug", 500))), refused(TEA_ONLY, basket(500))

        assert wrong.code == untold.code == "wrong_product"
        assert wrong.text != untold.text

    def test_goods_that_count_and_cost_nothing_get_nothing_off(self) -> None:
        assert offs(TEA_ONLY.priced(goods(("tea", 0), ("mug", 500)))) == [0, 0]

    @pytest.mark.parametrize("excluded", [("tea",), ("tea", "mug")])
    def test_a_discount_that_is_good_for_nothing_cannot_be_made(self, excluded: tuple[str, ...]) -> None:
        with pytest.raises(InvalidValueError, match="products"):
            Discount(basis_points=1_000, products=("tea",), excluded=excluded)


class TestLines:
    def test_what_comes_off_is_spread_by_what_the_lines_cost(self) -> None:
        assert offs(Discount(amount=twd(100)).priced(goods(("tea", 100), ("mug", 300)))) == [25, 75]

    def test_what_cannot_be_divided_goes_where_most_was_cut(self) -> None:
        assert offs(Discount(amount=twd(10)).priced(goods(("a", 100), ("b", 100), ("c", 100)))) == [4, 3, 3]

    def test_what_the_cap_left_is_what_is_spread(self) -> None:
        discount = Discount(basis_points=5_000, cap=twd(90))

        assert offs(discount.priced(goods(("tea", 100), ("mug", 200)))) == [30, 60]

    @given(RESTRICTED, BASKETS)
    def test_the_lines_add_up_to_what_comes_off_and_none_gets_more_than_it_costs(
        self, discount: Discount, of: Basket
    ) -> None:
        assume(any(discount.is_for(line.sku) for line in of.lines))
        lines = discount.priced(of).lines if of.lines else ()

        assert sum(line.off.minor for line in lines) == discount.priced(of).off.minor
        assert all(0 <= line.off.minor <= line.amount.minor for line in lines)

    @given(RESTRICTED, BASKETS)
    def test_the_lines_are_those_of_the_basket_and_only_what_counts_gets_anything(
        self, discount: Discount, of: Basket
    ) -> None:
        assume(any(discount.is_for(line.sku) for line in of.lines))
        priced = discount.priced(of)

        assert [(line.line_id, line.sku, line.amount) for line in priced.lines] == [
            (line.line_id, line.sku, line.amount) for line in of.lines
        ]
        assert priced.eligible.minor == sum(line.amount.minor for line in priced.lines if line.eligible)
        assert all(line.off.minor == 0 for line in priced.lines if not line.eligible)

    @given(DISCOUNTS, BASKETS)
    def test_lines_change_nothing_of_what_comes_off_where_all_goods_count(self, discount: Discount, of: Basket) -> None:
        assert discount.priced(of).off == discount.priced(Basket(of.total)).off


class TestMinimumSpend:
    FROM_500 = Discount(basis_points=1_000, minimum_spend=twd(500))
    TEA_FROM_500 = Discount(basis_points=1_000, minimum_spend=twd(500), products=("tea",))

    def test_exactly_the_minimum_is_enough(self) -> None:
        assert self.FROM_500.priced(basket(500)).off == twd(50)

    @pytest.mark.parametrize("total", [499, 0])
    def test_less_is_refused_with_what_was_told(self, total: int) -> None:
        refusal = refused(self.FROM_500, basket(total))

        assert isinstance(refusal, refusals.MinimumSpend)
        assert refusal.facts == {"minimum_spend": twd(500), "basket": twd(total), "eligible": twd(total)}

    def test_it_is_of_the_goods_that_count(self) -> None:
        assert self.TEA_FROM_500.priced(goods(("tea", 500), ("mug", 1))).off == twd(50)

        refusal = refused(self.TEA_FROM_500, goods(("tea", 499), ("mug", 900)))

        assert refusal.facts == {"minimum_spend": twd(500), "basket": twd(1_399), "eligible": twd(499)}


class TestCurrency:
    NAMED = (
        Discount(amount=twd(100)),
        Discount(basis_points=1_000, minimum_spend=twd(500)),
        Discount(basis_points=1_000, cap=twd(500)),
    )

    @pytest.mark.parametrize("discount", NAMED)
    def test_a_discount_is_in_the_currency_of_whatever_amount_it_names(self, discount: Discount) -> None:
        assert discount.currency == "TWD"

    @pytest.mark.parametrize("discount", NAMED)
    def test_a_basket_in_another_currency_is_refused(self, discount: Discount) -> None:
        refusal = refused(discount, Basket(Money(1_000_000, "USD")))

        assert isinstance(refusal, refusals.CurrencyMismatch)
        assert refusal.facts == {"currency": "TWD"}

    def test_a_bare_percentage_fits_any_currency(self) -> None:
        assert TEN_PERCENT.currency is None


class TestWithoutABasket:
    def test_a_bare_discount_may_be_computed_by_the_till(self) -> None:
        Discount(basis_points=1_000, cap=twd(100)).check_untold()

    def test_one_that_hangs_on_the_goods_may_not(self) -> None:
        with pytest.raises(refusals.LinesNeeded):
            Discount(basis_points=1_000, products=("tea",), minimum_spend=twd(1)).check_untold()

    def test_one_that_hangs_on_the_amount_may_not(self) -> None:
        with pytest.raises(refusals.MinimumSpend) as refused:
            Discount(basis_points=1_000, minimum_spend=twd(500)).check_untold()

        assert refused.value.facts == {"minimum_spend": twd(500), "basket": None, "eligible": None}


def test_a_discount_is_good_once_for_all_goods_and_everybody_unless_it_says_otherwise() -> None:
    assert (TEN_PERCENT.uses, TEN_PERCENT.is_restricted, TEN_PERCENT.limits) == (1, False, None)


def test_a_discount_may_be_limited_for_each_customer() -> None:
    assert Discount(basis_points=1_000, limits=Limits(day=1)).limits == Limits(day=1)
