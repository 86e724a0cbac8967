"""The path player: the choice of a removal order, play and step buttons, and the steps.

[smallest drop first ▾]   ⏮ ▶ ⏭   1 /s ▾  ↻  GIF
[all 4] ▸ [− T1] ▸ [− T2] ▸ [only T1c]
without T1: mean Dice 0.853, −0.021
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from psygnal import SignalInstance
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ccsd_app.qt.widgets.choice_button import Choices, MenuButton
from ccsd_app.qt.widgets.flat_button import flat_button
from ccsd_app.qt.widgets.icons import icon
from ccsd_app.qt.widgets.labels import ElidedLabel
from ccsd_app.viewmodel.common.sentence import sentence
from ccsd_app.viewmodel.panels.path_player import SPEEDS, PathPlayer
from ccsd_app.viewmodel.panels.path_steps import PathStep
from ccsd_app.viewmodel.panels.path_view import PlayerView
from ccsd_core.domain.modality import Modality, ModalitySubset

NO_PATH, CHOOSE = "No removal order", "Removal order"
SPEED_TEXTS = {0.5: "½ /s", 1.0: "1 /s", 2.0: "2 /s"}
SPEED_HINTS = {
    0.5: "One step every two seconds",
    1.0: "One step per second",
    2.0: "Two steps per second",
}


@dataclass(frozen=True, slots=True)
class RemovalExport:
    """How the player's path is saved as a film.

    Args:
        refused: Why no path can be saved now; "" if one can.
        save: Called with the subsets, the name of their order, and the seconds of a step.
        changed: Emitted when exporting becomes possible or impossible.
    """

    refused: Callable[[], str]
    save: Callable[[Sequence[ModalitySubset], str, float], None]
    changed: SignalInstance


class PathPlayerBar(QWidget):
    """Draws a `PathPlayer` and times its steps.

    Args:
        player: The view-model.
        removal: Saves the path as a film.
        parent: Qt parent.
    """

    def __init__(
        self, player: PathPlayer, removal: RemovalExport, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("path_player")
        self._player = player
        self._removal = removal
        self._step_timer = QTimer(self)
        self._step_timer.setSingleShot(True)
        self._step_timer.timeout.connect(player.advance)
        self._timed: tuple[ModalitySubset | None, float] = (None, 0.0)
        self._kinds = MenuButton("", "path_kind", "Choose the removal order")
        self._kinds.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._kinds.choices_menu.setToolTipsVisible(True)
        self._kinds.choices_menu.aboutToShow.connect(self._on_menu)
        self._offered: list[str] = []
        self._steps = [_StepButton(player, place) for place in range(1, len(Modality) + 1)]
        self._text = ElidedLabel(role="small", name="path_text", mode=Qt.TextElideMode.ElideRight)
        row = QHBoxLayout()
        row.setSpacing(5)
        row.setContentsMargins(0, 0, 0, 0)
        for step in self._steps:
            row.addWidget(step, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 4)
        layout.setSpacing(2)
        layout.addLayout(self._controls())
        layout.addLayout(row)
        layout.addWidget(self._text)
        player.shown.changed.connect(self._show)
        removal.changed.connect(self._show_gif)
        self._show(player.view)

    def _controls(self) -> QHBoxLayout:
        player = self._player
        self._back = flat_button(
            "", "path_back", "Add one sequence", player.back, picture="step_back"
        )
        self._play = flat_button("", "path_play", "", player.toggle, picture="play")
        self._ahead = flat_button(
            "",
            "path_ahead",
            "Remove one sequence",
            player.forward,
            picture="step_ahead",
        )
        self._speed = MenuButton("", "path_speed", "Set the speed")
        entries = [(speed, SPEED_TEXTS[speed], SPEED_HINTS[speed]) for speed in SPEEDS]
        self._speeds = Choices(self._speed.choices_menu, entries, player.set_speed)
        hint = "Loop"
        self._loop = flat_button(
            "", "path_loop", hint, player.toggle_loop, picture="loop", checkable=True
        )
        self._gif = flat_button(
            "",
            "path_gif",
            "",
            self._on_export,
            accessible_text="Export the stepwise removal as film or GIF",
            picture="gif",
        )
        controls = QHBoxLayout()
        controls.setSpacing(2)
        controls.addWidget(self._kinds, 1)
        for button in (self._back, self._play, self._ahead, self._loop, self._gif):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setProperty("role", "icon")
            controls.addWidget(button)
        controls.insertWidget(controls.indexOf(self._loop), self._speed)
        return controls

    def _on_menu(self) -> None:
        self._player.request_cosine_order()
        self._fill()

    def _fill(self) -> None:
        """Fill the menu with the removal orders that can be chosen now, with their tooltips."""
        menu, view = self._kinds.choices_menu, self._player.view
        self._offered = _offered(view)
        menu.clear()
        group = QActionGroup(menu)
        for kind, path in ((None, None), *view.kinds):
            entry = QAction(NO_PATH if path is None else sentence(path.name), menu)
            entry.setObjectName("path_none" if kind is None else f"path_{kind.name}")
            entry.setToolTip("" if path is None else path.why)
            entry.setCheckable(True)
            entry.setChecked(kind is view.setup.kind)
            entry.triggered.connect(lambda *_, kind=kind: self._player.choose(kind))
            group.addAction(entry)
            menu.addAction(entry)
        for kind, why in view.later:
            entry = QAction(sentence(f"{kind.value}: {why}"), menu)
            entry.setObjectName(f"path_{kind.name}")
            entry.setEnabled(False)
            menu.addAction(entry)

    def _show(self, view: PlayerView) -> None:
        self._kinds.setText(CHOOSE if view.path is None else sentence(view.path.name))
        self._kinds.setToolTip(self._kinds.accessibleName() if view.path is None else view.path.why)
        self._kinds.setEnabled(not view.refused)
        if self._kinds.choices_menu.isVisible() and self._offered != _offered(view):
            self._fill()  # the order by cosine criticality has been computed meanwhile
        self._back.setEnabled(view.back is not None)
        self._ahead.setEnabled(view.ahead is not None)
        playing = view.setup.playing
        self._play.setEnabled(not view.refused)
        self._play.setIcon(icon("pause" if playing else "play"))
        self._play.setToolTip(view.refused or ("Pause (P)" if playing else "Play (P)"))
        self._play.setAccessibleName("Pause" if playing else "Play the stepwise removal")
        self._speed.setText(self._speeds.show(view.setup.speed))
        self._loop.setChecked(view.setup.loop)
        self._show_gif()
        steps = (*view.steps, *[None] * (len(self._steps) - len(view.steps)))
        for button, step in zip(self._steps, steps, strict=True):
            button.show_step(step)
            button.setVisible(bool(view.steps))
        self._text.setText(view.text)
        self._text.setToolTip("" if view.path is None else f"{view.text}\n{view.path.why}")
        self._keep_time(view)

    def _show_gif(self) -> None:
        refused = self._player.view.no_export or self._removal.refused()
        self._gif.setEnabled(not refused)
        self._gif.setToolTip(refused or "Export the stepwise removal as film or GIF…")

    def _keep_time(self, view: PlayerView) -> None:
        """Start the timer of a step once its result is on screen."""
        timed = (view.dwell, view.setup.speed)
        if timed == self._timed:
            return
        self._timed = timed
        self._step_timer.stop()
        if view.dwell is not None:
            self._step_timer.start(_step_ms(view))

    def _on_export(self) -> None:
        view = self._player.view
        if view.path is not None:
            self._player.pause()
            self._removal.save(view.path.subsets, view.path.name, _step_ms(view) / 1000)


def _offered(view: PlayerView) -> list[str]:
    return [path.name for _, path in view.kinds] + [why for _, why in view.later]


def _step_ms(view: PlayerView) -> int:
    return round(1000 / view.setup.speed)


class _StepButton(QToolButton):
    """The button of one step; a click selects its subset."""

    def __init__(self, player: PathPlayer, place: int) -> None:
        super().__init__()
        self.setObjectName(f"path_step_{place}")
        self._place = f"Step {place} of the stepwise removal"
        self._step: PathStep | None = None
        self._player = player
        self.setCheckable(True)
        self.setProperty("role", "step")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._on_clicked)

    def show_step(self, step: PathStep | None) -> None:
        self._step = step
        self.setText("" if step is None else step.text)
        self.setToolTip("" if step is None else step.hint)
        self.setAccessibleName(self._place if step is None else f"{self._place}: {step.hint}")
        self.setEnabled(step is not None and step.subset is not None)
        self.setChecked(step is not None and step.used)

    def _on_clicked(self) -> None:
        step = self._step
        self.show_step(step)  # Qt must not check the button on a click
        if step is not None:
            self._player.go(step.subset)
