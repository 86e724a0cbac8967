"""The table of regions, in the window."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox

from ccsd_core.domain.region import Region


def test_a_click_on_a_region_hides_it_and_another_shows_it_again(open_window):
    parts = open_window()
    for region in Region:
        box = parts.window.findChild(QCheckBox, f"region_{region.name}")
        assert region in parts.session.state.visible

        QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=box.rect().center() / 2)
        assert region not in parts.session.state.visible

        QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=box.rect().center() / 2)
        assert region in parts.session.state.visible
