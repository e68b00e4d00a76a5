"""The root of everything the domain can say no with."""

from typing import ClassVar


class DomainError(Exception):
    """A rule was broken. `code` is stable and for programs; the text of the exception is for engineers."""

    code: ClassVar[str]


class InvalidValueError(DomainError, ValueError):
    """A value that no rule could ever accept, such as an amount with too many decimals."""

    code = "invalid"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason = field, reason
