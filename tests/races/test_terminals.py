"""Many at one terminal's door: it opens as often as it may. Each race is first shown to be one."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

import pytest

from functions.adapters.dynamodb import guards, stores
from functions.adapters.dynamodb.database import Condition
from functions.adapters.errors import ConflictError
from functions.administration import terminals
from functions.domain.credential import Credential
from functions.domain.guard import WRONG_MAX
from functions.domain.refusals import CodesLocked
from functions.redemption.void import find_operation
from functions.runtime.problems import UnauthorizedError
from functions.runtime.wiring import Wiring
from tests.races.inside import InsideTill, all_decided_before_any_is_written
from tests.support.faults import rival
from tests.support.stack import Held, Outsiders, all_at_once, reference

THREADS = 50
DEVICES = 20
ALWAYS = Condition("attribute_exists(#pk) OR attribute_not_exists(#pk)", {"#pk": "pk"}, {})


def always(*_: object) -> Condition:
    return ALWAYS


@dataclass(frozen=True)
class Device:
    """What once was invited to be a terminal, with the use cases of set-up and of the till in this process."""

    wiring: Wiring
    everyone: Outsiders
    terminal_id: str

    def invited(self) -> str:
        """A fresh enrolment code."""
        body = {"store_id": self.everyone.local["terminals"][0]["store_id"]}
        answer = self.everyone.admin("PUT", f"/v1/terminals/{self.terminal_id}", body)
        assert answer.status == 200, answer.content
        return str(answer.json["enrolment_code"])

    def enrolled(self, code: str) -> str | None:
        """The token that a code gives, if it gives one."""
        try:
            return terminals.enrol(code, stores=self.wiring.stores, clock=self.wiring.clock)[1]
        except UnauthorizedError:
            return None

    def rolled(self, token: str) -> str | None:
        """The token that follows another, if the other is good; None, too, where too many roll at this moment."""
        try:
            caller = InsideTill(self.wiring, token).caller
            return terminals.roll(caller, stores=self.wiring.stores, guards=self.wiring.guards)[1]
        except (UnauthorizedError, ConflictError):
            return None

    def revoke(self) -> None:
        terminals.revoke(self.terminal_id, stores=self.wiring.stores, clock=self.wiring.clock)

    def works(self, token: str) -> bool:
        """Whether a till is let in under a token. It is a use of it."""
        try:
            find_operation("none", caller=InsideTill(self.wiring, token).caller, desk=self.wiring.till)
        except UnauthorizedError:
            return False
        return True


@pytest.fixture
def device(wiring: Wiring, everyone: Outsiders) -> Device:
    """A device that is no terminal yet."""
    return Device(wiring, everyone, reference())


@pytest.fixture
def old(device: Device) -> str:
    """The token of a device that has enrolled."""
    token = device.enrolled(device.invited())
    assert token is not None
    return token


# Typed codes.


@pytest.fixture
def typing(wiring: Wiring, old: str) -> InsideTill:
    """A till at which nothing was typed yet."""
    return InsideTill(wiring, old)


@pytest.fixture
def wrong(wiring: Wiring) -> Iterator[str]:
    """Codes that are well formed and that nobody was given, one after another."""
    return (wiring.codebook.code(Credential(str(uuid4()), 1)) for _ in itertools.count())


def outcome(till: InsideTill, code: str) -> str:
    try:
        return "right" if till.found(code) else "unknown"
    except CodesLocked:
        return "locked"


def typed_at_once(till: InsideTill, codes: list[str]) -> list[str]:
    """What is said of each; all of them were read before any is counted."""
    with all_decided_before_any_is_written(len(codes), "UpdateItem"):
        return all_at_once([partial(outcome, till, code) for code in codes])


def type_wrong(till: InsideTill, wrong: Iterator[str], times: int) -> list[str]:
    return [outcome(till, next(wrong)) for _ in range(times)]


def test_without_its_condition_a_lock_is_passed_by_all_who_try_at_once(
    typing: InsideTill, wrong: Iterator[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    type_wrong(typing, wrong, WRONG_MAX - 1)
    monkeypatch.setattr(guards, "below", always)

    said = typed_at_once(typing, [next(wrong) for _ in range(THREADS)])

    assert Counter(said) == {"unknown": THREADS}


def test_with_it_one_of_fifty_last_tries_is_answered(typing: InsideTill, wrong: Iterator[str]) -> None:
    type_wrong(typing, wrong, WRONG_MAX - 1)

    said = typed_at_once(typing, [next(wrong) for _ in range(THREADS)])

    assert Counter(said) == {"unknown": 1, "locked": THREADS - 1}
    assert outcome(typing, next(wrong)) == "locked"


def test_without_its_condition_fifty_first_tries_are_all_answered(
    typing: InsideTill, wrong: Iterator[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guards, "_nobody_counted", always)

    said = typed_at_once(typing, [next(wrong) for _ in range(THREADS)])

    assert Counter(said) == {"unknown": THREADS}


def test_with_it_ten_of_fifty_first_tries_are_answered(typing: InsideTill, wrong: Iterator[str]) -> None:
    said = typed_at_once(typing, [next(wrong) for _ in range(THREADS)])

    assert Counter(said) == {"unknown": WRONG_MAX, "locked": THREADS - WRONG_MAX}


def right(wiring: Wiring, voucher: Held) -> str:
    """A voucher's own code."""
    return wiring.codebook.code(Credential(voucher.voucher_id, 1))


