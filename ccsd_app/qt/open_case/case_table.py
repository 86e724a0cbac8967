"""The case table: every file of a case, what it is used as and why; the user can correct it.

┌ error message, if there is one    ──────────────────────────────────────┐
│ preview, file │ size, spacing, values │ use as [T1c ▾] │ reason │ state │
├ grids that differ ──────────────────────────────────────────────────────┤
│ label scheme of the expert labels [from file names ▾]                   │
└ why it cannot be opened ──────────────────────────────── Cancel │ Open ─┘
"""

from collections.abc import Collection
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPixmap, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ccsd_app.qt.open_case.preview_reader import PreviewReader
from ccsd_app.qt.widgets import theme
from ccsd_app.qt.widgets.labels import ElidedLabel, label
from ccsd_app.qt.widgets.painting import painting
from ccsd_app.qt.widgets.queued_call import QueuedCall
from ccsd_app.qt.widgets.text_size import scaled
from ccsd_app.scene.slices.preview import ImagePreview
from ccsd_app.viewmodel.common.sentence import message
from ccsd_app.viewmodel.open_case.case_table import (
    PRESENT,
    Row,
    case_table,
    grid_text,
    overrides_for,
    scheme_text,
)
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import SCHEMES, LabelScheme
from ccsd_core.storage.cases.case_offer import CaseOffer
from ccsd_core.storage.cases.overrides import Overrides, Part, file_of, role_name
from ccsd_core.storage.names.naming import Role

COLUMNS = ("File", "Size, spacing, values", "Use as", "Reason", "State")
FILE, GRID, ROLE, WHY, STATE = range(len(COLUMNS))
WIDTHS = {GRID: 245, ROLE: 125, WHY: 270, STATE: 145}
SIZE = (1080, 520)
PREVIEW_SIZE = QSize(54, 54)
OPEN, TRY_AGAIN = "Open", "Try again"
UNCHANGED = (
    "The case could not be opened like this: correct an assignment or the file, then try again."
)
ROW_HEIGHT, LOW_ROW = 60, 30


