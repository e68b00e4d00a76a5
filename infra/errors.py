"""What goes wrong around a deployment, said so that the operator knows the next step."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What `storebound` returns to the shell."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOT_DEPLOYED = 3
    UNREACHABLE = 4


class InfraError(Exception):
    """A refusal with its next step.

    `next_step` is a command or an action for the operator, in one sentence.
    """

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, next_step: str) -> None:
        super().__init__(message)
        self.next_step = next_step


class BuildError(InfraError):
    """The package or the layer cannot be built."""


class DeployError(InfraError):
    """A stack did not reach the state that was asked for."""


class UsageError(InfraError):
    """The command lacks something that only the operator knows."""

    exit_code = ExitCode.USAGE


class NotDeployedError(InfraError):
    """The stage, or a part of it, does not exist."""

    exit_code = ExitCode.NOT_DEPLOYED


class UnreachableError(InfraError):
    """AWS, or the local stack, cannot be reached or refuses the credentials."""

    exit_code = ExitCode.UNREACHABLE
