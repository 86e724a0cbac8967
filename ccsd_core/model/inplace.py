"""Work on a map that nobody else reads: in place where no graph needs what it held.

A map of the finest level is some megabytes; a fresh one for every sum costs as much as the sum.
"""

import torch
from torch import Tensor
from torch.nn import functional


def leaky_relu(fresh: Tensor, slope: float) -> Tensor:
    """LeakyReLU; without a graph it overwrites `fresh`."""
    return functional.leaky_relu(fresh, slope, inplace=not torch.is_grad_enabled())


def plus(fresh: Tensor, other: Tensor) -> Tensor:
    """The sum; without a graph it overwrites `fresh`, if the sum has its type and shape."""
    fits = torch.result_type(fresh, other) == fresh.dtype
    fits = fits and torch.broadcast_shapes(fresh.shape, other.shape) == fresh.shape
    return fresh + other if torch.is_grad_enabled() or not fits else fresh.add_(other)
