"""Draws pictures on planes in 3-D: grey slices, and the regions on a cut face.

    View3dSlice, CutFace ── corners (mm) ──▶ a quadrilateral
                        └─ pixels (RGBA) ─▶ its texture; transparent pixels are not drawn

A quadrilateral has no shading: its grey levels are those of the slices.
"""

from typing import Any

import numpy as np
import pyvista as pv
from vtkmodules.util import numpy_support
from vtkmodules.vtkCommonDataModel import vtkImageData

from ccsd_app.render import clip, shader
from ccsd_app.scene.planes import Plane
from ccsd_app.scene.view3d.view3d_plane import View3dPlane
from ccsd_app.scene.view3d.view3d_scene import View3dScene
from ccsd_app.scene.view3d.view3d_slice import CutFace, Rgba, View3dSlice, blended_over

FACE = "cut face"
NAMES = {plane: f"slice {plane.value}" for plane in Plane}

Picture = tuple[View3dSlice | None, CutFace | None]
"""What is on one plane: a grey slice, a cut face, or the face over the slice."""

_TEXTURE_CORNERS = ((0, 0), (1, 0), (1, 1), (0, 1))
_TEXTURED = "//VTK::TCoord::Impl"
_OPAQUE_ONLY = """
if (fragOutput0.a < 0.5) discard;
fragOutput0 /= fragOutput0.a;
"""
"""Between an opaque pixel and a transparent one, which is black, the colour is the opaque one's."""


def apply(plotter: Any, old: View3dScene | None, new: View3dScene) -> None:
    """Change the planes of `plotter` from those of `old` to those of `new`."""
    before = {} if old is None else _pictures(old)
    wanted = _pictures(new)
    for name in (*NAMES.values(), FACE):
        if name not in wanted:
            plotter.remove_actor(name, reset_camera=False, render=False)
        elif before.get(name) != wanted[name]:
            _put(plotter, name, wanted[name])
    if new.slices:
        actors = plotter.actors
        for grey in new.slices:
            on_clip_plane = new.cut is not None and new.cut.plane is grey.place.plane
            clip.clip_along([actors[NAMES[grey.place.plane]]], None if on_clip_plane else new.cut)


def _pictures(scene: View3dScene) -> dict[str, Picture]:
    """What is on each plane, by the name of its actor."""
    face, found = scene.face, dict[str, Picture]()
    for grey in scene.slices:
        shared = face is not None and face.place == grey.place
        found[NAMES[grey.place.plane]] = grey, face if shared else None
    if face is not None and not scene.slices:
        found[FACE] = None, face
    return found


def _put(plotter: Any, name: str, picture: Picture) -> None:
    place = _place(picture)
    actor = plotter.actors.get(name)
    if actor is None:
        actor = plotter.add_mesh(
            _quadrilateral(place),
            name=name,
            texture=_texture(_rgba(picture)),
            lighting=False,
            pickable=False,
            reset_camera=False,
            render=False,
        )
        actor.ForceOpaqueOn()  # crossing planes hide each other pixel by pixel
        shader.add_after(actor, _TEXTURED, _OPAQUE_ONLY, before_vtk=True)
        return
    actor.mapper.dataset.points = place.corners_mm
    actor.texture = _texture(_rgba(picture))


def _place(picture: Picture) -> View3dPlane:
    grey, face = picture
    found = grey or face
    assert found is not None
    return found.place


def _rgba(picture: Picture) -> Rgba:
    grey, face = picture
    if grey is None or face is None:
        found = grey or face
        assert found is not None
        return found.rgba()
    return blended_over(face.rgba(), grey.rgba())


def _quadrilateral(place: View3dPlane) -> pv.PolyData:
    data: Any = pv.PolyData(place.corners_mm, faces=[4, 0, 1, 2, 3])
    data.active_texture_coordinates = np.asarray(_TEXTURE_CORNERS, np.float32)
    return data


def _texture(rgba: Rgba) -> pv.Texture:
    """A texture whose first row is at the bottom, as in VTK and in raw slices."""
    support: Any = numpy_support
    rows, columns, channels = rgba.shape
    image: Any = vtkImageData()
    image.SetDimensions(columns, rows, 1)
    flat = np.ascontiguousarray(rgba).reshape(-1, channels)
    image.GetPointData().SetScalars(support.numpy_to_vtk(flat, deep=True))
    texture: Any = pv.Texture(image)
    texture.InterpolateOn()
    texture.SetColorModeToDirectScalars()
    texture.EdgeClampOn()
    return texture
