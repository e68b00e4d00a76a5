"""How a use case tells its queue what to do with a message. Apart from the consumer, whose imports take 130 ms."""


class MessageError(Exception):
    """A message could not be handled. `reason` is a code: it goes into logs and beside the message."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RetryLaterError(MessageError):
    """Another try may do: the message comes back after a while."""


class GiveUpError(MessageError):
    """No further try will do: the message goes to the dead-letter queue at once, for a person to look at."""
