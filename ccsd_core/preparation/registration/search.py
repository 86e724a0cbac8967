"""Rigid registration of one sequence onto another by mutual information, coarse to fine.

reference ──blurred──▶ values at random points of the region ┐
                                                             ├──▶ mutual information ──▶ Powell
moving ────blurred──▶ values where a matrix maps these points ┘

Source: F. Maes et al., Multimodality image registration by maximization of mutual information,
IEEE Transactions on Medical Imaging 1997, which also uses Powell's method. Sampling between voxels
avoids a preference for shifts by whole voxels. The search uses no gradient, because thick slices
make it useless (docs/decisions).
"""

from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates
from scipy.optimize import minimize

from ccsd_core.domain.volume import Volume
from ccsd_core.preparation.grids import box_of, coarser
from ccsd_core.preparation.itk_image import sampled
from ccsd_core.preparation.registration.mutual_information import Bins, mutual_information
from ccsd_core.preparation.rigid import Matrix, Nudge, Point
from ccsd_core.progress import Progress, Steps

SEED = 20
"""Seed of the sampled points, so that the same images give the same result."""
RADIUS_MM = 70.0
"""Distance by which a rotation of one radian moves the brain's surface."""
LIMIT_MM = 15.0
"""Limit of each of the six numbers relative to the start of a level: farther away, skin and fat may
match the brain's edge better than the brain does."""


@dataclass(frozen=True, slots=True)
class Level:
    """A resolution of the search, and the effort at it.

    Args:
        mm: Voxel edge to which finer images are downsampled.
        samples: Number of sampled points.
        rounds: Maximum number of iterations over all six numbers.
    """

    mm: float
    samples: int
    rounds: int


LEVELS = (Level(5.0, 12_000, 8), Level(3.0, 16_000, 5), Level(1.5, 25_000, 3))


@dataclass(frozen=True, slots=True, eq=False)
class Fixed:
    """The image that the others are registered onto.

    Args:
        volume: The reference.
        region: Mask of the voxels to compare, on the same grid: the brain and its surroundings.
    """

    volume: Volume
    region: NDArray[np.bool_]
    _coarse: dict[float, Volume] = field(default_factory=dict[float, Volume])

    def at_resolution(self, mm: float) -> Volume:
        """The reference at a resolution, computed once for all sequences."""
        if mm not in self._coarse:
            self._coarse[mm] = at_resolution(self.volume, mm)
        return self._coarse[mm]

    @property
    def centre_mm(self) -> Point:
        """The centre of the region's bounding box, in world coordinates."""
        low, high = box_of(self.region)
        x, y, z = ((low + high) / 2).tolist()
        return self.volume.world_from((x, y, z))


def register(
    fixed: Fixed, moving: Volume, start: Matrix, *, levels: tuple[Level, ...] | None = None
) -> Steps[Matrix]:
    """Register another sequence onto the reference.

    Args:
        fixed: The reference.
        moving: The other sequence.
        start: The initial matrix.
        levels: Resolutions, coarse to fine; `LEVELS` if not given.

    Returns:
        4×4 matrix from the reference's world coordinates to the moving image's, RAS+ mm.
    """
    levels = LEVELS if levels is None else levels
    matrix = start
    for done, level in enumerate(levels):
        yield Progress(done, len(levels), f"at {level.mm:g} mm")
        measure = Measure.of(fixed, moving, level, matrix)
        matrix = searched(measure, matrix, level, centre_mm=fixed.centre_mm)
    return matrix


