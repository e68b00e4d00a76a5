"""The checker of histories, on histories made by hand: what could have happened passes, what could not does not."""

import time
from dataclasses import replace
from random import Random

import pytest

from tests.simulation.calls import Act, Find, Look, Redeem, Void
from tests.simulation.checker import Timed, first_inexplicable, is_linearizable
from tests.simulation.vouchers import Call, State, Voucher, VoucherModel

STORE = "xinyi-1"


def sold(amount: int = 100, **of: int) -> State:
    """Vouchers that are worth something, and nothing done yet."""
    worth = of or {"v": amount}
    return State(tuple((name, Voucher((("TWD", left),))) for name, left in sorted(worth.items())))


def redeem(
    reference: str, amount: int | None, *, of: str = "v", credential: int = 1, said: str | None = None
) -> Redeem:
    asked = {"TWD": amount} if amount else None
    return Redeem(STORE, reference, of, credential, asked, said or str(amount))


def took(redeem: Redeem, left: int, taken: int | None = None) -> Call:
    amount = taken if taken is not None else (redeem.asked or {})["TWD"]
    return Call(redeem, is_known=True, is_ok=True, taken=(("TWD", amount),), left=(("TWD", left),))


def refused(meaning: Redeem | Act | Find, code: str) -> Call:
    return Call(meaning, is_known=True, code=code)


def unheard(meaning: Redeem | Void | Act) -> Call:
    return Call(meaning, is_known=False)


def voided(reference: str, effect: str = "restored") -> Call:
    return Call(Void(STORE, reference), is_known=True, is_ok=True, effect=effect)


def acted(action: str, key: str | None = None) -> Call:
    return Call(Act("v", action, key), is_known=True, is_ok=True)


def saw(left: int) -> Call:
    return Call(Look(STORE, "v", 1), is_known=True, is_ok=True, left=(("TWD", left),))


def found(reference: str, state: str, taken: int) -> Call:
    return Call(Find(STORE, reference), is_known=True, is_ok=True, effect=state, taken=(("TWD", taken),))


def one_by_one(*calls: Call) -> list[Timed[Call]]:
    """Each begins when the one before it has ended; one that nobody heard of has no end."""
    return [Timed(call, 2 * place, 2 * place + 1 if call.is_known else None) for place, call in enumerate(calls)]


def at_once(*calls: Call) -> list[Timed[Call]]:
    """All begin before any ends."""
    return [Timed(call, place, 100 + place if call.is_known else None) for place, call in enumerate(calls)]


def is_legal(history: list[Timed[Call]], start: State | None = None) -> bool:
    return is_linearizable(history, VoucherModel(), start or sold())


