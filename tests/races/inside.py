"""The use cases themselves, run in this process over the tables and queues of the running stack.

Whatever a Lambda function would do, but under threads that a test can hold back, and with calls that it can spoil.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from functions.adapters import aws
from functions.domain.operations import Operation, Redemption
from functions.redemption.credentials import find_credential
from functions.redemption.redeem import Redeem, redeem
from functions.redemption.void import void
from functions.runtime import auth
from functions.runtime.settings import Settings
from functions.runtime.wiring import Wiring, using
from infra.local.stack import Stack
from tests.support.stack import money

_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}


@contextmanager
def wired(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wiring]:
    """All adapters, set as the deployed functions are, over the local AWS."""
    for name, value in _CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", stack.target.region)
    monkeypatch.setenv("AWS_ENDPOINT_URL", stack.endpoint_url)
    # Tests on moto leave a session of their own behind.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    aws.made.cache_clear()
    with using(Wiring(_settings(stack))) as wiring:
        yield wiring
    aws.made.cache_clear()


def _settings(stack: Stack) -> Settings:
    """What the functions are told, taken together."""
    told: dict[str, str] = {}
    for name in stack.outputs.functions.values():
        found = stack.target.client("lambda").get_function_configuration(FunctionName=name)
        told |= found["Environment"]["Variables"]
    return Settings.load(told)


@dataclass(frozen=True)
class InsideTill:
    """One till's use cases."""

    wiring: Wiring
    caller: auth.TillCaller

    def redeem(self, reference: str, credential: str, amount: str | None = None) -> tuple[Redemption, bool]:
        """The redemption, and whether it is a repeat."""
        wiring = self.wiring
        found = find_credential(credential, verifier=wiring.verifier, codebook=wiring.codebook, desk=wiring.till)
        ask = RedemptionRequest.model_validate(
            {"credential": credential} | ({"money": money(amount)} if amount else {})
        ).ask
        return redeem(
            Redeem(reference, found, ask, None), caller=self.caller, desk=wiring.till, clock=wiring.clock
        )

    def void(self, reference: str) -> tuple[Operation, bool]:
        """The operation, and whether it had been voided before."""
        return void(reference, caller=self.caller, desk=self.wiring.till, clock=self.wiring.clock)
