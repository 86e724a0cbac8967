"""The function of dragging the mouse over a slice, for each mouse preset.

ITK-SNAP / MITK                   PACS
left            crosshair (window and level, with W)        window; a click alone: crosshair
Shift left      pan                               crosshair
Ctrl Shift left window                            window
middle          pan                               pan
right           zoom                              zoom
"""

from enum import Enum, auto

from PySide6.QtCore import Qt

from ccsd_app.session.display import MousePreset


class Drag(Enum):
    """A function of dragging the mouse."""

    CROSSHAIR = auto()
    PAN = auto()
    ZOOM = auto()
    WINDOW = auto()
    MEASURE = auto()


def drag_of(
    button: Qt.MouseButton,
    held: Qt.KeyboardModifier,
    preset: MousePreset,
    *,
    window_tool: bool,
    measuring: bool = False,
) -> Drag | None:
    """The drag that pressing a button starts; None for buttons without a function.

    While something is measured, the left button alone sets points.
    """
    if button == Qt.MouseButton.MiddleButton:
        return Drag.PAN
    if button == Qt.MouseButton.RightButton:
        return Drag.ZOOM
    if button != Qt.MouseButton.LeftButton:
        return None
    if measuring and held == Qt.KeyboardModifier.NoModifier:
        return Drag.MEASURE
    pacs = preset is MousePreset.PACS
    if held & Qt.KeyboardModifier.ShiftModifier:
        if held & Qt.KeyboardModifier.ControlModifier:
            return Drag.WINDOW
        return Drag.CROSSHAIR if pacs else Drag.PAN
    return Drag.WINDOW if pacs or window_tool else Drag.CROSSHAIR
