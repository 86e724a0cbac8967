r"""Weight standardisation: every output channel's kernel has mean 0 and variance 1.

$$\hat W_o = (W_o - \mathrm{mean}\,W_o) / \sqrt{\mathrm{var}\,W_o + \varepsilon}$$

Source: Qiao et al., "Micro-Batch Training with Batch-Channel Normalization and Weight
Standardization" (arXiv:1903.10520). The variance is the sample variance (n − 1), as in the code of
ShaSpec; ε is far below the variance of a freshly initialised kernel, so that it only guards against
a kernel of equal weights.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

EPS = 1e-12


def standardised(
    weight: Float[Tensor, "out in i j k"],
) -> Float[Tensor, "out in i j k"]:
    """The kernels, standardised per output channel over all taps and input channels."""
    variance, mean = torch.var_mean(weight, dim=(1, 2, 3, 4), correction=1, keepdim=True)
    return (weight - mean) * (variance + EPS).rsqrt()


class StandardisedConv(nn.Conv3d):
    """Conv3d with standardised kernels; the stored weight is not standardised."""

    def forward(self, input: Float[Tensor, "b in x y z"]) -> Float[Tensor, "b out u v w"]:
        return self._conv_forward(input, standardised(self.weight), self.bias)
