"""Starts the window several times, one after another, and prints the timings of each start.

    python -m ccsd_app.benchmark.launches view CASE …       a line of JSON for each start

It is a separate program so that all starts can share the display of one `xvfb-run`, whose own
start is then not part of the timings.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from ccsd_app.benchmark.memory import tree_rss_mb

EXTENTS = ("short", "short", "short", "whole")
"""How much each start measures; the first one only warms up the disk's cache."""
TIMEOUT_S = 400.0
SAMPLE_S = 0.1


def main() -> None:
    """Start the window once for each of `EXTENTS`, and print a line of JSON after each."""
    with tempfile.TemporaryDirectory() as folder:
        # Measuring must not change the user's list of recent cases.
        environment = os.environ | {"CCSD_SETTINGS": str(Path(folder) / "settings.json")}
        for extent in EXTENTS:
            found = launch(extent, sys.argv[1:], environment, Path(folder))
            print(json.dumps(found), flush=True)  # noqa: T201
            if found["problem"]:
                return


def launch(
    extent: str, arguments: list[str], environment: dict[str, str], folder: Path
) -> dict[str, Any]:
    """Start the window once: `times`, `problem` ("" if none) and `peak_mb` (0 if unknown)."""
    out, err = folder / "out", folder / "err"
    peak_mb, deadline = 0.0, time.monotonic() + TIMEOUT_S
    with out.open("w") as stdout, err.open("w") as stderr:
        started = repr(time.time())
        command = [
            sys.executable,
            "-m",
            "ccsd_app.benchmark.window_run",
            started,
            extent,
            *arguments,
        ]
        child = subprocess.Popen(command, env=environment, stdout=stdout, stderr=stderr)
        try:
            while child.poll() is None and time.monotonic() < deadline:
                # Reading the memory takes time, too: not in starts whose time counts.
                if extent == "whole":
                    peak_mb = max(peak_mb, tree_rss_mb(child.pid) or 0.0)
                time.sleep(SAMPLE_S)
        finally:
            child.kill()
            child.wait()
    lines = [line for line in out.read_text().splitlines() if line.startswith("{")]
    if lines:
        return {**json.loads(lines[-1]), "peak_mb": peak_mb}
    lines = err.read_text().strip().splitlines() or [f"exit code {child.returncode}"]
    return {"times": {}, "problem": lines[-1], "peak_mb": peak_mb}


if __name__ == "__main__":
    main()
