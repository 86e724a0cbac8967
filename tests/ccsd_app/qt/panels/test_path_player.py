"""The path player in the real window: it plays, waits, pauses, and is exported as a GIF."""

import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QToolButton

from ccsd_app.qt.panels.curve_plot import OFFSET, CurvePlotWidget
from ccsd_app.qt.panels.path_player import PathPlayerBar
from ccsd_app.qt.widgets.choice_button import MenuButton
from ccsd_app.qt.widgets.labels import ElidedLabel
from ccsd_app.session.on_demand import CRITICALITY
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.progress import Progress

TIMEOUT_MS = 60_000
FULL = ModalitySubset.full()
EVERY_PAIR_AND_MORE = [
    pytest.param(s, id=str(s)) for s in ModalitySubset.every() if 1 < len(s) < len(Modality)
]


class Player:
    """The window's player, as the user has it in hand."""

    def __init__(self, parts) -> None:
        self.window, self.session = parts.window, parts.session
        self.bar = self.window.findChild(PathPlayerBar, "path_player")
        self.seen: list[ModalitySubset] = []
        self.session.changed.connect(self._watch)

    def _watch(self, old, new) -> None:
        if new.shown != old.shown:
            self.seen.append(new.shown)

    def button(self, name: str) -> QToolButton:
        return self.bar.findChild(QToolButton, f"path_{name}")

    def choose(self, name: str) -> None:
        """Open the menu of paths and take one."""
        menu = self.bar.findChild(MenuButton, "path_kind").choices_menu
        menu.aboutToShow.emit()
        next(entry for entry in menu.actions() if entry.objectName() == f"path_{name}").trigger()

    @property
    def path(self) -> tuple[ModalitySubset, ...]:
        return self.window.path_player.view.path.subsets

    @property
    def playing(self) -> bool:
        return self.window.path_player.view.setup.playing

    @property
    def steps(self) -> list[QToolButton]:
        return [b for b in self.bar.findChildren(QToolButton) if b.property("role") == "step"]

    @property
    def text(self) -> str:
        return self.bar.findChild(ElidedLabel, "path_text").text()

    def hurry(self) -> None:
        """Twice as fast as the fastest, for tests."""
        self.window.path_player.set_speed(10.0)

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.window, key)


@pytest.fixture
def player(open_window):
    return lambda *args, **how: Player(open_window(*args, **how))


def test_p_plays_from_all_sequences_down_to_one_and_stops(player, qtbot):
    at = player()
    at.hurry()

    at.press(Qt.Key.Key_P)
    assert at.playing
    assert at.button("play").accessibleName() == "Pause"
    qtbot.waitUntil(lambda: not at.playing, timeout=TIMEOUT_MS)

    assert at.seen == list(at.path[1:])
    assert at.session.state.shown == at.path[-1]
    assert [step.isChecked() for step in at.steps] == [False, False, False, True]
    assert at.button("play").accessibleName() == "Play the stepwise removal"


@pytest.mark.parametrize("available", EVERY_PAIR_AND_MORE)
def test_a_patient_without_some_sequences_has_a_shorter_path(player, qtbot, available):
    at = player(f"p_{available}")
    at.hurry()
    at.button("play").click()
    qtbot.waitUntil(lambda: not at.playing, timeout=TIMEOUT_MS)
    assert len(at.path) == len(available)
    assert at.session.state.shown == at.path[-1]
    texts = [step.text() for step in at.steps if step.isVisible() and step.isEnabled()]
    assert texts[0] == f"all {len(available)}"
    assert texts[-1] == f"only {at.path[-1].label}"


def test_a_step_is_shown_as_long_as_the_speed_says(player, qtbot):
    at = player()
    at.window.path_player.set_speed(2.0)
    at.press(Qt.Key.Key_P)
    qtbot.wait(250)
    assert at.seen == []
    qtbot.waitUntil(lambda: len(at.seen) == 1, timeout=2000)
    qtbot.wait(250)
    assert len(at.seen) == 1


def test_it_waits_for_what_is_not_computed_and_then_goes_on(player, qtbot):
    at = player(model="slow", until="result")
    at.hurry()
    at.choose("RANDOM")

    at.button("play").click()
    assert at.playing
    qtbot.waitUntil(lambda: at.session.state.waiting, timeout=TIMEOUT_MS)
    assert at.text.endswith("computing…")
    qtbot.waitUntil(lambda: at.session.state.shown == at.path[-1], timeout=TIMEOUT_MS)

    assert at.seen == list(at.path[1:])
    assert not at.session.state.complete  # what was wanted came first


def test_escape_pauses_and_lets_computing_go_on(player, qtbot):
    at = player(model="slow", until="result")
    at.choose("LEAST_LOSS")
    at.press(Qt.Key.Key_P)
    assert at.playing

    at.press(Qt.Key.Key_Escape)

    assert not at.playing
    assert not at.session.state.stopped
    qtbot.waitUntil(lambda: at.session.state.complete, timeout=TIMEOUT_MS)
    assert at.session.state.shown == FULL


@pytest.mark.parametrize("modality", Modality)
def test_a_toggle_pauses(player, modality, qtbot):
    at = player()
    at.press(Qt.Key.Key_P)
    at.press(Qt.Key(Qt.Key.Key_1 + modality))
    assert not at.playing
    qtbot.wait(1200)
    assert at.session.state.shown == FULL.toggled(modality)


