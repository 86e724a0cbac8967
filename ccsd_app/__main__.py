"""The program `ccsd-app`, also `python -m ccsd_app`."""

import multiprocessing
import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    multiprocessing.freeze_support()
    from ccsd_app.cli.program import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
