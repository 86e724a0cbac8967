"""The program `ccsd-app`, also `python -m ccsd_app`."""

import multiprocessing
import os
import sys

WAITING = ("OMP_WAIT_POLICY", "passive")
"""OpenMP's threads spin while they wait. On few cores, beside the window or any other busy
program, that takes the processor from the thread that is waited for."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    multiprocessing.freeze_support()
    os.environ.setdefault(*WAITING)  # read when torch is loaded, here or in a child
    from ccsd_app.cli.program import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
