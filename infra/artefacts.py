"""Puts what a stack needs into the artefact bucket, under the hash of its content: nothing is ever overwritten."""

import hashlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from infra.cfn import read_template
from infra.stacks import Say, Stacks, Wanted
from infra.target import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3.client import S3Client

STACK = "storebound-artefacts"
_TEMPLATE = Path(__file__).parent / "artefacts.yaml"


class Artefacts:
    """The artefact bucket of one account and region."""

    def __init__(self, target: Target, bucket: str) -> None:
        self._client: S3Client = target.client("s3")
        self._target = target
        self.bucket = bucket

    @classmethod
    def bring(cls, target: Target, say: Say) -> "Artefacts":
        """The bucket, made if it is not there."""
        stack = Stacks(target, say).bring(Wanted(STACK, "", read_template(_TEMPLATE)))
        return cls(target, stack.outputs["BucketName"])

    @classmethod
    def find(cls, target: Target, say: Say) -> "Artefacts | None":
        """The bucket, or `None` if it is not there."""
        stack = Stacks(target, say).find(STACK)
        return cls(target, stack.outputs["BucketName"]) if stack else None

    def put_file(self, key: str, path: Path) -> None:
        """Upload a file whose `key` holds its hash, unless it is there."""
        if not self._has(key):
            self._client.upload_file(str(path), self.bucket, key)

    def put_template(self, text: str) -> str:
        """Upload a template unless it is there, and return the address that CloudFormation takes."""
        key = f"template/{hashlib.sha256(text.encode()).hexdigest()}.json"
        if not self._has(key):
            self._client.put_object(Bucket=self.bucket, Key=key, Body=text.encode())
        return self._url(key)

    @contextmanager
    def lend_template(self, text: str) -> "Iterator[str]":
        """As `put_template`, for the time of a `with` block."""
        key = f"plan/{hashlib.sha256(text.encode()).hexdigest()}.json"
        self._client.put_object(Bucket=self.bucket, Key=key, Body=text.encode())
        try:
            yield self._url(key)
        finally:
            self._client.delete_object(Bucket=self.bucket, Key=key)

    def _has(self, key: str) -> bool:
        try:
            self._client.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:  # noqa: PLR2004  # not found
                return False
            raise
        return True

    def _url(self, key: str) -> str:
        if self._target.local:
            return f"{self._target.endpoint_url}/{self.bucket}/{key}"
        suffix = self._client.meta.endpoint_url.rpartition("amazonaws.")[2]
        return f"https://{self.bucket}.s3.{self._target.region}.amazonaws.{suffix}/{key}"
