"""What proves that the simulation proves something: it finds every bug that was planted."""

from itertools import count

import pytest

from tests.simulation.bugs import BUGS, planted
from tests.simulation.simulation import simulate

# Most are found by the first histories; the rarest needs two workers at one order and a cancellation between them.
SEEDS = 1_500


def seeds_until_found(name: str) -> int:
    """How many histories it takes."""
    with planted(name):
        return next((seed + 1 for seed in count() if seed == SEEDS or simulate(seed).violation), SEEDS + 1)


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_found(name: str) -> None:
    assert seeds_until_found(name) <= SEEDS


def test_there_are_enough_of_them() -> None:
    assert len(BUGS) >= 20
