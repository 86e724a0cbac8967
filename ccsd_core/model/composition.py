"""The compositional layer: what all sequences share and what one adds become one feature map."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ccsd_core.model.blocks import ConvNormAct


class CompositionalLayer(nn.Module):
    r"""Compose shared and specific features of one sequence, at one level.

    $$f = s + \mathrm{act}(\mathrm{norm}(\mathrm{conv}_{3^3}([s, p])))$$

    Source: CCSD (arXiv:2511.14599), section 3.1: "concatenated along the channel dimension and
    fed into a small projection (3D convolution plus normalization and non-linearity)". The
    added s is our choice (ShaSpec adds it too); `residual=False` is the paper's text.

    Args:
        channels: Channels of s, of p and of f.
        residual: Whether s is added.
    """

    def __init__(self, channels: int, *, residual: bool = True):
        super().__init__()
        self.residual = residual
        self.mix = ConvNormAct(2 * channels, channels)

    def forward(
        self, shared: Float[Tensor, "b c x y z"], specific: Float[Tensor, "b c x y z"]
    ) -> Float[Tensor, "b c x y z"]:
        mixed = self.mix(torch.cat([shared, specific], dim=1))
        return shared + mixed if self.residual else mixed
