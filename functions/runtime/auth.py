"""Who calls.

A terminal's token names its row and its store, so that a till's one read can check it: nothing is read here for it.
That read brings the terminal's guard with it, which knows whether a rolled token was used, and how much the terminal
has asked.
"""

import hmac
from dataclasses import dataclass
from typing import Protocol

from functions.adapters import tokens
from functions.domain.guard import Guard
from functions.domain.retail import Role, Terminal
from functions.runtime.again import again
from functions.runtime.problems import ForbiddenError, UnauthorizedError
from functions.runtime.wiring import current


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever was let in; `name` is for the record. A public endpoint's caller has no role."""

    role: Role | None = None
    name: str = ""


class AtTheDoor(Protocol):
    """What was read of a terminal that calls."""

    @property
    def terminal(self) -> Terminal | None:
        """Its row."""

    @property
    def guard(self) -> Guard:
        """Its guard."""


@dataclass(frozen=True, slots=True)
class TillCaller(Caller):
    """What a terminal's token claims. `admitted` is still to be asked, of what was read of the terminal."""

    terminal_id: str = ""
    store_id: str = ""
    digest: str = ""

    def admitted(self, seen: AtTheDoor) -> Terminal:
        """The terminal, if the claim is true. With the first use of a rolled token the one it follows is dead.

        Raises:
            UnauthorizedError: no such terminal, another store, another token, or revoked.
            Throttled: the terminal asks too much.
            ConflictError: its token was rolled on meanwhile; nothing was done.
        """
        terminal, guard, wiring = seen.terminal, seen.guard, current()
        if terminal is None or terminal.store_id != self.store_id or not self._holds(terminal.live(guard.promoted)):
            raise UnauthorizedError("this token is not, or no longer, a terminal's")
        wiring.meter.count(self, guard, wiring.clock(), wiring.guards)
        if self.digest == terminal.next_digest != guard.promoted:
            wiring.guards.promote(guard, self.digest)
        return terminal

    def _holds(self, digests: tuple[str, ...]) -> bool:
        return any(hmac.compare_digest(digest, self.digest) for digest in digests)


TILL_ONLY = (Role.TERMINAL,)


def caller(authorization: str | None, roles: tuple[Role, ...]) -> Caller:
    """The caller of an endpoint that `roles` may call; with no roles, anybody.

    An endpoint for terminals alone gets a `TillCaller` whose claim its own read has to check.

    Raises:
        UnauthorizedError: no token, or not a valid one.
        ForbiddenError: a valid one of another role.
        Throttled: a terminal that asks too much.
    """
    if not roles:
        return Caller()
    scheme, _, text = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise UnauthorizedError("send Authorization: Bearer <token>")
    found = _till(text) or _key(text) or _first_admin(text)
    if found.role not in roles:
        raise ForbiddenError(f"this is for {', '.join(roles)}")
    if isinstance(found, TillCaller) and roles != TILL_ONLY:
        till, guards = found, current().guards
        again(lambda: till.admitted(guards.look(till.terminal_id)))
    return found


def _till(text: str) -> TillCaller | None:
    read = tokens.read(tokens.TERMINAL, text, parts=2)
    if read is None:
        return None
    (store_id, terminal_id), digest = read
    return TillCaller(Role.TERMINAL, terminal_id, terminal_id, store_id, digest)


def _key(text: str) -> Caller | None:
    read = tokens.read(tokens.KEY, text, parts=1)
    if read is None:
        return None
    (token_id,), digest = read
    row = current().access.token(token_id)
    if row is None or row.revoked_at is not None or not hmac.compare_digest(row.token_digest, digest):
        raise UnauthorizedError("this token is not, or no longer, valid")
    return Caller(row.role, row.token_id)


def _first_admin(text: str) -> Caller:
    """The token that the deployment made, with which the first others are made.

    Only the functions that administer hold it.
    """
    wiring = current()
    expected = wiring.admin_secret.text() if wiring.settings.admin_secret else ""
    if not expected or not hmac.compare_digest(expected.encode(), text.encode()):
        raise UnauthorizedError("this token is not valid")
    return Caller(Role.ADMIN, "admin")
