"""Clips surfaces along a plane while they are drawn; the meshes stay whole.

A mapper skips what lies behind its clipping planes at almost no cost, so clipping can follow the
crosshair.
"""

from collections.abc import Iterable
from typing import Any

from vtkmodules.vtkCommonDataModel import vtkPlane

from ccsd_app.scene.view3d.view3d_plane import View3dPlane


def clip_along(actors: Iterable[Any], place: View3dPlane | None) -> None:
    """Clip actors along a plane; None removes the clipping."""
    plane = None if place is None else _plane(place)
    for actor in actors:
        actor.mapper.RemoveAllClippingPlanes()
        if plane is not None:
            actor.mapper.AddClippingPlane(plane)


def _plane(place: View3dPlane) -> vtkPlane:
    plane: Any = vtkPlane()
    plane.SetOrigin(*place.point_mm(0, 0))
    plane.SetNormal(*place.inwards.tolist())
    return plane
