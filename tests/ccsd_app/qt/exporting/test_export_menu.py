"""The Export menu of the real window: how it opens, and what it refuses."""

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction

from ccsd_app.qt.exporting.export_menu import ExportMenu
from ccsd_core.progress import Progress

TIMEOUT_MS = 60_000


def enabled(menu: ExportMenu) -> dict[str, bool]:
    menu.refresh()
    return {a.objectName(): a.isEnabled() for a in menu.findChildren(QAction) if a.objectName()}


def test_what_cannot_be_exported_is_grey_and_says_why(desk):
    at = desk(model="missing", until="model_problem")
    at.qtbot.waitUntil(lambda: at.session.state.case is not None, timeout=TIMEOUT_MS)

    states = enabled(at.menu)

    grey = ("label_map", "label_maps", "stepwise_removal", "turntable", "tables", "numbers")
    assert not any(states[name] for name in grey)
    assert states["picture_axial"]
    assert at.menu.findChild(QAction, "label_map").toolTip() == "No result yet"
    pictures = at.menu._surfaces.menuAction()
    assert (pictures.isEnabled(), pictures.toolTip()) == (False, "No result yet")


def test_while_an_export_runs_the_menu_says_so(desk):
    at = desk()

    def endless():
        while True:
            time.sleep(0.01)
            yield Progress(0, 0, "waiting")

    at.exporter.run.write(endless(), "waiting")

    assert not any(on for name, on in enabled(at.menu).items() if name.startswith("label"))
    assert at.menu.findChild(QAction, "label_map").toolTip() == "Another export is running"
    at.exporter.run.cancel()
    assert enabled(at.menu)["label_map"]


@pytest.mark.parametrize("room", [True, False], ids=["button in sight", "button hidden"])
def test_ctrl_e_opens_the_menu(desk, room):
    at = desk()
    at.menu.setVisible(room)
    at.window.activateWindow()
    at.qtbot.waitUntil(at.window.isActiveWindow, timeout=TIMEOUT_MS)

    at.qtbot.keyClick(at.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)

    at.qtbot.waitUntil(at.menu.choices_menu.isVisible, timeout=TIMEOUT_MS)
    assert at.menu.choices_menu.activeAction().objectName() == "label_map"
    at.menu.choices_menu.close()
