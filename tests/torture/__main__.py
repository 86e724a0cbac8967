"""make torture: python -m tests.torture [--actions N] [--cases N] [--toggles N] [--inputs N].

Prints a table: inputs tried, faults survived, what was done to the window, failures, slopes.
"""

import argparse
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PySide6.QtWidgets import QApplication

from tests.torture.run import Report, torture

MOST_SLOPE = {"memory, MB": 2.0, "file handles": 0.5, "threads": 0.2, "widgets": 5.0}
"""Growth in 1,000 actions that is none."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--actions", type=int, default=10_000)
    parser.add_argument("--cases", type=int, default=30)
    parser.add_argument("--toggles", type=int, default=1000)
    parser.add_argument("--inputs", type=int, default=20_000, help="fuzzed files; 0 for none")
    parser.add_argument("--faults", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--minutes", type=float, default=math.inf, help="for the window, at most")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    here, rows, failed = Path.cwd(), list[tuple[str, str]](), False
    application = QApplication.instance() or QApplication(sys.argv[:1])
    report = torture(
        actions=asked.actions,
        cases=asked.cases,
        toggles=asked.toggles,
        seed=asked.seed,
        minutes=asked.minutes,
    )
    os.chdir(here)
    del application
    for line in [*report.complaints, *report.stale][:20]:
        print(line, file=sys.stderr)
    rows += [(name, f"{count}") for name, count in report.counts.items()]
    rows += window_rows(report)
    failed |= bool(report.failures or too_steep(report))
    if asked.inputs:
        command = ["-m", "tests.fuzz", "--inputs", str(asked.inputs), "--seed", str(asked.seed)]
        last, code = _last_line(command)
        rows.append(("files fuzzed", last))
        failed |= bool(code)
    if asked.faults:
        last, code = _last_line(["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/faults"])
        rows.append(("faults (tests/faults)", last.strip("= ")))
        failed |= bool(code)
    width = max(len(name) for name, _ in rows)
    for name, text in rows:
        print(f"{name:{width}}  {text}")
    print("failed" if failed else "nothing failed")
    return int(failed)


def window_rows(report: Report) -> list[tuple[str, str]]:
    """Rows of the table about the window."""
    rows = [
        ("exceptions and warnings", f"{len(report.complaints)}"),
        ("stale results", f"{len(report.stale)}"),
        ("seconds", f"{report.seconds:.0f}"),
    ]
    for name, slope in report.slopes.items():
        first, last = report.ranges[name]
        text = f"{first:.0f} → {last:.0f}, {slope:+.2f} in 1,000 actions (second half)"
        rows.append((name, text))
    return rows


def too_steep(report: Report) -> list[str]:
    """Resources that grow."""
    return [name for name, slope in report.slopes.items() if slope > MOST_SLOPE[name]]


def _last_line(arguments: list[str]) -> tuple[str, int]:
    with tempfile.TemporaryFile("w+") as errors:
        done = subprocess.run(
            [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=errors, text=True
        )
    return (done.stdout.strip().splitlines() or ["nothing was printed"])[-1], done.returncode


if __name__ == "__main__":
    sys.exit(main())
