"""Many histories: `python -m tests.simulation --seeds 10000`. One again, told call by call: `--replay 42`."""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.faults import Fault
from tests.simulation.simulation import Result, simulate

_AT_ONCE = 50


def main() -> int:
    """Run what the command line asks for; 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many histories")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=1, help="how many processes")
    parser.add_argument("--replay", type=int, metavar="SEED", help="one history, told call by call")
    asked = parser.parse_args()
    if asked.replay is not None:
        return _replay(asked.replay)
    return _many(range(asked.first, asked.first + asked.seeds), asked.jobs)


def _replay(seed: int) -> int:
    result = simulate(seed, trace=True)
    _say("\n".join(result.trace))
    _say(f"seed {seed}: {result.violation or 'nothing is wrong'}")
    return int(result.violation is not None)


def _many(seeds: Sequence[int], jobs: int) -> int:
    started = time.perf_counter()
    replies, faults = Counter[str](), Counter[Fault]()
    calls = histories = violations = 0
    for results in _batches(seeds, jobs):
        for result in results:
            histories, calls = histories + 1, calls + result.calls
            replies, faults = replies + result.replies, faults + result.faults
            if result.violation:
                violations += 1
                _say(f"seed {result.seed}: {result.violation}\n    python -m tests.simulation --replay {result.seed}")
    seconds = time.perf_counter() - started
    _say(f"{histories} histories in {seconds:.0f} s, {histories / seconds:.0f} a second; {calls} operations,")
    _say(f"{faults.total()} faults: " + ", ".join(f"{count} {fault}" for fault, count in faults.most_common()))
    _say("answers: " + ", ".join(f"{count} {answer}" for answer, count in replies.most_common()))
    _say(f"violations: {violations}")
    return int(violations > 0)


def _batches(seeds: Sequence[int], jobs: int) -> Iterator[list[Result]]:
    batches = [seeds[start : start + _AT_ONCE] for start in range(0, len(seeds), _AT_ONCE)]
    if jobs == 1:
        yield from map(_batch, batches)
    else:
        with ProcessPoolExecutor(jobs) as pool:
            yield from pool.map(_batch, batches)


def _batch(seeds: Sequence[int]) -> list[Result]:
    return [simulate(seed) for seed in seeds]


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
