"""Moves the crosshair by keys, in the plane that the mouse pointer was last over."""

from ccsd_app.scene.planes import Plane, SliceGeometry
from ccsd_app.session.state import State


def moved(state: State, plane: Plane, *, columns: int = 0, rows: int = 0, slices: int = 0) -> State:
    """The crosshair moved over the screen of one plane, and through its slices.

    Args:
        state: The state before.
        plane: The plane whose screen directions are used.
        columns: Pixels to the right.
        rows: Pixels down.
        slices: Slices towards Superior, Anterior or Right.
    """
    if state.case is None:
        return state
    grid = state.case.grid
    geometry = SliceGeometry(plane, grid.shape, grid.spacing_mm, state.radiological)
    column, row = geometry.pixel_from_voxel(state.cursor_voxel)
    index = state.cursor_voxel[plane.normal_axis] + slices
    return state.with_cursor(
        geometry.voxel_from_pixel(column=column + columns, row=row + rows, index=index)
    )
