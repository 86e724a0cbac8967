"""The list that chooses a model: the window's, the bundled ones, or a folder."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from ccsd_core.errors import CcsdError
from ccsd_core.storage.models.bundled import bundled_models
from ccsd_core.storage.models.find import describe_model

CHOOSE = "Choose folder…"
HASH_DIGITS = 8


class ModelBox(QComboBox):
    """Chooses a model. Its value is what `find_model` accepts; None is the bundled default.

    Args:
        current: The window's model, which comes first.
        failed: Called with a message if a folder is not a model.
    """

    def __init__(
        self, current: str | None, failed: Callable[[str], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("batch_model")
        self.setAccessibleName("Model")
        self._failed = failed
        self._add(current, " (in use)")
        shown = self.sha256
        for bundled in bundled_models():
            if bundled.manifest.sha256 != shown:
                self._add(bundled.name, "")
        self.addItem(CHOOSE)
        self._before = 0
        self.activated.connect(self._on_activated)

    @property
    def model(self) -> str | None:
        """The chosen model."""
        return self.currentData()[0]

    @property
    def sha256(self) -> str:
        """Hash of its weights; "" if its description cannot be read."""
        return self.currentData()[1]

    def _add(self, model: str | None, remark: str, *, at: int | None = None) -> None:
        """Add a model; one that cannot be described is listed with its path."""
        try:
            manifest = describe_model(model).manifest
            text, sha256 = f"{manifest.name} {manifest.sha256[:HASH_DIGITS]}", manifest.sha256
        except CcsdError:
            text, sha256 = str(model or "bundled model"), ""
        self.insertItem(self.count() if at is None else at, f"{text}{remark}", (model, sha256))

    def _on_activated(self, index: int) -> None:
        if self.itemText(index) != CHOOSE:
            self._before = index
            return
        self.setCurrentIndex(self._before)
        title = "Folder of a model or training run"
        chosen = QFileDialog.getExistingDirectory(self, title, str(Path.cwd()))
        if not chosen:
            return
        try:
            describe_model(chosen)
        except CcsdError as error:
            self._failed(str(error))
            return
        self._add(chosen, "", at=index)
        self._before = index
        self.setCurrentIndex(index)
