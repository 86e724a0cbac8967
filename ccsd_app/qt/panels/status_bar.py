"""The status bar: provenance, the probe, progress, and the disclaimer."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QStatusBar, QWidget

from ccsd_app.qt.widgets.labels import ElidedLabel, label
from ccsd_app.qt.widgets.push_button import push_button
from ccsd_app.viewmodel.common.derived_value import DerivedValue
from ccsd_app.viewmodel.panels.status_bar import StatusBar
from ccsd_core.domain.segmentation import DISCLAIMER

SHOW_MODEL_WIDTH = 1200
"""Below this width, the model is not shown, so that the probe has enough space."""
LONG_TEXTS_WIDTH = 1500
"""Below this width, texts and progress bar are short, so that the probe is not cut."""
SHORT_DISCLAIMER = "Not for diagnosis."
BAR_PX, SHORT_BAR_PX = 110, 50


class StatusBarWidget(QStatusBar):
    """Provenance and probe on the left, progress and disclaimer on the right."""

    def __init__(
        self,
        line: DerivedValue[StatusBar],
        *,
        resume: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("status_bar")
        self.setSizeGripEnabled(False)
        right = Qt.TextElideMode.ElideRight
        narrow = QSizePolicy.Policy.Maximum  # as wide as its text, or narrower if there is no space
        self._provenance = ElidedLabel(name="provenance", mode=right, width=narrow)
        self._probe = ElidedLabel(
            role="dim", name="probe", mode=right, width=narrow, keep_width=True
        )
        self._activity = label(role="dim", name="activity")
        self._bar = QProgressBar()
        self._bar.setObjectName("progress")
        self._bar.setAccessibleName("progress")
        self._bar.setFixedSize(BAR_PX, 12)
        self._bar.setTextVisible(False)
        self._escape = label("Esc", role="small", name="escape")
        self._escape.setToolTip("Cancel (Esc)")
        hint = "Compute the remaining subsets"
        self._resume = push_button("Resume", "resume", resume, hint=hint)
        self._disclaimer = label(DISCLAIMER, role="warning", name="disclaimer")
        self._disclaimer.setToolTip(DISCLAIMER)
        self._disclaimer.setAccessibleName(DISCLAIMER)
        self.setContentsMargins(8, 0, 8, 0)
        self.addWidget(self._provenance)
        self.addWidget(self._probe)
        for widget in (self._activity, self._bar, self._escape, self._resume, self._disclaimer):
            self.addPermanentWidget(widget)
        self._line = line
        line.changed.connect(self._show)
        self._show(line.value)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= LONG_TEXTS_WIDTH
        self._disclaimer.setText(DISCLAIMER if wide else SHORT_DISCLAIMER)
        self._bar.setFixedWidth(BAR_PX if wide else SHORT_BAR_PX)
        self._show(self._line.value)

    def _show(self, line: StatusBar) -> None:
        known = [part for part in (line.provenance, line.model) if part]
        provenance = " · ".join(known if self.width() >= SHOW_MODEL_WIDTH else known[:1])
        for widget, text in (
            (self._provenance, provenance),
            (self._probe, line.probe),
            (self._activity, "Computing stopped" if line.stopped else line.activity),
        ):
            if widget.text() != text:
                widget.setText(text)
                widget.setToolTip(text)
        busy = bool(line.activity)
        self._bar.setVisible(busy)
        self._escape.setVisible(busy and line.cancellable)
        self._resume.setVisible(line.stopped)
        # a progress bar repaints at once, and everything pending with it
        self._bar.setUpdatesEnabled(False)
        self._bar.setRange(0, line.total)
        self._bar.setValue(line.done)
        self._bar.setUpdatesEnabled(True)
