"""The program `ccsd-app`, also `python -m ccsd_app`."""

import multiprocessing
import os
import sys

OMP_WAIT_POLICY_PASSIVE = ("OMP_WAIT_POLICY", "passive")
"""Waiting OpenMP threads spin by default. On few cores, next to the window or another busy program,
that takes CPU time from the threads that have work."""


def main() -> None:
    """Run the command line and exit with its exit code."""
    multiprocessing.freeze_support()
    os.environ.setdefault(
        *OMP_WAIT_POLICY_PASSIVE
    )  # read when torch is loaded, here or in a child process
    from ccsd_app.cli.program import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
