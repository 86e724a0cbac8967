"""Dialogs that ask for a case: a folder, one file, or one file for each sequence."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from ccsd_app.qt.widgets.labels import label
from ccsd_core.domain.modality import Modality
from ccsd_core.storage.cases.overrides import Overrides, Part
from ccsd_core.storage.names.naming import Role

IMAGES = "Images (*.nii *.nii.gz *.nrrd *.nhdr *.mha *.mhd);;All files (*)"
CASES = (
    "Images and DICOM (*.nii *.nii.gz *.nrrd *.nhdr *.mha *.mhd *.dcm *.zip DICOMDIR);;"
    "All files (*)"
)


def ask_folder(parent: QWidget, start: Path | None) -> Path | None:
    """Ask for a case folder or a DICOM study; None if the user cancels."""
    title = "Open case folder or DICOM study"
    chosen = QFileDialog.getExistingDirectory(parent, title, str(start or Path.cwd()))
    return Path(chosen) if chosen else None


def ask_file(parent: QWidget, start: Path | None) -> Path | None:
    """Ask for one image of a case, or a DICOM study in one file; None if the user cancels."""
    title = "Open file (4-D image, one sequence, or DICOM study as zip or DICOMDIR)"
    chosen, _filter = QFileDialog.getOpenFileName(parent, title, str(start or Path.cwd()), CASES)
    return Path(chosen) if chosen else None


class OpenFiles(QDialog):
    """Asks for a file for each sequence; for empty fields, the first file's folder is searched."""

    def __init__(self, parent: QWidget | None = None, *, start: Path | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("open_files_dialog")
        self.setWindowTitle("Open files")
        self._start = start
        self._fields: dict[Modality, QLineEdit] = {}
        layout = QGridLayout(self)
        layout.setColumnMinimumWidth(1, 380)
        intro = (
            "Choose the file of at least one sequence. "
            "For empty fields, the folder of the first file is searched."
        )
        layout.addWidget(label(intro, role="dim"), 0, 0, 1, 3)
        for modality in Modality:
            field = self._fields[modality] = QLineEdit()
            field.setObjectName(f"path_{modality.name}")
            field.setAccessibleName(f"File of {modality.label}")
            field.setPlaceholderText("Found by its name, if present")
            field.setClearButtonEnabled(True)
            field.textChanged.connect(self._check)
            choose = QPushButton("Choose…")
            choose.setAccessibleName(f"Choose the file of {modality.label}")
            choose.clicked.connect(partial(self._choose, modality))
            layout.addWidget(label(modality.label), modality + 1, 0)
            layout.addWidget(field, modality + 1, 1)
            layout.addWidget(choose, modality + 1, 2)
        standard = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(standard.Open | standard.Cancel, Qt.Orientation.Horizontal)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._open = buttons.button(standard.Open)
        layout.addWidget(buttons, len(Modality) + 1, 0, 1, 3)
        self._check()

    @property
    def files(self) -> Overrides:
        """The chosen file by sequence, in channel order."""
        files: dict[Role, Part | None] = {}
        files.update(self._chosen())
        return files

    @property
    def folder(self) -> Path:
        """The folder of the first file."""
        _first, path = self._chosen()[0]
        return path.parent

    def _chosen(self) -> list[tuple[Modality, Path]]:
        texts = [(modality, field.text().strip()) for modality, field in self._fields.items()]
        return [(modality, Path(text)) for modality, text in texts if text]

    def _choose(self, modality: Modality, *_: object) -> None:
        title = f"File of {modality.label}"
        chosen, _filter = QFileDialog.getOpenFileName(
            self, title, str(self._start or Path.cwd()), IMAGES
        )
        if chosen:
            self._start = Path(chosen).parent
            self._fields[modality].setText(chosen)

    def _check(self, *_: object) -> None:
        self._open.setEnabled(bool(self.files))
