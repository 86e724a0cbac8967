"""Copies from a GPU to pinned main memory, from which uploads are faster and do not block the host.

Pinned memory cannot be swapped out, and torch's allocator rounds its blocks up to powers of two and
keeps them for later copies.
"""

import torch
from torch import Tensor


def copy_to_pinned(values: Tensor) -> Tensor:
    """Begin to copy values to pinned memory, in the same layout.

    The copy is complete after `wait_for_copies`; do not read it before.

    Args:
        values: Tensor on a GPU.
    """
    last = values.ndim == 5 and values.is_contiguous(memory_format=torch.channels_last_3d)
    layout = torch.channels_last_3d if last else torch.contiguous_format
    host = torch.empty(values.shape, dtype=values.dtype, pin_memory=True, memory_format=layout)
    return host.copy_(values, non_blocking=True)


def wait_for_copies(device: torch.device) -> None:
    """Wait until the copies begun on a GPU are complete."""
    torch.cuda.current_stream(device).synchronize()
