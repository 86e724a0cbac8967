"""Activation checkpointing: recompute a module's inner activations in the backward pass.

It trades one more forward pass for memory; values and gradients stay the same.
"""

from typing import Any

from torch import nn
from torch.utils.checkpoint import checkpoint


def call_checkpointed(module: nn.Module, *inputs: Any, checkpointing: bool) -> Any:
    """Call a module; with `checkpointing` its inner activations are not kept for backwards."""
    if checkpointing:
        # nothing in these networks is random, so no random state need be kept
        return checkpoint(module, *inputs, use_reentrant=False, preserve_rng_state=False)
    return module(*inputs)
