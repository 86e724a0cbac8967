"""What hidden panels cost: nothing until they are shown."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QTabWidget

from ccsd_app.qt.panels.criticality_panel import CriticalityPanel
from ccsd_app.qt.panels.degrade.degrade_panel import DegradePanel
from ccsd_app.qt.panels.subset_list import SubsetListWidget
from ccsd_app.qt.panels.what_next_panel import WhatNextPanel
from ccsd_app.qt.widgets.while_visible import draw_while_visible
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.derived_value import DerivedValue
from ccsd_core.domain.modality import Modality

TABS = (SubsetListWidget, CriticalityPanel, WhatNextPanel)
CONTROL = Qt.KeyboardModifier.ControlModifier


def test_a_hidden_widget_is_drawn_once_when_it_is_shown(qtbot):
    session = Session(State())
    widget, drawn = QLabel(), []
    qtbot.addWidget(widget)
    draw_while_visible(widget, DerivedValue(session, lambda state: state.opacity), drawn.append)
    drawn.clear()

    for opacity in (0.2, 0.3):
        session.become(replace(session.state, opacity=opacity))
    assert drawn == []
    widget.show()
    assert drawn == [0.3]
    session.become(replace(session.state, opacity=0.4))
    assert drawn == [0.3, 0.4]
    widget.hide()
    session.become(replace(session.state, opacity=0.5))
    assert drawn == [0.3, 0.4]


def test_tabs_that_are_hidden_compute_nothing(open_window):
    parts = open_window()
    tabs = parts.window.findChild(QTabWidget, "subset_tabs")
    asked = dict.fromkeys(TABS, 0)

    def count(kind: type) -> None:
        shown = parts.window.findChild(kind)._model.shown
        show = shown._show

        def counted(state: State) -> object:
            asked[kind] += 1
            return show(state)

        shown._show = counted

    def change() -> None:
        parts.session.become(parts.session.state.toggled(Modality.T1))

    for kind in TABS:
        count(kind)
    change()
    assert set(asked.values()) == {0}
    for index, kind in enumerate(TABS, start=1):
        tabs.setCurrentIndex(index)
        assert asked[kind] == 1, kind
        change()
        assert asked[kind] == 2, kind
        tabs.setCurrentIndex(0)
        change()
        assert asked[kind] == 2, kind


def test_the_panel_that_degrades_is_made_when_it_is_first_shown(open_window):
    window = open_window().window
    assert window.findChild(DegradePanel) is None
    QTest.keyClick(window, Qt.Key.Key_D, CONTROL)
    assert window.findChild(DegradePanel).isVisible()
    QTest.keyClick(window, Qt.Key.Key_D, CONTROL)
    assert not window.findChild(DegradePanel).isVisible()
