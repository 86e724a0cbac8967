r"""The compositional layer: shared and specific features become one feature map.

residual    f = s + act(norm(conv(s, p)))       ours
plain       f =     act(norm(conv(s, p)))       the paper's text
bare        f = s + conv(s, p)                  ShaSpec: standardised kernels, no norm
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ccsd_core.model.choices import Composition
from ccsd_core.model.layers.blocks import ConvNormAct
from ccsd_core.model.layers.inplace import add
from ccsd_core.model.layers.standardised import StandardisedConv


class CompositionalLayer(nn.Module):
    r"""Compose shared and specific features of one sequence, at one level.

    $$f = s + \mathrm{act}(\mathrm{norm}(\mathrm{conv}_{3^3}([s, p])))$$

    Source: CCSD (arXiv:2511.14599), section 3.1: "concatenated along the channel dimension and
    fed into a small projection (3D convolution plus normalization and non-linearity)", which is
    `plain`. The added s is our choice. `bare` is what ShaSpec (Wang et al., CVPR 2023,
    arXiv:2307.14126) does; with standardised kernels and no norm, f is about forty times as large
    as s at initialisation.

    Args:
        channels: Channels of s, of p and of f.
        kind: Which of the three compositions.
        standardised: Whether the kernels are weight-standardised; they always are in `bare`.
    """

    def __init__(
        self, channels: int, *, kind: Composition = "residual", standardised: bool = False
    ):
        super().__init__()
        self.adds_shared = kind != "plain"
        if kind == "bare":
            self.mix = StandardisedConv(2 * channels, channels, 3, padding=1, bias=False)
        else:
            self.mix = ConvNormAct(2 * channels, channels, standardised=standardised)

    def forward(
        self, shared: Float[Tensor, "b c x y z"], specific: Float[Tensor, "b c x y z"]
    ) -> Float[Tensor, "b c x y z"]:
        mixed = self.mix(torch.cat([shared, specific], dim=1))
        return add(mixed, shared) if self.adds_shared else mixed
