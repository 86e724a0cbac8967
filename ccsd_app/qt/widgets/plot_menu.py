"""Removes pyqtgraph's context menu from a plot, together with its hidden "Export…" action."""

from typing import Any

import pyqtgraph as pg


def remove_plot_menu(plot: pg.PlotWidget) -> None:
    """Remove the context menu.

    `setMenuEnabled` alone leaves an action of the scene that raises an error when it is triggered
    by something else than the menu, such as an assistive program.
    """
    plot.setMenuEnabled(False)
    scene: Any = plot.scene()
    for action in scene.contextMenu:
        action.deleteLater()
    scene.contextMenu = []
