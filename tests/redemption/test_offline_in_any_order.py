"""Two tills spend the same vouchers offline, and report it in any order, in any parts, any number of times.

Whatever comes, nothing is taken that was not there, everything reported has an outcome, and what could not be honoured
is on the worklist exactly once.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.errors import UnavailableError
from functions.domain.credential import Credential
from functions.domain.ledger import EntryKind
from functions.domain.offline import Outcome, Report, Result, Sale, Told, Undoing
from functions.domain.offline_policy import OfflinePolicy
from functions.domain.operations import Conflict, Redemption, Tombstone
from functions.domain.product import Kind
from functions.domain.retail import Terminal
from functions.domain.text import Text
from functions.domain.voucher import Ask, Voucher
from functions.redemption.credentials import Presented
from functions.redemption.offline import Upload
from functions.redemption.redeem import Redeem
from functions.runtime.auth import TillCaller
from functions.runtime.wiring import using
from tests.domain.samples import NOW, cash, lines, terms, total_of, twd, voucher
from tests.support.counter import Counter, failing_at, unmetered

CASH, SPA = str(UUID(int=1)), str(UUID(int=2))
TILLS = ("xinyi", "banqiao")
BOUNDLESS = OfflinePolicy(units=10_000)
Sent = tuple[str, Told]


def counter() -> Counter:
    """Two stores with a till each, NT$500 and three hours of massage."""
    tills = {
        name: Terminal(
            terminal_id=name, store_id=name, store=Text(name, name), token_digest="digest", offline=BOUNDLESS
        )
        for name in TILLS
    }
    spa = voucher(lines(spa_hour=3), voucher_id=SPA, terms=terms(kind=Kind.ITEM))
    earlier: dict[str, Any] = {"issued_at": NOW - timedelta(days=1), "valid_from": NOW - timedelta(days=1)}
    sold = [replace(voucher(voucher_id=CASH), **earlier), replace(spa, **earlier)]
    return Counter(tills, {each.voucher_id: each for each in sold})


def resolve(text: str) -> Presented | None:
    """A credential is its voucher's id and number."""
    voucher_id, _, number = text.partition("/")
    return Presented(Credential(voucher_id, int(number))) if number else None


def report(at: Counter, till: str, batch: Sequence[Told]) -> list[Outcome]:
    """What a till is answered."""
    caller = TillCaller(terminal_id=till, store_id=till, digest="digest")
    with using(unmetered(lambda: NOW)):
        outcomes = Upload(resolve=resolve, caller=caller, desk=at, clock=lambda: NOW).settle(batch)
    assert [outcome.told for outcome in outcomes] == list(batch)
    return outcomes


ASKS = {
    CASH: st.one_of(st.just(Ask()), st.integers(1, 600).map(lambda minor: Ask(money=twd(minor)))),
    SPA: st.integers(1, 4).map(lambda hours: Ask(items=(("spa-hour", hours),))),
}
SALES = st.sampled_from([CASH, SPA]).flatmap(
    lambda voucher_id: st.builds(
        Sale,
        reference=st.sampled_from(["r-1", "r-2", "r-3", "r-4"]),
        credential=st.sampled_from([f"{voucher_id}/1"] * 4 + [f"{voucher_id}/2", "forged"]),
        ask=ASKS[voucher_id],
        receipt=st.none(),
        occurred_at=st.integers(-1500, 10).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    )
)
VOIDS = st.builds(
    Undoing,
    reference=st.sampled_from(["r-1", "r-2", "r-3", "r-4"]),
    occurred_at=st.integers(-60, 0).map(lambda minutes: NOW + timedelta(minutes=minutes)),
)
DONE = st.lists(st.tuples(st.sampled_from(TILLS), st.one_of(SALES, SALES, SALES, VOIDS)), min_size=1, max_size=8)


@st.composite
def sendings(draw: st.DrawFn) -> tuple[list[Sent], list[list[Sent]]]:
    """What was done, and batches in which it is told: parts of it, in any order, some more than once."""
    done = draw(DONE)
    batches = draw(st.lists(st.lists(st.sampled_from(done), max_size=6), max_size=6))
    return done, batches


def tell(at: Counter, batch: Sequence[Sent]) -> list[Outcome]:
    """Each till reports its own part of a batch."""
    return [
        outcome for till in TILLS for outcome in report(at, till, [told for teller, told in batch if teller == till])
    ]


def left_and_taken(at: Counter, start: Counter) -> None:
    """Nothing appears or disappears, and nothing is taken that was not there."""
    for voucher_id, before in start.vouchers.items():
        now: Voucher = at.vouchers[voucher_id]
        changes = [entry.change for entry in at.entries if entry.voucher_id == voucher_id]
        standing = [
            row.taken
            for row in at.operations.values()
            if isinstance(row, Redemption) and row.voucher_id == voucher_id and not row.voided_at
        ]

        assert now.worth.covers(now.worth.nothing)
        assert before.face.covers(now.worth)
        assert total_of(changes, before.worth) == now.worth
        assert now.worth.plus(total_of(standing, before.worth.nothing)) == before.worth


