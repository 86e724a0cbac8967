"""The controls that adjust a preparation: reference, steps, mask, bias field, registrations.

reference [▾] □ no brain mask □ no registration □ no grid   mask margin [0 mm] □ bias field
move T2  shift right [0 mm] anterior [0 mm] …  rotate about right [0°] anterior [0°] …
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
    Step.BRAIN_MASK: "Skip the brain mask",
    Step.REGISTRATION: "Skip the registration",
    Step.GRID: "Keep the grid of the reference",
    Step.BIAS: "Keep a strong bias field",
}
MARGIN_MM = 10.0
MOST_MM, MOST_DEGREES = 60.0, 45.0
AUTOMATIC = "Automatic"
AXES = {"right": "right", "front": "anterior", "top": "superior"}
"""Directions of the axes in object names, and as the user reads them."""


class PreparationAdjustments(QWidget):
    """The controls of the dialog.

    Args:
        preparation: The current preparation.
        sequence: The sequence that can be moved at first.
        parent: Qt parent.
    """

    nudged = Signal(object)
    """A `Nudge` of the sequence that is shown."""

    def __init__(
        self, preparation: Preparation, sequence: Modality, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._prepared = preparation.prepared
        self._before = before = preparation.adjustments
        self._nudges = dict(before.nudges)
        self._sequence = sequence
        self._reference = combo("preparation_reference", "Reference sequence")
        self._reference.addItem(AUTOMATIC, None)
        for m in self._prepared.volumes:
            self._reference.addItem(m.label, m)
        if before.reference is not None:
            self._reference.setCurrentIndex(self._reference.findData(before.reference))
        self._skips: dict[Step, QCheckBox] = {}
        for step, text in SKIPS.items():
            box = self._skips[step] = _box(f"preparation_skip_{step.name}", text)
            box.setChecked(step in before.skipped)
        self._margin = _spin("preparation_margin", "Margin of the brain mask", MARGIN_MM, " mm")
        self._margin.setToolTip("Grow the brain mask by this many mm; negative shrinks it")
        self._margin.setValue(before.mask_mm)
        self._bias = _box("preparation_bias", "Correct a weak bias field, too (N4)")
        self._bias.setToolTip(
            "Intensity inhomogeneity caused by the coils; a strong one is corrected anyway"
        )
        self._bias.setChecked(before.bias)
        self._move_label = label(name="preparation_move")
        self._shifts = [
            _spin(f"preparation_shift_{axis}", f"Shift {direction}", MOST_MM, " mm")
            for axis, direction in AXES.items()
        ]
        self._turns = [
            _spin(
                f"preparation_turn_{axis}", f"Rotate about the {direction} axis", MOST_DEGREES, "°"
            )
            for axis, direction in AXES.items()
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
        """The adjustments that are set."""
        return Adjustments(
            reference=self._reference.currentData(),
            skipped=frozenset(step for step, box in self._skips.items() if box.isChecked()),
            nudges={m: nudge for m, nudge in sorted(self._nudges.items()) if not nudge.is_none},
            mask_mm=self._margin.value(),
            bias=self._bias.isChecked(),
            always=self._before.always,
        )

    def show_sequence(self, sequence: Modality) -> None:
        """Show the manual adjustment of one sequence; the reference cannot be moved."""
        self._sequence = sequence
        fixed = sequence is self._prepared.record.reference
        self._move_label.setText(
            f"{sequence.label} is the reference" if fixed else f"Move {sequence.label}:"
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
        for text, spins in (("shift", self._shifts), ("rotate about", self._turns)):
            row.addWidget(label(text, role="dim"))
            for direction, spin in zip(AXES.values(), spins, strict=True):
                row.addWidget(label(direction, role="dim"))
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
