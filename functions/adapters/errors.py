"""What can go wrong outside, named once. Adapters raise these; nobody above them sees a botocore error."""


class OutsideError(Exception):
    """Something outside did not do what was asked."""


class ConflictError(OutsideError):
    """Somebody else wrote first. Load again and decide again; nothing was written."""


class ThrottledError(OutsideError):
    """More than the table or service takes at the moment. Nothing was written."""


class UnavailableError(OutsideError):
    """The service did not answer as it should. Whether something was written is not known."""
