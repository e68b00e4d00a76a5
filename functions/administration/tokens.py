"""Tokens of people and programs."""

from dataclasses import replace
from typing import Protocol

from functions.adapters import tokens
from functions.administration.ports import Clock
from functions.domain.retail import ApiToken, Role
from functions.runtime.problems import found


class Access(Protocol):
    """Keeps tokens."""

    def token(self, token_id: str) -> ApiToken | None:
        """One token's row."""

    def put_token(self, token: ApiToken) -> None:
        """Write a token's row."""


def make(token_id: str, role: Role, name: str, *, access: Access, clock: Clock) -> tuple[ApiToken, str]:
    """The token and its text; a token that this id had before is dead."""
    made = tokens.make(tokens.KEY, token_id)
    token = ApiToken(token_id=token_id, role=role, name=name, token_digest=made.digest, created_at=clock())
    access.put_token(token)
    return token, made.text


def revoke(token_id: str, *, access: Access, clock: Clock) -> tuple[ApiToken, bool]:
    """The token, dead from now on, and whether it was before.

    Raises:
        NotFoundError: there is no such token.
    """
    token = found(access.token(token_id), "token")
    if token.revoked_at is not None:
        return token, True
    revoked = replace(token, revoked_at=clock())
    access.put_token(revoked)
    return revoked, False
