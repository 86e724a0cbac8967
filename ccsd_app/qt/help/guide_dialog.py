"""The user guide in a separate window: the pages of `docs/guide/`, without the internet.

┌ Back   Contents ▾ ─────────┐
│ page                       │
└────────────────────────────┘
"""

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QDialog, QHBoxLayout, QTextBrowser, QVBoxLayout, QWidget

from ccsd_app.qt.widgets.push_button import push_button
from ccsd_core.storage.resources import guide, resource

SIZE = (820, 680)
FIRST = "index.md"


class GuideDialog(QDialog):
    """Shows the guide from its first page.

    Args:
        parent: Qt parent.

    Raises:
        MissingResourceError: If the guide is missing.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guide")
        self.setWindowTitle("User guide")
        self.resize(*SIZE)
        self._browser = _Browser(guide())
        self._back = push_button("Back", "guide_back", self._browser.backward)
        first = push_button("Contents", "guide_contents", lambda: self._browser.show_page(FIRST))
        row = QHBoxLayout()
        row.addWidget(self._back)
        row.addWidget(first)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addLayout(row)
        layout.addWidget(self._browser)
        self._back.setEnabled(False)
        self._browser.backwardAvailable.connect(self._back.setEnabled)
        self._browser.show_page(FIRST)
        self._browser.setFocus()


class _Browser(QTextBrowser):
    """Shows pages of a folder; pictures are those of the bundled resources."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.setObjectName("guide_page")
        self.setAccessibleName("User guide")
        self.setOpenExternalLinks(False)  # the program does not use the internet
        self._folder = folder
        self._pictures = resource("pictures").parent

    def show_page(self, name: str) -> None:
        self.setSource(
            QUrl.fromLocalFile(str(self._folder / name)),
            QTextDocument.ResourceType.MarkdownResource,
        )

    def doSetSource(
        self,
        name: QUrl,
        type: QTextDocument.ResourceType = QTextDocument.ResourceType.UnknownResource,
    ) -> None:
        path = Path(name.toLocalFile())
        if name.isLocalFile() and path.suffix == ".md" and path.is_file():
            super().doSetSource(name, QTextDocument.ResourceType.MarkdownResource)

    def loadResource(self, type: int, name: QUrl) -> object:
        if type == QTextDocument.ResourceType.ImageResource.value:
            image = QImage(str(self._pictures / "pictures" / Path(name.path()).name))
            width = min(image.width(), SIZE[0] - 80)
            return image if image.isNull() else image.scaledToWidth(width)
        return super().loadResource(type, name)
