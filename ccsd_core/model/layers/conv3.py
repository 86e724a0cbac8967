"""The padded 3³ convolution, computed in the fastest way for the CPU.

AVX-512, inference, ≤ 8 output channels     two voxels at a time            paired
AVX2, 1 input channel, or ≥ 32 on few voxels  one 2-D convolution           planar
AVX2, training, ≤ 8 output channels         weight gradient by planes       planar
otherwise, on a GPU, and under torch.compile torch's own

Parameters, values and gradients are those of `torch.nn.Conv3d`; only the order of the sums
differs. The choice was measured on CPUs with these vector units; other CPUs use torch's own.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ccsd_core.model.layers.paired import convolve_pairs, fits_pairs
from ccsd_core.model.layers.planar import PlanarGradient, convolve_stacked

FEW_CHANNELS, MANY_CHANNELS = 8, 32
SMALL_MAP = 2**21
"""Largest number of values in a map for which three copies fit into the caches."""


def vector_units() -> str:
    """The CPU's vector units, by torch's names: `AVX2`, `AVX512` or another."""
    return torch.backends.cpu.get_cpu_capability()


class Conv3(nn.Conv3d):
    """A 3³ convolution, padded to keep its grid, without bias.

    Args:
        in_channels: Number of input channels.
        out_channels: Number of output channels.
    """

    def __init__(self, in_channels: int, out_channels: int):
        super().__init__(in_channels, out_channels, 3, padding=1, bias=False)

    def forward(self, input: Float[Tensor, "b in x y z"]) -> Float[Tensor, "b out x y z"]:
        if not input.is_cpu or torch.compiler.is_compiling():
            return super().forward(input)
        units, trains = vector_units(), torch.is_grad_enabled()
        if units == "AVX512" and not trains and fits_pairs(input, self.weight):
            return convolve_pairs(input, self.weight)
        if units == "AVX2":
            if self._is_better_stacked(input):
                return convolve_stacked(input, self.weight)
            if trains and self._has_slow_gradient(input):
                return PlanarGradient.apply(input, self.weight)
        return super().forward(input)

    def _is_better_stacked(self, input: Tensor) -> bool:
        wide = self.in_channels >= MANY_CHANNELS and input.numel() <= SMALL_MAP
        return self.in_channels == 1 or wide

    def _has_slow_gradient(self, input: Tensor) -> bool:
        reduced = torch.is_autocast_enabled("cpu") or input.dtype != self.weight.dtype
        return self.out_channels <= FEW_CHANNELS and not reduced