def test_a_right_code_among_fifty_last_tries_is_taken_only_if_it_was_the_first(
    typing: InsideTill, wrong: Iterator[str], voucher: Held
) -> None:
    type_wrong(typing, wrong, WRONG_MAX - 1)
    codes = [next(wrong) for _ in range(THREADS - 1)]

    said = Counter(typed_at_once(typing, [*codes, right(typing.wiring, voucher)]))

    first = {"right": 1, "unknown": WRONG_MAX, "locked": THREADS - 1 - WRONG_MAX}
    assert said in ({"unknown": 1, "locked": THREADS - 1}, first)


def test_without_its_condition_a_right_code_is_taken_though_the_last_try_was_before_it(
    typing: InsideTill, wrong: Iterator[str], voucher: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_wrong(typing, wrong, WRONG_MAX - 1)
    monkeypatch.setattr(guards, "below", always)

    with rival(lambda: type_wrong(typing, wrong, 1), before="UpdateItem"):
        assert outcome(typing, right(typing.wiring, voucher)) == "right"


def test_with_it_a_right_code_is_refused_after_the_last_try(
    typing: InsideTill, wrong: Iterator[str], voucher: Held
) -> None:
    type_wrong(typing, wrong, WRONG_MAX - 1)

    with rival(lambda: type_wrong(typing, wrong, 1), before="UpdateItem"):
        assert outcome(typing, right(typing.wiring, voucher)) == "locked"


# Enrolment.


def enrolled_at_once(device: Device) -> list[str]:
    """The tokens that so many devices with one code get, all of which were read before any is written."""
    code = device.invited()
    with all_decided_before_any_is_written(DEVICES):
        tokens = all_at_once([partial(device.enrolled, code)] * DEVICES)
    return [token for token in tokens if token is not None]


def test_without_its_conditions_one_code_enrols_many_devices(device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "EXISTS", ALWAYS)
    monkeypatch.setattr(stores, "equals", always)

    assert len(enrolled_at_once(device)) == DEVICES


def test_with_them_one_code_enrols_one_device(device: Device) -> None:
    tokens = enrolled_at_once(device)

    assert [device.works(token) for token in tokens] == [True]


def test_one_code_enrols_one_device_over_http_too(device: Device, everyone: Outsiders) -> None:
    code = device.invited()
    enrol = partial(everyone.call, "POST", "/v1/terminals/enrol", {"enrolment_code": code})

    replies = all_at_once([enrol] * DEVICES)

    assert Counter(reply.status for reply in replies) == {200: 1, 401: DEVICES - 1}
    assert [device.works(reply.json["token"]) for reply in replies if reply.status == 200] == [True]


# Rolled tokens.


def good(token: str | None) -> str:
    assert token is not None
    return token


def test_many_first_uses_at_once_are_one(device: Device, old: str) -> None:
    new = good(device.rolled(old))

    with all_decided_before_any_is_written(DEVICES, "UpdateItem"):
        let_in = all_at_once([partial(device.works, new)] * DEVICES)

    assert let_in == [True] * DEVICES
    assert not device.works(old)


def test_once_the_next_token_was_let_in_the_old_one_is_not(device: Device, old: str) -> None:
    new = good(device.rolled(old))

    def both() -> tuple[bool, bool]:
        return device.works(new), device.works(old)

    assert set(all_at_once([both] * DEVICES)) == {(True, False)}


def a_roll_that_a_first_use_overtakes(device: Device, old: str) -> tuple[bool, bool]:
    """Whether the roll was carried out, and whether the old token then still lets in."""
    new = good(device.rolled(old))

    with rival(lambda: device.works(new)):
        rolled = device.rolled(old)

    return rolled is not None, device.works(old)


def test_without_its_check_a_roll_brings_a_dead_token_back(
    device: Device, old: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "differs", always)

    assert a_roll_that_a_first_use_overtakes(device, old) == (True, True)


def test_with_it_a_dead_token_stays_dead(device: Device, old: str) -> None:
    assert a_roll_that_a_first_use_overtakes(device, old) == (False, False)


def a_first_use_that_a_roll_overtakes(device: Device, old: str) -> tuple[bool, bool]:
    """Whether a replaced token, and the one before it, let in when the one in its place has been used."""
    replaced = good(device.rolled(old))

    def roll_and_use() -> None:
        assert device.works(good(device.rolled(old)))

    with rival(roll_and_use, before="UpdateItem"):
        try:
            let_in = device.works(replaced)
        except ConflictError:
            let_in = False
    return let_in, device.works(old)


def test_without_its_condition_a_late_first_use_brings_a_dead_token_back(
    device: Device, old: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guards, "_promoted_is", always)

    assert a_first_use_that_a_roll_overtakes(device, old) == (True, True)


def test_with_it_a_late_first_use_is_none(device: Device, old: str) -> None:
    assert a_first_use_that_a_roll_overtakes(device, old) == (False, False)


def test_of_rolls_and_first_uses_at_once_one_token_is_left(device: Device, old: str) -> None:
    new = good(device.rolled(old))
    tried: Callable[[], object] = partial(_tried_out, device, new)

    rolled = all_at_once([call for _ in range(DEVICES // 2) for call in (partial(device.rolled, old), tried)])

    tokens = [new, *(token for token in rolled[::2] if isinstance(token, str))]
    assert [device.works(token) for token in tokens].count(True) == 1
    assert not device.works(old)


def _tried_out(device: Device, token: str) -> None:
    try:
        device.works(token)
    except ConflictError:
        return  # it was replaced at this moment, and the till is told to ask again


# Revocation.


def a_roll_that_a_revocation_overtakes(device: Device, old: str) -> list[bool]:
    """Whether the old token and the next one let in."""
    with rival(device.revoke, before="PutItem"):
        new = device.rolled(old)
    return [token is not None and device.works(token) for token in (old, new)]


def test_without_its_condition_a_roll_brings_a_revoked_terminal_back(
    device: Device, old: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "_still", always)

    assert a_roll_that_a_revocation_overtakes(device, old) == [True, True]


def test_with_it_a_revoked_terminal_stays_revoked(device: Device, old: str) -> None:
    assert a_roll_that_a_revocation_overtakes(device, old) == [False, False]


def test_rolls_and_a_revocation_at_once_leave_no_token_that_works(device: Device, old: str) -> None:
    calls: list[Callable[[], str | None]] = [partial(device.rolled, old)] * DEVICES
    calls.insert(5, partial(_insistent, device))

    done = all_at_once(calls)

    tokens = [old, *(token for token in done if token is not None)]
    assert [device.works(token) for token in tokens] == [False] * len(tokens)


def _insistent(device: Device) -> None:
    """An administrator who is told that the terminal is busy asks again."""
    try:
        device.revoke()
    except ConflictError:
        _insistent(device)
