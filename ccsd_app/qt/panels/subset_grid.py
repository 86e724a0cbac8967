"""The grid of all subsets: a thumbnail of the slice shown, state, score and volume of each.

With [FLAIR] [T1] [T1c] [T2]              WT ▾
┌────────┬────────┬────────┐
│ slice  │        │        │     click: go there     Shift+click: compare with it
│ ●○○○ 0.94  151 mL        │
"""

from functools import partial

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ccsd_app.qt.widgets import theme
from ccsd_app.qt.widgets.flat_button import flat_button
from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.pixels import image_of
from ccsd_app.qt.widgets.region_button import RegionButton
from ccsd_app.qt.widgets.text_size import follow_text_size, scaled, scaled_width
from ccsd_app.scene.slices.thumbnail import thumbnail
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.panels.subset_grid import SubsetCell, SubsetGridModel
from ccsd_app.viewmodel.panels.toolbar import ToolbarModel
from ccsd_core.domain.modality import Modality, ModalitySubset

CELL = QSize(108, 126)
REST_MS = 120
"""How long the crosshair rests before the thumbnails follow it, in milliseconds."""
DOT = 7
LINE = 16
"""Height of a line of text, at its plain size."""
CELL_ROLE = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class SubsetGridWidget(QWidget):
    """All subsets of the case. Holds no state except its pictures.

    Args:
        session: Holds the state that the thumbnails show.
        model: The cells.
        tools: Holds the region of the numbers.
        parent: Qt parent.
    """

    def __init__(
        self,
        session: Session,
        model: SubsetGridModel,
        tools: ToolbarModel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("subset_grid")
        self._session = session
        self._model = model
        self._cells = _Cells(model)
        self._view = _list_view(self._cells)
        self._view.clicked.connect(self._on_clicked)
        self._view.activated.connect(self._on_clicked)
        header = QHBoxLayout()
        header.setSpacing(4)
        header.addWidget(label("With", role="dim"))
        self._required = {
            modality: flat_button(
                modality.label,
                f"require_{modality.name}",
                f"Show only subsets with {modality.label}",
                partial(model.require, modality),
                checkable=True,
            )
            for modality in Modality
        }
        for button in self._required.values():
            header.addWidget(button)
        header.addStretch(1)
        header.addWidget(RegionButton(tools, "grid_region", "Choose the region of the numbers (T)"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(header)
        self._score = label(role="dim", name="grid_score", wrap=True)
        layout.addWidget(self._score)
        layout.addWidget(self._view, 1)

        self._draw_timer = QTimer(self)
        self._draw_timer.setSingleShot(True)
        self._draw_timer.setInterval(REST_MS)
        self._draw_timer.timeout.connect(self._draw)
        session.changed.connect(self._on_session_changed)
        self._scrolled_to: ModalitySubset | None = None
        model.shown.changed.connect(self._on_cells_changed)
        model.filtered.connect(self._on_filtered)
        model.score.changed.connect(self._show_score)
        self._score.setText(model.score.value)
        self._on_filtered()

    @property
    def up_to_date(self) -> bool:
        """Whether the thumbnails on screen show the current state."""
        return not self._draw_timer.isActive()

    def _on_session_changed(self, old: State, new: State) -> None:
        if new.case is not old.case:
            self._cells.clear_pictures()
            self._view.scrollToTop()
        if self.isVisible() and _drawn_from(new) != _drawn_from(old):
            self._draw_timer.start()  # again, so that scrolling does not wait for fifteen slices

    def _on_cells_changed(self, _: object) -> None:
        self._cells.refill()
        shown = next((cell.subset for cell in self._model.listed if cell.shown), None)
        first = self._scrolled_to is None  # a case that opens shows the grid from its top
        if shown is not None and shown != self._scrolled_to and not first:
            self._view.scrollTo(self._cells.index_of(shown))
        self._scrolled_to = shown

    def _show_score(self, text: str) -> None:
        self._score.setText(text)

    def _on_filtered(self) -> None:
        for modality, button in self._required.items():
            button.setChecked(modality in self._model.required)
            button.setEnabled(modality in self._model.available.value)
        self._cells.refill()
        self._draw_timer.start()  # cells that were not listed have outdated pictures

    def showEvent(self, event: object) -> None:
        self._draw_timer.start()

    def _draw(self) -> None:
        self._cells.draw(self._session.state)

    def _on_clicked(self, index: QModelIndex) -> None:
        cell: SubsetCell = index.data(CELL_ROLE)
        if QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._model.compare(cell.subset)
        else:
            self._model.use(cell.subset)


class _Cells(QAbstractListModel):
    """Qt list model of the listed cells and their thumbnails."""

    def __init__(self, model: SubsetGridModel) -> None:
        super().__init__()
        self._model = model
        self._listed = model.listed
        self._pictures: dict[ModalitySubset, QImage] = {}

    def refill(self) -> None:
        listed = self._model.listed
        if [c.subset for c in listed] != [c.subset for c in self._listed]:
            self.beginResetModel()
            self._listed = listed
            self.endResetModel()
            return
        before, self._listed = self._listed, listed
        for row, (old, new) in enumerate(zip(before, listed, strict=True)):
            if old != new:
                self._changed(row)

    def clear_pictures(self) -> None:
        self._pictures.clear()

    def draw(self, state: State) -> None:
        """Draw every listed subset's thumbnail for a state."""
        for row, cell in enumerate(self._listed):
            rgb = thumbnail(state, cell.subset)
            if rgb is not None:
                self._pictures[cell.subset] = image_of(rgb)
                self._changed(row)

    def index_of(self, subset: ModalitySubset) -> QModelIndex:
        """The model index of a listed subset."""
        return self.index([cell.subset for cell in self._listed].index(subset))

    def picture(self, subset: ModalitySubset) -> QImage | None:
        return self._pictures.get(subset)

    def rowCount(self, parent: Index | None = None) -> int:
        return len(self._listed)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._listed):
            return None
        cell = self._listed[index.row()]
        if role == CELL_ROLE:
            return cell
        text_roles = (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
        return cell.accessible_text if role in text_roles else None

    def _changed(self, row: int) -> None:
        index = self.index(row)
        self.dataChanged.emit(index, index)


class _Painter(QStyledItemDelegate):
    """Item delegate that paints a cell: thumbnail, sequences, score and volume."""

    def __init__(self, cells: _Cells, parent: QWidget) -> None:
        super().__init__(parent)
        self._cells = cells

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(scaled_width(CELL.width()), scaled_width(CELL.height()))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell: SubsetCell = index.data(CELL_ROLE)
        box = QRect(option.rect).adjusted(2, 2, -2, -2)
        painter.save()
        painter.fillRect(box, QColor(theme.CHOSEN if cell.shown else theme.WINDOW))
        inside = QRect(
            box.left() + 2, box.top() + 2, box.width() - 4, box.height() - 4 - 2 * scaled(LINE)
        )
        painter.fillRect(inside, QColor(0, 0, 0))
        picture = self._cells.picture(cell.subset)
        if picture is not None:
            size = picture.size().scaled(inside.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(0, 0, size.width(), size.height())
            place.moveCenter(inside.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, picture)
        self._write(painter, cell, box)
        self._frame(painter, cell, box, option)
        painter.restore()

    def _write(self, painter: QPainter, cell: SubsetCell, box: QRect) -> None:
        top = box.bottom() - 2 * scaled(LINE)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, given in enumerate(cell.given):
            painter.setPen(QPen(QColor(theme.TEXT if given else theme.FAINT), 1.2))
            painter.setBrush(QColor(theme.TEXT) if given else QColor(0, 0, 0, 0))
            painter.drawEllipse(
                box.left() + 6 + place * (DOT + 4), top + (scaled(LINE) - DOT) // 2, DOT, DOT
            )
        line = QRect(box.left() + 6, top, box.width() - 12, scaled(LINE))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(theme.TEXT))
        painter.drawText(line, right, cell.score)
        running = cell.status == "running"
        painter.setPen(QColor(theme.ACCENT if running else theme.DIM))
        text = cell.volume if cell.status == "computed" else cell.status
        painter.drawText(line.translated(0, scaled(LINE) - 1), right, text)

    def _frame(
        self, painter: QPainter, cell: SubsetCell, box: QRect, option: QStyleOptionViewItem
    ) -> None:
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        colour = theme.WARNING if cell.compared else theme.ACCENT if cell.shown else theme.LINE
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.TEXT if focused else colour), 1))
        painter.drawRect(box.adjusted(0, 0, -1, -1))


def _list_view(cells: _Cells) -> QListView:
    view = QListView()
    view.setObjectName("grid_cells")
    view.setAccessibleName("Subsets of the sequences, each with a picture and its numbers")
    view.setViewMode(QListView.ViewMode.IconMode)
    view.setMovement(QListView.Movement.Static)
    view.setResizeMode(QListView.ResizeMode.Adjust)
    view.setUniformItemSizes(True)
    view.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    view.setFrameShape(QListView.Shape.NoFrame)
    view.setModel(cells)
    view.setItemDelegate(_Painter(cells, view))
    follow_text_size(view, view.scheduleDelayedItemsLayout)
    return view


def _drawn_from(state: State) -> tuple[object, ...]:
    """Everything that thumbnails depend on, for comparison by identity or value."""
    return (
        id(state.case),
        state.cursor_voxel[2],
        state.background,
        state.windows,
        state.visible,
        state.colours,
        state.radiological,
        len(state.results),
        state.guess,
    )
