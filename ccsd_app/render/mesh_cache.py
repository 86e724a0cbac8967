"""A cache of the surfaces of results: each is made once and kept as long as its result.

A surface takes about ten milliseconds, a toggle to a computed subset needs three of them. So
they are made one by one while the window is idle, and found here when they are needed. The
expert's surfaces are made when they are first drawn.
"""

from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary, ref

import numpy as np
import pyvista as pv

from ccsd_app.scene.cropped_regions import CroppedRegions
from ccsd_app.scene.view3d.surface import Mesh, region_surface
from ccsd_app.session.result import SubsetResult
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume import Volume


class MeshCache:
    """Keeps the mesh of each region of each result; meshes are deleted with their result."""

    def __init__(self) -> None:
        self._meshes_by_result: WeakKeyDictionary[
            SubsetResult, dict[Region, pv.PolyData | None]
        ] = WeakKeyDictionary()
        self._expert: tuple[ref[np.ndarray], dict[Region, pv.PolyData | None]] | None = None

    def mesh(self, result: SubsetResult, region: Region, grid: Volume) -> pv.PolyData | None:
        """The surface of a region in world mm, with normals; None where the region is empty."""
        return _cached(self._meshes_by_result.setdefault(result, {}), result, region, grid)

    def expert_mesh(
        self, expert: CroppedRegions, region: Region, grid: Volume
    ) -> pv.PolyData | None:
        """The surface of one of the expert's regions; only those of one case are kept."""
        if self._expert is None or self._expert[0]() is not expert.nested_labels:
            self._expert = ref(expert.nested_labels), {}
        return _cached(self._expert[1], expert, region, grid)

    def make_one(self, results: Iterable[SubsetResult], grid: Volume) -> bool:
        """Make one mesh that is not in the cache yet; returns whether one was missing."""
        for result in results:
            for region in Region:
                if region not in self._meshes_by_result.get(result, {}):
                    self.mesh(result, region, grid)
                    return True
        return False


def _cached(
    kept: dict[Region, pv.PolyData | None],
    nested: SubsetResult | CroppedRegions,
    region: Region,
    grid: Volume,
) -> pv.PolyData | None:
    if region not in kept:
        found = region_surface(nested, region, grid)
        kept[region] = polydata(found) if found.cells else None
    return kept[region]


def polydata(mesh: Mesh) -> pv.PolyData:
    """A mesh as pyvista draws it, with normals at its points."""
    data: Any = pv.PolyData.from_regular_faces(mesh.points_mm, mesh.triangles)
    return data.compute_normals(cell_normals=False, split_vertices=False, consistent_normals=False)
