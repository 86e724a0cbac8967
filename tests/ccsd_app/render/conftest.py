"""A plotter without a window."""

import os

import pytest
import pyvista as pv

from ccsd_app.render import surfaces
from ccsd_app.render.picture import OFF_SCREEN_WINDOW, WINDOW_CLASS


@pytest.fixture
def plotter(monkeypatch):
    if not os.environ.get("DISPLAY"):
        monkeypatch.setenv(WINDOW_CLASS, OFF_SCREEN_WINDOW)
    plotter = pv.Plotter(off_screen=True, window_size=[240, 240])
    surfaces.set_up_plotter(plotter)
    yield plotter
    plotter.close()
