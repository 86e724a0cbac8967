"""Measurements of the real window, started in separate processes on a display."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ccsd_app.benchmark.launches import EXTENTS
from ccsd_app.benchmark.measured import Measurement, Measurements
from ccsd_app.main import WINDOW_LIBRARIES
from ccsd_core.progress import Progress, Steps

XVFB = ("xvfb-run", "-a", "-s", "-screen 0 1600x1200x24")
STARTS = len(EXTENTS)
Summary = Callable[[Sequence[float], str], Measurement]
KEYS = (
    *("window_s", "first_slice_s", "scroll_fps", "open_to_first_result_s"),
    *("toggle_cached_ms", "toggle_uncached_ms", "tour_median_ms", "tour_worst_ms"),
    *("longest_gap_ms", "degrade_s", "peak_rss_mb"),
)


def measure_window(case: Path, *, model: str | None, device: str) -> Steps[Measurements]:
    """Start the window several times; if it cannot start, every measurement has the reason."""
    reason, prefix, environment = display()
    if reason:
        return dict.fromkeys(KEYS, Measurement(None, reason))
    arguments = ["view", str(case), "--device", device]
    arguments += [] if model is None else ["--model", model]
    command = [*prefix, sys.executable, "-m", "ccsd_app.benchmark.launches", *arguments]
    starts: list[dict[str, Any]] = []
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as launcher:
        assert launcher.stdout is not None
        try:
            yield Progress(0, STARTS, "window, first start")
            for line in launcher.stdout:
                if line.startswith("{"):
                    starts.append(json.loads(line))
                    yield Progress(
                        len(starts), STARTS, f"window, start {len(starts)} of {STARTS} done"
                    )
        finally:
            launcher.terminate()
    return read(starts)


def display(
    environment: Mapping[str, str] = os.environ,
    *,
    platform: str = sys.platform,
    found: Callable[[str], object | None] = shutil.which,
    installed: Callable[[str], object | None] = find_spec,
) -> tuple[str, tuple[str, ...], dict[str, str]]:
    """The reason why no window can open ("" if one can), a command prefix, and the environment."""
    env = dict(environment)
    missing = [name for name in WINDOW_LIBRARIES if installed(name) is None]
    if missing:
        return f"not installed: {', '.join(missing)}", (), env
    if not platform.startswith("linux"):
        return "", (), env
    env["QT_QPA_PLATFORM"] = "xcb"
    if env.get("DISPLAY"):
        return "", (), env
    if found(XVFB[0]):
        return "", XVFB, env
    return "no display, and xvfb-run is not installed", (), env


def read(starts: list[dict[str, Any]]) -> Measurements:
    """The measurements from the starts' output, without the first one, which warms up."""
    problem = next((t["problem"] for t in starts if t["problem"]), "")
    if not problem and len(starts) < STARTS:
        problem = f"the window started {len(starts)} of {STARTS} times"
    times: dict[str, list[float]] = {}
    for start in starts[1:]:
        for name, values in start["times"].items():
            times.setdefault(name, []).extend(values)
    peak_mb = max((t["peak_mb"] for t in starts), default=0.0)

    def measurement(
        name: str, remark: str = "", *, scale: float = 1.0, summary: Summary = Measurement.of_median
    ) -> Measurement:
        values = [scale * value for value in times.get(name, [])]
        if not values:
            return Measurement(None, problem or "nothing to measure in this case")
        return summary(values, remark)

    again = measurement("again_s").value
    remark_of_first = "with loading the model" + (
        f"; {again:.2f} s in the open window" if again else ""
    )
    unknown = problem or "not available on this system (/proc)"
    return {
        "window_s": measurement("window_s"),
        "first_slice_s": measurement("first_slice_s"),
        "scroll_fps": measurement("scroll_fps"),
        "open_to_first_result_s": measurement("first_result_s", remark_of_first),
        "toggle_cached_ms": measurement("cached_s", scale=1e3),
        "toggle_uncached_ms": measurement("uncached_s", scale=1e3),
        "tour_median_ms": measurement("tour_s", scale=1e3),
        "tour_worst_ms": measurement("tour_s", scale=1e3, summary=Measurement.of_worst),
        "degrade_s": measurement("degrade_s"),
        "longest_gap_ms": measurement("gap_s", scale=1e3, summary=Measurement.of_worst),
        "peak_rss_mb": Measurement(peak_mb, "highest sum of both processes")
        if peak_mb
        else Measurement(None, unknown),
    }
