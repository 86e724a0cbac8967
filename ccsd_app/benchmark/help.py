"""How long `ccsd-app --help` takes, as a process."""

import subprocess
import sys
import time

from ccsd_app.benchmark.measured import Measurement, Measurements

ROUNDS = 5


def help_text() -> Measurements:
    """Time `ccsd-app --help`; the first run only warms up the disk's cache."""
    times: list[float] = []
    for _ in range(1 + ROUNDS):
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "ccsd_app", "--help"], capture_output=True, check=True
        )
        times.append(time.perf_counter() - start)
    return {"help_s": Measurement.of_median(times[1:])}
