"""The film of the 3-D view turning once around the patient's long axis."""

from functools import partial

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from ccsd_app.export.errors import ExportError
from ccsd_app.export.stamp import Stamp
from ccsd_app.qt.exporting.captions import captioned
from ccsd_app.qt.exporting.film.source import FilmSource
from ccsd_app.qt.view3d.view3d import View3D
from ccsd_app.session.state import State
from ccsd_app.viewmodel.exporting.captions import colours_with_meaning, view3d_legend

TURN_FRAMES = 45
TURN_S = 0.08
"""Time of each picture, in seconds: two frames of a video."""
TURN_RATE = 25
LARGEST_TURN = QSize(720, 720)


def turntable(view: View3D, state: State, count: int = TURN_FRAMES) -> FilmSource:
    """The film that starts from the current position of the camera.

    Args:
        view: The 3-D view.
        state: The state to draw.
        count: How many pictures one turn has.

    Raises:
        ExportError: If the 3-D view cannot be rotated.
    """
    pose = view.pose
    if pose is None:
        raise ExportError(f"The 3-D view cannot be rotated: {view.reason or '3-D is not ready'}")
    size = view.picture_area(view).size()
    size = (LARGEST_TURN if size.isEmpty() else size).boundedTo(LARGEST_TURN)
    stamp, legend = Stamp.of(state), view3d_legend(state)

    def draw(index: int, scale: float) -> QImage:
        turned = pose.turned(360 * index / count)
        picture = view.picture(state, size=size, scale=scale, pose=turned)
        picture.setDevicePixelRatio(scale)
        return captioned(picture, stamp.caption, legend=legend)

    return FilmSource(
        what="turntable",
        title=f"Turntable of the 3-D view, {stamp.case}",
        subset=state.shown,
        draw=draw,
        labels=[f"turned by {360 * index / count:.0f}°" for index in range(count)],
        stamps=[stamp] * count,
        stamp=stamp,
        seconds=TURN_S,
        rate=TURN_RATE,
        keep=colours_with_meaning(state),
        with_count=partial(turntable, view, state),
    )
