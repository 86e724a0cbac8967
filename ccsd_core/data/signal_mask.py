"""Signal masks: the voxels of each image that are not background.

    values ──not background──▶ fraction of each network voxel ──≥ ½──▶ holes filled

A prediction outside the mask is removed, so the mask is not the foreground of `normalise`, which
may treat dark or cut tissue as background. If the background is noisy, the mask is the whole image.
"""

from collections.abc import Callable, Mapping

import numpy as np
import torch
from jaxtyping import Bool
from torch import Tensor

from ccsd_core.data.grid import resize
from ccsd_core.data.holes import filled
from ccsd_core.data.normalise import background
from ccsd_core.data.preprocess import PreparedCase
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality, ModalitySubset

SignalMasks = Mapping[Modality, Bool[Tensor, "x y z"]]
"""The mask of each sequence, on the prepared box."""


def signal_masks_of(
    case: Case, prepared: PreparedCase, *, raise_if_cancelled: Callable[[], None] = lambda: None
) -> SignalMasks:
    """The signal mask of each sequence of a case, on the prepared box.

    Args:
        case: The case.
        prepared: Its grid and box.
        raise_if_cancelled: Called before every step of the work on a sequence; an exception that it
            raises ends the work.
    """
    signal_masks: dict[Modality, Tensor] = {}
    for modality, volume in case.volumes.items():
        raise_if_cancelled()
        inside = torch.from_numpy((volume.array != background(volume.array)).astype(np.float32))
        raise_if_cancelled()
        share = resize(inside[None], prepared.grid_shape)
        raise_if_cancelled()
        whole = torch.from_numpy(filled(share[0].numpy() >= 0.5))
        signal_masks[modality] = prepared.box.crop(whole[None])[0]
    return signal_masks


def joint_signal_mask(signal_masks: SignalMasks, subset: ModalitySubset) -> Bool[Tensor, "x y z"]:
    """Voxels where any sequence of a subset has signal; withheld sequences do not count."""
    return torch.stack([signal_masks[m] for m in subset]).any(dim=0)
