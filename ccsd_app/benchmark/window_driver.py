"""Operates the window as a user does, and times it: from a key press to pixels and numbers.

key ──▶ state ──▶ three slices painted, surfaces and numbers up to date ──▶ display synchronised

Only for measuring. Waiting sleeps in Qt's event loop, so that the inference process has the
cores for itself.
"""

import time
from collections.abc import Callable, Collection, Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from ccsd_app.qt.window.main_window import MainWindow
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

HEARTBEAT_MS = 200
"""Interval in milliseconds of the checks while waiting."""
GAP_TIMER_MS = 2
KEYS = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4)


class WindowDriver:
    """Drives one window.

    Args:
        window: The window, shown.
        session: Its session.
        timeout_s: Waiting for longer than this, in seconds, is an error.
    """

    def __init__(self, window: MainWindow, session: Session, *, timeout_s: float = 240) -> None:
        self.window = window
        self._session = session
        self._timeout_s = timeout_s
        self._painted = _PaintWatcher(list(window.views.slices.values()))
        self._heartbeat = QTimer()
        self._heartbeat.start(HEARTBEAT_MS)

    @property
    def state(self) -> State:
        return self._session.state

    def until(self, condition: Callable[[], bool]) -> None:
        """Process Qt events until `condition` holds.

        Raises:
            RuntimeError: If the window reports a problem, or nothing happens for too long.
        """
        deadline = time.monotonic() + self._timeout_s
        while not condition():
            if self.state.problem:
                raise RuntimeError(self.state.problem)
            if time.monotonic() > deadline:
                raise RuntimeError(f"no result within {self._timeout_s:.0f} s")
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        QGuiApplication.sync()

    def shows_full(self) -> bool:
        """Whether the result of the full input is on screen."""
        state = self.state
        return state.case is not None and self._shows(state.case.available)

    def press(self, modality: Modality) -> float:
        """Toggle a sequence by its key; seconds until the screen shows the result."""
        return self._timed(KEYS[modality], self.state.used.toggled(modality))

    def toggle_uncached(self) -> float | None:
        """Time in seconds of a key press to a subset that is not computed; None if all are."""
        busy = self.state.activity.subset if self.state.activity else None
        for modality in self.state.available:
            if self.state.used == ModalitySubset.of(modality):
                continue
            target = self.state.used.toggled(modality)
            if target not in self.state.results and target != busy:
                return self.press(modality)
        return None

    def visit_all_subsets(self) -> list[float]:
        """Visit every subset by keys, each as soon as the previous one is on screen.

        The nearest subset that was not visited yet comes next; some need two keys. The full set,
        which is on screen at first, is visited last, by the key 0.

        Returns:
            Seconds from key to screen, for the first visit to each subset.
        """
        assert self.state.case is not None
        whole = self.state.case.available
        unvisited = set(whole.subsets()) - {self.state.used}
        times: list[float] = []
        while unvisited:
            for modality in _keys_to_nearest(self.state.used, unvisited):
                target = self.state.used.toggled(modality)
                elapsed = self.press(modality)
                if target in unvisited:
                    unvisited.remove(target)
                    times.append(elapsed)
        if self.state.used != whole:
            times.append(self._timed(Qt.Key.Key_0, whole))
        return times

    def degrade(self, degradations: Degradations) -> float:
        """Degrade sequences, all of them given to the model; seconds until the result is shown."""
        assert self.state.case is not None
        whole = self.state.case.available
        self._session.become(self.state.using(whole))
        self.until(lambda: self._shows(whole))
        self._painted.clear()
        start = time.perf_counter()
        self._session.become(self.state.degrading(degradations))
        self.until(lambda: self.state.applied == degradations and self._shows(whole))
        return time.perf_counter() - start

    def reopen(self) -> tuple[float, float]:
        """Open the case again; seconds until its slices, and until its first result."""
        before = self.state.case
        assert before is not None
        opened = self.window.engine.opened
        assert opened is not None
        self._painted.clear()
        start = time.perf_counter()
        self.window.opener.open(opened.path, opened.files)
        self.until(lambda: self.state.case is not before and self._painted.all)
        slices = time.perf_counter() - start
        self.until(self.shows_full)
        return slices, time.perf_counter() - start

    def scroll(self, frames: int) -> float:
        """Frames per second while the crosshair moves through all three views at once."""
        assert self.state.case is not None
        quarters = [n // 4 for n in self.state.case.grid.shape]
        start = time.perf_counter()
        for frame in range(frames):
            x, y, z = (q + frame % (2 * q) for q in quarters)
            self._painted.clear()
            self._session.become(self.state.with_cursor((x, y, z)))
            self.until(lambda: self._painted.all)
        return frames / (time.perf_counter() - start)

    def _timed(self, key: Qt.Key, wanted: ModalitySubset) -> float:
        self._painted.clear()
        start = time.perf_counter()
        QTest.keyClick(self.window, key)
        self.until(lambda: self._shows(wanted))
        return time.perf_counter() - start

    def _shows(self, subset: ModalitySubset) -> bool:
        return (
            self.state.shown == self.state.used == subset
            and self._painted.all
            and self.window.views.view3d.up_to_date
            and all(self._number(region).isEnabled() for region in Region)
        )

    def _number(self, region: Region) -> QLabel:
        found = self.window.findChild(QLabel, f"{region.name}_volume")
        assert isinstance(found, QLabel)
        return found


class EventLoopGaps:
    """Measures the longest time that the event loop was blocked.

    A context manager; `longest_s` is the longest time between two timeouts of a fast timer.
    """

    def __init__(self) -> None:
        self.longest_s = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)
        self._last = 0.0

    def __enter__(self) -> "EventLoopGaps":
        self._last = time.perf_counter()
        self._timer.start(GAP_TIMER_MS)
        return self

    def __exit__(self, *_: object) -> None:
        self._on_timeout()
        self._timer.stop()

    def _on_timeout(self) -> None:
        now = time.perf_counter()
        self.longest_s = max(self.longest_s, now - self._last)
        self._last = now


def _keys_to_nearest(start: ModalitySubset, wanted: Collection[ModalitySubset]) -> list[Modality]:
    """The fewest toggles to any of some subsets; additions come first, so that none is empty."""
    nearest = min(wanted, key=lambda subset: (subset.bits ^ start.bits).bit_count())
    added = [m for m in nearest if m not in start]
    return added + [m for m in start if m not in nearest]


class _PaintWatcher(QObject):
    """Records which of some widgets were painted since `clear`."""

    def __init__(self, widgets: Sequence[QObject]) -> None:
        super().__init__()
        self._waiting = self._widgets = list(widgets)
        for widget in widgets:
            widget.installEventFilter(self)

    @property
    def all(self) -> bool:
        return not self._waiting

    def clear(self) -> None:
        self._waiting = list(self._widgets)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._waiting = [widget for widget in self._waiting if widget is not watched]
        return False
