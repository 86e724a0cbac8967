"""The About dialog: purpose and limits of the program, versions, and the model."""

from PySide6.QtWidgets import QDialog, QPlainTextEdit, QTabWidget, QVBoxLayout, QWidget

from ccsd_app.qt.help.installed import versions_text
from ccsd_app.qt.widgets.labels import label
from ccsd_core.domain.segmentation import DISCLAIMER
from ccsd_core.errors import CcsdError
from ccsd_core.storage.models.find import describe_model
from ccsd_core.storage.models.manifest import MODEL_CARD
from ccsd_core.version import VERSION

TEXTS = (
    "Segments brain tumours from any subset of FLAIR, T1, T1c and T2, and shows how the result "
    "changes when a sequence is withheld.",
    "The method is reconstructed from the text of arXiv:2511.14599 (CCSD). This is not an official "
    "implementation; the authors of the paper are not involved.",
    "Apache License 2.0. The program sends no data and does not use the internet.",
)
SIZE = (560, 440)


class AboutDialog(QDialog):
    """A few sentences, versions and licences, and the card of the loaded model; Esc closes it.

    Args:
        model: Name and hash of the loaded model.
        model_path: Its name or path; None is the bundled one.
        parent: Qt parent.
    """

    def __init__(
        self, model: str, model_path: str | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("about_window")
        self.setWindowTitle("About CCSD")
        self.resize(*SIZE)
        about = QWidget()
        column = QVBoxLayout(about)
        column.setSpacing(10)
        column.addWidget(label(f"CCSD {VERSION}", role="title"))
        column.addWidget(label(model, role="dim", name="about_model", wrap=True))
        for text in TEXTS:
            column.addWidget(label(text, wrap=True))
        column.addWidget(label(DISCLAIMER, role="warning", wrap=True))
        column.addStretch(1)
        tabs = QTabWidget()
        tabs.setObjectName("about_tabs")
        tabs.addTab(about, "About")
        tabs.addTab(_text("about_versions", "Versions and licences", versions_text()), "Versions")
        tabs.addTab(_text("about_card", "Model card", model_card(model_path)), "Model card")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 16)
        layout.addWidget(tabs)


def model_card(model_path: str | None) -> str:
    """The card of a model as text, or the reason why there is none."""
    try:
        path = describe_model(model_path).folder / MODEL_CARD
        return path.read_text(encoding="utf-8")
    except CcsdError as error:
        return str(error)
    except OSError:
        return "This model has no card."


def _text(name: str, title: str, text: str) -> QPlainTextEdit:
    shown = QPlainTextEdit(text)
    shown.setObjectName(name)
    shown.setAccessibleName(title)
    shown.setReadOnly(True)
    return shown
