"""The bar that says what was restored, or offers to restore it, after a crash."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ccsd_app.qt.widgets.flat_button import flat_button
from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.push_button import push_button


class RecoveryBar(QFrame):
    """Hidden until there is something to say, and after any answer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recovery_bar")
        self._restore: Callable[[], None] = lambda: None
        self._refuse: Callable[[], None] = lambda: None
        self._text = label(name="recovery_text")
        self._button = push_button("Restore", "restore_session", self._on_restore)
        hint = "Continue without restoring"
        self._dismiss = flat_button("Not now", "no_restore", hint, self._on_refused)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 8, 4)
        layout.setSpacing(8)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._button)
        layout.addWidget(self._dismiss)
        self.hide()

    def tell(self, text: str) -> None:
        """Say what was restored."""
        self._text.setText(text)
        self._button.hide()
        self._dismiss.setText("OK")
        self._dismiss.setToolTip("Hide this message")
        self._refuse = lambda: None
        self.show()

    def offer(self, text: str, *, restore: Callable[[], None], refuse: Callable[[], None]) -> None:
        """Offer to restore what was open."""
        self._text.setText(text)
        self._restore, self._refuse = restore, refuse
        self._button.show()
        self._dismiss.setText("Not now")
        self.show()

    def _on_restore(self) -> None:
        self.hide()
        self._restore()

    def _on_refused(self) -> None:
        self.hide()
        self._refuse()
