import sys

from infra.local.prerequisites import missing


def _main() -> int:
    lacking = missing()
    if lacking:
        print(lacking, file=sys.stderr)
        return 1
    # Only now: this imports what may have been missing.
    from infra.local.run import main  # noqa: PLC0415

    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(_main())
