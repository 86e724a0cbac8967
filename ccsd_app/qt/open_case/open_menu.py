"""The button that opens cases: by folder, by file, by sequence, recent ones, the demo.

Open ▾   Open folder… · Open image file or DICOM zip… · Choose the file of each sequence…
         Recent cases ▸ · Demo case
         Files of the case…
         Segment a folder of cases…
         Open session… · Save session…
         Train a model…
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from ccsd_app.qt.widgets.choice_button import MenuButton, add_entry, add_submenu
from ccsd_app.qt.widgets.icons import icon
from ccsd_app.settings import RecentCase
from ccsd_app.viewmodel.open_case.recent import RecentEntry, recent_entry


@dataclass(frozen=True, slots=True)
class OpenActions:
    """The functions that the entries call.

    Args:
        open_folder: Ask for a folder.
        open_file: Ask for one image file.
        choose_files: Ask for the file of each sequence.
        open_recent: Open a recent case with its earlier overrides.
        open_demo: Open the bundled case.
        show_table: Show the files of the open case.
        case_open: Returns whether a case is open.
        segment_folder: Show the dialog that segments a folder of cases.
        open_session: Ask for a session file, and open it.
        save_session: Save the session as a file.
        train: Show the dialog that trains a model.
    """

    open_folder: Callable[[], None]
    open_file: Callable[[], None]
    choose_files: Callable[[], None]
    open_recent: Callable[[RecentCase], None]
    open_demo: Callable[[], None]
    show_table: Callable[[], None]
    case_open: Callable[[], bool]
    segment_folder: Callable[[], None] = lambda: None
    open_session: Callable[[], None] = lambda: None
    save_session: Callable[[], None] = lambda: None
    train: Callable[[], None] = lambda: None


class OpenMenu(MenuButton):
    """The Open button and its menu; the recent cases are read whenever the menu is shown.

    Args:
        actions: The functions that the entries call.
        recent: Returns the recent cases, newest first.
    """

    def __init__(
        self,
        actions: OpenActions,
        recent: Callable[[], Sequence[RecentCase]],
        parent: QWidget | None = None,
    ) -> None:
        hint = "Open a case: folder, DICOM study, file, recent case or demo (Ctrl+O)"
        super().__init__("Open", "open", hint, parent)
        self._actions = actions
        self._recent = recent
        self.setIcon(icon("open"))
        self.setAccessibleName("Open a case")
        menu = self.choices_menu
        menu.setObjectName("open_menu")
        menu.setToolTipsVisible(True)
        add_entry(menu, "Open folder or DICOM study…\tCtrl+O", "open_folder", actions.open_folder)
        add_entry(menu, "Open image file or DICOM zip…", "open_file", actions.open_file)
        text = "Choose the file of each sequence…"
        add_entry(menu, text, "choose_files", actions.choose_files)
        menu.addSeparator()
        self.recent_menu = add_submenu(menu, "Recent cases", "recent_menu")
        add_entry(menu, "Demo case", "open_demo", actions.open_demo)
        menu.addSeparator()
        self._table = add_entry(menu, "Files of the case…", "show_table", actions.show_table)
        text = "Segment a folder of cases…"
        batch = add_entry(menu, text, "segment_folder", actions.segment_folder)
        batch.setToolTip(
            "Segment many cases in turn: label maps, and a table of volumes and scores"
        )
        menu.addSeparator()
        add_entry(menu, "Open session…", "open_session", actions.open_session)
        text = "Save session…\tCtrl+S"
        self._save = add_entry(menu, text, "save_session", actions.save_session)
        self._save.setToolTip("Save the path of the case and everything shown as one file")
        menu.addSeparator()
        train = add_entry(menu, "Train a model…", "train_model", actions.train)
        train.setToolTip("Train a model on a folder of labelled cases, and watch it")
        menu.aboutToShow.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Update the list of recent cases, and whether the files of a case can be shown."""
        self._table.setEnabled(self._actions.case_open())
        self._save.setEnabled(self._table.isEnabled())
        self._table.setToolTip("" if self._table.isEnabled() else "No case is open")
        self.recent_menu.clear()
        for entry in map(recent_entry, self._recent()):
            self.recent_menu.addAction(self._recent_action(entry))
        self.recent_menu.setEnabled(not self.recent_menu.isEmpty())

    def _recent_action(self, entry: RecentEntry) -> QAction:
        action = QAction(entry.text.replace("&", "&&"), self.recent_menu)
        action.setToolTip(entry.hint)
        action.setEnabled(entry.exists)
        action.triggered.connect(partial(self._open_recent, entry.case))
        return action

    def _open_recent(self, case: RecentCase, *_: object) -> None:
        self._actions.open_recent(case)
