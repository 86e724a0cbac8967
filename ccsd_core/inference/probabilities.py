"""Probability of each region on the network's grid, upsampled to the case's grid on request.

    logits on the box ─▶ values: float16, network's grid, cut to the box
                      └▶ on_case_grid(block): float16, case's grid, one slice or any other block

All of a case's probabilities on its own grid, for 15 subsets, would take 0.8 GB; on the
network's grid they take a tenth. Logits are upsampled, not probabilities.

The result is always nested, so that differences between regions are probabilities of classes.
Thresholding a region (at the threshold of the model's post-processing, one half by default) gives
the region of `Predictor.predict` before small parts are removed, up to the rounding of float16;
inner regions have their own thresholds.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from ccsd_core.data.preprocess import PreparedCase
from ccsd_core.domain.nested_labels import Corner
from ccsd_core.inference.case_grid import upsampled_block
from ccsd_core.inference.encoded_tiles import LARGEST_HALF


@dataclass(frozen=True, slots=True, eq=False)
class Probabilities:
    """Probabilities of WT ⊇ TC ⊇ ET from one subset.

    Args:
        logits: Logits of the network, float16, on the prepared box.
        prepared: The prepared case with the box.
        shape: Shape of the case's grid.
    """

    logits: Float[Tensor, "r x y z"]
    prepared: PreparedCase
    shape: Corner

    @classmethod
    def of(
        cls, logits: Float[Tensor, "r x y z"], prepared: PreparedCase, shape: Corner
    ) -> "Probabilities":
        """From logits on the prepared box, on any device, for a case's grid of that shape."""
        limited = logits.clamp(-LARGEST_HALF, LARGEST_HALF)
        return cls(limited.half().cpu(), prepared, shape)

    @property
    def offset(self) -> Corner:
        """The first voxel of `values` on the network's grid."""
        return self.prepared.box.within(self.grid_shape).start

    @property
    def grid_shape(self) -> Corner:
        """Shape of the network's whole grid, which shares its outer edges with the case's."""
        return self.prepared.grid_shape

    @property
    def values(self) -> NDArray[np.float16]:
        """Probabilities on the network's grid, cut to the box: (3, x, y, z); outside they are 0."""
        box = self.prepared.box
        within = box.within(self.grid_shape).relative_to(box.start)
        return _nested(within.crop(self.logits).float())

    def on_case_grid(self, start: Corner, stop: Corner) -> NDArray[np.float16]:
        """A block on the case's grid: (3, x, y, z).

        Args:
            start: First voxel of the block.
            stop: One past the last voxel; a slice has `stop = start + 1` along one axis.
        """
        block = upsampled_block(self.logits.float(), self.prepared, self.shape, start, stop)
        return _nested(block)


def _nested(logits: Tensor) -> NDArray[np.float16]:
    """Sigmoid of the logits, after raising outer regions to at least the logits of inner ones."""
    whole, core, enhancing = logits
    core = torch.maximum(core, enhancing)
    nested = torch.stack([torch.maximum(whole, core), core, enhancing])
    return nested.sigmoid().half().numpy()
