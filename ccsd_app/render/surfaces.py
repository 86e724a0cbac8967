"""Draws the tumour's surfaces and the brain around them with any pyvista plotter.

    apply(plotter, old, new)
      head changed?     brain shell, orientation letters, camera
      result changed?   WT TC ET surfaces
      expert changed?   the expert's surfaces
      planes moved?     slices in space, cut face
      always            actors on or off, opaque or not, colours, clipping

The innermost region that is drawn is opaque, the surfaces around it are translucent. These are
drawn from the innermost to the outermost without back faces: nested closed surfaces then blend in
the right order without depth peeling, which software OpenGL does not support or does slowly.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ccsd_app.render import camera, clip, letters, slice_planes
from ccsd_app.render.materials import Translucency, add_surface, set_colour, set_light, set_material
from ccsd_app.render.mesh_cache import MeshCache, polydata
from ccsd_app.scene.palette import (
    BRAIN_COLOUR,
    REFERENCE_COLOUR,
    VIEW3D_BACKGROUND,
    region_colours,
    unit_of,
)
from ccsd_app.scene.view3d.surface import brain_surface
from ccsd_app.scene.view3d.view3d_scene import View3dScene
from ccsd_app.scene.view3d.viewpoint import Side
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume import Volume

BRAIN = "brain"
BRAIN_MATERIAL = Translucency(face=0.04, rim=0.5, power=2.5)
REGION_MATERIAL: Mapping[Region, Translucency] = {
    Region.ET: Translucency(face=0.15, rim=0.6),
    Region.TC: Translucency(face=0.05, rim=0.7, power=2.4),
    Region.WT: Translucency(face=0.05, rim=0.8, power=1.8),
}
EXPERT_NAMES: Mapping[Region, str] = {region: f"expert {region.name}" for region in Region}
EXPERT_MATERIAL = Translucency(face=0.06, rim=0.95, power=2.0)
"""Hardly more than an outline: the prediction stays visible inside it."""

SURFACES = (BRAIN, *(region.name for region in Region), *EXPERT_NAMES.values())
INNERMOST_FIRST = tuple(sorted(Region, reverse=True))


def set_up_plotter(plotter: Any) -> None:
    """Prepare an empty plotter: background, light and sampling, whatever its theme."""
    low, high = (unit_of(colour) for colour in VIEW3D_BACKGROUND)
    plotter.set_background(low, top=high)
    plotter.disable_depth_peeling()
    plotter.render_window.SetMultiSamples(0)
    set_light(plotter)
    letters.hide_letters_along_view(plotter)


def apply(
    plotter: Any, old: View3dScene | None, new: View3dScene | None, cache: MeshCache | None = None
) -> None:
    """Change what `plotter` shows from `old` to `new`. Does not render.

    Args:
        plotter: A `pyvista.Plotter` or `pyvistaqt.QtInteractor` that shows `old`.
        old: What it shows now; None when it is empty.
        new: What it is to show; None empties it.
        cache: Existing meshes; new ones are added.
    """
    if new is None:
        plotter.clear_actors()
        return
    cache = cache or MeshCache()
    if old is None or old.head is not new.head:
        plotter.clear_actors()
        old = None
    if old is None or old.result is not new.result:
        _update_regions(plotter, new, cache)
    if old is None:
        _add_brain(plotter, new.head)
    if old is None or old.expert != new.expert:
        _update_expert(plotter, new, cache)
    _show(plotter, new)
    slice_planes.apply(plotter, old, new)
    plotter.renderer.ResetCameraClippingRange()


def look_at(plotter: Any, head: Volume, side: Side | None = None) -> None:
    """Point the camera at the whole head, from its preset direction or from a side."""
    actor = plotter.actors.get(BRAIN)
    low, high = _bounds(head) if actor is None else np.reshape(actor.GetBounds(), (3, 2)).T
    camera.look_at(plotter, low, high, side)


def drawn_cells(plotter: Any, region: Region) -> int:
    """How many triangles of a region are on screen; 0 when it is hidden or empty."""
    actor = plotter.actors.get(region.name)
    if actor is None or not actor.GetVisibility():
        return 0
    return int(actor.mapper.dataset.n_cells)


def drawn_names(plotter: Any) -> tuple[str, ...]:
    """The actors that are on screen, without the orientation letters, sorted."""
    known = (*SURFACES, slice_planes.FACE, *slice_planes.NAMES.values())
    actors = plotter.actors
    return tuple(sorted(n for n in known if n in actors and actors[n].GetVisibility()))


def _show(plotter: Any, scene: View3dScene) -> None:
    """Switch surfaces on and off, set their materials and colours, and clip them."""
    actors, colours = plotter.actors, region_colours(scene.colours)
    for region in Region:
        actor, expert_mesh = (actors.get(name) for name in (region.name, EXPERT_NAMES[region]))
        if actor is not None:
            actor.SetVisibility(region in scene.visible)
            set_material(actor, None if region is scene.innermost else REGION_MATERIAL[region])
            set_colour(actor, colours[region])
        if expert_mesh is not None:
            expert_mesh.SetVisibility(region in scene.visible)
            _show_inside(expert_mesh, scene)
    if BRAIN in actors:
        actors[BRAIN].SetVisibility(scene.brain)
        _show_inside(actors[BRAIN], scene)
    clip.clip_along((actors[name] for name in SURFACES if name in actors), scene.cut)


def _show_inside(actor: Any, scene: View3dScene) -> None:
    """Draw the back faces of clipped surfaces; the regions are closed by the cut face."""
    actor.prop.culling = "back" if scene.cut is None else "none"


def _update_regions(plotter: Any, scene: View3dScene, cache: MeshCache) -> None:
    for region in INNERMOST_FIRST:
        mesh = None if scene.result is None else cache.mesh(scene.result, region, scene.head)
        actor = plotter.actors.get(region.name)
        if mesh is None:
            plotter.remove_actor(region.name, reset_camera=False, render=False)
        elif actor is None:
            add_surface(plotter, mesh, region.name, region_colours(scene.colours)[region])
        else:
            actor.mapper.dataset = mesh


def _update_expert(plotter: Any, scene: View3dScene, cache: MeshCache) -> None:
    for region, name in EXPERT_NAMES.items():
        plotter.remove_actor(name, reset_camera=False, render=False)
        mesh = None if scene.expert is None else cache.expert_mesh(scene.expert, region, scene.head)
        if mesh is not None:
            set_material(add_surface(plotter, mesh, name, REFERENCE_COLOUR), EXPERT_MATERIAL)


def _add_brain(plotter: Any, head: Volume) -> None:
    mesh = brain_surface(head)
    if not mesh.cells:
        look_at(plotter, head)
        return
    set_material(add_surface(plotter, polydata(mesh), BRAIN, BRAIN_COLOUR), BRAIN_MATERIAL)
    low, high = mesh.points_mm.min(axis=0), mesh.points_mm.max(axis=0)
    letters.add_letters(plotter, low, high)
    look_at(plotter, head)


def _bounds(head: Volume) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and the highest world coordinates of a volume."""
    ends = np.array(np.meshgrid(*[(0, n - 1) for n in head.shape])).reshape(3, -1).T
    corners = np.asarray([head.world_from((x, y, z)) for x, y, z in ends.tolist()])
    return corners.min(axis=0), corners.max(axis=0)
