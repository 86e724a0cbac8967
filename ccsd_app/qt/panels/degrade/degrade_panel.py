"""The panel that degrades sequences: sliders, their effect on scores, the curve of one kind.

It takes the place of the robustness panel while it is open.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ccsd_app.qt.panels.degrade.degradation_plot import DegradationPlotWidget
from ccsd_app.qt.panels.degrade.severity_slider import SeveritySlider
from ccsd_app.qt.widgets.choice_button import MenuButton, add_entry
from ccsd_app.qt.widgets.flat_button import flat_button, one_of
from ccsd_app.qt.widgets.icons import icon
from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.push_button import push_button
from ccsd_app.qt.widgets.while_visible import draw_while_visible
from ccsd_app.viewmodel.panels.degrade.degrade_panel import (
    CurveView,
    DegradeModel,
    DegradeView,
    ScoreRow,
)
from ccsd_core.data.degradation.kinds import TITLES
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region

SCORE_LINES = 3


@dataclass(frozen=True, slots=True)
class DegradeActions:
    """What buttons do that reach beyond the panel.

    Args:
        close: Shows the robustness panel again.
        save_png: Asks for a file and saves the curve as a picture.
        save_csv: Asks for a file and saves all curves as a table.
        save_film: Asks how and where to, and saves a film of the severities.
    """

    close: Callable[[], None]
    save_png: Callable[[], None]
    save_csv: Callable[[], None]
    save_film: Callable[[], None]


class DegradePanel(QFrame):
    """Draws a `DegradeModel`, which holds the chosen sequence and kind."""

    def __init__(
        self, model: DegradeModel, actions: DegradeActions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAccessibleName("Degrade a sequence")
        self._model = model
        self._sequence: Modality | None = None
        content = QFrame()
        content.setObjectName("panel")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(5)
        layout.addLayout(_heading(actions.close))
        layout.addWidget(
            label(
                "Simulated image faults: the slices show what the model is given.",
                role="small",
                wrap=True,
            )
        )
        layout.addLayout(self._sequence_row())
        layout.addLayout(self._slider_grid())
        layout.addLayout(self._reset_row())
        self._score_title = label(role="small", name="degrade_score_title", wrap=True)
        layout.addWidget(self._score_title)
        layout.addLayout(self._score_grid())
        self._verdict = label(name="degrade_verdict", wrap=True)
        layout.addWidget(self._verdict)
        layout.addSpacing(6)
        layout.addLayout(self._curve_row(actions))
        self._plot = DegradationPlotWidget()
        layout.addWidget(self._plot)
        self._axis = label(role="small", name="degrade_curve_axis")
        self._axis.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._axis)
        self._words = label(name="degrade_crossing", wrap=True)
        self._note = label(role="dim", name="degrade_curve_note", wrap=True)
        layout.addWidget(self._words)
        layout.addWidget(self._note)
        layout.addStretch(1)
        area = QScrollArea()
        area.setWidget(content)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
        draw_while_visible(self, model.shown, self._show)

    def begin(self) -> None:
        """Bring the focus to the sliders."""
        next(iter(self._sliders.values())).slider.setFocus()

    def _sequence_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        self._choices = {}
        for modality in Modality:
            button = flat_button(
                modality.label,
                f"degrade_{modality.name}",
                f"Degrade {modality.label}",
                partial(self._model.choose, modality),
                checkable=True,
            )
            self._choices[modality] = button
            row.addWidget(button)
        one_of(self._choices.values(), self)
        row.addStretch(1)
        return row

    def _slider_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(4)
        grid.setHorizontalSpacing(8)
        self._sliders = {
            row.kind: SeveritySlider(row, self._model.degrade)
            for row in self._model.shown.value.rows
        }
        for line, slider in enumerate(self._sliders.values()):
            slider.add_to(grid, line)
        return grid

    def _reset_row(self) -> QHBoxLayout:
        self._reset = push_button("Reset", "degrade_reset", self._model.reset_sequence)
        self._reset_all = push_button("Reset all", "degrade_reset_all", self._model.reset_all)
        self._reset_all.setToolTip("Remove the degradations of all sequences")
        row = QHBoxLayout()
        row.addWidget(self._reset)
        row.addWidget(self._reset_all)
        row.addStretch(1)
        return row

    def _score_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(1)
        grid.setHorizontalSpacing(6)
        grid.setColumnStretch(0, 1)
        self._score_heads = [_number(region.name, role="small") for region in Region]
        for column, head in enumerate(self._score_heads):
            grid.addWidget(head, 0, column + 1)
        self._score_lines = [_ScoreLine(grid, line) for line in range(SCORE_LINES)]
        return grid

    def _curve_row(self, actions: DegradeActions) -> QHBoxLayout:
        self._kinds = QComboBox()
        self._kinds.setObjectName("degrade_curve_kind")
        self._kinds.setAccessibleName("Kind of degradation of the curve")
        self._kinds.setToolTip("The kind whose severities are compared")
        self._kinds.activated.connect(self._on_kind)
        self._compute = push_button("Compute curve", "degrade_curve", self._model.compute_curve)
        self._cancel = push_button("Cancel", "degrade_curve_cancel", self._model.cancel_curve)
        self._save = MenuButton("", "degrade_curve_save", "Save the curve, its numbers or a film")
        self._save.setIcon(icon("save"))
        self._save.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self._save.setProperty("role", "icon")
        menu = self._save.choices_menu
        self._saved = [
            add_entry(menu, "Save as PNG…", "degradation_png", actions.save_png),
            add_entry(menu, "Save as CSV…", "degradation_csv", actions.save_csv),
        ]
        self._film = add_entry(
            menu, "Film or slides of the severities…", "degradation_film", actions.save_film
        )
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._kinds, 1)
        row.addWidget(self._compute)
        row.addWidget(self._cancel)
        row.addWidget(self._save)
        return row

    def _on_kind(self, index: int) -> None:
        self._model.choose_kind(self._kinds.itemData(index))

    def _show(self, view: DegradeView) -> None:
        if view.sequence is not self._sequence:
            self._sequence = view.sequence
            for slider in self._sliders.values():
                slider.forget()
        for choice in view.sequences:
            button = self._choices[choice.modality]
            button.setEnabled(choice.available)
            button.setChecked(choice.modality is view.sequence and view.case_open)
            name = choice.modality.label
            button.setText(f"{name} •" if choice.degraded else name)
            button.setAccessibleName(f"{name}, degraded" if choice.degraded else name)
        for row in view.rows:
            self._sliders[row.kind].show_row(row)
        self._reset.setText(f"Reset {view.sequence.label}")
        self._reset.setToolTip(f"Remove the degradations of {view.sequence.label}")
        self._reset.setEnabled(view.can_reset[0])
        self._reset_all.setEnabled(view.can_reset[1])
        self._show_scores(view)
        self._show_curve(view.curve)

    def _show_scores(self, view: DegradeView) -> None:
        self._score_title.setText(view.score_title)
        for widget in (self._score_title, *self._score_heads):
            widget.setVisible(bool(view.scores))
        rows = (*view.scores, *[None] * (SCORE_LINES - len(view.scores)))
        for line, row in zip(self._score_lines, rows, strict=True):
            line.show_row(row)
        self._verdict.setText(view.verdict)
        self._verdict.setVisible(bool(view.verdict))

    def _show_curve(self, curve: CurveView) -> None:
        shown = [self._kinds.itemData(index) for index in range(self._kinds.count())]
        with QSignalBlocker(self._kinds):
            if shown != list(curve.kinds):
                self._kinds.clear()
                for kind in curve.kinds:
                    self._kinds.addItem(TITLES[kind], kind)
            self._kinds.setCurrentIndex(self._kinds.findData(curve.kind))
        self._compute.setEnabled(not curve.refused and bool(curve.kinds))
        self._compute.setToolTip(
            curve.refused or "Compute the score at six severities, and without the sequence"
        )
        self._compute.setVisible(not curve.running)
        self._cancel.setVisible(bool(curve.running))
        for entry in self._saved:
            entry.setEnabled(curve.plot is not None)
        self._film.setEnabled(not curve.refused and bool(curve.kinds))
        self._save.setEnabled(curve.plot is not None or self._film.isEnabled())
        self._plot.setVisible(curve.plot is not None)
        self._axis.setVisible(curve.plot is not None)
        if curve.plot is not None:
            self._plot.show_plot(curve.plot)
            self._axis.setText(curve.plot.axis)
        self._words.setText("" if curve.plot is None else curve.plot.words)
        self._words.setVisible(curve.plot is not None)
        note = curve.running or curve.stale
        if curve.plot is not None and not curve.running:
            note = " · ".join(filter(None, ["Dashed: without the sequence", curve.stale]))
        self._note.setText(note)
        self._note.setVisible(bool(note))


class _ScoreLine:
    """One line of the table of scores."""

    def __init__(self, grid: QGridLayout, line: int) -> None:
        self._name = label(name=f"degrade_name_{line}")
        self._numbers = [_number(name=f"degrade_{region.name}_{line}") for region in Region]
        self._pending = label(role="dim")
        self._pending.setAlignment(Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self._name, line + 1, 0)
        for column, number in enumerate(self._numbers):
            grid.addWidget(number, line + 1, column + 1)
        grid.addWidget(self._pending, line + 1, 1, 1, len(Region))

    def show_row(self, row: ScoreRow | None) -> None:
        available = row is not None and not row.pending
        self._name.setVisible(row is not None)
        self._pending.setVisible(row is not None and bool(row.pending))
        for number in self._numbers:
            number.setVisible(available)
        if row is None:
            return
        self._name.setText(row.name)
        self._pending.setText(row.pending)
        for number, text, region in zip(self._numbers, row.scores, Region, strict=True):
            number.setText(text)
            number.setAccessibleName(f"{row.name}: {region.name} {text}")


def _heading(close: Callable[[], None]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(label("Degrade a sequence", role="heading"), 1)
    button = flat_button(
        "", "degrade_close", "Close: show the robustness curve again", close, picture="close"
    )
    button.setProperty("role", "icon")
    row.addWidget(button)
    return row


def _number(text: str = "", *, role: str = "", name: str = "") -> QLabel:
    made = label(text, role=role, name=name)
    made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    made.setMinimumWidth(44)
    return made
