"""The dialog that asks how to write a DICOM file: on which slices, and whether anonymous."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from ccsd_app.qt.widgets.labels import label
from ccsd_core.domain.modality import Modality

NAMES = (
    "The file contains the patient's name, ID and date of birth and the study, copied from the "
    "source images. Without them, an archive cannot file it with the study."
)
WIDTH_PX = 460


@dataclass(frozen=True, slots=True)
class DicomChoice:
    """How the user wants the file to be written.

    Args:
        sequence: The sequence whose slices are used; None if that was not asked.
        anonymous: Whether to leave out the patient and the study.
    """

    sequence: Modality | None
    anonymous: bool


class DicomDialog(QDialog):
    """The dialog that is shown before the file dialog.

    Args:
        title: What is exported.
        sequences: Sequences whose slices can be used, the suggested one first; empty for a picture.
        parent: Qt parent.
    """

    def __init__(
        self, title: str, sequences: Sequence[Modality], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("dicom_dialog")
        self.setWindowTitle(title)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        names = label(NAMES, wrap=True)
        names.setMinimumWidth(WIDTH_PX)
        layout.addWidget(names)
        self._anonymous = QCheckBox("Anonymous: leave out the patient and the study")
        self._anonymous.setObjectName("dicom_anonymous")
        layout.addWidget(self._anonymous)
        self._sequence: QComboBox | None = None
        if sequences:
            layout.addLayout(self._slices(sequences))
        standard = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(standard.Save | standard.Cancel, Qt.Orientation.Horizontal)
        buttons.button(standard.Save).setText("Save…")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)

    @property
    def choice(self) -> DicomChoice:
        """The choice that the controls show."""
        combo = self._sequence
        sequence = None if combo is None else combo.currentData()
        return DicomChoice(sequence, self._anonymous.isChecked())

    def _slices(self, sequences: Sequence[Modality]) -> QHBoxLayout:
        combo = self._sequence = QComboBox()
        combo.setObjectName("dicom_sequence")
        combo.setAccessibleName("Sequence whose slices the segmentation is on")
        for m in sequences:
            combo.addItem(m.label, m)
        row = QHBoxLayout()
        row.addWidget(label("On the slices of"))
        row.addWidget(combo)
        row.addStretch(1)
        return row


def ask_dicom(
    parent: QWidget, title: str, sequences: Sequence[Modality] = ()
) -> DicomChoice | None:
    """Ask how to write the file; None if the user cancels."""
    dialog = DicomDialog(title, sequences, parent)
    accepted = dialog.exec()
    choice = dialog.choice
    dialog.deleteLater()
    return choice if accepted else None
