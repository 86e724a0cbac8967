"""The dialog that shows how a case was prepared, before and after, and prepares it again.

┌ reference, steps with their numbers, warnings ─────────────┐
│ [T2 ▾] [axial ▾] slice ──o──    before │ after             │
│ reference [▾] □ no brain mask □ no registration □ no grid  │
└ margin [0 mm]     Undo │ Prepare again │ Close ────────────┘
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.pixels import image_of
from ccsd_app.qt.widgets.push_button import push_button
from ccsd_app.scene.planes import Plane
from ccsd_app.scene.slices.checkerboard import before_after, geometry_of, middle_of_brain
from ccsd_app.session.preparation import Preparation
from ccsd_app.viewmodel.panels.preparation_details import preparation_details
from ccsd_core.domain.modality import Modality
from ccsd_core.preparation.adjustments import Adjustments, Step

PICTURE_PX = 340
"""The longer side of a picture."""
SKIPS = {
    Step.BRAIN_MASK: "Leave out the brain mask",
    Step.REGISTRATION: "Leave out the registration",
    Step.GRID: "Keep the grid of the reference",
}
MARGIN_MM = 10.0
AUTOMATIC = "Automatic"


class PreparationDialog(QDialog):
    """Shows one preparation.

    Args:
        preparation: What was done.
        prepare: Prepares the case again with the user's adjustments.
        radiological: Patient's right on the left.
        parent: Qt parent.
    """

    def __init__(
        self,
        preparation: Preparation,
        *,
        prepare: Callable[[Adjustments], None],
        radiological: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("preparation_dialog")
        self.setWindowTitle("Preparation of the case")
        self._preparation = preparation
        self._prepare = prepare
        self._radiological = radiological
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        self._add_steps(layout)
        self._add_pictures(layout)
        self._add_adjustments(layout)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        undo = push_button(
            "Undo",
            "preparation_undo",
            partial(self._go, Adjustments()),
            hint="Prepare automatically again, without what was said by hand",
        )
        undo.setEnabled(preparation.adjustments != Adjustments())
        buttons.addWidget(undo)
        buttons.addWidget(
            push_button("Prepare again", "preparation_redo", lambda: self._go(self.adjustments))
        )
        buttons.addWidget(push_button("Close", "preparation_close", self.reject))
        layout.addLayout(buttons)
        self._show_plane()

    @property
    def adjustments(self) -> Adjustments:
        """The adjustments that the controls show."""
        return Adjustments(
            reference=self._reference.currentData(),
            skipped=frozenset(step for step, box in self._skips.items() if box.isChecked()),
            nudges=self._preparation.adjustments.nudges,
            mask_mm=self._margin.value(),
        )

    def _add_steps(self, layout: QVBoxLayout) -> None:
        details = preparation_details(self._preparation)
        layout.addWidget(label(details.reference, name="preparation_reference_text"))
        table = QGridLayout()
        table.setHorizontalSpacing(18)
        table.setVerticalSpacing(2)
        for row, step in enumerate(details.rows):
            for column, text in enumerate((step.what, step.how, step.numbers)):
                table.addWidget(label(text, role="" if column == 0 else "small"), row, column)
        table.setColumnStretch(2, 1)
        layout.addLayout(table)
        for warning in details.warnings:
            layout.addWidget(label(warning, role="warning", wrap=True))

    def _add_pictures(self, layout: QVBoxLayout) -> None:
        prepared = self._preparation.prepared
        self._sequence = _combo("preparation_sequence", "Sequence that is compared")
        others = [m for m in prepared.volumes if m is not prepared.record.reference]
        for m in (*others, prepared.record.reference):
            self._sequence.addItem(m.label, m)
        self._plane = _combo("preparation_plane", "Plane")
        for plane in Plane:
            self._plane.addItem(plane.value.capitalize(), plane)
        self._slice = QSlider(Qt.Orientation.Horizontal)
        self._slice.setObjectName("preparation_slice")
        self._slice.setAccessibleName("Slice")
        row = QHBoxLayout()
        row.addWidget(label(f"Checkerboard with {prepared.record.reference.label}:"))
        row.addWidget(self._sequence)
        row.addWidget(self._plane)
        row.addWidget(self._slice, 1)
        layout.addLayout(row)
        pictures = QGridLayout()
        mask = "" if prepared.brain is None else ", brain mask outlined"
        self._pictures: list[QLabel] = []
        texts = ("Before: where the files say", f"After registration{mask}")
        for column, text in enumerate(texts):
            pictures.addWidget(label(text, role="dim"), 0, column)
            shown = label(name=("preparation_before", "preparation_after")[column])
            shown.setAccessibleName(text)
            shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
            shown.setMinimumSize(QSize(PICTURE_PX, PICTURE_PX))
            pictures.addWidget(shown, 1, column)
            self._pictures.append(shown)
        layout.addLayout(pictures)
        self._sequence.currentIndexChanged.connect(self._show_pictures)
        self._plane.currentIndexChanged.connect(self._show_plane)
        self._slice.valueChanged.connect(self._show_pictures)

    def _add_adjustments(self, layout: QVBoxLayout) -> None:
        adjustments = self._preparation.adjustments
        self._reference = _combo("preparation_reference", "Reference sequence")
        self._reference.addItem(AUTOMATIC, None)
        for m in self._preparation.prepared.volumes:
            self._reference.addItem(m.label, m)
        if adjustments.reference is not None:
            self._reference.setCurrentIndex(self._reference.findData(adjustments.reference))
        self._skips: dict[Step, QCheckBox] = {}
        self._margin = QDoubleSpinBox()
        self._margin.setObjectName("preparation_margin")
        self._margin.setAccessibleName("Margin of the brain mask in mm")
        self._margin.setToolTip("Grow the brain mask by so many mm; negative: shrink it")
        self._margin.setRange(-MARGIN_MM, MARGIN_MM)
        self._margin.setSingleStep(0.5)
        self._margin.setDecimals(1)
        self._margin.setSuffix(" mm")
        self._margin.setValue(adjustments.mask_mm)
        row = QHBoxLayout()
        row.addWidget(label("Reference"))
        row.addWidget(self._reference)
        for step, text in SKIPS.items():
            box = self._skips[step] = QCheckBox(text)
            box.setObjectName(f"preparation_skip_{step.name}")
            box.setChecked(step in adjustments.skipped)
            row.addWidget(box)
        row.addStretch(1)
        row.addWidget(label("Mask margin"))
        row.addWidget(self._margin)
        layout.addLayout(row)

    def _go(self, adjustments: Adjustments) -> None:
        self.accept()
        self._prepare(adjustments)

    def _show_plane(self, *_: object) -> None:
        plane: Plane = self._plane.currentData()
        geometry = geometry_of(self._preparation, plane, radiological=self._radiological)
        middle = middle_of_brain(self._preparation, plane)
        self._slice.setRange(0, geometry.count - 1)
        self._slice.setValue(middle)
        self._show_pictures()

    def _show_pictures(self, *_: object) -> None:
        modality: Modality = self._sequence.currentData()
        pair = before_after(
            self._preparation,
            modality,
            self._plane.currentData(),
            self._slice.value(),
            radiological=self._radiological,
        )
        width, height = pair.size_mm
        scale = PICTURE_PX / max(width, height)
        size = QSize(round(width * scale), round(height * scale))
        for shown, rgb in zip(self._pictures, (pair.before, pair.after), strict=True):
            pixmap = QPixmap.fromImage(image_of(rgb))
            shown.setPixmap(
                pixmap.scaled(
                    size,
                    Qt.AspectRatioMode.IgnoreAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            )


def _combo(name: str, accessible: str) -> QComboBox:
    combo = QComboBox()
    combo.setObjectName(name)
    combo.setAccessibleName(accessible)
    return combo
