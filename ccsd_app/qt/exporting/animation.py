"""Frames of animations, drawn by the real views, one frame per step.

turntable          the 3-D view, turning once around the patient's long axis
stepwise removal   the slices and the 3-D view for one subset after another, with its name

Both draw the state at the time they were started, so that the user can continue working meanwhile.
"""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QImage

from ccsd_app.export.errors import ExportError
from ccsd_app.export.label_maps import result_of
from ccsd_app.export.png import Rgb
from ccsd_app.export.stamp import Stamp
from ccsd_app.qt.exporting.captions import captioned
from ccsd_app.qt.view3d.view3d import View3D
from ccsd_app.qt.views_grid import PLACE_3D, PLACES, ViewsGrid
from ccsd_app.qt.widgets.painting import painting
from ccsd_app.qt.widgets.pixels import rgb_of
from ccsd_app.session.display import Layer
from ccsd_app.session.state import State
from ccsd_app.viewmodel.exporting.captions import frame_numbers, slice_legend, view3d_legend
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.progress import Progress, Steps

TURN_FRAMES = 45
TURN_MS = 90
REMOVAL_STEP_MS = 1400
TILE = QSize(400, 360)
GAP_PX = 3
LARGEST_TURN = QSize(720, 720)


def turntable(view: View3D, state: State, *, scale: float) -> Steps[list[Rgb]]:
    """Frames of the 3-D view turning once around, starting from the current camera position.

    Raises:
        ExportError: If the 3-D view cannot be rotated.
    """
    pose = view.pose
    if pose is None:
        raise ExportError(f"The 3-D view cannot be rotated: {view.reason or '3-D is not ready'}")
    size = view.picture_area(view).size()
    size = (LARGEST_TURN if size.isEmpty() else size).boundedTo(LARGEST_TURN)
    lines, legend = Stamp.of(state).caption, view3d_legend(state)
    frames: list[Rgb] = []
    for turn in range(TURN_FRAMES):
        yield Progress(turn, TURN_FRAMES, f"picture {turn + 1} of {TURN_FRAMES}")
        turned = pose.turned(360 * turn / TURN_FRAMES)
        picture = view.picture(state, size=size, scale=scale, pose=turned)
        picture.setDevicePixelRatio(scale)
        frames.append(rgb_of(captioned(picture, lines, legend=legend)))
    return frames


def stepwise_removal(
    views: ViewsGrid, state: State, path: Sequence[ModalitySubset], *, scale: float
) -> Steps[list[Rgb]]:
    """Frames of the slices and the 3-D view, one for each subset of `path`.

    Raises:
        ExportError: If one of them is not computed.
    """
    for subset in path:
        result_of(state, subset)
    pose = views.view3d.pose
    pictures: list[QImage] = []
    for done, subset in enumerate(path):
        yield Progress(done, len(path), f"picture of {subset.label}")
        current = _state_with(state, subset)
        tiles = _tiles(views, current, scale)
        if pose is not None:
            view3d = views.view3d.picture(current, size=TILE, scale=scale, pose=pose)
            view3d.setDevicePixelRatio(scale)
            tiles[PLACE_3D] = view3d
        heading = f"{done + 1}/{len(path)}  {subset.label}"
        whole = _mosaic(tiles, scale)
        pictures.append(
            captioned(
                whole,
                [frame_numbers(current), *Stamp.of(current, subset).caption],
                legend=slice_legend(current),
                heading=heading,
            )
        )
    return [rgb_of(picture) for picture in _with_equal_heights(pictures)]


def _state_with(state: State, subset: ModalitySubset) -> State:
    """The state that shows one subset, with a layer that every subset has."""
    layer = Layer.REGIONS if state.layer.needs_probabilities else state.layer
    return replace(state, used=subset, shown=subset, layer=layer, side_by_side=False)


def _tiles(views: ViewsGrid, state: State, scale: float) -> dict[tuple[int, int], QImage]:
    return {
        PLACES[plane]: view.image(TILE, ratio=scale, state=state)
        for plane, view in views.slices.items()
    }


def _mosaic(tiles: dict[tuple[int, int], QImage], scale: float) -> QImage:
    """The pictures of the views put together two by two, as in the window."""
    size = QSize(2 * TILE.width() + GAP_PX, 2 * TILE.height() + GAP_PX)
    image = QImage(size * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(0xFF14161A)
    with painting(image) as painter:
        for (row, column), tile in tiles.items():
            corner = QPointF(column * (TILE.width() + GAP_PX), row * (TILE.height() + GAP_PX))
            painter.drawImage(corner, tile)
    return image


def _with_equal_heights(pictures: Sequence[QImage]) -> list[QImage]:
    """The pictures with equal heights: captions may wrap differently, but frames need one size."""
    height = max((picture.height() for picture in pictures), default=0)
    return [picture.copy(0, 0, picture.width(), height) for picture in pictures]
