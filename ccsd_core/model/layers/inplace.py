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
    # not torch.broadcast_shapes, which imports sympy at its first call: a third of a second
    fits = fits and len(other.shape) <= len(fresh.shape)
    ends = zip(reversed(fresh.shape), reversed(other.shape), strict=False)
    fits = fits and all(theirs in (1, ours) for ours, theirs in ends)
    return fresh + other if torch.is_grad_enabled() or not fits else fresh.add_(other)
