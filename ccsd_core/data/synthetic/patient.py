"""Drawing a synthetic patient: head, tumour or none, four scans."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_core.data.synthetic.anatomy import draw_anatomy
from ccsd_core.data.synthetic.confounders import draw_confounders
from ccsd_core.data.synthetic.deformation import COARSE_MM, draw_head_deformation
from ccsd_core.data.synthetic.levels import Levels, draw_levels
from ccsd_core.data.synthetic.noise import Field
from ccsd_core.data.synthetic.paint import paint_confounders, paint_head, paint_tumour
from ccsd_core.data.synthetic.plan import displacement, draw_plan
from ccsd_core.data.synthetic.scanner import draw_scanner, scan
from ccsd_core.data.synthetic.strip import stripped
from ccsd_core.data.synthetic.tumour import grow
from ccsd_core.data.synthetic.units import to_integers
from ccsd_core.domain.modality import Modality
from ccsd_core.errors import BadInputError

HEALTHY = 0.08
"""Fraction of patients without a tumour."""
RANDOMISED = 0.12
"""Fraction of patients with random, unphysical contrasts."""


@dataclass(frozen=True, slots=True, eq=False)
class Patient:
    """Four scans and exact labels on one grid, canonical axes.

    Args:
        images: Int16 intensities by sequence.
        labels: BraTS 2021 labels; all 0 for a healthy patient.
        spacing_mm: Isotropic voxel edge.
        sources: Ids of the real patients that it was made from, in order.
        recipe: Name of the recipe that it was made with.
    """

    images: dict[Modality, NDArray[np.int16]]
    labels: NDArray[np.uint8]
    spacing_mm: float
    sources: tuple[str, ...] = ()
    recipe: str = "synthetic"


@dataclass(frozen=True, slots=True, eq=False)
class CleanHead:
    """A patient before the scanner: no noise, and no skull around the brain.

    Args:
        images: Images by sequence, white matter at about 1, fading outside the brain.
        labels: BraTS 2021 labels.
        depth: Millimetres below the brain's surface, negative outside.
        levels: Intensities of the tissues.
    """

    images: dict[Modality, Field]
    labels: NDArray[np.uint8]
    depth: Field
    levels: Levels


def draw_patient(
    seed: int,
    *,
    spacing_mm: float = 1.0,
    healthy: float = HEALTHY,
    randomised: float = RANDOMISED,
) -> Patient:
    """A patient that depends only on `seed` and the options.

    Args:
        seed: Any non-negative integer.
        spacing_mm: Voxel edge; 1 mm as in BraTS, coarser for training on a coarse grid.
        healthy: Probability of a patient without tumour. It does not change the other patients.
        randomised: Probability of random, unphysical contrasts.

    Raises:
        BadInputError: If a probability is not in 0 … 1.
    """
    rng = np.random.default_rng(seed)
    clean = draw_clean(rng, spacing_mm=spacing_mm, healthy=healthy, randomised=randomised)
    brain = stripped(rng, clean.depth, spacing_mm=spacing_mm)
    return finish(rng, clean.images, clean.labels, brain, spacing_mm=spacing_mm)


def draw_clean(
    rng: np.random.Generator,
    *,
    spacing_mm: float,
    healthy: float = HEALTHY,
    randomised: float = RANDOMISED,
) -> CleanHead:
    """A patient before scanning.

    Args:
        rng: Random numbers.
        spacing_mm: Voxel edge.
        healthy: Probability of a patient without tumour.
        randomised: Probability of random, unphysical contrasts.

    Raises:
        BadInputError: If a probability is not in 0 … 1.
    """
    check_share("healthy", healthy)
    check_share("randomised", randomised)
    well = rng.random() < healthy
    deformation = draw_head_deformation(rng)
    if not well:
        coarse = draw_anatomy(rng, deformation, spacing_mm=COARSE_MM)
        plan = draw_plan(rng, coarse)
        deformation = deformation.displaced_by(displacement(plan, coarse))
    head = draw_anatomy(rng, deformation, spacing_mm=spacing_mm)
    levels = draw_levels(rng, randomised=randomised)
    images = paint_head(rng, head, levels)
    paint_confounders(images, draw_confounders(rng, head), levels)
    labels = np.zeros(head.shape, np.uint8)
    if not well:
        tumour = grow(plan, rng, head)
        paint_tumour(images, tumour, levels, rng, spacing_mm=spacing_mm)
        labels = tumour.labels(head.shape)
    return CleanHead(images, labels, head.depth, levels)


def finish(
    rng: np.random.Generator,
    images: dict[Modality, Field],
    labels: NDArray[np.uint8],
    brain: Field,
    *,
    spacing_mm: float,
    worst: float = 1.0,
    sources: tuple[str, ...] = (),
    recipe: str = "synthetic",
) -> Patient:
    """Simulate the scanner and skull stripping, and convert to scanner units.

    Args:
        rng: Generator of random numbers.
        images: Clean images, white matter at about 1.
        labels: BraTS 2021 labels.
        brain: Fraction of each voxel that remains after skull stripping, 0 … 1.
        spacing_mm: Edge of the isotropic voxels in mm.
        worst: Largest strength of artefacts; below 1 for images from a real scanner.
        sources: Ids of the real patients that they were made from.
        recipe: Name of the recipe that they were made with.
    """
    scans = {}
    for m in Modality:
        scanner = draw_scanner(rng, spacing_mm=spacing_mm, worst=worst)
        scans[m] = to_integers(rng, scan(rng, images[m], brain, scanner, spacing_mm=spacing_mm))
    return Patient(
        scans, np.where(brain >= 0.5, labels, 0).astype(np.uint8), spacing_mm, sources, recipe
    )


def check_share(name: str, value: float) -> None:
    """Refuse a value that is not a probability.

    Raises:
        BadInputError: If it is not in 0 … 1.
    """
    if not 0 <= value <= 1:
        raise BadInputError(f"{name} is {value}: give a fraction between 0 and 1")
