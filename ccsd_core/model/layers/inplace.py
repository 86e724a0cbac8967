"""Operations on a map that nothing else reads: in place if no autograd graph needs its values.

A map of the finest level takes megabytes; allocating a new one costs as much as the sum itself.
"""

import torch
from torch import Tensor
from torch.nn import functional


def leaky_relu(x: Tensor, slope: float) -> Tensor:
    """LeakyReLU; without a graph it overwrites `x`."""
    return functional.leaky_relu(x, slope, inplace=not torch.is_grad_enabled())


def add(x: Tensor, other: Tensor) -> Tensor:
    """The sum; without a graph it overwrites `x`, if the sum has its type and shape."""
    if torch.is_grad_enabled() or torch.compiler.is_compiling():
        return x + other
    fits = torch.result_type(x, other) == x.dtype
    # not torch.broadcast_shapes, which imports sympy at its first call: a third of a second
    fits = fits and len(other.shape) <= len(x.shape)
    ends = zip(reversed(x.shape), reversed(other.shape), strict=False)
    fits = fits and all(theirs in (1, ours) for ours, theirs in ends)
    return x.add_(other) if fits else x + other
