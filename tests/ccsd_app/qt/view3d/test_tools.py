"""The row of tools in the 3-D view."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from ccsd_app.qt.view3d.tools import View3dToolsWidget
from ccsd_app.scene.view3d.viewpoint import Side
from ccsd_app.session.display import Cut, View3dSettings
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.view3d.tools import View3dToolsModel

WIDE, NARROW = 395, 220
"""A quarter of the views in a window of 1440 and in the smallest one, of 1080 pixels."""


@pytest.fixture
def session(marked_state):
    return Session(marked_state)


@pytest.fixture
def row(qtbot, session):
    frame = QWidget()
    qtbot.addWidget(frame)
    frame.setStyleSheet("QToolButton { font-size: 12px; padding: 3px 8px; }")  # the theme's
    frame.setMinimumSize(1, 1)
    column = QVBoxLayout(frame)
    column.setContentsMargins(0, 0, 0, 0)
    widget = View3dToolsWidget(View3dToolsModel(session))
    column.addWidget(widget)
    frame.resize(WIDE, 60)
    frame.show()
    yield widget
    frame.close()


def button(row, name) -> QToolButton:
    found = row.findChild(QToolButton, name)
    assert isinstance(found, QToolButton)
    return found


@pytest.mark.parametrize(
    ("name", "field"),
    [("view3d_brain", "brain"), ("view3d_slices", "slices"), ("view3d_expert", "expert")],
)
def test_a_click_switches_and_the_button_shows_it(row, session, name, field):
    for _ in range(2):
        button(row, name).click()
        assert button(row, name).isChecked() == getattr(session.state.view3d, field)
    assert session.state.view3d == View3dSettings()


def test_a_switch_shows_what_the_state_says_also_when_something_else_changed_it(row, session):
    session.become(replace(session.state, view3d=View3dSettings(slices=True, cut=Cut.CORONAL)))
    assert button(row, "view3d_slices").isChecked()
    assert button(row, "view3d_cut").isChecked()
    assert button(row, "view3d_cut").text() == "Coronal ▾"
    checked = [a.text() for a in button(row, "view3d_cut").menu().actions() if a.isChecked()]
    assert checked == ["Coronal"]


def test_the_cut_is_chosen_from_a_menu(row, session):
    for action, cut in zip(button(row, "view3d_cut").menu().actions(), Cut, strict=True):
        action.trigger()
        assert session.state.view3d.cut is cut
        assert button(row, "view3d_cut").isChecked() == (cut is not Cut.NONE)


@pytest.mark.parametrize("side", Side)
def test_each_letter_and_each_entry_of_the_menu_asks_for_its_side(row, qtbot, side):
    with qtbot.waitSignal(row.look_from) as asked:
        button(row, f"from_{side.value}").click()
    assert asked.args == [side]
    entries = button(row, "from_side").menu().actions()
    [entry] = [a for a in entries if a.text().startswith(f"{side.value} ")]
    with qtbot.waitSignal(row.look_from) as asked:
        entry.trigger()
    assert asked.args == [side]


def test_reset_asks_for_the_preset_view(row, qtbot):
    with qtbot.waitSignal(row.look_from) as asked:
        button(row, "from_preset").click()
    assert asked.args == [None]


@pytest.mark.parametrize("cut", Cut)
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_no_text_is_cut_in_a_wide_or_in_a_narrow_view(row, session, qtbot, width, cut):
    session.become(replace(session.state, view3d=View3dSettings(cut=cut)))
    row.window().resize(width, 60)
    qtbot.waitUntil(lambda: row.width() == width)
    buttons = [b for b in row.findChildren(QToolButton) if b.isVisible()]
    assert button(row, "from_side").isVisible() == (width == NARROW)
    assert button(row, "from_L").isVisible() == (width == WIDE)
    ends = 0
    for each in sorted(buttons, key=lambda b: b.x()):
        assert each.x() >= ends
        words = each.fontMetrics().horizontalAdvance(each.text())
        assert each.width() >= words + 4, each.text()
        ends = each.geometry().right()
    assert ends < width


def test_every_button_has_a_name_and_a_hint(row):
    for each in row.findChildren(QToolButton):
        assert each.accessibleName()
        assert each.toolTip()


def test_reasons_disable_and_are_reported(row, session):
    row.set_reasons(no_rotation="still picture")
    assert not button(row, "from_L").isEnabled()
    assert button(row, "from_L").toolTip() == "still picture"
    assert button(row, "view3d_slices").isEnabled()
    row.set_reasons(no_picture="no driver")
    assert button(row, "view3d_slices").toolTip() == "no driver"
    row.set_reasons()
    assert button(row, "from_L").isEnabled()
    session.become(State())
    assert not any(each.isEnabled() for each in row.findChildren(QToolButton))
    assert button(row, "view3d_brain").toolTip() == "No case is open"
