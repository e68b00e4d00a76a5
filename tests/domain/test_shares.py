import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.shares import shares

WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("whole", "weights", "divided"),
    [
        (10, [100, 100], [5, 5]),
        (10, [1, 1, 1], [4, 3, 3]),
        (11, [1, 1, 1], [4, 4, 3]),
        (100, [333, 333, 334], [33, 33, 34]),
        (5, [10, 80, 10], [1, 4, 0]),
        (1, [1, 2], [0, 1]),
        (7, [0, 7, 0], [0, 7, 0]),
        (0, [3, 4], [0, 0]),
        (0, [0, 0], [0, 0]),
        (0, [], []),
    ],
)
def test_what_is_over_goes_to_those_who_were_cut_the_most(whole: int, weights: list[int], divided: list[int]) -> None:
    assert shares(whole, weights) == divided


@given(st.data(), WEIGHTS)
def test_the_shares_add_up_and_none_is_more_than_its_weight(data: st.DataObject, weights: list[int]) -> None:
    whole = data.draw(st.integers(0, sum(weights)))

    divided = shares(whole, weights)

    assert sum(divided) == whole
    assert all(0 <= share <= weight for share, weight in zip(divided, weights, strict=True))


@given(st.data(), WEIGHTS)
def test_no_share_is_a_whole_unit_from_what_is_exact(data: st.DataObject, weights: list[int]) -> None:
    whole = data.draw(st.integers(0, sum(weights)))

    divided = shares(whole, weights)

    for share, weight in zip(divided, weights, strict=True):
        assert abs(share * sum(weights) - whole * weight) < max(sum(weights), 1)
