"""Label maps of other patients without their images: shapes and positions of real tumours.

An `.npz` file with one label map per patient, by case id: BraTS labels (1, 2, 4) on the whole BraTS
volume (240 × 240 × 155 mm, stored LPS), resampled to one common size such as 128 × 128 × 128.

Label maps do not show the brain. One is mapped to another patient so that the box of a typical
brain in BraTS volumes coincides with the box of the patient's brain.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from ccsd_core.data.mixing.real_patient import PoolError, RealPatient
from ccsd_core.domain.region import BRATS2021
from ccsd_core.storage.names.patients import patient_of, patients_of
from ccsd_core.storage.npz import DAMAGED_ARCHIVE

VOLUME_MM = (240.0, 240.0, 155.0)
"""Edges of a BraTS volume."""

BRAIN_MIDDLE_MM = (121.5, 111.5, 71.0)
"""Middle of a brain's box in a BraTS volume, counted from its right, front and bottom (RAS):
the mean of three patients, who differ by 4 mm at most."""

BRAIN_BOX_MM = (135.0, 171.0, 140.0)
"""Edges of that box: the mean of the same three, who differ by 9 mm at most."""


@dataclass(frozen=True, slots=True, eq=False)
class ShapeLibrary:
    """Label maps by case id.

    Args:
        maps: uint8 arrays (x, y, z) of BraTS 2021 labels, stored LPS as in BraTS files.
    """

    maps: Mapping[str, NDArray[np.uint8]]

    def without(self, *ids: str) -> "ShapeLibrary":
        """The library without some patients, under the names of any year.

        Raises:
            PoolError: If no map is left.
        """
        out = patients_of(ids)
        maps = {id: m for id, m in self.maps.items() if patient_of(id).id not in out}
        if not maps:
            raise PoolError(f"no label map is left without {', '.join(ids)}: leave fewer out")
        return ShapeLibrary(maps)

    def on(self, host: RealPatient, id: str) -> RealPatient:
        """A patient with the host's images and the shape as labels, at its position in the brain.

        Args:
            host: Patient with the grid and the brain; its labels are not used.
            id: Id of the label map.
        """
        points = _library_points(host, self.maps[id].shape)
        regions = np.stack(
            [
                map_coordinates(region.astype(np.float32), points, order=1, mode="constant")
                for region in BRATS2021.regions(self.maps[id])
            ]
        )
        labels = np.where(host.head.brain, BRATS2021.labels(regions >= 0.5), 0).astype(np.uint8)
        return RealPatient(host.images, labels, host.head, (id,))


def read_shapes(file: Path) -> ShapeLibrary:
    """Read label maps.

    Args:
        file: The `.npz` file.

    Raises:
        PoolError: If the file is not valid, a map is not a BraTS label map, or there is none.
    """
    maps: dict[str, NDArray[np.uint8]] = {}
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as archive:
            for id in sorted(archive.files):
                maps[id] = _checked(archive[id], f"{file}: {id!r}")
    except DAMAGED_ARCHIVE as error:
        raise PoolError(
            f"{file} contains no label maps: give an .npz file with one array for each case id"
        ) from error
    if not maps:
        raise PoolError(f"{file} is empty: give an .npz file with one array for each case id")
    return ShapeLibrary(maps)


def _checked(labels: np.ndarray, what: str) -> NDArray[np.uint8]:
    known = {0, *(int(v) for v in (BRATS2021.necrosis, BRATS2021.oedema, BRATS2021.enhancing))}
    if labels.ndim != 3 or not np.issubdtype(labels.dtype, np.integer):
        raise PoolError(
            f"{what} has shape {labels.shape} of {labels.dtype}; needed are three axes of integers"
        )
    unknown = sorted(set(np.unique(labels).tolist()) - known)
    if unknown:
        raise PoolError(f"{what} has labels {unknown}: BraTS labels are {sorted(known)}")
    return labels.astype(np.uint8)


def _library_points(host: RealPatient, shape: tuple[int, ...]) -> np.ndarray:
    """Position of each voxel of the host in a library map (3, x, y, z)."""
    inside = np.argwhere(host.head.brain)
    low, high = inside.min(0), inside.max(0) + 1
    axes = []
    for axis, n in enumerate(host.labels.shape):
        middle = (low[axis] + high[axis] - 1) / 2
        stretch = BRAIN_BOX_MM[axis] / (high[axis] - low[axis])
        mm = BRAIN_MIDDLE_MM[axis] + (np.arange(n) - middle) * stretch
        if axis < 2:  # stored LPS, so the first two axes are reversed
            mm = VOLUME_MM[axis] - mm
        axes.append(mm * shape[axis] / VOLUME_MM[axis] - 0.5)
    return np.stack(np.meshgrid(*axes, indexing="ij"))
