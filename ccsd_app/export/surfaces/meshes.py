"""The surfaces of one subset in world millimetres, region by region, ready for any format."""

from collections.abc import Sequence
from dataclasses import dataclass

from ccsd_app.export.errors import ExportError
from ccsd_app.export.label_maps import result_of
from ccsd_app.export.stamp import Stamp
from ccsd_app.scene.palette import Rgb, region_colours
from ccsd_app.scene.view3d.surface import Mesh, region_surface
from ccsd_app.session.state import State
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.progress import Progress, Steps

SPACE = "RAS+ millimetres, world coordinates of the case files"
SMOOTHED = "smoothed (surface nets), then grown to the volume of the voxels"


@dataclass(frozen=True, slots=True, eq=False)
class RegionMesh:
    """One region's surface.

    Args:
        region: The region.
        mesh: Its surface, in world mm.
        colour: Its colour in the window.
        voxels_ml: The region's volume, counted in voxels.
    """

    region: Region
    mesh: Mesh
    colour: Rgb
    voxels_ml: float


@dataclass(frozen=True, slots=True, eq=False)
class Surfaces:
    """The content of a mesh file: the surfaces of the predicted regions, and their provenance."""

    found: Sequence[RegionMesh]
    stamp: Stamp

    @property
    def none_found(self) -> tuple[str, ...]:
        """Names of regions that are empty in this subset."""
        found = {part.region for part in self.found}
        return tuple(region.name for region in Region if region not in found)

    def as_json(self) -> dict[str, object]:
        """Provenance, space and volumes, for extras and sidecars."""
        return {
            **self.stamp.as_json(),
            "space": SPACE,
            "surfaces": SMOOTHED,
            "regions": {
                part.region.name: {
                    "title": part.region.title,
                    "voxels_ml": round(part.voxels_ml, 6),
                    "surface_ml": round(part.mesh.volume_ml, 6),
                    "triangles": part.mesh.cells,
                }
                for part in self.found
            },
            "none_found": list(self.none_found),
        }


def surfaces_of(state: State, subset: ModalitySubset) -> Steps[Surfaces]:
    """Make the surfaces of one subset, one region per step. Calls a VTK filter.

    Raises:
        ExportError: If the subset is not computed, or predicts no region.
    """
    result = result_of(state, subset)
    assert state.case is not None
    colours = region_colours(state.colours)
    found: list[RegionMesh] = []
    for region in Region:
        yield Progress(region, len(Region), f"surface of {region.name}")
        mesh = region_surface(result, region, state.case.grid)
        if mesh.cells:
            found.append(RegionMesh(region, mesh, colours[region], result.volumes_ml[region]))
    if not found:
        raise ExportError(f"{subset.label} predicts no region: there is no surface to export")
    return Surfaces(tuple(found), Stamp.of(state, subset))