class CaseTableDialog(QDialog):
    """Lets the user choose the role of each file. Holds the choices; the view-model checks them.

    Args:
        offer: The files.
        withheld: Withheld sequences of the open case.
        radiological: Whether previews show the patient's right on the left.
        error: Why the files could not be opened as they are, or what is doubtful.
        refused: Whether opening the files as they are has failed, so that a correction is needed.
    """

    def __init__(
        self,
        offer: CaseOffer,
        *,
        withheld: Collection[Modality] = (),
        radiological: bool = True,
        error: str = "",
        refused: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("case_table_dialog")
        self.setWindowTitle("Files of the case")
        self.resize(*map(scaled, SIZE))
        self.offer = offer
        self._withheld = withheld
        self._corrections: dict[Part, Role | None] = {}
        self._previews: dict[Part, ImagePreview] = {}
        self._unreadable: dict[Path, str] = {}
        self._icons: dict[Part, QIcon] = {}
        self._no_preview = QIcon(_canvas())  # of the same size, so that names are aligned
        self._error = label(message(error), role="banner", name="case_table_error", wrap=True)
        self._error.setVisible(bool(error))
        place = ElidedLabel(role="title", name="case_table_place")
        place.setText(str(offer.path))
        place.setToolTip(str(offer.path))
        side = "left" if radiological else "right"
        intro = (
            "Assign each image to a sequence. The previews show the patient's right on the "
            f"{side}. Correct what is wrong, then open the case."
        )
        self._table = _table()
        self._combos: list[QComboBox] = []
        self._notes = label(role="warning", name="case_table_notes", wrap=True)
        self._problem = label(role="warning", name="case_table_problem", wrap=True)
        standard = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(standard.Open | standard.Cancel, Qt.Orientation.Horizontal)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._open = buttons.button(standard.Open)
        self._scheme = _scheme_box(offer.scheme)
        self._scheme.currentIndexChanged.connect(lambda *_: self._explain())
        self._refused, self._files_at_start = refused, self.files
        self._scheme_line = _line("Label scheme of the expert labels", self._scheme)
        footer = QHBoxLayout()
        footer.addWidget(self._problem, 1)
        footer.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        for widget in (self._error, place, label(intro, role="dim"), self._table, self._notes):
            layout.addWidget(widget)
        layout.setStretchFactor(self._table, 1)
        layout.addWidget(self._scheme_line)
        layout.addLayout(footer)
        self._show()
        queued_call = QueuedCall(self)
        self._reader = PreviewReader(
            lambda part, preview: queued_call(partial(self._on_preview, part, preview)),
            lambda path, why: queued_call(partial(self._on_unreadable, path, why)),
            radiological=radiological,
        )
        self.finished.connect(self._reader.stop)
        self.finished.connect(queued_call.close)
        self.destroyed.connect(self._reader.stop)
        usable = [file_of(image.part) for image in offer.images if image.header is not None]
        self._reader.read(tuple(dict.fromkeys(usable)))

    @property
    def files(self) -> Overrides | None:
        """The overrides that open the case as the table shows it; None if none are needed."""
        scheme = self._scheme.currentData()
        return overrides_for(self.offer, self._corrections, scheme) or None

    def has_preview(self, part: Part) -> bool:
        """Whether the preview of an image is in the table."""
        return part in self._previews

    def _choose(self, index: int, part: Part, *_: object) -> None:
        labels = self._label_parts()
        self._corrections[part] = self._combos[index].currentData()
        self._show()
        if labels != self._label_parts():
            self._scheme.setCurrentIndex(0)  # it was chosen for another file

    def _label_parts(self) -> list[Part | None]:
        return [row.part for row in self._shown.rows if row.role == "labels"]

    def _on_preview(self, part: Part, preview: ImagePreview) -> None:
        self._previews[part], self._icons[part] = preview, _icon(preview)
        for index, row in enumerate(self._shown.rows):
            if row.part == part:
                self._fill(index, row)

    def _on_unreadable(self, path: Path, why: str) -> None:
        self._unreadable[path] = why
        self._show()

    def _show(self) -> None:
        shown = self._shown = case_table(
            self.offer,
            self._corrections,
            withheld=self._withheld,
            unreadable=self._unreadable,
        )
        self._table.setRowCount(len(shown.rows))
        for index, row in enumerate(shown.rows):
            self._table.setRowHeight(index, LOW_ROW if row.part is None else ROW_HEIGHT)
            self._fill(index, row)
        self._explain()

    def _fill(self, index: int, row: Row) -> None:
        if row.part is not None and index == len(self._combos):
            self._add_combo(index, row, row.part)
        preview = None if row.part is None else self._previews.get(row.part)
        texts = {FILE: row.name, GRID: grid_text(row, preview), WHY: row.reason, STATE: row.state}
        hints = {FILE: row.place, STATE: row.hint or row.state}
        if row.part is None:
            texts[ROLE] = role_name(row.role)
        else:
            combo = self._combos[index]
            with QSignalBlocker(combo):
                combo.setCurrentIndex(row.choices.index(row.role))
        for column, text in texts.items():
            item = QTableWidgetItem(text)
            item.setToolTip(hints.get(column, text))
            item.setForeground(_colour(row, column))
            if column == FILE and row.part is not None:
                item.setIcon(self._icons.get(row.part, self._no_preview))
            self._table.setItem(index, column, item)

    def _add_combo(self, index: int, row: Row, part: Part) -> None:
        combo = _RoleComboBox()
        for choice in row.choices:
            combo.addItem(role_name(choice), choice)
        combo.setObjectName(f"role_{index}")
        combo.setAccessibleName(f"Use {row.name} as")
        combo.currentIndexChanged.connect(partial(self._choose, index, part))
        self._combos.append(combo)
        cell = QWidget()
        centred = QVBoxLayout(cell)  # so that it keeps its own height, not the row's
        centred.setContentsMargins(0, 0, 0, 0)
        centred.addWidget(combo, 0, Qt.AlignmentFlag.AlignVCenter)
        self._table.setCellWidget(index, ROLE, cell)

    def _explain(self) -> None:
        shown = self._shown
        unchanged = self._refused and self.files == self._files_at_start and not shown.problem
        problem = shown.problem or (UNCHANGED if unchanged else "")
        self._scheme_line.setVisible(any(row.role == "labels" for row in shown.rows))
        self._notes.setText("\n".join(shown.notes))
        self._notes.setVisible(bool(shown.notes))
        self._problem.setText(problem)
        self._problem.setAccessibleName(problem)
        self._open.setText(TRY_AGAIN if unchanged else OPEN)
        self._open.setEnabled(not shown.problem)
        self._open.setToolTip(problem)


class _RoleComboBox(QComboBox):
    """A combo box that leaves the mouse wheel to the table that contains it."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def _scheme_box(current: LabelScheme | None) -> QComboBox:
    box = _RoleComboBox()
    box.setObjectName("label_scheme")
    box.setAccessibleName("Label scheme of the expert labels")
    for scheme in (None, *SCHEMES.values()):
        box.addItem(scheme_text(scheme), scheme)
    box.setCurrentIndex(0 if current is None else list(SCHEMES.values()).index(current) + 1)
    return box


def _line(text: str, widget: QWidget) -> QWidget:
    line = QWidget()
    row_layout = QHBoxLayout(line)
    row_layout.setContentsMargins(0, 0, 0, 0)
    row_layout.addWidget(label(text, role="dim"))
    row_layout.addWidget(widget)
    row_layout.addStretch(1)
    return line


def _table() -> QTableWidget:
    table = QTableWidget(0, len(COLUMNS))
    table.setObjectName("case_table")
    table.setAccessibleName("Files of the case")
    table.setHorizontalHeaderLabels(COLUMNS)
    table.verticalHeader().hide()
    table.setIconSize(PREVIEW_SIZE)
    table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    table.setWordWrap(False)
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(FILE, QHeaderView.ResizeMode.Stretch)
    for column, width in WIDTHS.items():
        header.resizeSection(column, scaled(width))
    return table


def _icon(preview: ImagePreview) -> QIcon:
    rows, columns = preview.grey.shape
    grey = QImage.Format.Format_Grayscale8
    image = QImage(preview.grey.data, columns, rows, columns, grey).copy()
    width, height = preview.size_mm
    pixels_mm = (
        2 * PREVIEW_SIZE.width() / max(width, height)
    )  # sharp on a screen of twice the pixels, too
    size = QSize(max(1, round(pixels_mm * width)), max(1, round(pixels_mm * height)))
    smooth = Qt.TransformationMode.SmoothTransformation
    canvas = _canvas()
    place = QRect(QPoint(0, 0), size)
    place.moveCenter(canvas.rect().center())
    with painting(canvas) as painter:
        painter.drawImage(place, image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth))
    return QIcon(canvas)


def _canvas() -> QPixmap:
    canvas = QPixmap(PREVIEW_SIZE * 2)
    canvas.fill(Qt.GlobalColor.transparent)
    return canvas


def _colour(row: Row, column: int) -> QColor:
    """Rows that need attention in the warning colour, rows that are not used dimmed."""
    if row.doubtful or (column == STATE and row.state != PRESENT):
        return QColor(theme.WARNING)
    faded = row.part is None or row.role is None
    return QColor(theme.DIM if faded or column in (GRID, WHY) else theme.TEXT)
