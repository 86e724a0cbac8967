"""The basic block of all networks: convolution, per-sample norm, non-linearity."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ccsd_core.model.layers.conv3 import Conv3
from ccsd_core.model.layers.inplace import leaky_relu
from ccsd_core.model.layers.norm import InstanceNorm
from ccsd_core.model.layers.standardised import StandardisedConv

NEGATIVE_SLOPE = 0.01


class ConvNormAct(nn.Module):
    """Conv3d (no bias) → instance norm → LeakyReLU.

    Per-sample statistics make a patient's features independent of the batch, so that cached
    features are exact.

    Args:
        in_channels: Number of input channels.
        out_channels: Number of output channels.
        kernel: Kernel size; padding keeps the grid.
        stride: 2 halves the grid; one value per axis, or one for all.
        dilation: Distance between the kernel's taps.
        standardised: Whether the kernels are weight-standardised.
        act: Whether the non-linearity follows; False if a residual block adds first.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        kernel: int = 3,
        stride: int | tuple[int, int, int] = 1,
        dilation: int = 1,
        standardised: bool = False,
        act: bool = True,
    ):
        super().__init__()
        self.act = act
        if (kernel, stride, dilation, standardised) == (3, 1, 1, False):
            self.conv = Conv3(in_channels, out_channels)
        else:
            self.conv = (StandardisedConv if standardised else nn.Conv3d)(
                in_channels,
                out_channels,
                kernel,
                stride=stride,
                padding=dilation * (kernel // 2),
                dilation=dilation,
                bias=False,
            )
        self.norm = InstanceNorm(out_channels)

    def forward(self, x: Float[Tensor, "b in x y z"]) -> Float[Tensor, "b out u v w"]:
        return self._activated(self.norm(self.conv(x), overwrite=True))

    def constant_response(self) -> Float[Tensor, " out"]:
        """The output for any constant input away from borders: act(bias of the norm).

        A convolution maps a constant to a constant, and the norm maps a constant to its bias.
        """
        return self._activated(self.norm.bias.to(torch.float32, copy=True))

    def _activated(self, x: Tensor) -> Tensor:
        return leaky_relu(x, NEGATIVE_SLOPE) if self.act else x
