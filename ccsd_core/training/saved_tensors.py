"""Measuring the memory of a training step: counting saved tensors, and batches of noise."""

import torch
from torch import Tensor, nn
from torch.multiprocessing.reductions import StorageWeakRef

from ccsd_core.data.patches import Batch
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region


class SavedTensorCounter:
    """Counts the bytes that autograd saves for the backward pass, without the weights.

    Its two methods are hooks of `torch.autograd.graph.saved_tensors_hooks`.
    """

    def __init__(self, network: nn.Module) -> None:
        self.bytes = 0
        # Weak references, since the address of freed memory may be reused by another tensor.
        self._seen = {StorageWeakRef(p.untyped_storage()) for p in network.parameters()}

    def pack(self, tensor: Tensor) -> Tensor:
        """Count a tensor that autograd keeps, and return it."""
        storage = tensor.untyped_storage()
        reference = StorageWeakRef(storage)
        if reference not in self._seen:
            self._seen.add(reference)
            self.bytes += storage.nbytes()
        return tensor

    @staticmethod
    def unpack(tensor: Tensor) -> Tensor:
        """Return the tensor unchanged."""
        return tensor


def noise_batch(count: int, patch: tuple[int, int, int]) -> Batch:
    """A batch of `count` patches of normal noise, with a block of every region in each."""
    images = torch.randn(count, len(Modality), *patch)
    present = torch.ones(count, len(Modality), dtype=torch.bool)
    regions = torch.zeros(count, len(Region), *patch, dtype=torch.bool)
    for region in Region:
        inner = tuple(slice(n // 4 + region, 3 * n // 4 - region) for n in patch)
        regions[(slice(None), region, *inner)] = True
    return Batch(images, present, regions, ("noise",) * count)
