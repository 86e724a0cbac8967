"""The button that opens cases: by folder, by file, by sequence, recent ones, the demo.

Open ▾   Open folder… · Open image file… · Choose the file of each sequence…
         Recent cases ▸ · Demo case
         Files of the case…
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from ccsd_app.qt.icons import icon
from ccsd_app.viewmodel.recent import RecentCase, recent_case


@dataclass(frozen=True, slots=True)
class OpenActions:
    """What the entries do.

    Args:
        open_folder: Ask for a folder.
        open_file: Ask for one image file.
        choose_files: Ask for the file of each sequence.
        open_recent: Open this folder or file.
        open_demo: Open the bundled case.
        show_table: Show the files of the open case.
        case_open: Whether there is one.
    """

    open_folder: Callable[[], None]
    open_file: Callable[[], None]
    choose_files: Callable[[], None]
    open_recent: Callable[[Path], None]
    open_demo: Callable[[], None]
    show_table: Callable[[], None]
    case_open: Callable[[], bool]


class OpenMenu(QToolButton):
    """Holds no state: the recent cases are asked for whenever the menu is shown.

    Args:
        actions: What the entries do.
        recent: Gives the recent cases, newest first.
    """

    def __init__(
        self,
        actions: OpenActions,
        recent: Callable[[], Sequence[Path]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._recent = recent
        self.setObjectName("open")
        self.setText("Open")
        self.setIcon(icon("open"))
        self.setToolTip("open a case: a folder, a file, a recent case, the demo")
        self.setAccessibleName("open a case")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.open_menu = QMenu(self)
        self.open_menu.setObjectName("open_menu")
        self.open_menu.setToolTipsVisible(True)
        self.setMenu(self.open_menu)
        self._add("Open folder…\tCtrl+O", "open_folder", actions.open_folder)
        self._add("Open image file…", "open_file", actions.open_file)
        self._add("Choose the file of each sequence…", "choose_files", actions.choose_files)
        self.open_menu.addSeparator()
        self.recent_menu = QMenu("Recent cases", self.open_menu)
        self.recent_menu.setObjectName("recent_menu")
        self.recent_menu.setToolTipsVisible(True)
        self.open_menu.addMenu(self.recent_menu)
        self._add("Demo case", "open_demo", actions.open_demo)
        self.open_menu.addSeparator()
        self._table = self._add("Files of the case…", "show_table", actions.show_table)
        self.open_menu.aboutToShow.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Ask again which cases are recent and whether one is open."""
        self._table.setEnabled(self._actions.case_open())
        self._table.setToolTip("" if self._table.isEnabled() else "no case is open")
        self.recent_menu.clear()
        for case in map(recent_case, self._recent()):
            self.recent_menu.addAction(self._recent_action(case))
        self.recent_menu.setEnabled(not self.recent_menu.isEmpty())

    def _recent_action(self, case: RecentCase) -> QAction:
        action = QAction(case.text.replace("&", "&&"), self.recent_menu)
        action.setToolTip(case.hint)
        action.setEnabled(case.there)
        action.triggered.connect(partial(self._open_recent, case.path))
        return action

    def _open_recent(self, path: Path, *_: object) -> None:
        self._actions.open_recent(path)

    def _add(self, text: str, name: str, act: Callable[[], None]) -> QAction:
        action = QAction(text, self.open_menu)
        action.setObjectName(name)
        action.triggered.connect(lambda *_: act())
        self.open_menu.addAction(action)
        return action
