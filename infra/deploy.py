"""Brings both stacks to a target: the same road for AWS and for the local stack."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from infra.target import Target

__all__ = ["DeployOptions", "Outputs", "Target", "deploy"]


@dataclass(frozen=True)
class DeployOptions:
    """What may differ between stages. `None` keeps what the stage has, or the template's default on a first deploy.

    `architecture` is `arm64` or `x86_64`. `parameters` are further template parameters by name.
    """

    email_from: str | None = None
    line_api_url: str | None = None
    api_origin: str | None = None
    public_url: str | None = None
    architecture: str = "arm64"
    deletion_protection: bool = True
    alarm_email: str | None = None
    log_level: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outputs:
    """What a deployed stage is called by.

    `tables` by `vouchers, customers, commerce, sends` (names); `queues` by `orders, dispatch-line, dispatch-email,
    dispatch-sms` and the same with `-dlq` (URLs); `secrets` by `signing, codes, sealing, admin` (ARNs);
    `functions` by `checkout, till, pages, administration, issue_order, send_line, send_email, send_sms` (names).
    """

    api_url: str
    region: str
    tables: dict[str, str]
    queues: dict[str, str]
    secrets: dict[str, str]
    functions: dict[str, str]


def deploy(target: Target, options: DeployOptions, say: Callable[[str], None]) -> Outputs:
    """Package, deploy the data stack, make sure of the signing key, deploy the app stack.

    Raises:
        infra.errors.InfraError: with a sentence for the operator and the next command.
    """
    raise NotImplementedError
