"""A code that a clerk typed. Whoever could type as many as they like would find one in the end."""

from dataclasses import dataclass

from functions.domain.credential import Credential
from functions.redemption.ports import Clock, Codebook, CodeDesk, Guards
from functions.runtime.again import again
from functions.runtime.auth import TillCaller


@dataclass(frozen=True, slots=True)
class TypedCodes:
    """Tries codes, each terminal's one after another as soon as one of them was wrong."""

    codebook: Codebook
    desk: CodeDesk
    guards: Guards
    clock: Clock

    def credential(self, code: str, caller: TillCaller) -> Credential | None:
        """The credential of a code whose check character is right; None where it is wrong, which is counted by then.

        One read, and one write where the code or an earlier one was wrong.

        Raises:
            UnauthorizedError: the terminal is not, or no longer, one; its try counts for nobody.
            CodesLocked: too many wrong codes were typed, whatever this one is.
            ConflictError: too many codes are typed at this moment; nothing is told of this one.
        """
        digest = self.codebook.digest(code)
        return again(lambda: self._tried(digest, caller))

    def _tried(self, digest: str, caller: TillCaller) -> Credential | None:
        seen, now = self.desk.by_code(caller.terminal_id, digest), self.clock()
        caller.admitted(seen)
        seen.guard.must_take_codes(now)
        if seen.credential is None:
            self.guards.count_wrong(seen.guard, now)
        elif seen.guard.is_counting(now):
            self.guards.forgive(seen.guard)
        return seen.credential
