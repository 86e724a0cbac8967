"""The searchable list of commands (Ctrl+K): type a word, choose with the arrows, press Return."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ccsd_app.qt.help.commands import Command, matching

SIZE = (560, 420)
_LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class CommandDialog(QDialog):
    """Runs the chosen command after the dialog has closed.

    Args:
        commands: The commands.
        parent: Qt parent.
    """

    def __init__(self, commands: Sequence[Command], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("command_dialog")
        self.setWindowTitle("Commands")
        self.resize(*SIZE)
        self._commands = commands
        self._shown: list[Command] = []
        self._line = QLineEdit()
        self._line.setObjectName("command_search")
        self._line.setAccessibleName("Search commands")
        self._line.setPlaceholderText("Search, for example: compare, T1c, export")
        self._line.textChanged.connect(self._show)
        self._line.installEventFilter(self)
        self._line.returnPressed.connect(self._run_chosen)
        self._list = QListWidget()
        self._list.setObjectName("command_list")
        self._list.setAccessibleName("Commands found")
        self._list.itemActivated.connect(lambda _: self._run_chosen())
        layout = QVBoxLayout(self)
        layout.addWidget(self._line)
        layout.addWidget(self._list, 1)
        self._show("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows choose in the list while the line has the focus."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() not in _LIST_KEYS:
            return False
        self._list.keyPressEvent(event)
        return True

    def _show(self, text: str) -> None:
        self._shown = matching(self._commands, text)
        self._list.clear()
        for command in self._shown:
            item = QListWidgetItem(command.title + (f"   –   {command.hint}" * bool(command.hint)))
            item.setToolTip(command.hint)
            if not command.enabled:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            self._list.addItem(item)
        if self._shown:
            self._list.setCurrentRow(0)
        else:
            item = QListWidgetItem("No matching command")
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            self._list.addItem(item)

    def _run_chosen(self) -> None:
        row = self._list.currentRow()
        if not 0 <= row < len(self._shown) or not self._shown[row].enabled:
            return
        run = self._shown[row].run
        self.accept()
        QTimer.singleShot(0, run)
