"""A slice of a case with the expert's outline and the prediction, from three subsets.

┌───────────┬───────────┬───────────┐
│ all       │ without   │ the first │     filled: predicted WT, TC, ET
│           │ one       │ only      │     white line: the expert's WT
└───────────┴───────────┴───────────┘
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor

from ccsd_core.data.dataset import TrainingCase
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.inference.subset_logits import subset_logits
from ccsd_core.model.network import CcsdNetwork

_COLOURS = np.array([[240, 228, 66], [230, 159, 0], [213, 94, 0]], np.float32)
"""Okabe and Ito's colours of WT, TC, ET."""
_ZOOM = 3


@dataclass(frozen=True, slots=True, eq=False)
class SamplePicture:
    """A sample picture.

    Args:
        case: Name of the case.
        inputs: The sequences of each panel, as text.
        image: (height, width, 3).
    """

    case: str
    inputs: str
    image: NDArray[np.uint8]


@torch.no_grad()
def sample_picture(
    network: CcsdNetwork,
    case: TrainingCase,
    device: torch.device,
    *,
    tile: tuple[int, int, int] | None,
) -> SamplePicture:
    """The axial slice with most of the tumour."""
    available = case.available
    subsets = _three_of(available)
    network.eval()
    images = case.images.to(device).float()
    predicted = dict(subset_logits(network, images, available, subsets, tile=tile))
    network.train()
    z = int(case.regions[0].sum((0, 1)).argmax())
    background = _grey(case.images[min(available), :, :, z].float().numpy())
    outline = case.regions[0, :, :, z].numpy()
    outline = ndimage.binary_dilation(outline) & ~outline
    panels = [_panel(background, (predicted[s][:, :, :, z] > 0).cpu(), outline) for s in subsets]
    inputs = " | ".join(s.label for s in subsets)
    return SamplePicture(case.id, inputs, np.concatenate(panels, axis=1))


def _three_of(available: ModalitySubset) -> Sequence[ModalitySubset]:
    """All sequences, all but T1c (or the last), only the first; without duplicates."""
    without_one = available
    if len(available) > 1:
        withheld = Modality.T1C if Modality.T1C in available else max(available)
        without_one = available.toggled(withheld)
    return tuple(dict.fromkeys((available, without_one, ModalitySubset.of(min(available)))))


def _grey(image: NDArray[np.float32]) -> NDArray[np.float32]:
    low, high = np.percentile(image, (1, 99.5))
    scaled = ((image - low) / max(high - low, 1e-6)).clip(0, 1) * 255
    return np.repeat(scaled[..., None], 3, axis=2).astype(np.float32)


def _panel(
    background: NDArray[np.float32], regions: Tensor, outline: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """One panel with the patient's front at the top: x to the left, y upwards."""
    panel = background.copy()
    for colour, mask in zip(_COLOURS, regions.numpy(), strict=True):
        panel[mask] = 0.5 * background[mask] + 0.5 * colour
    panel[outline] = 255
    upright = panel.transpose(1, 0, 2)[::-1, ::-1]
    return upright.repeat(_ZOOM, axis=0).repeat(_ZOOM, axis=1).astype(np.uint8)
