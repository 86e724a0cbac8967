"""Larger voxels along an axis: averaged as in a scanner, and resampled to the fine grid.

    fine voxels     │.│.│.│.│.│.│.│       each large voxel is the mean over its extent
    large voxels   │   .   │   .   │      (box profile); between their middles it is linear,
                                          as registration to 1 mm leaves it

Both steps are linear, so together they are one matrix per axis. It is equivalent to `LowResolution`
of the augmentation, but for any voxel size, and without torch.
"""

import numpy as np
from numpy.typing import NDArray

from ccsd_core.data.corruption.scan import Field, Scan, apply_along


def larger_voxels(scan: Scan, edges_mm: tuple[float | None, float | None, float | None]) -> Scan:
    """An image of larger voxels, interpolated back.

    Args:
        scan: Image of the sequence.
        edges_mm: Edges of the larger voxels in mm. An axis with None is unchanged, as is one that
            is already as coarse.
    """
    matrices = {
        axis: resampling_matrix(scan.signal.shape[axis], spacing_mm=mm, edge_mm=edge)
        for axis, (mm, edge) in enumerate(zip(scan.spacing_mm, edges_mm, strict=True))
        if edge is not None and edge > mm
    }
    if not matrices:
        return scan

    def smooth(values: Field) -> Field:
        for axis, matrix in matrices.items():
            values = apply_along(values, matrix, axis)
        return values

    return scan.mean_inside(smooth)


def resampling_matrix(n: int, *, spacing_mm: float, edge_mm: float) -> NDArray[np.float32]:
    """The matrix (n, n) that averages over larger voxels and interpolates back.

    The larger voxels are centred on the middle of the axis, and extend beyond its ends.

    Args:
        n: Number of fine voxels.
        spacing_mm: Edge of a fine voxel in mm.
        edge_mm: Edge of the larger ones.
    """
    fine = np.arange(n + 1) * spacing_mm
    count = int(np.ceil(n * spacing_mm / edge_mm))
    coarse = (np.arange(count + 1) - count / 2) * edge_mm + n * spacing_mm / 2
    low = np.maximum(fine[None, :-1], coarse[:-1, None])
    high = np.minimum(fine[None, 1:], coarse[1:, None])
    covered = np.maximum(high - low, 0)
    means = covered / covered.sum(axis=1, keepdims=True)
    position = ((fine[:-1] + fine[1:]) / 2 - coarse[0]) / edge_mm - 0.5
    position = np.clip(position, 0, count - 1)
    shares = np.maximum(0, 1 - np.abs(position[:, None] - np.arange(count)))
    return (shares @ means).astype(np.float32)