def test_a_click_on_a_step_goes_there_and_the_arrows_step(player):
    at = player()
    at.choose("GREATEST_LOSS")
    at.steps[2].click()
    assert at.session.state.shown == at.path[2]
    assert [step.isChecked() for step in at.steps] == [False, False, True, False]
    at.button("back").click()
    assert at.session.state.shown == at.path[1]
    at.button("ahead").click()
    at.button("ahead").click()
    assert at.session.state.shown == at.path[3]
    assert not at.button("ahead").isEnabled()
    at.steps[3].click()
    assert at.steps[3].isChecked()


def test_with_loop_it_plays_on(player, qtbot):
    at = player()
    at.hurry()
    at.button("loop").click()
    at.press(Qt.Key.Key_P)
    qtbot.waitUntil(lambda: len(at.seen) > 5, timeout=TIMEOUT_MS)
    assert at.playing
    assert at.seen[:5] == [*at.path[1:], FULL, at.path[1]]
    at.press(Qt.Key.Key_P)
    assert not at.playing


def test_the_curve_draws_the_path_through_the_points_of_its_subsets(player):
    at = player()
    plot = at.window.findChild(CurvePlotWidget, "curve_plot")
    assert not any(items.path.isVisible() for items in plot._regions.values())

    at.choose("LEAST_LOSS")

    for region in Region:
        x, y = plot._regions[region].path.getData()
        results = at.session.state.results
        drawn = dict(zip(np.round(x - OFFSET[region]).astype(int), y, strict=True))
        expected = {len(subset): results[subset].dice[region] for subset in at.path}
        assert drawn == pytest.approx(expected)
    assert at.window.findChild(ElidedLabel, "curve_hint").text().endswith("smallest drop first")
    at.choose("none")
    assert not any(items.path.isVisible() for items in plot._regions.values())


def test_the_stepwise_removal_is_a_gif_that_names_its_subsets_and_order(
    player, qtbot, tmp_path, monkeypatch, film_answer
):
    at = player()
    monkeypatch.setattr(
        QFileDialog,
        "getSaveFileName",
        lambda parent, title, suggested, filters: (str(tmp_path / Path(suggested).name), filters),
    )
    assert not at.button("gif").isEnabled()
    at.choose("LEAST_LOSS")
    at.window.path_player.set_speed(2.0)
    at.press(Qt.Key.Key_P)

    at.button("gif").click()
    assert film_answer.asked == 1
    assert not at.playing
    qtbot.waitUntil(lambda: not at.window.exporter.run.busy, timeout=TIMEOUT_MS)

    with Image.open(tmp_path / "p_all_stepwise-removal.gif") as image:
        assert image.n_frames == 4
        assert image.info["duration"] == 500
        comment = image.info["comment"].decode()
    assert "subsets: " + " > ".join(str(s) for s in at.path) in comment
    assert "order: smallest drop first" in comment


def test_while_another_export_runs_the_stepwise_removal_is_not_saved_and_goes_on(player):
    at = player()
    at.choose("LEAST_LOSS")
    gif, run = at.button("gif"), at.window.exporter.run
    assert (gif.isEnabled(), gif.toolTip()) == (True, "Export the stepwise removal as film or GIF…")
    at.press(Qt.Key.Key_P)

    def endless():
        while True:
            yield Progress(0, 0, "waiting")
            time.sleep(0.01)

    run.write(endless(), "waiting")
    gif.click()

    assert (gif.isEnabled(), gif.toolTip()) == (False, "Another export is running")
    assert at.playing
    run.cancel()
    assert (gif.isEnabled(), gif.toolTip()) == (True, "Export the stepwise removal as film or GIF…")


def test_the_order_of_the_method_is_added_to_the_open_menu(player, qtbot):
    at = player()
    kinds = at.bar.findChild(MenuButton, "path_kind")
    kinds.choices_menu.popup(kinds.mapToGlobal(kinds.rect().bottomLeft()))

    def names() -> list[str]:
        return [entry.objectName() for entry in kinds.choices_menu.actions()]

    def enabled() -> bool:
        return kinds.choices_menu.actions()[names().index("path_MOST_CRITICAL")].isEnabled()

    qtbot.waitUntil(enabled, timeout=TIMEOUT_MS)
    kinds.choices_menu.actions()[names().index("path_MOST_CRITICAL")].trigger()
    kinds.choices_menu.close()

    assert at.path == at.session.state.on_demand.value(CRITICALITY).path
    assert kinds.text() == "Least replaceable first"
    at.choose("LEAST_CRITICAL")
    assert at.path[1] != at.session.state.on_demand.value(CRITICALITY).path[1]
    assert at.path[0] == FULL


def test_without_a_model_there_is_nothing_to_play_and_it_says_why(player, qtbot):
    at = player(model="missing", until="model_problem")
    qtbot.waitUntil(lambda: at.session.state.case is not None, timeout=TIMEOUT_MS)
    at.press(Qt.Key.Key_P)
    assert not at.playing
    assert not at.button("play").isEnabled()
    assert "No model" in at.text


def test_the_menu_states_how_each_path_is_chosen(player):
    at = player()
    menu = at.bar.findChild(MenuButton, "path_kind").choices_menu
    menu.aboutToShow.emit()
    entries: list[QAction] = menu.actions()
    assert [entry.text() for entry in entries] == [
        "No removal order",
        "Largest drop first",
        "Smallest drop first",
        "Random order, seed 1",
        "Least replaceable first: computing…",
        "Most replaceable first: computing…",
    ]
    assert [entry.isEnabled() for entry in entries] == [True] * 4 + [False] * 2
    assert all("Dice" in entry.toolTip() for entry in entries[1:3])
