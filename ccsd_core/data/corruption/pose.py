"""Rigid displacement of a head: a shift, and a rotation about its middle."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial.transform import Rotation

from ccsd_core.data.corruption.scan import Field


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """Position of a head.

    Args:
        shift_mm: Shift along x, y, z in mm.
        rotation: Rotation matrix (3, 3) in millimetres.
    """

    shift_mm: NDArray[np.float64]
    rotation: NDArray[np.float64]

    @classmethod
    def draw(cls, rng: np.random.Generator, *, shift_mm: float, degrees: float) -> "Pose":
        """A shift and a rotation of given size, in a random direction and about a random axis."""
        direction, axis = (v / np.linalg.norm(v) for v in rng.standard_normal((2, 3)))
        rotation = Rotation.from_rotvec(np.radians(degrees) * axis).as_matrix()
        return cls(shift_mm * direction, rotation)

    def apply(self, image: Field, *, spacing_mm: tuple[float, float, float]) -> Field:
        """The image in this position, linearly interpolated; 0 beyond the image.

        Args:
            image: Shape (x, y, z), the head in its middle.
            spacing_mm: Edges of a voxel along x, y, z in mm.
        """
        edges = np.asarray(spacing_mm)
        # position of a voxel of the result in the input: rotated and shifted back
        matrix = self.rotation.T * edges[None, :] / edges[:, None]
        middle = (np.asarray(image.shape) - 1) / 2
        offset = (middle - matrix @ (middle + self.shift_mm / edges)).tolist()
        return np.asarray(ndimage.affine_transform(image, matrix, offset, order=1), np.float32)


def apply_each(
    images: Sequence[tuple[Pose, Field]], *, spacing_mm: tuple[float, float, float]
) -> list[Field]:
    """`Pose.apply` for several images at the same time, each in a thread.

    Args:
        images: Poses with the image to move, shape (x, y, z).
        spacing_mm: Edges of a voxel along x, y, z in mm.
    """
    with ThreadPoolExecutor(len(images)) as threads:
        moved = [threads.submit(pose.apply, image, spacing_mm=spacing_mm) for pose, image in images]
        return [one.result() for one in moved]
