"""`make run`: the whole of Storebound on this machine, one order played from the shop to the till."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from infra.errors import InfraError
from infra.layer import ROOT
from infra.local.interrupts import Stopped, stopping_in_order
from infra.local.journey import Played, play
from infra.local.show import Colour, Screen
from infra.local.stack import Stack, local_stack

_FOLDER = ".storebound"
_LOOK_EVERY = 2.0


def main(arguments: Sequence[str]) -> int:
    """Run until somebody says stop. Returns the exit code: 0 also for Ctrl-C."""
    options = _parsed(arguments)
    screen = Screen()
    try:
        with stopping_in_order(screen):
            _run(options, screen)
    except Stopped:
        screen.line()
    except InfraError as error:
        complaint = Screen(sys.stderr)
        complaint.line(complaint.paint(f"\n{error}", Colour.RED))
        complaint.line(error.next_step)
        return error.exit_code
    _say_goodbye(options, screen)
    return 0


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__)
    parser.add_argument("--reset", action="store_true", help="clear the data of earlier runs first")
    parser.add_argument("--exit", "--no-wait", action="store_true", dest="exit", help="end after the journey")
    parser.add_argument("--no-journey", action="store_true", help="do not play an order")
    parser.add_argument("--folder", type=Path, default=ROOT / _FOLDER, help="where data is kept (%(default)s)")
    return parser.parse_args(arguments)


def _run(options: argparse.Namespace, screen: Screen) -> None:
    screen.title("Storebound, on this machine")
    with local_stack(options.folder, reset=options.reset, screen=screen) as stack:
        played = None
        if not options.no_journey:
            screen.title("One order, from the web shop to the till")
            played = play(stack, screen)
        _show_addresses(stack, screen)
        if played is not None:
            _show_next_steps(stack, played, screen)
        if not options.exit:
            _stay_up(stack, screen)


def _show_addresses(stack: Stack, screen: Screen) -> None:
    screen.title("Where everything is")
    screen.table(
        [
            ("Phone (LINE, email, SMS)", stack.phone_url),
            ("API", stack.api_url),
            ("API description", f"{stack.api_url}/openapi.json"),
            ("Local AWS", stack.endpoint_url),
            ("Tokens and secrets", _shown(stack.folder.local_json)),
            ("What functions log", _shown(stack.folder.function_log)),
            ("What the local AWS logs", _shown(stack.folder.log)),
        ]
    )


def _show_next_steps(stack: Stack, played: Played, screen: Screen) -> None:
    local = _shown(stack.folder.local_json)
    token = f"$(python3 -c \"import json; print(json.load(open('{local}'))['terminals'][0]['token'])\")"
    screen.title("What to try next")
    screen.line("  Look at the voucher as its customer does")
    screen.line(f"    {played.page_url}")
    screen.line("  Ask a till what it is worth")
    screen.line(f"    curl -s {stack.api_url}/v1/pos/lookup \\")
    screen.line(f'      -H "Authorization: Bearer {token}" \\')
    screen.line(f"      -H 'Content-Type: application/json' -d '{{\"credential\": \"{played.page_url}\"}}'")
    screen.line("  See what arrived on the phone")
    screen.line(f"    curl -s {stack.phone_url}/messages")
    screen.line("  Take LINE down for half a minute, and buy something: the message comes once LINE is back")
    screen.line(f"    curl -s {stack.phone_url}/control -H 'Content-Type: application/json' \\")
    screen.line('      -d \'{"line": "down", "for_seconds": 30}\'')
    screen.line(
        f"    {_shown(Path(sys.executable))} -m infra.local.buy --sku SPA-3 --customer mei{_folder_flag(stack)}"
    )


def _stay_up(stack: Stack, screen: Screen) -> None:
    screen.line()
    screen.line(screen.paint("  Up. Ctrl-C ends it and keeps your data; make run RESET=1 clears it.", Colour.BOLD))
    while True:
        time.sleep(_LOOK_EVERY)
        stack.server.check()
        stack.logs.collect()


def _say_goodbye(options: argparse.Namespace, screen: Screen) -> None:
    screen.line()
    screen.line(f"  Ended. Your data is kept in {_shown(options.folder)}; make run goes on from it, RESET=1 clears it.")


def _folder_flag(stack: Stack) -> str:
    return "" if stack.folder.root == ROOT / _FOLDER else f" --folder {_shown(stack.folder.root)}"


def _shown(path: Path) -> str:
    """A path as one types it here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
