"""From a mask to a smooth closed surface in world millimetres.

    labels ── label > r ──▶ padded mask ── surface nets ──▶ triangles (voxel) ── affine ──▶ mm

The only file of the scene that calls VTK, and of VTK only a filter: nothing is drawn here.
Padding by one voxel closes every surface. Smoothing works in voxels, before the affine, so a
thick slice is smoothed as much as a thin one. Smoothing shrinks (a tumour of ragged parts by a
tenth), so the points are moved outwards afterwards, all by the same share of a voxel, until the
surface encloses as much as the voxels do. Triangles are turned outwards last, because a mirroring
affine turns them inwards.

Source: Frisken, SurfaceNets for Multi-Label Segmentations with Preservation of Sharp
Boundaries, JCGT 2022, as implemented by vtkSurfaceNets3D.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage  # pyright: ignore[reportMissingTypeStubs]
from vtkmodules.util import numpy_support
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkFiltersCore import vtkSurfaceNets3D

from ccsd_app.scene.cropped_regions import CroppedRegions
from ccsd_app.session.result import SubsetResult
from ccsd_core.domain.box import tight_box
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume import Volume

SMOOTHING_STEPS = 7
"""Enough smoothing steps to hide the voxels; every further step shrinks small regions visibly."""
RELAXATION = 0.5
MOST_GROWTH = 0.5
"""How far points are moved outwards at most to keep the volume, in voxels."""
SHELL_SPACING_MM = 3.0
"""Voxel size of the mask for the brain surface, which is smoothed less, as it is coarser."""
SHELL_SMOOTHING_STEPS = 6
NOISY_AIR = 0.9
"""An image with more values other than zero than this has no background: its air is noise."""
AIR_SHARE = 0.1
"""Air is darker than this share of what is bright."""


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A closed triangle mesh whose triangles face outwards.

    Args:
        points_mm: World RAS+ points, shape (n, 3), float32.
        triangles: Point indices, shape (m, 3), int64.
    """

    points_mm: NDArray[np.float32]
    triangles: NDArray[np.int64]

    @classmethod
    def empty(cls) -> "Mesh":
        return cls(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int64))

    @property
    def cells(self) -> int:
        """Number of triangles."""
        return len(self.triangles)

    @property
    def volume_ml(self) -> float:
        """The volume it encloses."""
        return _signed_volume(self.points_mm, self.triangles) / 1000


def region_surface(nested: SubsetResult | CroppedRegions, region: Region, grid: Volume) -> Mesh:
    """The surface of one of the nested regions of a result, or of the expert's labels.

    Args:
        nested: The regions, cut out of the case's grid.
        region: Which of them.
        grid: The case's grid.
    """
    return mask_surface(
        nested.nested_labels > region, grid.world_from_voxel, offset_voxel=nested.offset_voxel
    )


