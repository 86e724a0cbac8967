"""Volumes as SimpleITK images and back, and volumes sampled at the voxels of another grid.

ITK uses LPS+ and arrays with z first; both are converted here.
"""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.volume import Volume
from ccsd_core.preparation.libraries import simple_itk
from ccsd_core.preparation.rigid import Matrix

LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
"""RAS+ from LPS+ and back."""
BLUR = 0.42
"""Standard deviation of the blur before downsampling, in coarse voxels. For comparison: a box of
one voxel has 0.29, a triangle of two voxels 0.41."""
Order = Literal["linear", "nearest"]


def to_itk(volume: Volume) -> Any:
    """A volume as a float32 image in ITK's coordinates; its axes must be orthogonal."""
    itk = simple_itk()
    image = itk.GetImageFromArray(
        np.ascontiguousarray(volume.array.transpose(2, 1, 0), dtype=np.float32)
    )
    lps = LPS @ volume.world_from_voxel
    spacing = np.asarray(volume.spacing_mm)
    image.SetSpacing(spacing.tolist())
    image.SetOrigin(lps[:3, 3].tolist())
    image.SetDirection((lps[:3, :3] / spacing).ravel().tolist())
    return image


def sampled(
    volume: Volume,
    grid: Volume,
    matrix: Matrix | None = None,
    *,
    order: Order = "linear",
    outside: float = 0.0,
    average: bool = True,
) -> NDArray[np.float32]:
    """A volume resampled on another grid.

    Args:
        volume: The volume to sample, with any affine.
        grid: The grid; its array is not used.
        matrix: From the grid's world coordinates to the volume's, RAS+ mm; the identity if not
            given.
        order: Interpolation.
        outside: Value outside the volume.
        average: Whether linear interpolation on a coarser grid averages over the voxel.
    """
    itk = simple_itk()
    # Resampling in voxel coordinates also works for sheared affines.
    voxel = np.linalg.inv(volume.world_from_voxel)
    voxel = voxel @ (np.eye(4) if matrix is None else matrix) @ grid.world_from_voxel
    image = itk.GetImageFromArray(
        np.ascontiguousarray(volume.array.transpose(2, 1, 0), dtype=np.float32)
    )
    if order == "linear" and average:
        image = _blurred(image, volume, grid)
    transform = itk.AffineTransform(3)
    transform.SetMatrix(voxel[:3, :3].ravel().tolist())
    transform.SetTranslation(voxel[:3, 3].tolist())
    made = itk.Resample(
        image,
        grid.shape,
        transform,
        itk.sitkLinear if order == "linear" else itk.sitkNearestNeighbor,
        (0.0, 0.0, 0.0),
        (1.0, 1.0, 1.0),
        tuple(np.eye(3).ravel()),
        outside,
        itk.sitkFloat32,
    )
    return itk.GetArrayFromImage(made).transpose(2, 1, 0)


def _blurred(image: Any, volume: Volume, grid: Volume) -> Any:
    """An image smoothed, axis by axis, to the resolution of a coarser grid."""
    itk = simple_itk()
    coarse = min(grid.spacing_mm)
    for axis, mm in enumerate(volume.spacing_mm):
        if mm < 0.75 * coarse and volume.shape[axis] >= 4:
            sigma = BLUR * np.sqrt((coarse / mm) ** 2 - 1)
            smooth = itk.RecursiveGaussianImageFilter()
            smooth.SetSigma(float(sigma))
            smooth.SetDirection(axis)
            image = smooth.Execute(image)
    return image
