"""What is left on a voucher, as its holder sees it."""

from dataclasses import dataclass

from functions.domain.discount import Discount
from functions.domain.product import Kind
from functions.domain.text import Language
from functions.domain.voucher import Voucher
from functions.domain.wording import goods_parts, limit_parts, money_text, worth_text
from functions.domain.worth import Worth
from functions.pages.wording import say


@dataclass(frozen=True, slots=True)
class Line:
    """A service or article: `left` of `total`."""

    name: str
    left: int
    total: int


@dataclass(frozen=True, slots=True)
class Holding:
    """A label, then either one big figure or lines, then notes."""

    label: str
    figure: str | None = None
    lines: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()


def holding(voucher: Voucher, language: Language) -> Holding:
    """What `voucher` still holds, of how much."""
    kind, worth, face = voucher.terms.kind, voucher.worth, voucher.face
    label = say(language, f"left_{kind}")
    if kind is Kind.CASH and worth.money and face.money:
        total = say(language, "of_total", total=money_text(face.money, language))
        return Holding(label, figure=money_text(worth.money, language), notes=(total,))
    if kind is Kind.DISCOUNT and voucher.terms.discount:
        notes = (*_conditions(voucher.terms.discount, language), _uses(voucher, language))
        return Holding(label, figure=rate_text(voucher.terms.discount, language), notes=notes)
    lefts = {line.sku: line.quantity for line in worth.items}
    lines = tuple(Line(line.name.of(language), lefts.get(line.sku, 0), line.quantity) for line in face.items)
    return Holding(label, lines=lines)


def taken_text(voucher: Voucher, taken: Worth, language: Language) -> str:
    """What one use took: `NT$200`, `精油按摩 × 1`, or the discount it gave."""
    discount = voucher.terms.discount
    return rate_text(discount, language) if discount else worth_text(taken, None, language)


def rate_text(discount: Discount, language: Language) -> str:
    """The discount alone, without its conditions: `9 折`, `NT$100 off`."""
    return worth_text(Worth(uses=1), Discount(discount.basis_points, discount.amount), language)


def _conditions(discount: Discount, language: Language) -> list[str]:
    amounts = {"minimum_spend": discount.minimum_spend, "cap": discount.cap}
    said = [say(language, name, amount=money_text(amount, language)) for name, amount in amounts.items() if amount]
    others = [*goods_parts(discount, language), *limit_parts(discount.limits, language)]
    return [*said, *(part[0].upper() + part[1:] for part in others)]


def _uses(voucher: Voucher, language: Language) -> str:
    left, total = voucher.worth.uses or 0, voucher.face.uses or 0
    return say(language, "once") if left == total == 1 else say(language, "uses_left", left=left, total=total)
