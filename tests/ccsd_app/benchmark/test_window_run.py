"""What the benchmark does in the real window, on the made-up inference process."""

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from ccsd_app.benchmark import window_run as benchmark
from ccsd_app.benchmark.window_driver import EventLoopGaps, WindowDriver
from ccsd_core.domain.modality import Modality, ModalitySubset


@pytest.fixture
def driver(open_window):
    parts = open_window()
    return WindowDriver(parts.window, parts.session, timeout_s=60)


def test_a_press_ends_when_the_screen_shows_what_was_asked_for(driver):
    taken = driver.press(Modality.T1C)

    assert taken > 0
    assert driver.state.shown == ModalitySubset.full().toggled(Modality.T1C)
    assert driver.window.views.view3d.up_to_date
    assert not driver.shows_full()


def test_nothing_is_left_to_toggle_once_all_is_computed(driver):
    assert driver.toggle_uncached() is None


def test_a_tour_shows_every_subset_once(driver):
    shown = []
    driver._session.changed.connect(lambda old, new: shown.append(new.shown))

    assert len(driver.visit_all_subsets()) == len(ModalitySubset.every())
    assert set(shown) == set(ModalitySubset.every())
    assert driver.shows_full()


def test_a_pause_of_the_window_is_noticed(driver):
    with EventLoopGaps() as gaps:
        QTest.qWait(50)
        time.sleep(0.3)
        QTest.qWait(50)

    assert gaps.longest_s >= 0.3


def test_a_problem_in_the_window_ends_the_waiting(driver):
    driver._session.become(driver.state.with_problem("it broke"))

    with pytest.raises(RuntimeError, match="it broke"):
        driver.until(lambda: False)


def test_waiting_ends_after_the_timeout(open_window):
    parts = open_window()
    hasty = WindowDriver(parts.window, parts.session, timeout_s=0.1)

    with pytest.raises(RuntimeError, match="no result"):
        hasty.until(lambda: False)


def test_a_whole_run_times_everything(open_window, monkeypatch):
    for name in ("REOPENINGS", "UNCACHED_EACH", "SCROLLS", "ALL_SUBSETS_ROUNDS"):
        monkeypatch.setattr(benchmark, name, 1)
    monkeypatch.setattr(benchmark, "CACHED_TOGGLES", 2)
    monkeypatch.setattr(benchmark, "FRAMES", 8)
    parts = open_window(model="slow")

    times = benchmark.measure_window(WindowDriver(parts.window, parts.session, timeout_s=60))

    assert {name: len(values) for name, values in times.items()} == {
        "first_slice_s": 1,
        "again_s": 1,
        "uncached_s": 1,
        "cached_s": 2,
        "tour_s": len(ModalitySubset.every()),
        "gap_s": 1,
        "degrade_s": 4,
        "scroll_fps": 1,
    }
    assert all(value > 0 for values in times.values() for value in values)


def test_the_first_picture_of_the_window_is_noticed_once(open_window, qapp, qtbot):
    seen = []
    watch = benchmark.FirstPaint(lambda window, opened, shown: seen.append((window, opened, shown)))
    qapp.installEventFilter(watch)
    parts = open_window()
    QTest.keyClick(parts.window, Qt.Key.Key_3)
    parts.window.repaint()

    assert len(seen) == 1
    window, opened, shown = seen[0]
    assert window is parts.window
    assert 0 < opened <= shown
