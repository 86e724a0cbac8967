"""Post-processing: from a network's logits to regions, by the rules of its manifest.

    logits ──within_images──▶ logits ──threshold──▶ logits ──> 0──▶ regions
                                │
                                └─σ─▶ probabilities

    regions ──nested──▶ nested labels ──min_component, min_volume──▶ nested labels

The rules themselves are values: `ccsd_core.domain.postprocess_rules`.
"""

import math

import numpy as np
import torch
from jaxtyping import Bool, Float
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor

from ccsd_core.domain.postprocess_rules import Postprocess
from ccsd_core.domain.region import Region

OUTSIDE_LOGIT = -6.0
"""Largest logit of voxels outside the signal mask: about the most certain output of a network, but
close enough to 0 that linear interpolation changes neighbouring voxels little. Thresholds below one
half lower it."""


def masked_logits(
    logits: Float[Tensor, "r x y z"],
    postprocess: Postprocess,
    *,
    signal_mask: Bool[Tensor, "x y z"] | None,
) -> Float[Tensor, "r x y z"]:
    """The logits of displayed probabilities: the network's, limited outside the signal mask.

    Args:
        logits: Logits of the network.
        postprocess: The rules; only `within_images` is applied here.
        signal_mask: Voxels where the images of the subset have signal; needed by `within_images`.
            From few sequences the network may predict tumour elsewhere, because its features extend
            across the border.
    """
    if not postprocess.has("within_images"):
        return logits
    assert signal_mask is not None, "within_images needs a signal mask"
    lowest = min(0.0, *_threshold_logits(postprocess))
    return torch.where(signal_mask, logits, logits.clamp(max=OUTSIDE_LOGIT + lowest))


def processed_logits(
    logits: Float[Tensor, "r x y z"],
    postprocess: Postprocess,
    *,
    signal_mask: Bool[Tensor, "x y z"] | None,
) -> Float[Tensor, "r x y z"]:
    """Logits that are above 0 inside the regions, after the rules for single voxels.

    If a threshold has shifted them, their sigmoid is not a probability; use `masked_logits` for
    that.

    Args:
        logits: Logits of the network.
        postprocess: The rules.
        signal_mask: Voxels where the images of the subset have signal; needed by `within_images`.
    """
    logits = masked_logits(logits, postprocess, signal_mask=signal_mask)
    if not postprocess.has("threshold"):
        return logits
    return logits - _threshold_offsets(postprocess, like=logits)


def _threshold_offsets(postprocess: Postprocess, *, like: Tensor) -> Float[Tensor, "r 1 1 1"]:
    """The logit of each region's threshold, with the device and dtype of `like`."""
    return torch.tensor(_threshold_logits(postprocess)).to(like).reshape(-1, 1, 1, 1)


def _threshold_logits(postprocess: Postprocess) -> list[float]:
    return [math.log(p / (1 - p)) for p in map(postprocess.threshold, Region)]


def processed_nested_labels(
    nested_labels: NDArray[np.uint8], postprocess: Postprocess, *, voxel_ml: float
) -> NDArray[np.uint8]:
    """Nested regions without small components and regions; the given map is not changed.

    Args:
        nested_labels: Number of regions that contain each voxel (x, y, z), 0 to 3.
        postprocess: The rules.
        voxel_ml: Volume of a voxel in ml.
    """
    for rule in postprocess.named("min_component"):
        assert rule.region is not None
        labels, count = _components(nested_labels > rule.region)
        small = np.bincount(labels.ravel(), minlength=count + 1) * voxel_ml < rule.amount
        small[0] = False
        nested_labels = np.where(
            small[labels], np.minimum(nested_labels, rule.region), nested_labels
        ).astype(np.uint8)
    for rule in postprocess.named("min_volume"):
        assert rule.region is not None
        volume_ml = np.count_nonzero(nested_labels > rule.region) * voxel_ml
        if 0 < volume_ml < rule.amount:
            nested_labels = np.minimum(nested_labels, rule.region).astype(np.uint8)
    return nested_labels


def _components(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int32], int]:
    """Components of 26-connected voxels, numbered from 1, and their number."""
    labels = np.zeros(mask.shape, np.int32)
    count = ndimage.label(mask, structure=np.ones((3, 3, 3)), output=labels)
    return labels, int(count)  # pyright: ignore[reportArgumentType] — a count where output is given


def nest(regions: Bool[Tensor, "r x y z"]) -> NDArray[np.uint8]:
    """Number of regions that contain each voxel; inner regions are added to outer ones first."""
    whole, core, enhancing = regions
    core = core | enhancing
    whole = whole | core
    nested_labels = whole.view(torch.uint8) + core.view(torch.uint8) + enhancing.view(torch.uint8)
    return nested_labels.cpu().numpy()


def processed_regions(
    logits: Float[Tensor, "r x y z"],
    postprocess: Postprocess,
    *,
    signal_mask: Bool[Tensor, "x y z"] | None,
    voxel_ml: float,
) -> Bool[Tensor, "r x y z"]:
    """The regions on the network's own grid after all rules, on the logits' device."""
    found = processed_logits(logits, postprocess, signal_mask=signal_mask) > 0
    if not postprocess.has("nested"):
        return found
    nested_labels = processed_nested_labels(nest(found), postprocess, voxel_ml=voxel_ml)
    levels = torch.arange(len(found)).reshape(-1, 1, 1, 1)
    return (torch.from_numpy(nested_labels)[None] > levels).to(found.device)
