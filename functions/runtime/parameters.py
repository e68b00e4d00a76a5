"""What stands behind the question mark of an address."""

from functions.domain.errors import InvalidValueError


def whole(text: str | None, name: str, default: int, *, least: int, most: int) -> int:
    """A whole number, or the default where none was given.

    Raises:
        InvalidValueError: it is none, or out of bounds.
    """
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most):
        raise InvalidValueError(name, f"must be a whole number from {least} to {most}")
    return int(text)
