"""Runs `ccsd-app view CASE` with a driver in its process that uses and times the window.

    python -m ccsd_app.benchmark.window_run STARTED short|whole view CASE …   prints JSON

STARTED is the time (`time.time()`) at which the process was started. The program itself is run
unchanged.
"""

import json
import runpy
import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from ccsd_app.benchmark.window_driver import EventLoopGaps, WindowDriver
from ccsd_app.qt.startup.application import make_application
from ccsd_app.qt.window.main_window import MainWindow
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.modality import ModalitySubset

REOPENINGS = 3
UNCACHED_EACH = 4
"""Most toggles to subsets that are not computed, after each opening."""
ALL_SUBSETS_ROUNDS = 2
"""How often all subsets are visited by keys while they are still being computed."""
CACHED_TOGGLES = 12
DEGRADATIONS = ("noise", "motion", "misregistration", "blur")
"""Done one after the other to one sequence, at this severity."""
SEVERITY = 3
FRAMES = 120
SCROLLS = 3

Times = dict[str, list[float]]


def main() -> None:
    """Run the program until the window closes, and measure the window once it is shown."""
    started, extent, *arguments = sys.argv[1:]

    def drive(window: MainWindow, opened: float, shown: float) -> None:
        times: Times = {"window_s": [shown - float(started)]}
        problem = ""
        try:
            driver = WindowDriver(window, window._session)
            driver.until(driver.shows_full)
            times["first_result_s"] = [time.time() - opened]
            if extent == "whole":
                times |= measure_window(driver)
        except Exception as error:  # noqa: BLE001 — reported to the parent process
            problem = f"{type(error).__name__}: {error}"
        print(json.dumps({"times": times, "problem": problem}), flush=True)  # noqa: T201
        window.close()

    watch = FirstPaint(drive)
    make_application().installEventFilter(watch)
    sys.argv = ["ccsd-app", *arguments]
    runpy.run_module("ccsd_app", run_name="__main__", alter_sys=True)


def measure_window(driver: WindowDriver) -> Times:
    """Time everything that a user does in the open window.

    Args:
        driver: Drives a window that shows the first result.
    """
    times: Times = {name: [] for name in ("first_slice_s", "again_s", "uncached_s", "cached_s")}
    for _ in range(REOPENINGS):
        slices, result = driver.reopen()
        times["first_slice_s"].append(slices)
        times["again_s"].append(result)
        for _ in range(UNCACHED_EACH):
            if (elapsed := driver.toggle_uncached()) is not None:
                times["uncached_s"].append(elapsed)
    for _ in range(ALL_SUBSETS_ROUNDS):
        driver.reopen()
        with EventLoopGaps() as gaps:
            times.setdefault("tour_s", []).extend(driver.visit_all_subsets())
        times.setdefault("gap_s", []).append(gaps.longest_s)
    driver.until(lambda: driver.state.complete and driver.state.activity is None)
    keys = driver.state.available
    if len(keys) > 1:
        alone = driver.state.used if len(driver.state.used) == 1 else None
        modality = next(m for m in keys if alone != ModalitySubset.of(m))
        pressed = [driver.press(modality) for _ in range(CACHED_TOGGLES + 2)]
        times["cached_s"] = pressed[2:]  # the first two warm up
    worst = max(keys)
    times["degrade_s"] = [
        driver.degrade(Degradations.parse([f"{worst.label}:{kind}={SEVERITY}"]))
        for kind in DEGRADATIONS
    ]
    driver.degrade(Degradations())
    driver.scroll(FRAMES // 4)
    times["scroll_fps"] = [driver.scroll(FRAMES) for _ in range(SCROLLS)]
    return times


class FirstPaint(QObject):
    """Calls `then(window, opened, shown)` once the main window is on the screen.

    The program opens the case as soon as it has shown the window, so `opened` is the moment when
    the window is shown; `shown` is when its first picture has been painted.
    """

    def __init__(self, then: Callable[[MainWindow, float, float], None]) -> None:
        super().__init__()
        self._then = then
        self._opened = 0.0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, MainWindow):
            if event.type() == QEvent.Type.Show:
                self._opened = time.time()
            elif event.type() == QEvent.Type.Paint:
                application = QApplication.instance()
                assert application is not None
                application.removeEventFilter(self)
                # After all widgets of this event have been painted.
                QTimer.singleShot(0, lambda: self._then(watched, self._opened, time.time()))
        return False


if __name__ == "__main__":
    main()
