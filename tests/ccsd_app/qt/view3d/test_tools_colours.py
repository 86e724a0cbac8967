"""The tools above the 3-D view, which is dark in every theme."""

from ccsd_app.qt.view3d.tools import View3dToolsWidget
from ccsd_app.qt.widgets.theme import PLOT, ThemeName, apply_theme
from ccsd_app.session.session import Session
from ccsd_app.viewmodel.view3d.tools import View3dToolsModel


def test_the_tools_have_light_text_in_every_theme(qapp, qtbot, full_state):
    tools = View3dToolsWidget(View3dToolsModel(Session(full_state)))
    qtbot.addWidget(tools)
    tools.show()
    try:
        for name in ThemeName:
            apply_theme(qapp, name)
            qapp.processEvents()
            assert tools._reset.palette().buttonText().color().name() == PLOT.text, name
    finally:
        apply_theme(qapp)
