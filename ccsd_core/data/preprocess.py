"""From a case to what the network reads: its grid, its scale, its box."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ccsd_core.data.grid import LATTICE, Box, network_shape, resize
from ccsd_core.data.holes import filled
from ccsd_core.data.normalise import background, foreground_mask, normalise
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import CaseError

LARGEST_MM = 600.0
"""No head with its field of view is wider than this."""


@dataclass(frozen=True, slots=True, eq=False)
class PreparedCase:
    """A case on the network's grid.

    Args:
        images: Normalised sequences, cropped to the box, by modality: each (x, y, z).
        box: The crop on the network's grid: the brain over all the case's sequences, so that
            it does not depend on which of them are used.
        grid_shape: The whole network grid.
        shown: By modality, which voxels its image shows anything of, cropped as the image is.
    """

    images: dict[Modality, Float[Tensor, "x y z"]]
    box: Box
    grid_shape: tuple[int, int, int]
    shown: dict[Modality, Bool[Tensor, "x y z"]] = field(default_factory=dict)

    def shown_by(self, subset: ModalitySubset) -> Bool[Tensor, "x y z"]:
        """Which voxels any sequence of a subset shows; what is left out has no say in it."""
        return torch.stack([self.shown[m] for m in subset]).any(dim=0)


def prepare(
    case: Case,
    *,
    spacing_mm: float,
    lattice: tuple[int, int, int] = LATTICE,
    pulse: Callable[[], None] = lambda: None,
) -> PreparedCase:
    """Resample, normalise and crop every sequence of a case.

    Args:
        case: The case.
        spacing_mm: The network's voxel edge.
        lattice: The box begins and ends at multiples of these, so that the network can halve it.
        pulse: Called before every piece of work on a sequence; what it raises ends the work.

    Raises:
        CaseError: If no sequence has any contrast, or the image is too large to be a head.
    """
    _check_size(case)
    shape = network_shape(case.grid.shape, case.grid.spacing_mm, target_mm=spacing_mm)
    images: dict[Modality, np.ndarray] = {}
    shown: dict[Modality, np.ndarray] = {}
    brain = np.zeros(shape, bool)
    for modality, volume in case.volumes.items():
        pulse()
        image = on_grid(volume, shape)
        pulse()
        mask = foreground_mask(image)
        pulse()
        images[modality] = normalise(image, mask)
        pulse()
        shown[modality] = _shown(volume, shape)
        brain |= mask
    if not brain.any():
        raise CaseError(
            f"case {case.id!r}: every sequence is constant, there is nothing to segment"
        )
    box = Box.around(brain, lattice=lattice)
    return PreparedCase(_cropped(images, box), box, shape, _cropped(shown, box))


def _shown(volume: Volume, shape: tuple[int, int, int]) -> np.ndarray:
    """Voxels of which at least half is not of the background's exact value, holes filled.

    Not the foreground, whose threshold may take dark or cut tissue for background: here a tumour
    would be lost with it. Where the background is noisy, everything is shown.
    """
    inside = volume.array != background(volume.array)
    share = resize(torch.from_numpy(inside.astype(np.float32))[None], shape)
    return filled(share[0].numpy() >= 0.5)


def _cropped(volumes: dict[Modality, np.ndarray], box: Box) -> dict[Modality, Tensor]:
    return {m: box.crop(torch.from_numpy(volume)[None])[0] for m, volume in volumes.items()}


def _check_size(case: Case) -> None:
    """A wrong voxel size in a header would ask for a grid that no memory holds."""
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
    """The expert's regions on the network's grid: a voxel belongs if half of it does.

    Raises:
        CaseError: If the case has no labels.
    """
    regions = case.reference_regions
    if regions is None:
        raise CaseError(f"case {case.id!r} has no labels: it cannot be trained on")
    share = resize(torch.from_numpy(regions.astype(np.float32)), prepared.grid_shape)
    return prepared.box.crop(share) >= 0.5
