"""Which voxels a case's images show anything of: nothing is known of the rest.

    values ──not the background's──▶ share of each network voxel ──≥ ½──▶ holes filled

Not the foreground of `normalise`, whose threshold may take dark or cut tissue for background: what
is not shown loses its tumour. Where the background is noisy, everything is shown.
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

Shown = Mapping[Modality, Bool[Tensor, "x y z"]]
"""Of each sequence, on the prepared box."""


def shown_voxels(
    case: Case, prepared: PreparedCase, *, raise_if_cancelled: Callable[[], None] = lambda: None
) -> Shown:
    """What each of a case's sequences shows.

    Args:
        case: The case.
        prepared: Its grid and box.
        raise_if_cancelled: Called before every piece of work on a sequence; what it raises ends the
            work.
    """
    shown: dict[Modality, Tensor] = {}
    for modality, volume in case.volumes.items():
        raise_if_cancelled()
        inside = torch.from_numpy((volume.array != background(volume.array)).astype(np.float32))
        raise_if_cancelled()
        share = resize(inside[None], prepared.grid_shape)
        raise_if_cancelled()
        whole = torch.from_numpy(filled(share[0].numpy() >= 0.5))
        shown[modality] = prepared.box.crop(whole[None])[0]
    return shown


def shown_by(shown: Shown, subset: ModalitySubset) -> Bool[Tensor, "x y z"]:
    """Which voxels any sequence of a subset shows; what is left out has no say in it."""
    return torch.stack([shown[m] for m in subset]).any(dim=0)
