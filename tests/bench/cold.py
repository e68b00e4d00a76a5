"""What each function imports until its first request is answered, in fresh interpreters with bytecode cached."""

import json
import resource
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUNS = 5
# What each function's first event makes it import; adapters and rooms import on the path that needs them.
_QUEUE = "from functions.runtime import queue_consumer; aws.client('sqs');"
_SEND = f"{_QUEUE} from functions.dispatch import courier; w.sends;"
FIRST_EVENT = {
    "checkout": "w.shops; w.orders; w.queues; w.seal; aws.client('sqs'); aws.client('secretsmanager')",
    "till": "w.till; w.verifier",
    "pages": "w.vouchers; w.stores; w.verifier; from functions.adapters import qr; import jinja2, segno",
    "administration": "w.access; w.shops; w.products; w.stores; w.vouchers; aws.client('secretsmanager')",
    "issue_order": f"{_QUEUE} from functions.issuance import settle; w.issuing; w.orders",
    "send_line": f"{_SEND} from functions.dispatch import by_line; import urllib3",
    "send_email": f"{_SEND} from functions.dispatch import by_email; aws.one_try_client('sesv2'); import jinja2, segno",
    "send_sms": f"{_SEND} from functions.dispatch import by_sms; aws.one_try_client('sns')",
}
PROGRAM = """
import json, sys
import app
from functions.adapters import aws
from functions.runtime.settings import Settings
from functions.runtime.wiring import Wiring
names = Settings.model_fields
w = Wiring(Settings(**{{name: "x" for name in names if name not in {{"verify_keys", "max_receives"}}}},
                    verify_keys="1:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="))
w.database
{first}
print(json.dumps([len(sys.modules), sum(name.startswith("functions") for name in sys.modules)]))
"""


def rows() -> list[tuple[str, ...]]:
    """One row a function."""
    bare = statistics.median(_cpu("print('[0, 0]')")[0] for _ in range(RUNS))
    return [_row(name, bare) for name in FIRST_EVENT]


def _row(function: str, bare: float) -> tuple[str, ...]:
    program = PROGRAM.format(first=FIRST_EVENT[function])
    runs = [_cpu(program) for _ in range(RUNS)]
    modules, ours = runs[0][1]
    return function, f"{statistics.median(cpu for cpu, _ in runs) - bare:.0f}", str(modules), str(ours)


def _cpu(program: str) -> tuple[float, list[int]]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {
        "AWS_DEFAULT_REGION": "ap-northeast-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x",
        "PYDANTIC_DISABLE_PLUGINS": "__all__",
    }  # fmt: skip
    done = subprocess.run(  # noqa: S603 - our own interpreter and our own program
        [sys.executable, "-c", program], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used * 1000, json.loads(done.stdout.splitlines()[-1])
