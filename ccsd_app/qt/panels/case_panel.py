"""The left panel: the case and its sequences, the model, the regions and their numbers."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from ccsd_app.qt.panels.modality_toggles import ModalityTogglesWidget
from ccsd_app.qt.panels.region_table import RegionTableWidget
from ccsd_app.qt.widgets.flat_button import flat_button
from ccsd_app.qt.widgets.labels import ElidedLabel, label
from ccsd_app.qt.widgets.text_size import follow_text_size, scaled_width
from ccsd_app.viewmodel.common.derived_value import DerivedValue
from ccsd_app.viewmodel.panels.case_panel import CaseHeader
from ccsd_app.viewmodel.panels.modality_toggles import ModalityToggles
from ccsd_app.viewmodel.panels.region_table import RegionTableModel

WIDTH = 272


class CasePanel(QScrollArea):
    """The case and its sequences, the model, and the table of the regions.

    Args:
        header: The texts on the case and the model.
        toggles: The sequence toggles.
        regions: The regions table.
        parent: Qt parent.
        show_files: Shows the files of the case; without it there is no button for that.
        degrade: Shows the panel that degrades sequences; without it there is no button for that.
        guess_panel: The widget below the table of the regions.
        preparation: The lines about the preparation of the case.
        measuring: The tools and the list of measurements.
    """

    def __init__(
        self,
        header: DerivedValue[CaseHeader],
        toggles: ModalityToggles,
        regions: RegionTableModel,
        parent: QWidget | None = None,
        *,
        show_files: Callable[[], None] | None = None,
        degrade: Callable[[], None] | None = None,
        guess_panel: QWidget | None = None,
        preparation: QWidget | None = None,
        measuring: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("case_panel")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        follow_text_size(self, lambda: self.setFixedWidth(scaled_width(WIDTH)))

        self._title = ElidedLabel(role="title", name="case_title")
        self._grid = ElidedLabel(role="small", name="case_grid")
        self._files_note = ElidedLabel(role="small", name="case_files_note")
        self._labels = ElidedLabel(role="small", name="case_labels")
        self._seen = label(role="warning", name="seen_in_training", wrap=True)
        self._notes = label(role="warning", name="case_notes", wrap=True)
        self._model = ElidedLabel(name="model_name")
        self._trained = label(role="small", name="model_trained", wrap=True)
        self._assumes = label(role="warning", name="not_a_detector", wrap=True)
        self._caution = label(role="warning", name="model_caution", wrap=True)

        content = QFrame()
        content.setObjectName("panel")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(3)
        heading = QHBoxLayout()
        heading.addWidget(label("Case", role="heading"), 1)
        self._files = _files_button(show_files)
        heading.addWidget(self._files)
        layout.addLayout(heading)
        for widget in (
            self._title,
            self._grid,
            *([] if preparation is None else [preparation]),
            self._files_note,
            self._labels,
            self._seen,
            self._notes,
        ):
            layout.addWidget(widget)
        layout.addSpacing(10)
        layout.addWidget(label("Sequences given to the model", role="heading"))
        layout.addWidget(ModalityTogglesWidget(toggles))
        self._degrade = _degrade_button(degrade)
        layout.addSpacing(4)
        row = QHBoxLayout()
        row.addWidget(label("Regions", role="heading"))
        row.addStretch()
        row.addWidget(self._degrade)
        layout.addLayout(row)
        layout.addWidget(RegionTableWidget(regions))
        layout.addWidget(self._assumes)
        if guess_panel is not None:
            layout.addWidget(guess_panel)
        layout.addSpacing(8)
        if measuring is not None:
            layout.addWidget(measuring)
            layout.addSpacing(8)
        layout.addWidget(label("Model", role="heading"))
        layout.addWidget(self._model)
        layout.addWidget(self._trained)
        layout.addWidget(self._caution)
        layout.addStretch(1)
        self.setWidget(content)

        self._header = header  # signals hold their listeners weakly: the panel keeps its model
        self._toggles = toggles
        self._regions = regions
        header.changed.connect(self._show)
        self._show(header.value)

    def _show(self, header: CaseHeader) -> None:
        self._files.setEnabled(header.case_open)
        self._degrade.setEnabled(header.case_open)
        self._title.setText(header.title)
        self._title.setToolTip(header.title)
        for widget, text in (
            (self._grid, header.grid),
            (self._files_note, header.files),
            (self._labels, header.labels),
            (self._seen, header.seen),
            (self._notes, header.notes),
            (self._trained, header.trained),
            (self._assumes, header.assumes),
            (self._caution, header.caution),
        ):
            widget.setText(text)
            widget.setToolTip(text)
            widget.setVisible(bool(text))
        self._model.setText(header.model)
        self._model.setToolTip(header.model_hint)


def _degrade_button(degrade: Callable[[], None] | None) -> QToolButton:
    hint = (
        "Simulate noise, motion or less contrast agent in a sequence, and see the result (Ctrl+D)"
    )
    clicked = degrade or (lambda: None)
    button = flat_button("Degrade a sequence…", "degrade", hint, clicked)
    button.setVisible(degrade is not None)
    return button


def _files_button(show_files: Callable[[], None] | None) -> QToolButton:
    hint = "Show and correct which file is used as which sequence"
    clicked = show_files or (lambda: None)
    button = flat_button("Files…", "case_files", hint, clicked, accessible_text="Files of the case")
    button.setVisible(show_files is not None)
    return button
