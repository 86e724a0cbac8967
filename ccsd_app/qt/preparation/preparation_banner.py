"""The lines under the case's name: how a raw case was prepared, and buttons to change it."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ccsd_app.qt.widgets.flat_button import flat_button, one_of
from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.push_button import push_button
from ccsd_app.viewmodel.common.derived_value import DerivedValue
from ccsd_app.viewmodel.preparation.preparation_banner import PreparationBanner


class PreparationBannerWidget(QWidget):
    """Hidden for a case that needs no preparation.

    Args:
        banner: The texts and buttons to show.
        again: Starts the preparation.
        without: Uses the case as it was scanned.
        details: Shows the details of the preparation.
        show_on_prepared: Shows results on the prepared images.
        show_on_scanned: Shows results on the images as scanned.
        parent: Qt parent.
    """

    def __init__(
        self,
        banner: DerivedValue[PreparationBanner],
        *,
        again: Callable[[], None],
        without: Callable[[], None],
        details: Callable[[], None],
        show_on_prepared: Callable[[], None],
        show_on_scanned: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("preparation_banner")
        self._text = label(role="small", name="preparation_text", wrap=True)
        self._warnings = label(role="warning", name="preparation_warnings", wrap=True)
        self._again = push_button(banner.value.again or "Prepare", "preparation_again", again)
        self._without = push_button(
            "Segment as scanned",
            "preparation_without",
            without,
            hint="Segment the images as they were scanned; the result may be wrong",
        )
        self._details = push_button(
            "Details…",
            "preparation_details",
            details,
            hint="Show the numbers and pictures of each step, and adjust them",
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(3)
        layout.addWidget(self._text)
        layout.addWidget(self._warnings)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        for button in (self._again, self._without, self._details):
            row.addWidget(button)
        row.addStretch(1)
        layout.addLayout(row)
        self._shown_on = QWidget()
        switch = QHBoxLayout(self._shown_on)
        switch.setContentsMargins(0, 0, 0, 0)
        switch.setSpacing(2)
        switch.addWidget(label("Shown on:", role="small"))
        self._on_prepared = flat_button(
            "Prepared",
            "shown_on_prepared",
            "Show results on the prepared images, which the model reads",
            show_on_prepared,
            checkable=True,
        )
        self._on_scanned = flat_button(
            "Original",
            "shown_on_original",
            "Show results on the slices of the first sequence as scanned",
            show_on_scanned,
            checkable=True,
        )
        one_of((self._on_prepared, self._on_scanned), self)
        switch.addWidget(self._on_prepared)
        switch.addWidget(self._on_scanned)
        switch.addStretch(1)
        layout.addWidget(self._shown_on)
        self._banner = banner
        banner.changed.connect(self._show)
        self._show(banner.value)

    def _show(self, banner: PreparationBanner) -> None:
        self._text.setText(banner.text)
        self._warnings.setText(banner.warnings)
        self._warnings.setVisible(bool(banner.warnings))
        if banner.again:
            self._again.setText(banner.again)
        self._again.setVisible(bool(banner.again))
        self._without.setVisible(banner.without)
        self._details.setVisible(banner.details)
        self._shown_on.setVisible(banner.details)
        self._on_prepared.setChecked(not banner.on_scanned)
        self._on_scanned.setChecked(banner.on_scanned)
        self.setVisible(bool(banner.text))
