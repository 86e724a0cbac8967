"""The banner over the views: a warning that the numbers of the open case are unreliable."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ccsd_app.qt.widgets.flat_button import flat_button
from ccsd_app.qt.widgets.labels import label
from ccsd_app.viewmodel.common.derived_value import DerivedValue


class InputBanner(QFrame):
    """Shown while there is a warning; the user can hide it for the open case.

    Args:
        shown: The case and the warning; "" hides the banner.
        parent: Qt parent.
    """

    def __init__(self, shown: DerivedValue[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("input_banner")
        self._text = label(role="banner", name="input_banner_text", wrap=True)
        hint = "Hide this message for the open case"
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 8, 0)
        layout.addWidget(self._text, 1)
        layout.addWidget(flat_button("Hide", "dismiss_banner", hint, self.hide))
        self._shown = shown
        shown.changed.connect(self._show)
        self._show(shown.value)

    def _show(self, shown: tuple[str, str]) -> None:
        _, text = shown
        self._text.setText(text)
        self.setVisible(bool(text))
