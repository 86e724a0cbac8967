"""The prepared images: resampled once, without strong shading, and without the skull."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.preparation.adjustments import Step
from ccsd_core.preparation.bias import STRONG, corrected, log_field, spread
from ccsd_core.preparation.brain_mask import grown
from ccsd_core.preparation.itk_image import sampled
from ccsd_core.preparation.needs import tissue
from ccsd_core.preparation.rigid import Matrix
from ccsd_core.preparation.steps.brain import Found
from ccsd_core.preparation.steps.planned import SAMPLING_S, SHADING_S
from ccsd_core.preparation.steps.work import Work
from ccsd_core.progress import Steps

LEAST_COVERED = 0.95
"""Fraction of the brain below which a sequence gets a warning."""


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """The prepared images and their brain mask, if one was made; all on one grid."""

    images: dict[Modality, Volume]
    mask: Volume | None


def prepared_images(
    work: Work,
    found: Found,
    matrices: Mapping[Modality, Matrix],
    grid: Volume,
    *,
    shading: Volume | None,
) -> Steps[Made]:
    """The images on the prepared grid.

    Args:
        work: The preparation.
        found: The reference and its brain.
        matrices: From the reference's world coordinates to those of each sequence.
        grid: The prepared grid.
        shading: Logarithm of the reference's shading, if it is known.
    """
    mask = _mask(work, found, grid)
    evened = work.adjustments.bias or (mask is not None and not work.skips(Step.BIAS))
    images: dict[Modality, Volume] = {}
    for m, volume in work.volumes.items():
        yield work.progress(SAMPLING_S, f"resampling {m.label}")
        still = np.allclose(matrices[m], np.eye(4)) and volume.same_grid(grid)
        image = volume if still else grid.with_array(sampled(volume, grid, matrices[m]))
        if mask is not None:
            _check_covered(work, m, grid, matrices[m], mask)
        if evened:
            inside = tissue(image) if mask is None else mask
            if m is found.reference and shading is not None:
                its_shading = sampled(shading, grid)
            else:
                yield work.progress(SHADING_S, f"shading of {m.label}")
                its_shading = log_field(image, inside)
            image = _evened(work, m, image, inside, its_shading)
        if mask is not None:
            kept = np.where(mask, np.maximum(image.array, 0), 0)
            image = image.with_array(kept.astype(np.float32))
        images[m] = image
    return Made(images, None if mask is None else grid.with_array(mask.astype(np.uint8)))


def _mask(work: Work, found: Found, grid: Volume) -> NDArray[np.bool_] | None:
    """The brain mask on the prepared grid; None where nothing is to be stripped."""
    if not (found.brain.any() and (work.needs.with_skull or work.adjustments.mask_mm)):
        return None
    brain = work.volumes[found.reference].with_array(found.brain.astype(np.float32))
    return grown(sampled(brain, grid) > 0.5, grid.spacing_mm, work.adjustments.mask_mm)


def _evened(
    work: Work,
    m: Modality,
    image: Volume,
    inside: NDArray[np.bool_],
    shading: NDArray[np.float32],
) -> Volume:
    """A sequence without its shading, where that is strong or the user asks for it."""
    factor = float(np.exp(spread(shading, inside)))
    strong = bool(factor > np.exp(STRONG))
    asked = work.adjustments.bias
    why = "asked for" if asked else "strong shading" if strong else "little shading"
    work.add(Step.BIAS, why, done=asked or strong, of=m, numbers={"factor": factor})
    if not (asked or strong):
        return image
    if not asked:
        work.warnings.append(
            f"{m.label} was shaded: its brightness differed by a factor of {factor:.1f} within "
            "the brain, which a model takes for tumour; it was evened out (N4). Look at it, "
            "and skip the bias correction if a large tumour has lost contrast"
        )
    return corrected(image, shading)


def _check_covered(
    work: Work, m: Modality, grid: Volume, matrix: Matrix, mask: NDArray[np.bool_]
) -> None:
    """Warn if a sequence shows only a part of the brain."""
    volume = work.volumes[m]
    places = np.argwhere(mask[::4, ::4, ::4]) * 4
    voxel = np.linalg.inv(volume.world_from_voxel) @ matrix @ grid.world_from_voxel
    at = (voxel @ np.c_[places, np.ones(len(places))].T)[:3]
    limits = np.reshape(volume.shape, (3, 1)) - 0.5
    share = float(((at > -0.5) & (at < limits)).all(axis=0).mean()) if len(places) else 1.0
    if share < LEAST_COVERED:
        work.warnings.append(
            f"{m.label} shows only {100 * share:.0f} % of the brain; the rest of it is empty"
        )
