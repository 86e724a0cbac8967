"""The bookmarks: an input line for a new one, the list, and buttons to step through it.

[ Comment on the current view           ] [Add]
1  necrosis, not oedema
   FLAIR + T2 · Regions · x −12.0 …
[◀ Previous] [Next ▶]   [Delete] [Film…] [Export…]
"""

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.push_button import push_button
from ccsd_app.viewmodel.panels.bookmarks import Bookmarks, BookmarksModel

EMPTY = (
    "Bookmark the current view with a comment (Ctrl+B): it stores the sequences, the layer and the "
    "crosshair. Bookmarks are part of the session."
)


class BookmarksPanel(QWidget):
    """Holds no state: it draws what the view-model says.

    Args:
        model: The bookmarks.
        export: Saves the bookmarks as text.
        film: Saves them as slides or as a film.
        parent: Qt parent.
    """

    def __init__(
        self,
        model: BookmarksModel,
        *,
        export: Callable[[], None],
        film: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("bookmarks")
        self._model = model
        self._line = QLineEdit()
        self._line.setObjectName("bookmark_text")
        self._line.setAccessibleName("Comment of a new bookmark")
        self._line.setPlaceholderText("Comment on the current view")
        self._line.returnPressed.connect(self._add)
        self._add_button = push_button(
            "Add", "add_bookmark", self._add, hint="Bookmark the current view"
        )
        first = QHBoxLayout()
        first.addWidget(self._line, 1)
        first.addWidget(self._add_button)
        self._empty = label(EMPTY, role="dim", wrap=True)
        self._list = QListWidget()
        self._list.setObjectName("bookmark_list")
        self._list.setAccessibleName("Bookmarks")
        self._list.setWordWrap(True)
        self._list.setEditTriggers(QListWidget.EditTrigger.EditKeyPressed)
        self._list.itemClicked.connect(lambda item: model.go(self._list.row(item)))
        self._list.itemActivated.connect(lambda item: model.go(self._list.row(item)))
        self._list.setToolTip("Click to go there; F2 to edit the comment")
        self._list.itemChanged.connect(self._on_edited)
        self._previous = push_button(
            "Previous", "previous_bookmark", lambda: self._step(-1), hint="Ctrl+Page Up"
        )
        self._next = push_button(
            "Next", "next_bookmark", lambda: self._step(1), hint="Ctrl+Page Down"
        )
        self._delete = push_button("Delete", "delete_bookmark", self._remove)
        hint = "Save the bookmarks as slides, video or GIF, each with its comment"
        self._film = push_button("Film…", "film_bookmarks", film, hint=hint)
        hint = "Save the bookmarks as text (Markdown)"
        self._export = push_button("Export…", "export_bookmarks", export, hint=hint)
        last = QHBoxLayout()
        last.addWidget(self._previous)
        last.addWidget(self._next)
        last.addStretch(1)
        last.addWidget(self._delete)
        last.addWidget(self._film)
        last.addWidget(self._export)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(first)
        layout.addWidget(self._empty)
        layout.addWidget(self._list, 1)
        layout.addLayout(last)
        model.shown.changed.connect(self._show)
        self._show(model.shown.value)

    def begin(self) -> None:
        """Move the focus to the comment of a new bookmark."""
        self._line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _add(self) -> None:
        self._model.add(self._line.text())
        self._line.clear()
        self._list.setFocus()  # so that the keys of the window work again

    def _step(self, by: int) -> None:
        self._model.step(by)

    def _remove(self) -> None:
        self._model.remove(self._list.currentRow())

    def _on_edited(self, item: QListWidgetItem) -> None:
        row = self._list.row(item)
        self._model.rename(row, item.text().partition("\n")[0])
        self._show(self._model.shown.value)

    def _show(self, shown: Bookmarks) -> None:
        with QSignalBlocker(self._list):
            while self._list.count() > len(shown.rows):
                self._list.takeItem(self._list.count() - 1)
            for index, row in enumerate(shown.rows):
                if index == self._list.count():
                    item = QListWidgetItem()
                    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
                    self._list.addItem(item)
                self._list.item(index).setText(f"{row.text}\n{row.detail}")
            if shown.current is not None:
                self._list.setCurrentRow(shown.current)
        has_rows = bool(shown.rows)
        self._empty.setVisible(not has_rows)
        self._list.setVisible(has_rows)
        for button in (self._previous, self._next, self._delete, self._film, self._export):
            button.setEnabled(has_rows)
        self._line.setEnabled(shown.case_open)
        self._add_button.setEnabled(shown.case_open)
