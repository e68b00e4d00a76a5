"""A worth as the lines of a book: each of its parts under its own name, so that many vouchers can be added up."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from functions.domain.worth import Worth


class Unit(StrEnum):
    """What is counted: minor units of money, pieces, uses of a discount, minor units that discounts took off."""

    MONEY = "money"
    ITEM = "item"
    USE = "use"
    OFF = "off"


class Part(NamedTuple):
    """One line: `of` is the currency of money, the sku of an item, the product of a use."""

    unit: Unit
    of: str


def parts_of(worth: Worth, product_id: str = "") -> dict[Part, int]:
    """How much of what a worth is; what there is nothing of is left out."""
    counted: dict[Part, int] = {}
    if worth.money is not None:
        counted[Part(Unit.MONEY, worth.money.currency)] = worth.money.minor
    if worth.uses is not None:
        counted[Part(Unit.USE, product_id)] = worth.uses
    for line in worth.items:
        part = Part(Unit.ITEM, line.sku)
        counted[part] = counted.get(part, 0) + line.quantity
    return {part: amount for part, amount in counted.items() if amount}


def added(one: Mapping[Part, int], other: Mapping[Part, int], sign: int = 1) -> dict[Part, int]:
    """The sum, part by part, or with -1 the difference; what comes to nothing is left out."""
    total = {part: one.get(part, 0) + sign * other.get(part, 0) for part in {**one, **other}}
    return {part: amount for part, amount in total.items() if amount}
