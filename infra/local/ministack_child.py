"""What runs in MiniStack's process: MiniStack, and a watch for the death of the process that started it.

MiniStack saves its state only when it is asked to stop. Its parent holds the other end of stdin: when the parent is
gone, however it went, the end of that pipe asks.
"""

import os
import runpy
import signal
import threading


def _stop_with_parent() -> None:
    # Not sys.stdin: its buffer's lock, held by this thread, would abort the interpreter's end.
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Serve until told to stop."""
    # The terminal's Ctrl-C does not come here (own session); what else sends SIGINT must not cut a save short.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    runpy.run_module("ministack", run_name="__main__")


if __name__ == "__main__":
    main()
