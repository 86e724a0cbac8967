"""The pictures of a preparation: a sequence over the reference, before and after.

[Checkerboard | Edges | Brain mask]  [T2 ▾] [axial ▾] slice ──o──
before │ after
"""

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QSlider, QVBoxLayout
from PySide6.QtWidgets import QWidget as Widget

from ccsd_app.qt.widgets.flat_button import flat_button, one_of
from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.pixels import image_of
from ccsd_app.scene.planes import Plane
from ccsd_app.scene.slices.before_after import (
    Comparison,
    before_after,
    geometry_of,
    middle_of_brain,
)
from ccsd_app.session.preparation import Preparation
from ccsd_core.domain.modality import Modality
from ccsd_core.preparation.rigid import Nudge

PICTURE_PX = 340
"""The longer side of a picture."""
HINTS = {
    Comparison.CHECKERBOARD: "Squares of the sequence and of {}: edges should continue across them",
    Comparison.EDGES: "Edges of the sequence, yellow, on {}",
    Comparison.MASK: "The sequence itself, with the outline of the brain mask",
}


class PreparationPictures(Widget):
    """Draws one slice before and after.

    Args:
        preparation: The preparation.
        radiological: Patient's right on the left.
        parent: Qt parent.
    """

    sequence_chosen = Signal(object)

    def __init__(
        self, preparation: Preparation, *, radiological: bool, parent: Widget | None = None
    ) -> None:
        super().__init__(parent)
        self._preparation = preparation
        self._radiological = radiological
        self._comparison = Comparison.CHECKERBOARD
        self._nudge: Nudge | None = None
        prepared = preparation.prepared
        self._sequence = combo("preparation_sequence", "Sequence that is compared")
        others = [m for m in prepared.volumes if m is not prepared.record.reference]
        for m in (*others, prepared.record.reference):
            self._sequence.addItem(m.label, m)
        self._plane = combo("preparation_plane", "Plane")
        for plane in Plane:
            self._plane.addItem(plane.value.capitalize(), plane)
        self._slice = QSlider(Qt.Orientation.Horizontal)
        self._slice.setObjectName("preparation_slice")
        self._slice.setAccessibleName("Slice")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._controls())
        pictures = QGridLayout()
        self._labels: list[QLabel] = []
        mask = "" if prepared.brain is None else ", brain mask outlined"
        texts = ("Before: position in the files", f"After registration{mask}")
        for column, text in enumerate(texts):
            pictures.addWidget(label(text, role="dim"), 0, column)
            shown = label(name=("preparation_before", "preparation_after")[column])
            shown.setAccessibleName(text)
            shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
            shown.setMinimumSize(QSize(PICTURE_PX, PICTURE_PX))
            pictures.addWidget(shown, 1, column)
            self._labels.append(shown)
        layout.addLayout(pictures)
        self._sequence.currentIndexChanged.connect(self._on_sequence)
        self._plane.currentIndexChanged.connect(self._show_plane)
        self._slice.valueChanged.connect(self._draw)
        self._show_plane()

    @property
    def sequence(self) -> Modality:
        """The sequence that is compared."""
        return self._sequence.currentData()

    def show_nudge(self, nudge: Nudge | None) -> None:
        """Show the sequence with a manual adjustment; None shows it as prepared."""
        self._nudge = nudge
        self._draw()

    def _controls(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        reference = self._preparation.prepared.record.reference.label
        buttons = [
            flat_button(
                view.value,
                f"preparation_view_{view.name}",
                HINTS[view].format(reference),
                partial(self._compare_by, view),
                checkable=True,
            )
            for view in Comparison
        ]
        buttons[0].setChecked(True)
        one_of(buttons, self)
        for widget in (*buttons, self._sequence, label(f"and {reference}"), self._plane):
            row.addWidget(widget)
        row.addWidget(self._slice, 1)
        return row

    def _compare_by(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._draw()

    def _on_sequence(self, *_: object) -> None:
        self._nudge = None
        self.sequence_chosen.emit(self.sequence)
        self._draw()

    def _show_plane(self, *_: object) -> None:
        plane: Plane = self._plane.currentData()
        geometry = geometry_of(self._preparation, plane, radiological=self._radiological)
        middle = middle_of_brain(self._preparation, plane)
        self._slice.setRange(0, geometry.count - 1)
        self._slice.setValue(middle)
        self._draw()

    def _draw(self, *_: object) -> None:
        pair = before_after(
            self._preparation,
            self.sequence,
            self._plane.currentData(),
            self._slice.value(),
            radiological=self._radiological,
            comparison=self._comparison,
            nudge=self._nudge,
        )
        width, height = pair.size_mm
        scale = PICTURE_PX / max(width, height)
        size = QSize(round(width * scale), round(height * scale))
        for shown, rgb in zip(self._labels, (pair.before, pair.after), strict=True):
            pixmap = QPixmap.fromImage(image_of(rgb))
            shown.setPixmap(
                pixmap.scaled(
                    size,
                    Qt.AspectRatioMode.IgnoreAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            )


def combo(name: str, accessible: str) -> QComboBox:
    """A combo box with its names for tests and screen readers."""
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(accessible)
    return box
