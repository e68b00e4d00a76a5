"""`make bench`: what a request costs, as ratios within one run. Absolute times belong to the machine that ran it."""

import sys

from tests.bench import cold, sizes, warm
from tests.bench.table import show


def main() -> int:
    """Measure and print."""
    show(
        "A warm request: our CPU beside bare boto3 calls of the same kind, the wire stubbed",
        ("request", "app ms", "bare boto3 ms", "ratio", "DynamoDB calls", "read units", "write units"),
        warm.rows(),
    )
    show(
        "A cold start: what a function imports until its first request is answered, CPU over a bare interpreter",
        ("function", "CPU ms", "modules", "of which ours"),
        cold.rows(),
    )
    show("What is deployed", ("archive", "zipped", "unzipped", "budget (zipped)"), sizes.rows())
    return 0


if __name__ == "__main__":
    sys.exit(main())