A, B, C = redeem("a", 60), redeem("b", 40), redeem("c", 60)
LEGAL: dict[str, list[Timed[Call]]] = {
    "nothing": [],
    "one after the other": one_by_one(took(A, 40), took(B, 0)),
    "the later first, as they were at once": at_once(took(A, 0), took(B, 60)),
    "all that is left": one_by_one(took(A, 40), took(redeem("x", None), 0, 40)),
    "too much": one_by_one(took(A, 40), refused(C, "insufficient")),
    "nothing left": one_by_one(took(A, 40), took(B, 0), refused(C, "exhausted")),
    "a repeat": one_by_one(took(A, 40), took(A, 40)),
    "a repeat of what nobody heard of": one_by_one(unheard(A), took(A, 40)),
    "what nobody heard of never happened": one_by_one(unheard(A), took(redeem("x", 100), 0)),
    "what nobody heard of happened late": one_by_one(unheard(A), saw(100), saw(40)),
    "what nobody heard of happened in time": one_by_one(unheard(A), saw(40)),
    "a void": one_by_one(took(A, 40), voided("a"), saw(100)),
    "two voids": one_by_one(took(A, 40), voided("a"), voided("a"), saw(100)),
    "a void before its original": one_by_one(voided("a", "none"), refused(A, "voided"), saw(100)),
    "a void at once with its original": at_once(refused(A, "voided"), voided("a", "none")),
    "a void of what nobody heard of": one_by_one(unheard(A), voided("a"), saw(100)),
    "a reference for something else": one_by_one(took(A, 40), refused(redeem("a", 10), "reference_reused")),
    "a reference that was refused, for something else": one_by_one(
        refused(redeem("a", 101), "insufficient"), took(redeem("a", 10), 90)
    ),
    "a suspension": one_by_one(acted("suspend"), refused(A, "suspended"), acted("resume"), took(A, 40)),
    "a repeat while suspended": one_by_one(took(A, 40), acted("suspend"), took(A, 40)),
    "a new qr": one_by_one(acted("reissue"), refused(A, "stale_credential"), took(redeem("a", 60, credential=2), 40)),
    "a wish with a key, twice": one_by_one(acted("suspend", "k"), acted("suspend", "k")),
    "a wish that cannot be granted": one_by_one(acted("suspend"), refused(Act("v", "suspend", None), "state_conflict")),
    "a revoked voucher gets its money back": one_by_one(took(A, 40), acted("revoke"), voided("a"), saw(0)),
    "what a reference did": one_by_one(took(A, 40), found("a", "redeemed", 60), voided("a"), found("a", "voided", 60)),
    "an unknown reference": one_by_one(refused(Find(STORE, "a"), "not_found"), took(A, 40)),
    "wrong time or place": one_by_one(refused(A, "wrong_store"), took(A, 40)),
}
ILLEGAL: dict[str, list[Timed[Call]]] = {
    "spent twice": one_by_one(took(redeem("a", 100), 0), took(redeem("b", 100), 0)),
    "spent twice at once": at_once(took(redeem("a", 100), 0), took(redeem("b", 100), 0)),
    "more than there is, at once": at_once(took(A, 40), took(C, 40)),
    "a loss": one_by_one(took(A, 40), saw(100)),
    "out of order": [Timed(took(A, 0), 0, 1), Timed(took(B, 60), 2, 3)],
    "a refusal of what is there": one_by_one(refused(A, "insufficient")),
    "exhausted and yet there": one_by_one(took(A, 40), refused(B, "exhausted")),
    "a repeat that takes again": one_by_one(took(A, 40), took(A, 40), saw(0)),
    "a repeat that is refused": one_by_one(took(A, 40), refused(A, "insufficient")),
    "another answer to a repeat": one_by_one(took(A, 40), took(A, 40, 50)),
    "two voids that restore twice": one_by_one(took(A, 40), took(B, 0), voided("a"), voided("a"), saw(120)),
    "a void that restores nothing": one_by_one(took(A, 40), voided("a"), saw(40)),
    "a void that says there was nothing": one_by_one(took(A, 40), voided("a", "none")),
    "a void that says there was something": one_by_one(voided("a", "restored")),
    "redeemed after its void": one_by_one(voided("a", "none"), took(A, 40)),
    "a reference for two things": one_by_one(took(A, 40), took(redeem("a", 10), 30)),
    "taken while suspended": one_by_one(acted("suspend"), took(A, 40)),
    "taken by an old qr": one_by_one(acted("reissue"), took(A, 40)),
    "taken after the end": one_by_one(acted("revoke"), took(A, 40)),
    "suspended without a word": one_by_one(refused(A, "suspended")),
    "a wish granted twice": one_by_one(
        acted("suspend", "k"), acted("resume", "l"), acted("suspend", "k"), refused(A, "suspended")
    ),
    "a wish that was refused and could be granted": one_by_one(refused(Act("v", "suspend", None), "state_conflict")),
    "a reference that is forgotten": one_by_one(took(A, 40), refused(Find(STORE, "a"), "not_found")),
    "a reference that did something else": one_by_one(took(A, 40), found("a", "redeemed", 50)),
    "what nobody heard of happened twice": one_by_one(unheard(A), saw(40), took(B, 0), saw(0), refused(A, "exhausted")),
    "what nobody heard of happened before it began": [Timed(saw(40), 0, 1), Timed(unheard(A), 2)],
}


@pytest.mark.parametrize("history", LEGAL.values(), ids=LEGAL)
def test_what_could_have_happened_passes(history: list[Timed[Call]]) -> None:
    assert is_legal(history)


@pytest.mark.parametrize("history", ILLEGAL.values(), ids=ILLEGAL)
def test_what_could_not_have_happened_does_not(history: list[Timed[Call]]) -> None:
    assert not is_legal(history)


def test_two_vouchers_under_one_reference_are_one_story() -> None:
    first, second = redeem("a", 60, of="v"), redeem("a", 60, of="w")

    assert is_legal(at_once(took(first, 40), refused(second, "reference_reused")), sold(v=100, w=100))
    assert not is_legal(at_once(took(first, 40), took(second, 40)), sold(v=100, w=100))


def test_the_call_is_named_after_which_nothing_fits_any_more() -> None:
    history = one_by_one(took(A, 40), saw(40), took(C, 0), saw(0))

    culprit = first_inexplicable(history, VoucherModel(), sold())

    assert culprit is not None
    assert culprit.call == took(C, 0)
    assert first_inexplicable(history[:2], VoucherModel(), sold()) is None


def parts(count: int, wins: int) -> list[Call]:
    """So many parts of 30, of which so many were taken."""
    calls = [took(redeem(f"r{place}", 30), 30 * (wins - place - 1) + 10) for place in range(wins)]
    return calls + [refused(redeem(f"r{place}", 30), "insufficient") for place in range(wins, count)]


def test_a_hundred_parts_at_once_are_judged_at_once() -> None:
    calls = parts(100, 3)
    Random(1).shuffle(calls)
    start = time.perf_counter()

    assert is_legal(at_once(*calls), sold(100))
    assert not is_legal(at_once(*calls), sold(130))
    assert time.perf_counter() - start < 5


def test_a_hundred_parts_of_which_half_were_never_heard_of_are_judged_too() -> None:
    calls = parts(50, 1) + [unheard(redeem(f"u{place}", 30)) for place in range(50)]
    Random(1).shuffle(calls)
    history = [replace(timed, twin=None if timed.call.is_known else "part") for timed in at_once(*calls)]

    # One was heard to leave ten, so that two whom nobody heard of took theirs before.
    assert is_legal(history, sold(100))
    assert not is_legal(history, sold(95))
