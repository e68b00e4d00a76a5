"""A till takes from a voucher, once."""

import hashlib
import json
from dataclasses import dataclass

from functions.domain import operations, refusals
from functions.domain.credential import Credential
from functions.domain.operations import Redemption
from functions.domain.retail import Terminal
from functions.domain.voucher import Ask, Touch
from functions.redemption.ports import Clock, Desk
from functions.runtime.again import again
from functions.runtime.auth import TillCaller


@dataclass(frozen=True, slots=True)
class Redeem:
    """What a till asks for, under its own reference."""

    reference: str
    credential: Credential | None
    ask: Ask
    receipt: str | None

    @property
    def fingerprint(self) -> str:
        """What makes another request under the same reference another request, in hexadecimal.

        How the voucher was named does not: a QR that would not scan may be typed at the second try.
        """
        ask = self.ask
        parts = [
            (ask.money.minor, ask.money.currency) if ask.money else None,
            sorted(ask.items),
            (ask.basket.minor, ask.basket.currency) if ask.basket else None,
            self.receipt,
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def redeem(command: Redeem, *, caller: TillCaller, desk: Desk, clock: Clock) -> tuple[Redemption, bool]:
    """The redemption, and whether it had been made before: one read, and one transaction unless it had.

    Raises:
        UnauthorizedError: the terminal is not, or no longer, one.
        Refusal: what speaks against it; nothing was changed, and nothing is remembered.
        ConflictError: the voucher is too busy; nothing was changed.
    """
    return again(lambda: _redeem_once(command, caller, desk, clock))


def _redeem_once(command: Redeem, caller: TillCaller, desk: Desk, clock: Clock) -> tuple[Redemption, bool]:
    credential = command.credential
    seen = desk.look(
        caller.terminal_id,
        caller.store_id,
        voucher_id=credential.voucher_id if credential else None,
        reference=command.reference,
    )
    terminal = caller.admitted(seen.terminal)
    if credential is None or seen.voucher is None:
        raise refusals.UnknownVoucher
    if seen.operation is not None:
        return seen.operation.replay(credential.voucher_id, command.fingerprint), True
    touch = touch_of(terminal, clock)
    left, entry, taken = seen.voucher.redeem(command.ask, command.reference, touch, credential.number)
    operation = operations.redemption(left, taken, command.reference, touch, command.fingerprint, command.receipt)
    desk.save_redemption(left, entry, operation)
    return operation, False


def touch_of(terminal: Terminal, clock: Clock) -> Touch:
    """Here and now, at this terminal."""
    return Touch(clock(), terminal.store_id, terminal.store, terminal.terminal_id)
