"""The table of the cases in a folder."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from ccsd_app.viewmodel.training.folder_contents import CaseRow
from ccsd_core.domain.modality import Modality

HEADINGS = ("Case", *(m.label for m in Modality), "Labels", "Site", "Remark")

ROW_HEIGHT = 22


class CaseList(QTableWidget):
    """One row per case; a click on a heading sorts."""

    def __init__(self) -> None:
        super().__init__(0, len(HEADINGS))
        self.setObjectName("training_cases")
        self.setAccessibleName("Cases of the folder")
        self.setHorizontalHeaderLabels(list(HEADINGS))
        self.verticalHeader().hide()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.sortByColumn(0, Qt.SortOrder.AscendingOrder)

    def show_rows(self, rows: tuple[CaseRow, ...]) -> None:
        """Show these cases."""
        self.setSortingEnabled(False)
        self.setRowCount(len(rows))
        for line, row in enumerate(rows):
            marks = [_mark(on=modality in row.sequences) for modality in Modality]
            texts = (row.id, *marks, _mark(on=row.labels), row.site, row.remark)
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                if 0 < column < len(HEADINGS) - 1:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                item.setToolTip(row.remark)
                self.setItem(line, column, item)
        self.setSortingEnabled(True)


def _mark(*, on: bool) -> str:
    return "✓" if on else "–"
