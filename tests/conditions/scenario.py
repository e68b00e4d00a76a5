"""A promise that hangs on one condition, in an arrangement in which nothing else keeps it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.conditions.watch import Condition
from tests.support.retail import Retailer

# Arranges, lets somebody else act at the worst moment, and tells what came of it.
Deed = Callable[[Retailer], object]


@dataclass(frozen=True, slots=True)
class Scenario:
    """`right` is what comes of the deed, `wrong` what comes of it without the condition."""

    promise: str
    condition: Condition
    deed: Deed
    right: object
    wrong: object

    def __str__(self) -> str:
        return f"{self.promise} [{self.condition}]"


class Scenarios(list[Scenario]):
    """Those of one part of the app."""

    def prove(
        self, operation: str, kind: str, row: str, asks: str, *, right: object, wrong: object
    ) -> Callable[[Deed], Deed]:
        """Let a function that is named for its promise prove one condition."""

        def proved(deed: Deed) -> Deed:
            promise = deed.__name__.replace("_", " ")
            self.append(Scenario(promise, Condition(operation, kind, row, asks), deed, right, wrong))
            return deed

        return proved
