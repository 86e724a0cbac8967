"""The four sequence toggles, which choose the input of the model."""

from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QToolTip, QWidget

from ccsd_app.qt.widgets.labels import ElidedLabel, label
from ccsd_app.viewmodel.panels.modality_toggles import ModalityToggles, Toggle
from ccsd_core.domain.modality import Modality


class ModalityTogglesWidget(QWidget):
    """One row for each sequence. Holds no state: it draws its view-model."""

    def __init__(self, model: ModalityToggles, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("modality_toggles")
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(0)
        layout.setColumnStretch(2, 1)
        self._rows: list[_Row] = []
        for index, toggle in enumerate(model.shown.value):
            row = _Row(toggle)
            row.box.clicked.connect(partial(_toggle, model, toggle.modality))
            layout.addWidget(row.key, 2 * index, 0, Qt.AlignmentFlag.AlignTop)
            layout.addWidget(row.box, 2 * index, 1)
            layout.addWidget(row.status, 2 * index, 2)
            layout.addWidget(row.file, 2 * index + 1, 1, 1, 2)
            layout.setRowMinimumHeight(2 * index + 1, 19)
            self._rows.append(row)
        self._model = model
        model.shown.changed.connect(self._show)
        model.refused.connect(self._show_reason)
        self._show(model.shown.value)

    def _show(self, toggles: tuple[Toggle, ...]) -> None:
        for row, toggle in zip(self._rows, toggles, strict=True):
            row.show(toggle)
        QToolTip.hideText()  # its text may be outdated

    def _show_reason(self, modality: Modality) -> None:
        """Show at its row why a key does nothing."""
        box = self._rows[modality].box
        reason = box.toolTip().splitlines()[0]
        QToolTip.showText(box.mapToGlobal(box.rect().bottomLeft()), reason, box)


def _toggle(model: ModalityToggles, modality: object, *_: object) -> None:
    model.toggle(modality)  # type: ignore[arg-type]


class _Row:
    def __init__(self, toggle: Toggle) -> None:
        name = toggle.modality.label
        self.key = label(toggle.key, role="dim")
        self.box = QCheckBox(name)
        self.box.setObjectName(f"modality_{toggle.modality.name}")
        self.box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.status = label(role="dim", name=f"status_{toggle.modality.name}")
        self.status.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.file = ElidedLabel(role="small", name=f"file_{toggle.modality.name}")
        self.file.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)

    def show(self, toggle: Toggle) -> None:
        with QSignalBlocker(self.box):
            self.box.setChecked(toggle.checked)
        self.box.setEnabled(toggle.enabled)
        self.box.setAccessibleName(f"{toggle.modality.label}, {toggle.status}")
        self.status.setText(toggle.status)
        self.status.setProperty("role", "dim" if toggle.status == "present" else "warning")
        self.status.style().polish(self.status)
        self.file.setText(toggle.file)
        for widget in (self.box, self.status, self.file):
            widget.setToolTip(toggle.hint)