def conflicts_are_on_the_worklist_once(at: Counter, outcomes: Sequence[Outcome]) -> None:
    remembered = [row for row in (*at.operations.values(), *at.conflicts.values()) if isinstance(row, Conflict)]
    told = {outcome.operation.case_id for outcome in outcomes if isinstance(outcome.operation, Conflict)}

    assert sorted(case.case_id for case in at.cases) == sorted(row.case_id for row in remembered)
    assert len({case.case_id for case in at.cases}) == len(at.cases)
    assert told <= {case.case_id for case in at.cases}


def nothing_is_dropped(at: Counter, till: str, told: Told) -> None:
    """A sale has a redemption, a void of its reference, or a case; a void has undone or stopped something."""
    row = at.operations[till, told.reference]
    if isinstance(told, Undoing):
        assert isinstance(row, Tombstone | Conflict) or (isinstance(row, Redemption) and row.voided_at)
        return
    presented = resolve(told.credential)
    asked = Report(
        told,
        presented.credential.voucher_id if presented else None,
        Redeem(told.reference, presented, told.ask, told.receipt).fingerprint,
    )
    is_it = not isinstance(row, Tombstone) and (row.fingerprint, getattr(row, "voucher_id", None)) == (
        asked.fingerprint,
        asked.voucher_id,
    )
    is_undone = isinstance(row, Tombstone) or (isinstance(row, Redemption) and row.voided_at is not None)
    assert is_it or is_undone or (till, told.reference, asked.digest) in at.conflicts


@given(sendings(), st.lists(st.integers(1, 12), max_size=6))
def test_whatever_is_reported_however_often_ends_in_one_lawful_state(
    sending: tuple[list[Sent], list[list[Sent]]], faults: list[int]
) -> None:
    (done, batches), at, start = sending, counter(), counter()
    for place, batch in enumerate(batches):
        at.fault = failing_at(faults[place]) if place < len(faults) else (lambda: None)
        with suppress(UnavailableError):
            tell(at, batch)
        left_and_taken(at, start)
    at.fault = lambda: None

    tell(at, done)
    outcomes, state = tell(at, done), at.state

    assert [outcome.result for outcome in tell(at, done)] == [outcome.result for outcome in outcomes]
    assert at.state == state
    assert Result.APPLIED not in [outcome.result for outcome in outcomes]
    assert not [outcome for outcome in outcomes if outcome.refusal and outcome.refusal.retryable]
    left_and_taken(at, start)
    conflicts_are_on_the_worklist_once(at, outcomes)
    for till, told in done:
        nothing_is_dropped(at, till, told)


@given(DONE, st.lists(st.integers(0, 8), max_size=4), st.lists(st.integers(1, 12), max_size=4))
def test_parts_in_the_order_of_their_times_end_where_the_whole_ends(
    done: list[Sent], cuts: list[int], faults: list[int]
) -> None:
    """Of one till, however it is cut, and however often its sending breaks off."""
    alone = sorted((told for till, told in done if till == "xinyi"), key=lambda told: told.occurred_at)
    whole, parted = counter(), counter()
    if alone:
        report(whole, "xinyi", alone)

    for first, last in zip([0, *sorted(cuts)], [*sorted(cuts), len(alone)], strict=True):
        if first < last:
            for fault in faults:
                parted.fault = failing_at(fault)
                with suppress(UnavailableError):
                    report(parted, "xinyi", alone[first:last])
            parted.fault = lambda: None
            report(parted, "xinyi", alone[first:last])

    assert parted.state == whole.state


@given(st.lists(st.integers(1, 400), min_size=2, max_size=6), st.permutations(TILLS))
def test_two_tills_that_spend_one_voucher_offline_never_take_more_than_it_holds(
    amounts: list[int], order: Sequence[str]
) -> None:
    at = counter()
    done = [
        Sale(
            reference=f"r-{place}",
            credential=f"{CASH}/1",
            ask=Ask(money=twd(minor)),
            receipt=None,
            occurred_at=NOW - timedelta(minutes=60 - place),
        )
        for place, minor in enumerate(amounts)
    ]

    outcomes = [outcome for till in order for outcome in report(at, till, done)]

    applied = [entry.change for entry in at.entries if entry.kind is EntryKind.REDEEM]
    assert total_of(applied, cash(500)) == at.vouchers[CASH].worth
    assert len(at.cases) == [outcome.result for outcome in outcomes].count(Result.CONFLICT)
    assert len(at.cases) + len(applied) == len(outcomes)
