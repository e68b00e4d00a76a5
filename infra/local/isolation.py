"""Keeps the user's AWS settings out of a local run: neither read, nor used, nor changed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

_NOWHERE = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
_LOOPBACK = "127.0.0.1,localhost"


@contextmanager
def isolated() -> Iterator[None]:
    """For as long as this lasts, hide the user's AWS settings, and put no proxy before this machine's own addresses."""
    before = dict(os.environ)
    for name in before:
        if name.startswith("AWS_"):
            del os.environ[name]
    os.environ.update(_NOWHERE)
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(part for part in (before.get(name), _LOOPBACK) if part)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