def brain_surface(volume: Volume) -> Mesh:
    """The outer surface of all values other than zero: the brain in skull-stripped images.

    In images straight from the scanner, with noise in the air, it is the surface of the head.
    Coarse, with its holes filled, and only the largest piece: it serves for orientation.
    """
    steps = [max(1, round(SHELL_SPACING_MM / mm)) for mm in volume.spacing_mm]
    coarse = volume.array[tuple(slice(step // 2, None, step) for step in steps)]
    tools: Any = ndimage
    pieces: NDArray[np.int32] = tools.label(_shown(coarse))[0]
    if not pieces.any():
        return Mesh.empty()
    largest = pieces == 1 + int(np.bincount(pieces.ravel())[1:].argmax())
    filled: NDArray[np.bool_] = tools.binary_fill_holes(largest)
    voxel_from_coarse = np.diag([*steps, 1.0])
    voxel_from_coarse[:3, 3] = [step // 2 for step in steps]
    return mask_surface(
        filled,
        volume.world_from_voxel @ voxel_from_coarse,
        steps=SHELL_SMOOTHING_STEPS,
        keep_volume=False,
    )


def _shown(values: NDArray[np.generic]) -> NDArray[np.bool_]:
    """The voxels that show the patient: values other than zero, or those above noisy air."""
    finite = np.isfinite(values)
    shown = finite & (values != 0)
    if not shown.any() or shown.mean() < NOISY_AIR:
        return shown
    bright = float(np.percentile(values[finite].astype(np.float32), 99))
    return finite & (values.astype(np.float32) > AIR_SHARE * bright)


def mask_surface(
    mask: NDArray[np.bool_],
    world_from_voxel: NDArray[np.float64],
    *,
    offset_voxel: tuple[int, int, int] = (0, 0, 0),
    steps: int = SMOOTHING_STEPS,
    keep_volume: bool = True,
) -> Mesh:
    """The smoothed boundary of a mask.

    Args:
        mask: Inside is True, shape (x, y, z).
        world_from_voxel: Affine of the grid that the mask was cropped from.
        offset_voxel: Where the mask's first voxel lies in that grid.
        steps: How often the points are moved towards the middle of their neighbours.
        keep_volume: Whether the surface is made to enclose as much as the mask's voxels.
    """
    box = tight_box(mask)
    if box is None:
        return Mesh.empty()
    points_crop, triangles = _surface_nets(np.pad(mask[box], 1), steps)
    if keep_volume:
        points_crop = _grown(points_crop, triangles, float(np.count_nonzero(mask[box])))
    first = np.asarray(offset_voxel) + [side.start - 1 for side in box]
    points = (points_crop + first) @ world_from_voxel[:3, :3].T + world_from_voxel[:3, 3]
    if _signed_volume(points, triangles) < 0:
        triangles = triangles[:, ::-1]
    return Mesh(points.astype(np.float32), np.ascontiguousarray(triangles))


def _surface_nets(
    mask: NDArray[np.bool_], steps: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points in voxels of the mask, and triangles."""
    support: Any = numpy_support
    image: Any = vtkImageData()
    image.SetDimensions(*mask.shape)
    values = mask.ravel(order="F").astype(np.uint8)
    image.GetPointData().SetScalars(support.numpy_to_vtk(values))
    nets: Any = vtkSurfaceNets3D()
    nets.SetInputData(image)
    nets.SetValue(0, 1)
    nets.SetOutputMeshTypeToTriangles()
    nets.SmoothingOn()
    nets.SetNumberOfIterations(steps)
    nets.SetRelaxationFactor(RELAXATION)
    nets.Update()
    surface = nets.GetOutput()
    points: NDArray[np.float64] = np.array(
        support.vtk_to_numpy(surface.GetPoints().GetData()), np.float64
    )
    cells: NDArray[np.int64] = np.array(
        support.vtk_to_numpy(surface.GetPolys().GetConnectivityArray()), np.int64
    )
    return points, cells.reshape(-1, 3)


def _grown(
    points: NDArray[np.float64], triangles: NDArray[np.int64], volume: float
) -> NDArray[np.float64]:
    """The points moved along their normals so that they enclose a volume, in voxels."""
    facing = 1.0 if _signed_volume(points, triangles) > 0 else -1.0
    grown, moved = points, 0.0
    for _ in range(3):  # the enclosed volume is nearly linear in the distance
        a, b, c = (grown[triangles[:, corner]] for corner in range(3))
        areas = facing * np.cross(b - a, c - a) / 2
        normals = np.stack(
            [
                sum(
                    np.bincount(triangles[:, corner], areas[:, axis], len(points))
                    for corner in range(3)
                )
                for axis in range(3)
            ],
            axis=1,
        )
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
        missing = volume - facing * _signed_volume(grown, triangles)
        step = missing / max(float(np.linalg.norm(areas, axis=1).sum()), 1e-12)
        step = min(max(step, -MOST_GROWTH - moved), MOST_GROWTH - moved)
        grown, moved = grown + step * normals, moved + step
    return grown


def _signed_volume(points: NDArray[Any], triangles: NDArray[np.int64]) -> float:
    """Positive when the triangles face outwards (divergence theorem), in cubic units."""
    if not len(triangles):
        return 0.0
    centred = np.asarray(points, np.float64) - points.mean(axis=0)
    a, b, c = (centred[triangles[:, corner]] for corner in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)
