"""A device becomes a terminal: an administrator shows a code, the device gives it back once and gets its token."""

from collections.abc import Callable
from dataclasses import replace

from functions.adapters import tokens
from functions.adapters.errors import ConflictError
from functions.administration.ports import Clock, Guards, Stores
from functions.contracts.problems import FieldError
from functions.domain import codes
from functions.domain.offline_policy import DEFAULT_POLICY, OfflinePolicy
from functions.domain.retail import ENROLMENT_LASTS, Enrolment, Store, Terminal
from functions.runtime.again import again
from functions.runtime.auth import TillCaller
from functions.runtime.problems import InvalidError, UnauthorizedError, found

Policy = Callable[[OfflinePolicy | None], OfflinePolicy | None]


def invite(
    terminal_id: str, store_id: str, policy: Policy, *, stores: Stores, clock: Clock
) -> tuple[Terminal, str, Enrolment]:
    """The terminal, a fresh one-use code for it, and until when; an earlier code is dead.

    A terminal that stays in its store goes on working with its old token until the code is used. `policy` gives what it
    may take offline from now on, by what it might before.

    Raises:
        InvalidError: there is no such store.
    """
    store = stores.get(store_id)
    if store is None:
        raise InvalidError("no store of this name", [FieldError(path="store_id", message="no store of this name")])
    code = tokens.enrolment_code()
    enrolment = Enrolment(code_digest=code.digest, terminal_id=terminal_id, expires_at=clock() + ENROLMENT_LASTS)
    return again(lambda: _invite_once(store, enrolment, policy, stores)), code.text, enrolment


def _invite_once(store: Store, enrolment: Enrolment, policy: Policy, stores: Stores) -> Terminal:
    before = stores.terminal(enrolment.terminal_id)
    known = before or Terminal(
        terminal_id=enrolment.terminal_id, store_id=store.store_id, store=store.name, offline=DEFAULT_POLICY
    )
    terminal = replace(known.invited(store, enrolment.code_digest), offline=policy(known.offline))
    stores.put_terminal(terminal, before, enrolment)
    return terminal


def enrol(typed: str, *, stores: Stores, clock: Clock) -> tuple[Terminal, str]:
    """The terminal and its token.

    Raises:
        UnauthorizedError: the code is wrong, used, replaced or too old; which of them is not told.
    """
    refused = UnauthorizedError("this enrolment code is not, or no longer, valid: ask for a new one")
    code = codes.normalise(typed)
    enrolment = stores.enrolment(tokens.digest(code)) if code else None
    terminal = stores.terminal(enrolment.terminal_id) if enrolment else None
    if enrolment is None or terminal is None or clock() >= enrolment.expires_at:
        raise refused
    token = tokens.make(tokens.TERMINAL, terminal.store_id, terminal.terminal_id)
    try:
        stores.enrol(terminal.enrolled(token.digest, clock()), enrolment)
    except ConflictError as error:
        raise refused from error
    return terminal, token.text


def roll(caller: TillCaller, *, stores: Stores, guards: Guards) -> tuple[Terminal, str]:
    """The terminal and its next token; the device's own goes on working until the next one is first used.

    Rolled again before that, with the old token, the unused one is dead and another takes its place: so an answer that
    was lost locks no till out.

    Raises:
        UnauthorizedError: the device is not, or no longer, a terminal.
        ConflictError: the terminal is being changed from too many sides; nothing was done.
    """
    return again(lambda: _roll_once(caller, stores, guards))


def _roll_once(caller: TillCaller, stores: Stores, guards: Guards) -> tuple[Terminal, str]:
    before = caller.admitted(guards.look(caller.terminal_id))
    token = tokens.make(tokens.TERMINAL, before.store_id, before.terminal_id)
    unused = None if caller.digest == before.next_digest else before.next_digest
    rolled = before.rolled(caller.digest, token.digest)
    stores.roll(rolled, before, unused)
    return rolled, token.text


def revoke(terminal_id: str, *, stores: Stores, clock: Clock) -> tuple[Terminal, bool]:
    """The terminal without its token, from its next request on, and whether it had none before.

    Raises:
        NotFoundError: there is no such terminal.
        ConflictError: it is being changed from too many sides; nothing was done.
    """
    return again(lambda: _revoke_once(terminal_id, stores, clock))


def _revoke_once(terminal_id: str, stores: Stores, clock: Clock) -> tuple[Terminal, bool]:
    terminal = found(stores.terminal(terminal_id), "terminal")
    if terminal.revoked_at is not None and terminal.enrolment_digest is None:
        return terminal, True
    revoked = terminal.revoked(clock())
    stores.put_terminal(revoked, terminal)
    return revoked, False
