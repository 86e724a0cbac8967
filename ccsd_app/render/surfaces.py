"""Draws the tumour's surfaces and the brain around them with any pyvista plotter.

    apply(plotter, old, new)
      head changed?     brain shell, orientation letters, camera
      result changed?   WT TC ET surfaces
      visible changed?  actors on or off

Translucent surfaces are drawn from the innermost to the outermost, with their back faces
left out: nested closed surfaces then blend in the right order without depth peeling, which
software OpenGL is slow at or lacks.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyvista as pv
from vtkmodules.vtkRenderingCore import vtkBillboardTextActor3D

from ccsd_app.scene.palette import (
    BRAIN_COLOUR,
    REGION_COLOURS,
    SPACE_BACKGROUND,
    unit_of,
)
from ccsd_app.scene.space_scene import SpaceScene
from ccsd_app.scene.surface import Mesh, brain_surface, region_surfaces
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume import Volume

BRAIN = "brain"
OPACITY: Mapping[Region, float] = {Region.ET: 1.0, Region.TC: 0.25, Region.WT: 0.27}
BRAIN_OPACITY = 0.2
LETTER_COLOUR = (0.72, 0.76, 0.82)
CAMERA_DIRECTION = (-0.62, 1.0, 0.42)
"""From the front, a little from the patient's left and above, so that R stays on the left."""

_OUTWARDS = {
    "R": (1, 0, 0),
    "L": (-1, 0, 0),
    "A": (0, 1, 0),
    "P": (0, -1, 0),
    "S": (0, 0, 1),
    "I": (0, 0, -1),
}


def dress(plotter: Any) -> None:
    """Prepare an empty plotter: backdrop and sampling, whatever its theme says."""
    low, high = (unit_of(colour) for colour in SPACE_BACKGROUND)
    plotter.set_background(low, top=high)
    plotter.disable_depth_peeling()
    plotter.render_window.SetMultiSamples(0)


def apply(plotter: Any, old: SpaceScene | None, new: SpaceScene | None) -> None:
    """Change what `plotter` shows from `old` to `new`. Does not render.

    Args:
        plotter: A `pyvista.Plotter` or `pyvistaqt.QtInteractor` that shows `old`.
        old: What it shows now; None when it is empty.
        new: What it shall show; None empties it.
    """
    if new is None:
        plotter.clear_actors()
        return
    if old is None or old.head is not new.head:
        plotter.clear_actors()
        old = None
    if old is None or old.result is not new.result:
        _put_regions(plotter, new)
    if old is None:
        _put_brain(plotter, new.head)
    for region in Region:
        actor = plotter.actors.get(region.name)
        if actor is not None:
            actor.SetVisibility(region in new.visible)


def look_at(plotter: Any, head: Volume) -> None:
    """Point the camera at the whole head from its preset direction."""
    direction = np.asarray(CAMERA_DIRECTION) / np.linalg.norm(CAMERA_DIRECTION)
    corners = _corners(head)
    centre = corners.mean(axis=0)
    actor = plotter.actors.get(BRAIN)
    if actor is not None:
        bounds = np.asarray(actor.GetBounds()).reshape(3, 2)
        centre = bounds.mean(axis=1)
    plotter.camera.position = tuple(centre + 500 * direction)
    plotter.camera.focal_point = tuple(centre)
    plotter.camera.up = (0.0, 0.0, 1.0)
    plotter.reset_camera(render=False)
    plotter.camera.zoom(1.5)


def drawn_cells(plotter: Any, region: Region) -> int:
    """How many triangles of a region are on screen; 0 when it is hidden or empty."""
    actor = plotter.actors.get(region.name)
    if actor is None or not actor.GetVisibility():
        return 0
    return int(actor.mapper.dataset.n_cells)


def drawn_names(plotter: Any) -> tuple[str, ...]:
    """The actors that are on screen, without the orientation letters, sorted."""
    known = (BRAIN, *(region.name for region in Region))
    actors = plotter.actors
    return tuple(sorted(n for n in known if n in actors and actors[n].GetVisibility()))


def _put_regions(plotter: Any, scene: SpaceScene) -> None:
    meshes = {} if scene.result is None else region_surfaces(scene.result, scene.head)
    for region in sorted(OPACITY, reverse=True):  # innermost first
        mesh = meshes.get(region, Mesh.empty())
        actor = plotter.actors.get(region.name)
        if not mesh.cells:
            plotter.remove_actor(region.name, reset_camera=False, render=False)
        elif actor is None:
            _add(plotter, mesh, region.name, unit_of(REGION_COLOURS[region]), OPACITY[region])
        else:
            actor.mapper.dataset = _polydata(mesh)


def _put_brain(plotter: Any, head: Volume) -> None:
    mesh = brain_surface(head)
    if not mesh.cells:
        look_at(plotter, head)
        return
    _add(plotter, mesh, BRAIN, unit_of(BRAIN_COLOUR), BRAIN_OPACITY)
    low, high = mesh.points_mm.min(axis=0), mesh.points_mm.max(axis=0)
    for letter, outwards in _OUTWARDS.items():
        direction = np.asarray(outwards)
        place = (low + high) / 2 + direction * ((high - low) / 2 + 9.0)
        _add_letter(plotter, letter, place)
    look_at(plotter, head)


def _add(
    plotter: Any, mesh: Mesh, name: str, colour: tuple[float, float, float], opacity: float
) -> None:
    plotter.add_mesh(
        _polydata(mesh),
        name=name,
        color=colour,
        opacity=opacity,
        smooth_shading=True,
        ambient=0.3,
        diffuse=0.75,
        specular=0.12,
        specular_power=18,
        culling="back",
        pickable=False,
        reset_camera=False,
        render=False,
    )


def _add_letter(plotter: Any, letter: str, place_mm: np.ndarray) -> None:
    actor: Any = vtkBillboardTextActor3D()
    actor.SetInput(letter)
    actor.SetPosition(*place_mm)
    words = actor.GetTextProperty()
    words.SetFontSize(16)
    words.BoldOn()
    words.SetColor(*LETTER_COLOUR)
    words.SetJustificationToCentered()
    words.SetVerticalJustificationToCentered()
    plotter.add_actor(actor, name=f"letter {letter}", reset_camera=False, render=False)


def _polydata(mesh: Mesh) -> pv.PolyData:
    data: Any = pv.PolyData.from_regular_faces(mesh.points_mm, mesh.triangles)
    return data.compute_normals(cell_normals=False, split_vertices=False, consistent_normals=False)


def _corners(head: Volume) -> np.ndarray:
    ends = np.array(np.meshgrid(*[(0, n - 1) for n in head.shape])).reshape(3, -1).T
    return np.asarray([head.world_from((x, y, z)) for x, y, z in ends.tolist()])
