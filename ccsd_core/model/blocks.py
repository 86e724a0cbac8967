"""The one block everything is made of: convolution, per-sample norm, non-linearity."""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from ccsd_core.model.norm import InstanceNorm

NEGATIVE_SLOPE = 0.01


class ConvNormAct(nn.Module):
    """Conv3d (no bias) → instance norm → LeakyReLU.

    Per-sample statistics make a patient's features independent of the batch, so that cached
    features are exact.

    Args:
        in_channels: Channels in.
        out_channels: Channels out.
        kernel: Kernel size; padding keeps the grid.
        stride: 2 halves the grid.
    """

    def __init__(self, in_channels: int, out_channels: int, *, kernel: int = 3, stride: int = 1):
        super().__init__()
        self.conv = nn.Conv3d(
            in_channels, out_channels, kernel, stride=stride, padding=kernel // 2, bias=False
        )
        self.norm = InstanceNorm(out_channels)

    def forward(self, x: Float[Tensor, "b in x y z"]) -> Float[Tensor, "b out u v w"]:
        return functional.leaky_relu(self.norm(self.conv(x)), NEGATIVE_SLOPE)

    def constant_response(self) -> Float[Tensor, " out"]:
        """What any constant input becomes away from borders: act(bias of the norm).

        A convolution maps a constant to a constant, and the norm maps a constant to its bias.
        """
        return functional.leaky_relu(self.norm.bias.to(torch.float32), NEGATIVE_SLOPE)
