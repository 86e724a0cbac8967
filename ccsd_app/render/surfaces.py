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

from ccsd_app.render.mesh_shelf import MeshShelf, polydata
from ccsd_app.scene.palette import (
    BRAIN_COLOUR,
    REGION_COLOURS,
    SPACE_BACKGROUND,
    unit_of,
)
from ccsd_app.scene.space_scene import SpaceScene
from ccsd_app.scene.surface import brain_surface
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume import Volume

BRAIN = "brain"
OPACITY: Mapping[Region, float] = {Region.ET: 1.0, Region.TC: 0.2, Region.WT: 0.24}
CORE_ALONE = 0.75
"""Opacity of TC where no ET is drawn inside it: something solid marks the core either way."""
BRAIN_OPACITY = 0.2
LETTER_COLOUR = (0.72, 0.76, 0.82)
CAMERA_DIRECTION = (-0.62, 1.0, 0.42)
"""From the front, a little from the patient's left and above, so that R stays on the left."""
FILL = 0.82
"""Camera distance, as a share of the one at which the head's bounding sphere just fits."""

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


def apply(
    plotter: Any, old: SpaceScene | None, new: SpaceScene | None, shelf: MeshShelf | None = None
) -> None:
    """Change what `plotter` shows from `old` to `new`. Does not render.

    Args:
        plotter: A `pyvista.Plotter` or `pyvistaqt.QtInteractor` that shows `old`.
        old: What it shows now; None when it is empty.
        new: What it shall show; None empties it.
        shelf: Meshes that are made already, and where new ones are kept.
    """
    if new is None:
        plotter.clear_actors()
        return
    if old is None or old.head is not new.head:
        plotter.clear_actors()
        old = None
    if old is None or old.result is not new.result:
        _put_regions(plotter, new, shelf or MeshShelf())
    if old is None:
        _put_brain(plotter, new.head)
    for region in Region:
        actor = plotter.actors.get(region.name)
        if actor is not None:
            actor.SetVisibility(region in new.visible)
    core = plotter.actors.get(Region.TC.name)
    if core is not None:
        enhancing = drawn_cells(plotter, Region.ET) > 0
        core.prop.opacity = OPACITY[Region.TC] if enhancing else CORE_ALONE


def look_at(plotter: Any, head: Volume) -> None:
    """Point the camera at the whole head from its preset direction."""
    actor = plotter.actors.get(BRAIN)
    low, high = _bounds(head) if actor is None else np.reshape(actor.GetBounds(), (3, 2)).T
    radius = float(np.linalg.norm(high - low)) / 2
    direction = np.asarray(CAMERA_DIRECTION) / np.linalg.norm(CAMERA_DIRECTION)
    distance = FILL * radius / np.sin(np.radians(plotter.camera.view_angle / 2))
    centre = (low + high) / 2
    plotter.camera.position = tuple((centre + distance * direction).tolist())
    plotter.camera.focal_point = tuple(centre.tolist())
    plotter.camera.up = (0.0, 0.0, 1.0)
    plotter.renderer.ResetCameraClippingRange()


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


def _put_regions(plotter: Any, scene: SpaceScene, shelf: MeshShelf) -> None:
    for region in sorted(OPACITY, reverse=True):  # innermost first
        mesh = None if scene.result is None else shelf.mesh(scene.result, region, scene.head)
        actor = plotter.actors.get(region.name)
        if mesh is None:
            plotter.remove_actor(region.name, reset_camera=False, render=False)
        elif actor is None:
            _add(plotter, mesh, region.name, unit_of(REGION_COLOURS[region]), OPACITY[region])
        else:
            actor.mapper.dataset = mesh


def _put_brain(plotter: Any, head: Volume) -> None:
    mesh = brain_surface(head)
    if not mesh.cells:
        look_at(plotter, head)
        return
    _add(plotter, polydata(mesh), BRAIN, unit_of(BRAIN_COLOUR), BRAIN_OPACITY)
    low, high = mesh.points_mm.min(axis=0), mesh.points_mm.max(axis=0)
    for letter, outwards in _OUTWARDS.items():
        direction = np.asarray(outwards)
        place = (low + high) / 2 + direction * ((high - low) / 2 + 9.0)
        _add_letter(plotter, letter, place)
    look_at(plotter, head)


def _add(
    plotter: Any, mesh: pv.PolyData, name: str, colour: tuple[float, float, float], opacity: float
) -> None:
    plotter.add_mesh(
        mesh,
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


def _bounds(head: Volume) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and the highest world coordinates of a volume."""
    ends = np.array(np.meshgrid(*[(0, n - 1) for n in head.shape])).reshape(3, -1).T
    corners = np.asarray([head.world_from((x, y, z)) for x, y, z in ends.tolist()])
    return corners.min(axis=0), corners.max(axis=0)
