"""What a function is told by its environment: read once, checked, and named in the error where something is missing."""

from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict


class MissingSettingError(Exception):
    """A function needs something that its deployment did not give it."""


class Settings(BaseModel):
    """Every function gets only what its road needs; what it lacks is empty, and an error once it is asked for."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    vouchers_table: str = ""
    customers_table: str = ""
    commerce_table: str = ""
    sends_table: str = ""
    orders_queue_url: str = ""
    line_queue_url: str = ""
    email_queue_url: str = ""
    sms_queue_url: str = ""
    orders_dlq_url: str = ""
    line_dlq_url: str = ""
    email_dlq_url: str = ""
    sms_dlq_url: str = ""
    signing_secret: str = ""
    codes_secret: str = ""
    sealing_secret: str = ""
    admin_secret: str = ""
    verify_keys: str = ""
    public_url: str = ""
    email_from: str = ""
    line_api_url: str = "https://api.line.me"
    max_receives: int = 12
    terminal_rate: int = 100

    @classmethod
    def load(cls, environment: Mapping[str, str]) -> Self:
        """The settings of an environment."""
        return cls.model_validate({name.lower(): value for name, value in environment.items()})

    def needed(self, name: str) -> str:
        """A setting that must be there.

        Raises:
            MissingSettingError: it is not.
        """
        value = str(getattr(self, name))
        if not value:
            raise MissingSettingError(f"{name.upper()} is not set for this function")
        return value
