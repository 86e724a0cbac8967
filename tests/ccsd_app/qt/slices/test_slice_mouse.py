"""What dragging does, by preset."""

import pytest
from PySide6.QtCore import Qt

from ccsd_app.qt.slices.slice_mouse import Drag, drag_of
from ccsd_app.session.display import MousePreset

LEFT, MIDDLE, RIGHT = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.MiddleButton,
    Qt.MouseButton.RightButton,
)
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
BOTH = SHIFT | Qt.KeyboardModifier.ControlModifier


@pytest.mark.parametrize(
    ("button", "held", "itk_snap", "pacs"),
    [
        (LEFT, NONE, Drag.CROSSHAIR, Drag.WINDOW),
        (LEFT, SHIFT, Drag.PAN, Drag.CROSSHAIR),
        (LEFT, BOTH, Drag.WINDOW, Drag.WINDOW),
        (MIDDLE, NONE, Drag.PAN, Drag.PAN),
        (RIGHT, NONE, Drag.ZOOM, Drag.ZOOM),
        (Qt.MouseButton.BackButton, NONE, None, None),
    ],
)
def test_buttons_follow_the_preset(button, held, itk_snap, pacs):
    assert drag_of(button, held, MousePreset.ITK_SNAP, window_tool=False) is itk_snap
    assert drag_of(button, held, MousePreset.PACS, window_tool=False) is pacs


def test_with_the_window_tool_the_left_button_changes_the_window():
    assert drag_of(LEFT, NONE, MousePreset.ITK_SNAP, window_tool=True) is Drag.WINDOW
