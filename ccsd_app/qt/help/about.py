"""The About dialog: what this program is, and what it must not be used for."""

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from ccsd_app.qt.widgets.labels import label
from ccsd_core.domain.segmentation import DISCLAIMER
from ccsd_core.version import VERSION

TEXTS = (
    "Segments brain tumours from any subset of FLAIR, T1, T1c and T2, and shows how the result "
    "changes when a sequence is withheld.",
    "The method is reconstructed from the text of arXiv:2511.14599 (CCSD). This is not an official "
    "implementation; the authors of the paper are not involved.",
    "Apache License 2.0. The program sends no data and does not use the internet.",
)
WIDTH = 400


class AboutDialog(QDialog):
    """A few sentences about the program and the loaded model; Esc closes it."""

    def __init__(self, model: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("about_window")
        self.setWindowTitle("About CCSD")
        self.setFixedWidth(WIDTH)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 16)
        layout.setSpacing(10)
        layout.addWidget(label(f"CCSD {VERSION}", role="title"))
        layout.addWidget(label(model, role="dim", name="about_model", wrap=True))
        for text in TEXTS:
            layout.addWidget(label(text, wrap=True))
        layout.addWidget(label(DISCLAIMER, role="warning", wrap=True))
