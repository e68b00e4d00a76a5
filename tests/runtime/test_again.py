"""Deciding again after somebody else wrote first."""

import pytest

from functions.adapters.errors import ConflictError, UnavailableError
from functions.runtime.again import TRIES, again


def failing(times: int, error: Exception, tried: list[None]) -> str:
    tried.append(None)
    if len(tried) <= times:
        raise error
    return "done"


def test_what_succeeds_is_done_once() -> None:
    tried: list[None] = []

    assert again(lambda: failing(0, ConflictError(), tried)) == "done"
    assert len(tried) == 1


@pytest.mark.parametrize("conflicts", range(1, TRIES))
def test_a_conflict_is_tried_again(conflicts: int) -> None:
    tried: list[None] = []

    assert again(lambda: failing(conflicts, ConflictError(), tried), pause=lambda _: None) == "done"
    assert len(tried) == conflicts + 1


def test_the_sixth_conflict_is_told() -> None:
    tried: list[None] = []

    with pytest.raises(ConflictError):
        again(lambda: failing(99, ConflictError(), tried), pause=lambda _: None)

    assert len(tried) == TRIES


def test_another_error_is_told_at_once() -> None:
    tried: list[None] = []

    with pytest.raises(UnavailableError):
        again(lambda: failing(99, UnavailableError(), tried))

    assert len(tried) == 1


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, float]]:
    """Between what each pause was drawn; the longest is taken."""
    between: list[tuple[float, float]] = []

    def draw(shortest: float, longest: float) -> float:
        between.append((shortest, longest))
        return longest

    monkeypatch.setattr("functions.runtime.again.random.uniform", draw)
    return between


def test_pauses_grow_and_all_of_them_together_are_under_a_second(drawn: list[tuple[float, float]]) -> None:
    pauses: list[float] = []

    with pytest.raises(ConflictError):
        again(lambda: failing(99, ConflictError(), []), pause=pauses.append)

    assert pauses == [0.02, 0.04, 0.08, 0.16, 0.32]
    assert len(drawn) == len(pauses)


def test_tills_that_collided_are_spread_over_the_whole_pause(drawn: list[tuple[float, float]]) -> None:
    with pytest.raises(ConflictError):
        again(lambda: failing(99, ConflictError(), []), pause=lambda _: None)

    assert {shortest for shortest, _ in drawn} == {0}
