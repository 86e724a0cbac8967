"""What the user changes of a preparation: reference, steps, mask, shading, and registrations.

reference [▾] □ no brain mask □ no registration □ no grid   mask margin [0 mm] □ correct shading
move T2 by  right [0 mm] front [0 mm] up [0 mm]   turn about right [0°] front [0°] up [0°]
"""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QGridLayout, QHBoxLayout, QWidget

from ccsd_app.qt.preparation.preparation_pictures import combo
from ccsd_app.qt.widgets.labels import label
from ccsd_app.session.preparation import Preparation
from ccsd_core.domain.modality import Modality
from ccsd_core.preparation.adjustments import Adjustments, Step
from ccsd_core.preparation.rigid import Nudge

SKIPS = {
    Step.BRAIN_MASK: "Leave out the brain mask",
    Step.REGISTRATION: "Leave out the registration",
    Step.GRID: "Keep the grid of the reference",
    Step.BIAS: "Leave strong shading",
}
MARGIN_MM = 10.0
MOST_MM, MOST_DEGREES = 60.0, 45.0
AUTOMATIC = "Automatic"
AXES = ("right", "front", "up")


class PreparationAdjustments(QWidget):
    """The controls.

    Args:
        preparation: What was done.
        sequence: Whose registration can be moved at first.
        parent: Qt parent.
    """

    nudged = Signal(object)
    """A `Nudge` of the sequence that is shown."""

    def __init__(
        self, preparation: Preparation, sequence: Modality, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._prepared = preparation.prepared
        self._given = given = preparation.adjustments
        self._nudges = dict(given.nudges)
        self._sequence = sequence
        self._reference = combo("preparation_reference", "Reference sequence")
        self._reference.addItem(AUTOMATIC, None)
        for m in self._prepared.volumes:
            self._reference.addItem(m.label, m)
        if given.reference is not None:
            self._reference.setCurrentIndex(self._reference.findData(given.reference))
        self._skips: dict[Step, QCheckBox] = {}
        for step, text in SKIPS.items():
            box = self._skips[step] = _box(f"preparation_skip_{step.name}", text)
            box.setChecked(step in given.skipped)
        self._margin = _spin("preparation_margin", "Margin of the brain mask", MARGIN_MM, " mm")
        self._margin.setToolTip("Grow the brain mask by so many mm; negative: shrink it")
        self._margin.setValue(given.mask_mm)
        self._bias = _box("preparation_bias", "Correct weak shading, too (N4)")
        self._bias.setToolTip(
            "Coils make near tissue brighter; strong shading is evened out anyway"
        )
        self._bias.setChecked(given.bias)
        self._move_label = label(name="preparation_move")
        self._shifts = [
            _spin(f"preparation_shift_{axis}", f"Shift to the {axis}", MOST_MM, " mm")
            for axis in ("right", "front", "top")
        ]
        self._turns = [
            _spin(
                f"preparation_turn_{axis}", f"Turn about the axis to the {axis}", MOST_DEGREES, "°"
            )
            for axis in ("right", "front", "top")
        ]
        for spin in (*self._shifts, *self._turns):
            spin.valueChanged.connect(self._on_spin)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._first_row(), 0, 0)
        layout.addLayout(self._second_row(), 1, 0)
        self.show_sequence(sequence)

    @property
    def adjustments(self) -> Adjustments:
        """What the controls say."""
        return Adjustments(
            reference=self._reference.currentData(),
            skipped=frozenset(step for step, box in self._skips.items() if box.isChecked()),
            nudges={m: nudge for m, nudge in sorted(self._nudges.items()) if not nudge.is_none},
            mask_mm=self._margin.value(),
            bias=self._bias.isChecked(),
            always=self._given.always,
        )

    def show_sequence(self, sequence: Modality) -> None:
        """Show how one sequence is moved by hand; the reference cannot be."""
        self._sequence = sequence
        fixed = sequence is self._prepared.record.reference
        self._move_label.setText(
            f"{sequence.label} is the reference" if fixed else f"Move {sequence.label} by hand:"
        )
        nudge = self._nudges.get(sequence, Nudge())
        for spin, value in zip(
            (*self._shifts, *self._turns), (*nudge.shift_mm, *nudge.turn_degrees), strict=True
        ):
            with QSignalBlocker(spin):
                spin.setValue(value)
            spin.setEnabled(not fixed)

    def _on_spin(self, *_: object) -> None:
        a, b, c = (spin.value() for spin in self._shifts)
        x, y, z = (spin.value() for spin in self._turns)
        self._nudges[self._sequence] = nudge = Nudge((a, b, c), (x, y, z))
        self.nudged.emit(nudge)

    def _first_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(label("Reference"))
        row.addWidget(self._reference)
        for box in self._skips.values():
            row.addWidget(box)
        row.addStretch(1)
        row.addWidget(label("Mask margin"))
        row.addWidget(self._margin)
        row.addWidget(self._bias)
        return row

    def _second_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self._move_label)
        for text, spins in (("shift", self._shifts), ("turn about", self._turns)):
            row.addWidget(label(text, role="dim"))
            for axis, spin in zip(AXES, spins, strict=True):
                row.addWidget(label(axis, role="dim"))
                row.addWidget(spin)
        row.addStretch(1)
        return row


def _box(name: str, text: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setObjectName(name)
    return box


def _spin(name: str, accessible: str, most: float, unit: str) -> QDoubleSpinBox:
    spin = QDoubleSpinBox()
    spin.setObjectName(name)
    spin.setAccessibleName(accessible)
    spin.setRange(-most, most)
    spin.setSingleStep(0.5)
    spin.setDecimals(1)
    spin.setSuffix(unit)
    return spin
