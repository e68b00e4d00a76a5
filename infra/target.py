"""Where a deployment goes: an AWS account and region, or a local stack that speaks AWS's language."""

import os
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

_LOCAL_KEY = "local"


@dataclass(frozen=True)
class Target:
    """One stage in one place.

    With an `endpoint_url` (the local stack) the user's AWS settings are neither read nor needed: credentials are
    dummies. Without it, boto3 finds credentials as it always does, and `access_key` and `secret_key` are not used.
    """

    stage: str
    region: str
    endpoint_url: str | None = None
    access_key: str | None = None
    secret_key: str | None = None

    def client(self, service: str) -> Any:  # noqa: ANN401  # boto3 makes its clients at run time
        """A boto3 client for `service`, made once."""
        return _client(self, service)

    @property
    def local(self) -> bool:
        """Whether this is a local stack rather than AWS."""
        return self.endpoint_url is not None


@cache
def _client(target: Target, service: str) -> Any:  # noqa: ANN401  # as Target.client
    session: Any = _local_session(target) if target.local else boto3.Session(region_name=target.region)
    # A local stack has no host name for each bucket.
    style = Config(s3={"addressing_style": "path"}) if target.local else Config()
    config = style.merge(Config(retries={"mode": "standard", "total_max_attempts": 2 if target.local else 6}))
    return session.client(service, region_name=target.region, endpoint_url=target.endpoint_url, config=config)


@cache
def _local_session(target: Target) -> boto3.Session:
    # Neither the user's files nor a profile named in the environment: name in them, variable, default, conversion.
    nowhere, nobody = (None, None, os.devnull, None), (None, None, None, None)
    core = botocore.session.Session({"config_file": nowhere, "credentials_file": nowhere, "profile": nobody})
    core.set_credentials(target.access_key or _LOCAL_KEY, target.secret_key or _LOCAL_KEY)
    return boto3.Session(botocore_session=core, region_name=target.region)
