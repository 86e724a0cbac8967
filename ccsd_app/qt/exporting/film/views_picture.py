"""The picture of a state for a film: the views two by two as in the window, and a caption.

one subset                 two subsets side by side
axial    sagittal          axial A    axial B
coronal  3-D               second A   second B
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QImage

from ccsd_app.export.stamp import Stamp
from ccsd_app.qt.exporting.captions import captioned
from ccsd_app.qt.views_grid import PLACE_3D, PLACES, ViewsGrid
from ccsd_app.qt.widgets.painting import painting
from ccsd_app.scene.planes import Plane
from ccsd_app.session.state import State
from ccsd_app.viewmodel.exporting.captions import slice_legend
from ccsd_app.viewmodel.panels.compare_bar import compared_side

TILE = QSize(400, 360)
GAP_PX = 3
Tiles = dict[tuple[int, int], QImage]


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture of a film: a state, and what is written under it.

    Args:
        state: The state to draw.
        heading: Its heading.
        lines: Lines under it, for example numbers; the provenance follows.
        stamp: Its provenance.
    """

    state: State
    heading: str
    lines: Sequence[str]
    stamp: Stamp


def picture_of(views: ViewsGrid, shot: Shot, *, scale: float) -> QImage:
    """The picture of a shot, drawn by the views of the window, which do not change.

    Args:
        views: The views.
        shot: What is drawn.
        scale: Pixels of the picture per window pixel.
    """
    state = shot.state
    tiles = (
        _compared_tiles(views, state, scale) if state.side_by_side else _tiles(views, state, scale)
    )
    return captioned(
        _mosaic(tiles, scale),
        [*shot.lines, *shot.stamp.caption],
        legend=slice_legend(state),
        heading=shot.heading,
    )


def _tiles(views: ViewsGrid, state: State, scale: float) -> Tiles:
    tiles = {
        PLACES[plane]: view.image(TILE, ratio=scale, state=state)
        for plane, view in views.slices.items()
    }
    pose = views.view3d.pose
    if pose is not None:
        view3d = views.view3d.picture(state, size=TILE, scale=scale, pose=pose)
        view3d.setDevicePixelRatio(scale)
        tiles[PLACE_3D] = view3d
    return tiles


def _compared_tiles(views: ViewsGrid, state: State, scale: float) -> Tiles:
    second = views.second if views.second is not Plane.AXIAL else Plane.CORONAL
    return {
        (row, column): views.slices[plane].image(TILE, ratio=scale, state=side)
        for row, plane in enumerate((Plane.AXIAL, second))
        for column, side in enumerate((state, compared_side(state)))
    }


def _mosaic(tiles: Tiles, scale: float) -> QImage:
    """The pictures of the views put together two by two."""
    size = QSize(2 * TILE.width() + GAP_PX, 2 * TILE.height() + GAP_PX)
    image = QImage(size * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(0xFF14161A)
    with painting(image) as painter:
        for (row, column), tile in tiles.items():
            corner = QPointF(column * (TILE.width() + GAP_PX), row * (TILE.height() + GAP_PX))
            painter.drawImage(corner, tile)
    return image
