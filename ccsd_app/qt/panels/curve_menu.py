"""The menu that copies and saves the robustness curve: a button over it, and its right click.

⤓   Copy picture · Copy numbers
    Save as PNG… · SVG… · CSV…
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ccsd_app.qt.widgets.choice_button import MenuButton, add_entry
from ccsd_app.qt.widgets.icons import icon


@dataclass(frozen=True, slots=True)
class CurveActions:
    """The functions that the entries call.

    Args:
        refused: Returns why the curve cannot be copied or saved now; "" if it can.
        copy_picture: Copies the picture to the clipboard.
        copy_numbers: Copies the points to the clipboard, as a table.
        save_png: Asks for the file and saves the picture.
        save_svg: Asks for the file and saves the drawing.
        save_csv: Asks for the file and saves the points.
    """

    refused: Callable[[], str]
    copy_picture: Callable[[], None]
    copy_numbers: Callable[[], None]
    save_png: Callable[[], None]
    save_svg: Callable[[], None]
    save_csv: Callable[[], None]


class CurveMenu(MenuButton):
    """A menu whose entries are enabled or disabled whenever it is shown."""

    def __init__(self, actions: CurveActions, parent: QWidget | None = None) -> None:
        super().__init__("", "curve_menu", "Copy or save the curve", parent)
        self._actions = actions
        self.setIcon(icon("save"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.setProperty("role", "icon")
        menu = self.choices_menu
        menu.setToolTipsVisible(True)
        add_entry(menu, "Copy picture", "curve_copy_picture", actions.copy_picture)
        add_entry(menu, "Copy numbers", "curve_copy_numbers", actions.copy_numbers)
        menu.addSeparator()
        add_entry(menu, "Save as PNG…", "curve_png", actions.save_png)
        add_entry(menu, "Save as SVG…", "curve_svg", actions.save_svg)
        add_entry(menu, "Save as CSV…", "curve_csv", actions.save_csv)
        menu.aboutToShow.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Enable or disable the entries."""
        refused = self._actions.refused()
        for entry in self.choices_menu.actions():
            entry.setEnabled(not refused)
            entry.setToolTip(refused)
