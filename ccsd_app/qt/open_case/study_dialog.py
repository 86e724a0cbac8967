"""The dialog that asks which of several DICOM studies to open.

┌ There are 3 studies of 2 patients here … ─────────────────────────┐
│ study │ patient │ date │ series │ sequences │ such as a/b.dcm     │
└──────────────────────────────────────────────────── Cancel │ Open ┘
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ccsd_app.qt.widgets.labels import label
from ccsd_app.viewmodel.open_case.study_list import study_list
from ccsd_core.dicom.study_choice import StudyChoice

SIZE = (820, 300)


class StudyDialog(QDialog):
    """A list of studies; a double click also opens one.

    Args:
        choices: The studies.
        parent: Qt parent.
    """

    chosen = Signal(str)

    def __init__(self, choices: Sequence[StudyChoice], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("study_dialog")
        self.setWindowTitle("Choose a study")
        self.resize(*SIZE)
        self._choices = tuple(choices)
        shown = study_list(choices)
        table = self._table = QTableWidget(len(shown.rows), len(shown.columns))
        table.setObjectName("study_table")
        table.setAccessibleName("Studies")
        table.setHorizontalHeaderLabels(list(shown.columns))
        table.verticalHeader().hide()
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        for row, texts in enumerate(shown.rows):
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                table.setItem(row, column, item)
        table.resizeColumnsToContents()
        last = len(shown.columns) - 1
        table.horizontalHeader().setSectionResizeMode(last, QHeaderView.ResizeMode.Stretch)
        table.selectRow(0)
        table.cellDoubleClicked.connect(lambda *_: self.accept())
        standard = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(standard.Open | standard.Cancel, Qt.Orientation.Horizontal)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(label(shown.headline, name="study_headline", wrap=True))
        layout.addWidget(table, 1)
        layout.addWidget(buttons)
        self.accepted.connect(lambda: self.chosen.emit(self._choices[table.currentRow()].alias))
