"""Secrets, read when first needed and again after a few minutes, so that a rotation reaches warm functions."""

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.errors import UnavailableError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

FRESH_SECONDS = 300


class Secret:
    """One secret of Secrets Manager."""

    def __init__(
        self, client: "Callable[[], SecretsManagerClient]", name: str, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._client, self._name, self._monotonic = client, name, monotonic
        self._text, self._read_at = "", float("-inf")

    def text(self) -> str:
        """The secret's text.

        Raises:
            UnavailableError: it cannot be read.
        """
        if self._monotonic() - self._read_at > FRESH_SECONDS:
            try:
                self._text = self._client().get_secret_value(SecretId=self._name)["SecretString"]
            except (ClientError, BotoCoreError) as error:
                raise UnavailableError("secretsmanager") from error
            self._read_at = self._monotonic()
        return self._text

    def json(self) -> dict[str, object]:
        """The secret's text as a JSON object."""
        content: dict[str, object] = json.loads(self.text())
        return content
