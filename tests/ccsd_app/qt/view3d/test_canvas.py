"""The 3-D canvas: what it leaves behind."""

import os

import pytest
import shiboken6
from PySide6.QtCore import QEvent
from PySide6.QtGui import QSurface
from PySide6.QtWidgets import QApplication

from ccsd_app.qt.view3d.canvas import View3dCanvas

needs_x = pytest.mark.skipif(not os.environ.get("DISPLAY"), reason="needs an X display (xvfb-run)")


def _surfaces() -> set[int]:
    """The C++ addresses that Python takes for a surface."""
    wrappers = shiboken6.Shiboken.getAllValidWrappers()
    return {shiboken6.getCppPointer(it)[0] for it in wrappers if type(it) is QSurface}


@needs_x
def test_a_closed_plotter_leaves_no_surface_whose_address_another_object_may_get(qtbot):
    from pyvistaqt import QtInteractor

    before = _surfaces()
    plotter = QtInteractor(auto_update=False)
    canvas = View3dCanvas(plotter)
    qtbot.addWidget(canvas)
    canvas.resize(120, 90)
    assert not canvas.image.isNull()
    assert _surfaces() - before, "the plotter holds none: this test would pass without looking"

    canvas.close_plotter()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    assert not shiboken6.isValid(plotter)
    assert not _surfaces() - before
