"""What a till's and an administrator's calls may do to vouchers, one after the other: the model of the checker.

The state is as small as it can be: of each voucher what is left, its state and credential number; of each reference
what it did. A model of all vouchers that share a reference is one, since a reference is good for one of them only.
"""

from dataclasses import dataclass, replace

from tests.simulation.calls import Act, Amounts, Find, Look, Redeem, Void

ACTIVE, SUSPENDED, REVOKED = "active", "suspended", "revoked"
# These come before all that the model does not know of: time, place and basket.
_FIRST = {"revoked", "stale_credential", "suspended"}
_KNOWN = {*_FIRST, "exhausted", "insufficient"}
_TURNS = {"suspend": ({ACTIVE}, SUSPENDED), "resume": ({SUSPENDED}, ACTIVE), "revoke": ({ACTIVE, SUSPENDED}, REVOKED)}
Vector = tuple[tuple[str, int], ...]


def vector(amounts: Amounts) -> Vector:
    """Amounts as something to be kept in a set."""
    return tuple(sorted(amounts.items()))


@dataclass(frozen=True, slots=True)
class Voucher:
    """One voucher."""

    left: Vector
    state: str = ACTIVE
    credential: int = 1


@dataclass(frozen=True, slots=True)
class Done:
    """What a reference did: `taken` from a voucher, for a request that `said` so, and whether it was undone.

    A reference that was voided before it came has taken nothing.
    """

    voucher_id: str | None
    said: str | None
    taken: Vector
    is_voided: bool


@dataclass(frozen=True, slots=True)
class State:
    """All of it, as sorted pairs."""

    vouchers: tuple[tuple[str, Voucher], ...]
    done: tuple[tuple[tuple[str, str], Done], ...] = ()
    acted: frozenset[str] = frozenset()

    def voucher(self, voucher_id: str) -> Voucher:
        return dict(self.vouchers)[voucher_id]

    def with_voucher(self, voucher_id: str, voucher: Voucher) -> "State":
        return replace(self, vouchers=tuple(sorted({**dict(self.vouchers), voucher_id: voucher}.items())))

    def of(self, reference: tuple[str, str]) -> Done | None:
        return dict(self.done).get(reference)

    def with_done(self, reference: tuple[str, str], done: Done) -> "State":
        return replace(self, done=tuple(sorted({**dict(self.done), reference: done}.items(), key=lambda pair: pair[0])))


@dataclass(frozen=True, slots=True)
class Call:
    """One call, with what came of it: `code` where it was refused, `told` what the answer said of amounts."""

    meaning: Redeem | Void | Find | Look | Act
    is_known: bool
    is_ok: bool = False
    code: str = ""
    taken: Vector | None = None
    left: Vector | None = None
    effect: str | None = None


