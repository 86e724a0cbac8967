"""Pictures of the views and of the window at any scale, each with its caption."""

from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMainWindow

from ccsd_app.export.errors import ExportError
from ccsd_app.export.stamp import Stamp, compared_caption
from ccsd_app.qt.exporting.captions import captioned
from ccsd_app.qt.slices.slice_view import SliceView
from ccsd_app.qt.view3d.view3d import View3D
from ccsd_app.qt.views_grid import ViewsGrid
from ccsd_app.qt.widgets.painting import painting
from ccsd_app.session.state import State
from ccsd_app.viewmodel.exporting.captions import slice_legend, view3d_legend

GAP_COLOUR = 0xFF14161A
"""The colour of the gaps between views."""
NO_3D = "No 3-D picture yet: show the 3-D view and wait until it is drawn"


def slice_picture(view: SliceView, state: State, seen: State, *, scale: float) -> QImage:
    """A picture of one slice view.

    Args:
        view: The view.
        state: The state it draws from.
        seen: The state as this view shows it; for side B that of the compared subset.
        scale: Pixels of the picture per pixel of the window.
    """
    picture = view.image(ratio=scale, state=state)
    return captioned(picture, Stamp.of(seen).caption, legend=slice_legend(seen))


def view3d_picture(view: View3D, state: State, *, scale: float) -> QImage:
    """A picture of the 3-D view.

    Raises:
        ExportError: If there is no picture, or it does not show the state.
    """
    picture = view.picture(state, scale=scale)
    if picture.isNull():
        raise ExportError(NO_3D)
    if view.pose is None and not view.up_to_date:
        raise ExportError("The 3-D picture is still being drawn: try again")
    picture.setDevicePixelRatio(scale if view.pose is not None else 1.0)
    return captioned(picture, Stamp.of(state).caption, legend=view3d_legend(state))


def window_picture(window: QMainWindow, view3d: View3D, state: State, *, scale: float) -> QImage:
    """A picture of the whole window; the 3-D view is rendered at this scale, not enlarged."""
    window.statusBar().clearMessage()  # a message about the last export is not part of the picture
    image = QImage(window.size() * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    window.render(image, QPoint(0, 0))
    area = view3d.picture_area(window)
    if scale != 1 and not area.isEmpty():
        with painting(image) as painter:
            painter.drawImage(area, view3d.picture(scale=scale))
            view3d.draw_caption(painter, window)
    return captioned(image, compared_caption(state))


def views_picture(views: ViewsGrid, state: State, *, scale: float) -> QImage:
    """A picture of the views as laid out in the window: four, or two subsets side by side."""
    image = QImage(views.size() * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(GAP_COLOUR)
    with painting(image) as painter:
        for view in (*views.slices.values(), *views.compared_slices.values()):
            if view.isVisible():
                painter.drawImage(view.pos(), view.image(ratio=scale, state=state))
        area = views.view3d.picture_area(views)
        if views.view3d.isVisible() and not area.isEmpty():
            painter.drawImage(area, views.view3d.picture(state, scale=scale))
    return captioned(image, compared_caption(state), legend=slice_legend(state))
