"""The tools of the 3-D view in one row: camera directions, and what is shown.

    L R A P S I  Reset │ Brain  Slices  Expert  Clip ▾

In a narrow view the letters and Reset become one button with a menu.
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from ccsd_app.qt.widgets.choice_button import Choices
from ccsd_app.qt.widgets.text_size import follow_text_size, scaled_fonts
from ccsd_app.qt.widgets.theme import PLOT
from ccsd_app.scene.view3d.viewpoint import Side
from ccsd_app.session.display import Cut
from ccsd_app.viewmodel.view3d.tools import Tool, View3dTools, View3dToolsModel

STYLE = f"""
#view3d_tools QToolButton {{ color: {PLOT.text}; font-size: 11px; padding: 1px; }}
#view3d_tools QToolButton:hover {{ background: {PLOT.raised}; }}
#view3d_tools QToolButton:checked {{ background: {PLOT.chosen}; border-color: {PLOT.accent}; }}
#view3d_tools QToolButton:disabled {{ color: {PLOT.faint}; }}
#view3d_tools QToolButton::menu-indicator {{ image: none; }}
"""
"""Colours of the dark theme, as the view is dark in every theme."""
ROOM_PX, FOLDED_ROOM_PX = 14, 7
"""Padding of a button's text, in pixels: in a wide view, and in a narrow one."""
GAP = 4
RESET_HINT = "Reset to the view from front, left and above (R)"


class View3dToolsWidget(QWidget):
    """Holds no state: it draws its view-model and forwards clicks.

    Args:
        model: What the buttons show; clicks are passed to it.
        parent: Qt parent.
    """

    look_from = Signal(object)
    """A `Side` of the patient, or None for the preset view."""

    def __init__(self, model: View3dToolsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view3d_tools")
        follow_text_size(self, lambda: self.setStyleSheet(scaled_fonts(STYLE)))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._model = model
        self._no_picture = self._no_rotation = ""
        self._name = ""
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(GAP, 2, GAP, 2)
        self._row.setSpacing(0)
        self._letters = {side: self._letter(side) for side in Side}
        self._folded = self._button("View ▾", "from_side", "View from a side", None)
        self._folded.setMenu(self._sides_menu())
        self._reset = self._button("Reset", "from_preset", "Reset the view", self._look_from_preset)
        self._row.addSpacing(GAP)
        self._brain = self._switch("Brain", "view3d_brain", "brain", model.toggle_brain)
        self._slices = self._switch("Slices", "view3d_slices", "slices", model.toggle_slices)
        self._expert = self._switch("Expert", "view3d_expert", "expert", model.toggle_expert)
        self._cut = self._switch("", "view3d_cut", "cut", None)
        self._cuts = self._cut_menu()
        self._row.addStretch(1)
        model.shown.changed.connect(self._show)
        self._show(model.shown.value)

    def set_reasons(self, *, no_picture: str = "", no_rotation: str = "") -> None:
        """Set the reasons why nothing can be drawn or the camera cannot be moved; "" if it can."""
        self._no_picture, self._no_rotation = no_picture, no_rotation
        self._show(self._model.shown.value)

    # ------------------------------------------------------------------ buttons

    def _button(
        self, text: str, name: str, accessible_text: str, clicked: Callable[[], None] | None
    ) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setObjectName(name)
        button.setAccessibleName(accessible_text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if clicked is None:
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        else:
            button.clicked.connect(lambda *_: clicked())
        self._row.addWidget(button)
        return button

    def _switch(
        self, text: str, name: str, what: str, clicked: Callable[[], None] | None
    ) -> QToolButton:
        button = self._button(text, name, f"3-D: {what}", clicked)
        button.setCheckable(True)
        return button

    def _letter(self, side: Side) -> QToolButton:
        letter, ask = side.value, partial(self.look_from.emit, side)
        return self._button(letter, f"from_{letter}", _side_text(side), ask)

    def _look_from_preset(self) -> None:
        self.look_from.emit(None)

    def _sides_menu(self) -> QMenu:
        menu = QMenu(self)
        for side in Side:
            action = menu.addAction(f"{side.value}   {side.name.lower()}")
            action.triggered.connect(partial(self._emit_side, side))
        menu.addSeparator()
        menu.addAction("Reset").triggered.connect(self._look_from_preset)
        return menu

    def _emit_side(self, side: Side, *_: object) -> None:
        self.look_from.emit(side)

    def _cut_menu(self) -> Choices[Cut]:
        menu = QMenu(self)
        self._cut.setMenu(menu)
        return Choices(menu, [(cut, cut.value, "") for cut in Cut], self._model.set_cut)

    # ------------------------------------------------------------------ drawing

    def _show(self, tools: View3dTools) -> None:
        tools = tools.rotation_disabled(self._no_rotation).all_disabled(self._no_picture)
        for side, button in self._letters.items():
            _draw(button, tools.rotation, _side_text(side))
        _draw(self._folded, tools.rotation, "View from a side of the patient")
        _draw(self._reset, tools.rotation, RESET_HINT)
        for button, tool in (
            (self._brain, tools.brain),
            (self._slices, tools.slices),
            (self._expert, tools.expert),
            (self._cut, tools.clipping),
        ):
            button.setChecked(tool.checked)
            _draw(button, tool, tool.hint)
        self._cuts.show(tools.cut)
        self._name = tools.cut.value if tools.clipping.checked else "Clip"
        self._cut.setAccessibleName(f"3-D: {tools.cut.value if tools.clipping.checked else 'clip'}")
        self._fold()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        """Show the letter buttons if they fit, else one button with a menu of them."""
        places = (*self._letters.values(), self._reset)
        switches = (self._brain, self._slices, self._expert, self._cut)
        self._cut.setText(f"{self._name} ▾")
        wide = [_advance(button) + ROOM_PX for button in (*places, *switches)]
        folded = sum(wide) + 3 * GAP > self.width()
        if folded:
            self._cut.setText("Clip ▾")
        for button in places:
            button.setVisible(not folded)
        self._folded.setVisible(folded)
        for button in (*places, self._folded, *switches):
            button.setFixedWidth(_advance(button) + (FOLDED_ROOM_PX if folded else ROOM_PX))


def _advance(button: QToolButton) -> int:
    return button.fontMetrics().horizontalAdvance(button.text())


def _draw(button: QToolButton, tool: Tool, hint: str) -> None:
    button.setEnabled(tool.enabled)
    button.setToolTip(hint if tool.enabled else tool.hint)


def _side_text(side: Side) -> str:
    return f"View from {_PHRASES[side]}"


_PHRASES = {
    Side.LEFT: "the patient's left",
    Side.RIGHT: "the patient's right",
    Side.ANTERIOR: "the front (anterior)",
    Side.POSTERIOR: "behind (posterior)",
    Side.SUPERIOR: "above (superior), face up",
    Side.INFERIOR: "below (inferior), face up",
}
