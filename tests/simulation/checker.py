"""Whether a concurrent history could have happened one call after the other (linearizability).

Each call must seem to happen at one moment between its beginning and its end; one whose end nobody saw may happen at
any moment after its beginning, or never. The search is Wing and Gong's, with Lowe's memory of what was tried: the calls
that are done already and the state they led to. A call that changes nothing is taken as soon as it fits, which loses no
solution, since it can be in nobody's way.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

S = TypeVar("S", bound=Hashable)
C = TypeVar("C")
C_contra = TypeVar("C_contra", contravariant=True)


@dataclass(frozen=True)
class Timed(Generic[C]):
    """A call with the moments of its beginning and its end; without an end, nobody knows what became of it.

    Calls without an end that have the same `twin` are alike, so that only one of them has to be tried at a time: they
    want the same, and no other call names what they do. It saves the search from a hundred of them.
    """

    call: C
    invoked: int
    returned: int | None = None
    twin: Hashable = None


class Model(Protocol[S, C_contra]):
    """What may happen one call after the other."""

    def after(self, state: S, call: C_contra) -> S | None:
        """The state after a call, or None where the call could not have ended as it did.

        A call whose end nobody saw always fits: it is asked for what it would have done.
        """


def is_linearizable(history: Iterable[Timed[C]], model: Model[S, C], state: S) -> bool:
    """Whether there is an order of the calls that the model allows, and that no clock contradicts."""
    return _Search(sorted(history, key=lambda timed: timed.invoked), model).succeeds(state)


def first_inexplicable(history: Iterable[Timed[C]], model: Model[S, C], state: S) -> Timed[C] | None:
    """The call whose end made a history illegal; None where it is legal."""
    calls = list(history)
    if is_linearizable(calls, model, state):
        return None
    ended = sorted((timed for timed in calls if timed.returned is not None), key=lambda timed: timed.returned or 0)
    return next(last for last in ended if not is_linearizable(_until(last.returned or 0, calls), model, state))


def _until(moment: int, calls: Iterable[Timed[C]]) -> Iterable[Timed[C]]:
    """A history as it was known at a moment."""
    for timed in calls:
        if timed.returned is not None and timed.returned <= moment:
            yield timed
        elif timed.invoked < moment:
            yield replace(timed, returned=None)


class _Search(Generic[S, C]):
    def __init__(self, history: Sequence[Timed[C]], model: Model[S, C]) -> None:
        self._history, self._model = history, model
        self._ended = sum(1 << place for place, timed in enumerate(history) if timed.returned is not None)

    def succeeds(self, state: S) -> bool:
        seen: set[tuple[int, S]] = set()
        open_branches = [(0, state)]
        while open_branches:
            done, state = self._without_effect(*open_branches.pop())
            if done & self._ended == self._ended:
                return True
            if (done, state) in seen:
                continue
            seen.add((done, state))
            open_branches += self._branches(done, state)
        return False

    def _branches(self, done: int, state: S) -> list[tuple[int, S]]:
        """Where to go from here; the calls whose ends were seen are last, and so tried first."""
        twins: set[Hashable] = set()
        heard: list[tuple[int, S]] = []
        unheard: list[tuple[int, S]] = []
        for place, timed in self._possible(done):
            if timed.twin is not None:
                if timed.twin in twins:
                    continue
                twins.add(timed.twin)
            after = self._model.after(state, timed.call)
            if after is not None and after != state:
                (heard if timed.returned is not None else unheard).append((done | 1 << place, after))
        return [*reversed(unheard), *reversed(heard)]

    def _without_effect(self, done: int, state: S) -> tuple[int, S]:
        """Take whatever fits and changes nothing."""
        while True:
            before = done
            for place, timed in self._possible(done):
                if timed.returned is not None and self._model.after(state, timed.call) == state:
                    done |= 1 << place
            if done == before:
                return done, state

    def _possible(self, done: int) -> list[tuple[int, Timed[C]]]:
        """The calls that may come next: nothing that is not done yet had ended before they began."""
        possible: list[tuple[int, Timed[C]]] = []
        earliest_end: int | None = None
        for place, timed in enumerate(self._history):
            if done >> place & 1:
                continue
            if earliest_end is not None and timed.invoked > earliest_end:
                break
            possible.append((place, timed))
            if timed.returned is not None and (earliest_end is None or timed.returned < earliest_end):
                earliest_end = timed.returned
        # What began early may still have begun after the earliest end, which was seen only later in the list.
        return [each for each in possible if earliest_end is None or each[1].invoked <= earliest_end]