def information(fixed: Fixed, moving: Volume, matrix: Matrix, *, mm: float = 3.0) -> float:
    """Mutual information of the two images in the region, nats."""
    return Measure.of(fixed, moving, Level(mm, 30_000, 0), matrix).at(matrix)


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """The similarity of two images at one resolution, for many positions.

    Args:
        places: World points of the reference, homogeneous (4, n).
        shown: The reference's values there, in bins.
        moving: The other image.
        bins: The bins of its values.
    """

    places: NDArray[np.float64]
    shown: NDArray[np.intp]
    moving: Volume
    bins: Bins

    @classmethod
    def of(cls, fixed: Fixed, moving: Volume, level: Level, start: Matrix) -> Self:
        """The similarity at a resolution.

        Args:
            fixed: The reference.
            moving: The other image.
            level: The resolution.
            start: An approximate matrix: the bins are made from the other image's values at that
                position, so that bright fat does not use up bins.
        """
        places = _sampled_points(fixed, level)
        values = _values(fixed.at_resolution(level.mm), places)
        image = at_resolution(moving, level.mm)
        bins = Bins.over(_values(image, start @ places))
        return cls(places, Bins.over(values).of(values), image, bins)

    def at(self, matrix: Matrix) -> float:
        """Mutual information for a matrix, in nats."""
        voxel = (np.linalg.inv(self.moving.world_from_voxel) @ matrix @ self.places)[:3]
        limits = np.reshape(self.moving.shape, (3, 1)) - 0.5
        within = ((voxel > -0.5) & (voxel < limits)).all(axis=0)
        # Points outside the image count as 0, so moving out of it is no advantage.
        shared = mutual_information(
            self.shown[within], self.bins.of(_at(self.moving, voxel[:, within]))
        )
        return shared * float(within.mean())


def searched(measure: Measure, start: Matrix, level: Level, *, centre_mm: Point) -> Matrix:
    """The position with the largest mutual information near a start, at one resolution.

    Args:
        measure: The two images at that resolution.
        start: The initial matrix.
        level: The resolution.
        centre_mm: Centre of rotation, in the reference's world coordinates.
    """

    def cost(numbers: NDArray[np.float64]) -> float:
        beyond = float(np.abs(numbers).max()) - LIMIT_MM
        if beyond > 0:
            return beyond
        return -measure.at(start @ _nudge(numbers).matrix(centre_mm))

    found = minimize(
        cost,
        np.zeros(6),
        method="Powell",
        options={
            "maxiter": level.rounds,
            "xtol": level.mm / 30,
            "ftol": 1e-4,
            "direc": np.eye(6) * level.mm / 2,
        },
    )
    return start @ _nudge(found.x).matrix(centre_mm)


def _nudge(numbers: NDArray[np.float64]) -> Nudge:
    """Six numbers in mm as a movement; rotations are in mm at the brain's surface."""
    x, y, z = numbers[:3].tolist()
    a, b, c = np.degrees(numbers[3:] / RADIUS_MM).tolist()
    return Nudge((x, y, z), (a, b, c))


def _sampled_points(fixed: Fixed, level: Level) -> NDArray[np.float64]:
    """Uniformly random world points in the region, homogeneous (4, n), also between voxels."""
    rng = np.random.default_rng(SEED)
    flat = np.flatnonzero(fixed.region)
    chosen = np.stack(np.unravel_index(rng.choice(flat, level.samples), fixed.region.shape))
    between = chosen + rng.uniform(-0.5, 0.5, chosen.shape)
    return fixed.volume.world_from_voxel @ np.vstack([between, np.ones(level.samples)])


def at_resolution(volume: Volume, mm: float) -> Volume:
    """A volume downsampled so that no axis is finer than a length."""
    spacing = np.asarray(volume.spacing_mm)
    if (spacing > 0.75 * mm).all():
        return volume
    grid = coarser(volume, at_least_mm=mm)
    return grid.with_array(sampled(volume, grid))


def _values(volume: Volume, places: NDArray[np.float64]) -> NDArray[np.float32]:
    """A volume's values at world points (4, n)."""
    return _at(volume, (np.linalg.inv(volume.world_from_voxel) @ places)[:3])


def _at(volume: Volume, voxel: NDArray[np.float64]) -> NDArray[np.float32]:
    """A volume's values at voxel coordinates (3, n); the outermost values continue outside."""
    return np.asarray(
        map_coordinates(volume.array, voxel, order=1, output=np.float32, mode="nearest"),
        np.float32,
    )
