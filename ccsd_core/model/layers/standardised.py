r"""Weight standardisation: every output channel's kernel has mean 0 and variance 1.

$$\hat W_o = (W_o - \mathrm{mean}\,W_o) / \sqrt{\mathrm{var}\,W_o + \varepsilon}$$

Source: Qiao et al., "Micro-Batch Training with Batch-Channel Normalization and Weight
Standardization" (arXiv:1903.10520). The variance is the sample variance (n − 1), as in the code of
ShaSpec; ε is far below the variance of a freshly initialised kernel, so that it only guards against
a kernel of equal weights.

It is computed as a layer norm over each kernel, in the order in which channels_last_3d stores it:
fewer kernels on a GPU than the formula, and less memory, since nothing but the result is kept.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

EPS = 1e-12


def standardised(
    weight: Float[Tensor, "out in i j k"],
) -> Float[Tensor, "out in i j k"]:
    """The kernels, standardised per output channel over all taps and input channels."""
    stored = weight.permute(0, 2, 3, 4, 1)
    count = math.prod(stored.shape[1:])
    share = (count - 1) / count  # layer norm divides by n
    normalised = functional.layer_norm(stored, stored.shape[1:], eps=EPS * share)
    return (normalised * math.sqrt(share)).permute(0, 4, 1, 2, 3)


class StandardisedConv(nn.Conv3d):
    """Conv3d with standardised kernels; the stored weight is not standardised."""

    _computed: Tensor | None = None

    @property
    def kernels(self) -> Float[Tensor, "out in i j k"]:
        """The standardised kernels."""
        return standardised(self.weight) if self._computed is None else self._computed

    def forward(self, input: Float[Tensor, "b in x y z"]) -> Float[Tensor, "b out u v w"]:
        return self._conv_forward(input, self.kernels, self.bias)


@contextmanager
def standardised_once(network: nn.Module) -> Iterator[None]:
    """Compute the standardised kernels of a network once, for several backward passes.

    Within it their gradients are collected, and `weight.grad` gets them at the end. A change of the
    weights is not seen until then.
    """
    layers = [m for m in network.modules() if isinstance(m, StandardisedConv)]
    kernels = [standardised(layer.weight) for layer in layers]
    leaves = [kernel.detach().requires_grad_() for kernel in kernels]
    try:
        for layer, leaf in zip(layers, leaves, strict=True):
            layer._computed = leaf
        yield
    finally:
        for layer in layers:
            layer._computed = None
    used = [k for k, leaf in zip(kernels, leaves, strict=True) if leaf.grad is not None]
    if used:
        torch.autograd.backward(used, [leaf.grad for leaf in leaves if leaf.grad is not None])
