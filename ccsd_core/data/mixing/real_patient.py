"""A real patient as a source of tissue and as a target for tumours.

case ──▶ 2 mm (or any spacing), brain in the middle of the head's grid ──▶ white matter at 1
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from ccsd_core.data.grid import network_shape, resize
from ccsd_core.data.mixing.tissues import tissue_shares, white_seeds
from ccsd_core.data.normalise import foreground_mask
from ccsd_core.data.synthetic.anatomy import Anatomy
from ccsd_core.data.synthetic.deformation import head_shape
from ccsd_core.data.synthetic.fields import signed_depth_mm
from ccsd_core.data.synthetic.noise import Field, Mask, Shape
from ccsd_core.data.synthetic.ventricles import distance_from_ventricles_mm
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import BRATS2021
from ccsd_core.errors import BadInputError


class PoolError(BadInputError):
    """Real patients that cannot be used for mixing; the message gives the reason and a remedy."""


@dataclass(frozen=True, slots=True, eq=False)
class RealPatient:
    """A patient on the head's grid, canonical axes.

    Args:
        images: Float32 intensities by sequence, white matter at 1, background 0.
        labels: BraTS 2021 labels.
        head: Its classified tissues; `texture` is 0.
        sources: Ids of the real patients it is made from.
    """

    images: dict[Modality, Field]
    labels: NDArray[np.uint8]
    head: Anatomy
    sources: tuple[str, ...]

    @property
    def healthy(self) -> Mask:
        """The brain at least 6 mm away from any tumour."""
        far = signed_depth_mm(self.labels > 0, spacing_mm=self.head.spacing_mm) < -6
        return self.head.brain & (far if (self.labels > 0).any() else True)

    def with_sources(self, *more: str) -> "RealPatient":
        """The same patient with additional sources, without duplicates."""
        return replace(self, sources=tuple(dict.fromkeys((*self.sources, *more))))


def real_patient(case: Case, *, spacing_mm: float) -> RealPatient:
    """Resample a case to the head's grid.

    Raises:
        PoolError: If it lacks a sequence or labels, or is not a skull-stripped scan by its
            intensities (background 0, brain above).
    """
    absent = [m.label for m in Modality if m not in case.volumes]
    regions = case.reference_regions
    if absent or regions is None:
        lacks = ", ".join([*absent, *(["labels"] if regions is None else [])])
        raise PoolError(
            f"case {case.id!r} lacks {lacks}: mixing needs all four sequences and expert labels"
        )
    shape = network_shape(case.grid.shape, case.grid.spacing_mm, target_mm=spacing_mm)
    stack = np.stack([case.volumes[m].array.astype(np.float32) for m in Modality])
    if np.median(stack[:, [0, -1]]) != 0 or (stack < 0).mean() > 0.01:
        raise PoolError(
            f"case {case.id!r} has no background of 0 with brain values above it: mixing needs "
            "skull-stripped scans that were not normalised"
        )
    images = resize(torch.from_numpy(np.maximum(stack, 0)), shape).numpy()
    share = resize(torch.from_numpy(regions.astype(np.float32)), shape).numpy()
    brain = np.any([foreground_mask(image) for image in images], axis=0)
    place = _middle(brain)
    images, brain, share = (
        _centred(a, place, head_shape(spacing_mm)) for a in (images * brain, brain[None], share)
    )
    labels = BRATS2021.labels(share >= 0.5)
    return assembled(
        dict(zip(Modality, images, strict=True)), labels, brain[0], case.id, spacing_mm
    )


def assembled(
    images: dict[Modality, Field],
    labels: NDArray[np.uint8],
    brain: Mask,
    id: str,
    spacing_mm: float,
) -> RealPatient:
    """A patient from raw images: white matter scaled to 1, tissues classified."""
    sick = labels > 0
    healthy = brain & (signed_depth_mm(sick, spacing_mm=spacing_mm) < -4) if sick.any() else brain
    seeds = white_seeds(images, healthy)
    scaled = {
        m: (image / max(float(np.median(image[seeds])), 1e-6)).astype(np.float32)
        for m, image in images.items()
    }
    depth = signed_depth_mm(brain, spacing_mm=spacing_mm)
    inner = healthy & (depth > 2.5 * spacing_mm)  # the rim is half background
    grey, white, fluid = tissue_shares(scaled, brain, inner if inner.any() else healthy)
    beside = distance_from_ventricles_mm(
        np.where(healthy, fluid, 0), depth, spacing_mm=spacing_mm, deeper_than_mm=22.0
    )
    axis = (np.arange(depth.shape[0], dtype=np.float32) - (depth.shape[0] - 1) / 2) * spacing_mm
    across = np.broadcast_to(np.abs(axis)[:, None, None], depth.shape).astype(np.float32)
    texture = np.zeros(depth.shape, np.float32)
    head = Anatomy(grey, white, fluid, texture, depth, beside, across, spacing_mm)
    return RealPatient(scaled, labels, head, (id,))


def _middle(mask: Mask) -> tuple[int, int, int]:
    inside = np.argwhere(mask)
    x, y, z = ((inside.min(0) + inside.max(0)) // 2).tolist()
    return x, y, z


def _centred(arrays: np.ndarray, place: tuple[int, int, int], shape: Shape) -> np.ndarray:
    """The arrays (c, x, y, z) on a grid centred at `place`; 0 beyond."""
    result = np.zeros((arrays.shape[0], *shape), arrays.dtype)
    inner, outer = [slice(None)], [slice(None)]
    for n, m, p in zip(arrays.shape[1:], shape, place, strict=True):
        low = p - m // 2
        outer.append(slice(max(low, 0), min(low + m, n)))
        inner.append(slice(max(-low, 0), max(-low, 0) + min(low + m, n) - max(low, 0)))
    result[tuple(inner)] = arrays[tuple(outer)]
    return result
