"""Activation checkpointing: recompute a module's inner activations in the backward pass.

It saves memory at the cost of another forward pass; values and gradients stay the same.
"""

from typing import Any

from torch import nn
from torch.utils.checkpoint import checkpoint


def call_checkpointed(module: nn.Module, *inputs: Any, checkpointing: bool) -> Any:
    """Call a module; with `checkpointing`, its inner activations are recomputed later."""
    if checkpointing:
        # these networks are deterministic, so the random state need not be saved
        return checkpoint(module, *inputs, use_reentrant=False, preserve_rng_state=False)
    return module(*inputs)
