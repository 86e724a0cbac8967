"""Torture of the real window: a monkey, cases opened and closed, sequences toggled.

The inference process is a real process whose predictor is made up (`fake_worker`), so that a
run is about the window and not about the network's arithmetic.
"""

import math
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ccsd_app.qt.startup.application import Parts, assemble
from tests.torture.monkey import Monkey, close_popups
from tests.torture.watch import Complaints, Meter

FAKES = Path(__file__).parents[1] / "ccsd_app" / "fakes"
CASES = ("p", "q_FLAIR+T1c", "r_T1+T2", "s_T2", "t_unlabelled")
TIMEOUT_S = 120.0
TOGGLES = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4)


@dataclass
class Report:
    """What was done and what was found.

    Args:
        counts: Number of actions by kind.
        complaints: Exceptions and warnings.
        stale: Moments at which the screen showed something else than what was asked for.
        slopes: Growth in 1,000 actions, by resource.
        seconds: How long it took.
    """

    counts: dict[str, int] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    slopes: dict[str, float] = field(default_factory=dict)
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def failures(self) -> int:
        return len(self.complaints) + len(self.stale)


def torture(
    *, actions: int, cases: int, toggles: int, seed: int = 0, minutes: float = math.inf
) -> Report:
    """Run everything once in a window of its own; a `QApplication` is there."""
    report, meter = Report(), Meter()
    until_s = time.monotonic() + 60 * minutes
    sys.path.insert(0, str(FAKES))
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as home, Complaints() as complaints:
        for name in ("CCSD_SETTINGS", "CCSD_CACHE"):
            os.environ[name] = str(Path(home, name.lower()))
        os.chdir(home)  # where exports would go
        import fake_worker

        parts = assemble(program="fake_worker", read_case=fake_worker.load_case)
        try:
            parts.window.resize(1280, 800)
            parts.window.show()
            parts.window.begin(Path(CASES[0]), model="good", device="cpu")
            _settle(parts, report, "begin")
            _build_what_is_built_once(parts)
            _toggle(parts, report, toggles, seed, complaints, meter)
            _open(parts, report, cases, complaints)
            _play(parts, report, actions, seed, complaints, meter, until_s)
        finally:
            close_popups()
            parts.window.close()
            parts.window.deleteLater()
            QApplication.processEvents()
    sys.path.remove(str(FAKES))
    report.complaints, report.slopes = complaints.found, meter.slopes()
    report.ranges = {n: (v[0], v[-1]) for n, v in meter.values.items()}
    report.seconds = time.monotonic() - begun
    return report


def _build_what_is_built_once(parts: Parts) -> None:
    """Open dialogs that stay in memory, so that their size is not taken for growth."""
    parts.window.dialogs.show_training()
    QApplication.processEvents()
    parts.window.dialogs.training.close()


def _toggle(
    parts: Parts, report: Report, count: int, seed: int, complaints: Complaints, meter: Meter
) -> None:
    chance = random.Random(seed)
    for number in range(count):
        complaints.doing = f"toggle {number}"
        QTest.keyClick(parts.window, chance.choice(TOGGLES))
        if number % 50 == 49:
            _settle(parts, report, complaints.doing)
        else:
            QApplication.processEvents()
        if number % max(1, count // 20) == 0:
            meter.measure(number)
    report.counts["toggles"] = count


def _open(parts: Parts, report: Report, count: int, complaints: Complaints) -> None:
    for number in range(count):
        complaints.doing = f"case {number}"
        parts.window.opener.open(Path(CASES[number % len(CASES)]))
        if number % 3:
            _settle(parts, report, complaints.doing)
        else:
            QApplication.processEvents()  # the next one comes before this one is there
    report.counts["cases opened"] = count


def _play(
    parts: Parts,
    report: Report,
    count: int,
    seed: int,
    complaints: Complaints,
    meter: Meter,
    until_s: float,
) -> None:
    monkey = Monkey(parts.window, seed)
    base = meter.actions[-1] if meter.actions else 0
    number = -1
    for number in range(count):
        if time.monotonic() > until_s:
            break
        complaints.doing = f"after action {number}"
        complaints.doing = f"action {number}, {monkey.act()}"
        if not parts.window.isVisible():
            parts.window.show()
        if number % 250 == 249:
            monkey.stop()
            _settle(parts, report, complaints.doing)
            monkey = Monkey(parts.window, seed + number)
        if number % max(1, count // 40) == 0:
            meter.measure(base + number)
    monkey.stop()
    _settle(parts, report, "the last action")
    report.counts["random actions"] = number + 1


def _settle(parts: Parts, report: Report, doing: str) -> None:
    """Wait until everything that was asked for is there; say so if it is not, or is stale."""
    session = parts.session

    def settled() -> bool:
        state = session.state
        return bool(state.problem) or state.case is None or state.shown == state.used

    if not _until(settled):
        report.stale.append(f"{doing}: {session.state.used} was asked for and never shown")
        return
    state = session.state
    if state.problem or state.case is None:
        return
    if state.result is None or state.result.subset != state.shown:
        report.stale.append(f"{doing}: the result shown is not that of {state.shown}")


def _until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        if time.monotonic() > deadline:
            return False
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        QTest.qWait(5)
    return True
