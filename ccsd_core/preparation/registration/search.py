"""Rigid registration of one sequence onto another by mutual information, coarse to fine.

reference ──blurred──▶ values at random places of the region ┐
                                                             ├──▶ mutual information ──▶ Powell
moving ────blurred──▶ values where a matrix takes the places ┘

Source: F. Maes et al., Multimodality image registration by maximization of mutual information,
IEEE Transactions on Medical Imaging 1997, who search with Powell's method, too. Places between
voxels keep the measure from favouring shifts of whole voxels; the search needs no gradient, which
thick slices make useless (docs/decisions).
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
"""Seed of the sampled places, so that the same images give the same result."""
RADIUS_MM = 70.0
"""A turn of one radian moves the brain's surface by so much."""
REACH_MM = 15.0
"""The search goes no further from where a level begins along any of the six numbers: far off, skin
and fat may look more like the brain's rim than the brain does."""


@dataclass(frozen=True, slots=True)
class Level:
    """One resolution.

    Args:
        mm: Voxel edge that finer images are brought to.
        samples: How many places are sampled.
        rounds: How often the search goes over all six numbers at most.
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
        region: Where it is compared, on the same grid: the brain and its surroundings.
    """

    volume: Volume
    region: NDArray[np.bool_]
    _coarse: dict[float, Volume] = field(default_factory=dict[float, Volume])

    def at_resolution(self, mm: float) -> Volume:
        """The reference at a resolution, made once for all sequences."""
        if mm not in self._coarse:
            self._coarse[mm] = at_resolution(self.volume, mm)
        return self._coarse[mm]

    @property
    def centre_mm(self) -> Point:
        """The middle of the region's box, in the world."""
        low, high = box_of(self.region)
        x, y, z = ((low + high) / 2).tolist()
        return self.volume.world_from((x, y, z))


def register(
    fixed: Fixed, moving: Volume, start: Matrix, *, levels: tuple[Level, ...] | None = None
) -> Steps[Matrix]:
    """Where the anatomy of the reference lies in another sequence.

    Args:
        fixed: The reference.
        moving: The other sequence.
        start: Where to begin.
        levels: Resolutions, coarse to fine; `LEVELS` if not given.

    Returns:
        4×4 matrix from the reference's world to the moving one's, RAS+ mm.
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
    """Two images at one resolution, ready to be compared in many positions.

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
        """The measure at a resolution.

        Args:
            fixed: The reference.
            moving: The other image.
            level: The resolution.
            start: A rough position: the bins are made from the other image's values there, so that
                bright fat does not use up bins.
        """
        places = _places(fixed, level)
        values = _values(fixed.at_resolution(level.mm), places)
        image = at_resolution(moving, level.mm)
        bins = Bins.over(_values(image, start @ places))
        return cls(places, Bins.over(values).of(values), image, bins)

    def at(self, matrix: Matrix) -> float:
        """Mutual information if the matrix is right, nats."""
        voxel = (np.linalg.inv(self.moving.world_from_voxel) @ matrix @ self.places)[:3]
        limits = np.reshape(self.moving.shape, (3, 1)) - 0.5
        within = ((voxel > -0.5) & (voxel < limits)).all(axis=0)
        # Places outside the image count as 0, so nothing is gained by moving out of it.
        shared = mutual_information(
            self.shown[within], self.bins.of(_at(self.moving, voxel[:, within]))
        )
        return shared * float(within.mean())


def searched(measure: Measure, start: Matrix, level: Level, *, centre_mm: Point) -> Matrix:
    """The position of most mutual information near a start, at one resolution.

    Args:
        measure: The two images at that resolution.
        start: Where to begin.
        level: The resolution.
        centre_mm: The point of the reference's world about which the search turns.
    """

    def lost(numbers: NDArray[np.float64]) -> float:
        beyond = float(np.abs(numbers).max()) - REACH_MM
        if beyond > 0:
            return beyond
        return -measure.at(start @ _nudge(numbers).matrix(centre_mm))

    found = minimize(
        lost,
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
    """Six numbers in mm as a movement: a turn is given by how far it moves the brain's surface."""
    x, y, z = numbers[:3].tolist()
    a, b, c = np.degrees(numbers[3:] / RADIUS_MM).tolist()
    return Nudge((x, y, z), (a, b, c))


def _places(fixed: Fixed, level: Level) -> NDArray[np.float64]:
    """World points in the region, homogeneous (4, n), spread evenly and between voxels."""
    rng = np.random.default_rng(SEED)
    flat = np.flatnonzero(fixed.region)
    chosen = np.stack(np.unravel_index(rng.choice(flat, level.samples), fixed.region.shape))
    between = chosen + rng.uniform(-0.5, 0.5, chosen.shape)
    return fixed.volume.world_from_voxel @ np.vstack([between, np.ones(level.samples)])


def at_resolution(volume: Volume, mm: float) -> Volume:
    """A volume whose axes finer than a length were made as coarse as that."""
    spacing = np.asarray(volume.spacing_mm)
    if (spacing > 0.75 * mm).all():
        return volume
    grid = coarser(volume, at_least_mm=mm)
    return grid.with_array(sampled(volume, grid))


def _values(volume: Volume, places: NDArray[np.float64]) -> NDArray[np.float32]:
    """A volume's values at world points (4, n)."""
    return _at(volume, (np.linalg.inv(volume.world_from_voxel) @ places)[:3])


def _at(volume: Volume, voxel: NDArray[np.float64]) -> NDArray[np.float32]:
    """A volume's values at voxel coordinates (3, n); beyond its faces they go on."""
    return np.asarray(
        map_coordinates(volume.array, voxel, order=1, output=np.float32, mode="nearest"),
        np.float32,
    )
