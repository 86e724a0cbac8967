"""Preprocessing a case to the network's input: resampling, normalisation, and cropping."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ccsd_core.data.grid import LATTICE, Box, network_shape, resize
from ccsd_core.data.normalise import foreground_mask, normalise
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import CaseError

LARGEST_MM = 600.0
"""Largest plausible field of view of a head scan."""


@dataclass(frozen=True, slots=True, eq=False)
class PreparedCase:
    """A case on the network's grid.

    Args:
        images: Normalised sequences, cropped to the box, by modality: each (x, y, z).
        box: The crop on the network's grid: the brain in all sequences of the case, so that it does
            not depend on the sequences used.
        grid_shape: The whole network grid.
    """

    images: dict[Modality, Float[Tensor, "x y z"]]
    box: Box
    grid_shape: tuple[int, int, int]


def prepare(
    case: Case,
    *,
    spacing_mm: float,
    lattice: tuple[int, int, int] = LATTICE,
    box: Box | None = None,
    raise_if_cancelled: Callable[[], None] = lambda: None,
) -> PreparedCase:
    """Resample, normalise and crop every sequence of a case.

    Args:
        case: The case.
        spacing_mm: The network's voxel edge.
        lattice: The box begins and ends at multiples of these voxels, so that the network can halve
            it.
        box: The box of the whole case, if this case is a part or a changed copy of it. A sequence
            without contrast is then not an error.
        raise_if_cancelled: Called before every step of the work on a sequence; an exception that it
            raises ends the work.

    Raises:
        CaseError: If no sequence has any contrast, or the image is too large to be a head.
    """
    _check_size(case)
    shape = network_shape(case.grid.shape, case.grid.spacing_mm, target_mm=spacing_mm)
    images: dict[Modality, np.ndarray] = {}
    brain = np.zeros(shape, bool)
    for modality, volume in case.volumes.items():
        raise_if_cancelled()
        image = on_grid(volume, shape)
        raise_if_cancelled()
        mask = foreground_mask(image)
        raise_if_cancelled()
        images[modality] = normalise(image, mask)
        brain |= mask
    if box is None:
        if not brain.any():
            raise CaseError(
                f"case {case.id!r}: every sequence is constant: check that the files are the right "
                "ones"
            )
        box = Box.around(brain, lattice=lattice)
    cropped = {m: box.crop(torch.from_numpy(i)[None])[0] for m, i in images.items()}
    return PreparedCase(cropped, box, shape)


def _check_size(case: Case) -> None:
    """Refuse a wrong voxel size in a header, which would need more memory than any machine has."""
    for n, mm in zip(case.grid.shape, case.grid.spacing_mm, strict=True):
        if n * mm > LARGEST_MM:
            raise CaseError(
                f"case {case.id!r} is {n * mm:.0f} mm wide ({n} voxels of {mm:.3g} mm), more than "
                "a head: correct the voxel size in its header"
            )


def on_grid(volume: Volume, shape: tuple[int, int, int]) -> np.ndarray:
    """A volume's values on the network's grid, float32."""
    values = torch.from_numpy(np.ascontiguousarray(volume.array, dtype=np.float32))
    return resize(values[None], shape)[0].numpy()


def prepare_target(case: Case, prepared: PreparedCase) -> Bool[Tensor, "r x y z"]:
    """The expert's regions on the network's grid: voxels of which at least half belong to them.

    Raises:
        CaseError: If the case has no labels.
    """
    regions = case.reference_regions
    if regions is None:
        raise CaseError(f"case {case.id!r} has no expert labels: it cannot be used for training")
    share = resize(torch.from_numpy(regions.astype(np.float32)), prepared.grid_shape)
    return prepared.box.crop(share) >= 0.5
