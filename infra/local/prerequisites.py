"""What a local run needs from the machine, looked for before anything is imported that may not be there."""

import sys
from importlib.util import find_spec

_PYTHON = (3, 11)
_MODULES = ("boto3", "chalice", "linebot", "ministack", "nacl", "PIL", "pydantic", "samtranslator", "segno", "zxingcpp")


def missing() -> str | None:
    """What is missing and what to do about it, or None."""
    if sys.version_info < _PYTHON:
        return f"Python {'.'.join(map(str, _PYTHON))} or newer is needed; this is {sys.version.split()[0]}."
    if sys.platform == "win32":
        return "The local run needs Linux or macOS; on Windows, use WSL."
    lacking = [name for name in _MODULES if find_spec(name) is None]
    if lacking:
        return f"Not installed: {', '.join(lacking)}. Install what the local run needs: make install"
    return None