class VoucherModel:
    """The rules, once more and independently."""

    def after(self, state: State, call: Call) -> State | None:
        """As the checker wants it."""
        match call.meaning:
            case Redeem():
                return self._redeem(state, call, call.meaning)
            case Void():
                return self._void(state, call, call.meaning)
            case Look():
                return self._look(state, call, call.meaning)
            case Act():
                return self._act(state, call, call.meaning)
            case Find():
                return self._find(state, call, call.meaning)

    def _redeem(self, state: State, call: Call, redeem: Redeem) -> State | None:
        done = state.of((redeem.store, redeem.reference))
        if done is not None:
            return state if not call.is_known or self._is_replay(done, call, redeem) else None
        voucher = state.voucher(redeem.voucher_id)
        taken, refusal = _taken(voucher, redeem)
        if not call.is_known:
            return state if refusal else _redeemed(state, redeem, taken)
        if call.is_ok:
            after = None if refusal else _redeemed(state, redeem, taken)
            told = (taken, after.voucher(redeem.voucher_id).left) if after else None
            return after if told == (call.taken, call.left) else None
        if call.code in _KNOWN:
            return state if refusal == call.code else None
        return state if call.code not in {"voided", "reference_reused"} and refusal not in _FIRST else None

    @staticmethod
    def _is_replay(done: Done, call: Call, redeem: Redeem) -> bool:
        if done.is_voided:
            return call.code == "voided"
        if (done.voucher_id, done.said) != (redeem.voucher_id, redeem.said):
            return call.code == "reference_reused"
        return call.is_ok and call.taken == done.taken

    def _void(self, state: State, call: Call, void: Void) -> State | None:
        reference = (void.store, void.reference)
        done = state.of(reference)
        effect = "none" if done is None or done.voucher_id is None else "restored"
        if call.is_known and (not call.is_ok or call.effect != effect):
            return None
        if done is None:
            return state.with_done(reference, Done(None, None, (), is_voided=True))
        if done.is_voided or done.voucher_id is None:
            return state
        voucher = state.voucher(done.voucher_id)
        restored = replace(voucher, left=_sum(voucher.left, done.taken, 1))
        undone = state.with_done(reference, replace(done, is_voided=True))
        return undone.with_voucher(done.voucher_id, restored)

    def _find(self, state: State, call: Call, find: Find) -> State | None:
        done = state.of((find.store, find.reference))
        if not call.is_known:
            return state
        if done is None:
            return state if call.code == "not_found" else None
        wanted = "voided" if done.is_voided else "redeemed"
        return state if call.is_ok and (call.effect, call.taken or ()) == (wanted, done.taken) else None

    def _look(self, state: State, call: Call, look: Look) -> State | None:
        voucher = state.voucher(look.voucher_id)
        left = _nothing(voucher.left) if voucher.state == REVOKED else voucher.left
        return state if not call.is_known or call.left == left else None

    def _act(self, state: State, call: Call, act: Act) -> State | None:
        if act.key is not None and act.key in state.acted:
            return state if not call.is_known or call.is_ok else None
        voucher = state.voucher(act.voucher_id)
        turned = _turned(voucher, act.action)
        if call.is_known and call.is_ok is (turned is None):
            return None
        if turned is None:
            return state
        acted = replace(state, acted=state.acted | {act.key}) if act.key else state
        return acted.with_voucher(act.voucher_id, turned)


def _taken(voucher: Voucher, redeem: Redeem) -> tuple[Vector, str]:
    """What a redemption would take, or the code of what speaks against it, in the order of the counter."""
    left = dict(voucher.left)
    asked = redeem.asked if redeem.asked is not None else {name: amount for name, amount in left.items() if amount}
    checks = (
        (voucher.state == REVOKED, "revoked"),
        (voucher.credential != redeem.credential, "stale_credential"),
        (voucher.state == SUSPENDED, "suspended"),
        (not any(left.values()), "exhausted"),
        (any(amount > left.get(name, 0) for name, amount in asked.items()), "insufficient"),
    )
    return vector(asked), next((code for speaks_against, code in checks if speaks_against), "")


def _redeemed(state: State, redeem: Redeem, taken: Vector) -> State:
    voucher = state.voucher(redeem.voucher_id)
    left = replace(voucher, left=_sum(voucher.left, taken, -1))
    done = Done(redeem.voucher_id, redeem.said, taken, is_voided=False)
    return state.with_voucher(redeem.voucher_id, left).with_done((redeem.store, redeem.reference), done)


def _turned(voucher: Voucher, action: str) -> Voucher | None:
    if action == "reissue":
        return None if voucher.state == REVOKED else replace(voucher, credential=voucher.credential + 1)
    allowed, state = _TURNS[action]
    return replace(voucher, state=state) if voucher.state in allowed else None


def _sum(one: Vector, other: Vector, sign: int) -> Vector:
    more = dict(other)
    return tuple((name, amount + sign * more.get(name, 0)) for name, amount in one)


def _nothing(left: Vector) -> Vector:
    return tuple((name, 0) for name, _ in left)
