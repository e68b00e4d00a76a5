"""What runs in MiniStack's process: MiniStack, and a watch for the death of the process that started it.

MiniStack saves its state only when it is asked to stop. Its parent holds the other end of stdin: when the parent is
gone, however it went, the end of that pipe asks.
"""

import importlib
import os
import signal
import threading
from collections.abc import Awaitable, Callable
from typing import Any

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]


def main() -> None:
    """Serve until told to stop."""
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    server: Any = importlib.import_module("ministack.app")
    server.app = accepting_anything(server.app)
    server.main()


def _stop_with_parent() -> None:
    # Not sys.stdin: its buffer's lock, held by this thread, would abort the interpreter's end.
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def accepting_anything(application: Application) -> Application:
    """The application, told of a request without `Accept` what RFC 9110 (12.5.1) says: that any media type will do.

    MiniStack would answer a picture as base 64 text to a chat app that fetches it without a header.
    """

    async def answer(scope: Scope, receive: object, send: object) -> None:
        if scope["type"] == "http" and all(name.lower() != b"accept" for name, _ in scope["headers"]):
            scope = scope | {"headers": [*scope["headers"], (b"accept", b"*/*")]}
        await application(scope, receive, send)

    return answer


if __name__ == "__main__":
    main()
