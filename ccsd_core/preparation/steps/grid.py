"""The grid of the prepared images: upright, 1 mm, around the brain."""

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.preparation.adjustments import Step
from ccsd_core.preparation.rigid import Matrix
from ccsd_core.preparation.steps.planned import UPRIGHT_S
from ccsd_core.preparation.steps.work import Work
from ccsd_core.preparation.upright import grid_around, upright_axes
from ccsd_core.progress import Steps

FINE_MM = 1.6
"""A stripped study keeps the grid of its reference if its voxel edges are not longer than this."""


def chosen_grid(work: Work, reference: Modality, shown: NDArray[np.bool_]) -> Steps[Volume]:
    """The grid of the prepared images.

    Args:
        work: The preparation.
        reference: The reference.
        shown: What the grid must contain, on the reference's grid.
    """
    image = work.volumes[reference]
    if work.skips(Step.GRID):
        work.add(Step.GRID, "skipped by user", done=False)
        return image
    stripped = reference not in work.needs.with_skull
    if stripped and max(image.spacing_mm) <= FINE_MM and not work.adjustments.always:
        work.add(Step.GRID, "the grid of the reference is fine enough", done=False)
        return image
    yield work.progress(UPRIGHT_S, "turning the head upright")
    axes, degrees = yield from _axes(work, image, shown)
    work.add(Step.GRID, "1 mm, head upright", done=True, numbers={"turn_degrees": degrees})
    return grid_around(image, shown, axes)


def _axes(work: Work, image: Volume, shown: NDArray[np.bool_]) -> Steps[tuple[Matrix, float]]:
    steps = upright_axes(image, shown)
    try:
        while True:
            next(steps)
            yield work.progress(0, "turning the head upright")
    except StopIteration as end:
        return end.value
    finally:
        steps.close()
