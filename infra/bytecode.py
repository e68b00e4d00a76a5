"""Compiles Python ahead of time.

Lambda's file system is read-only, so without this every cold start compiles every module again. For the layer alone
that is the larger half of its import time (`layers/README.md`).
"""

import os
import subprocess
import sys
from pathlib import Path

from infra.errors import BuildError


def compile_tree(root: Path, runtime_root: str) -> None:
    """Write `__pycache__` beside every module under `root`, as if it lay at `runtime_root`.

    The bytecode is unchecked: it is not compared with its source at run time, and carries no time or path of this
    machine, so that the same source gives the same bytes.

    Raises:
        BuildError: a module does not compile.
    """
    options = ["-q", "-f", "--invalidation-mode", "unchecked-hash", "-s", str(root), "-p", runtime_root]
    done = subprocess.run(  # noqa: S603  # our own interpreter and arguments
        [sys.executable, "-m", "compileall", *options, str(root)],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BuildError(f"Python cannot compile {root}: {done.stdout.strip()}", "Correct the module named above.")
