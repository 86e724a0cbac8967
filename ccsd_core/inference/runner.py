"""One network on one device, in one precision: encodes sequences, decodes subsets.

    image on the CPU ──▶ device ──encode──▶ features ──decode──▶ logits ──▶ CPU

Features are kept in the memory format and the dtype of the network's output. On a CUDA device
images and logits are copied through pinned memory, so that copies need no second buffer and uploads
do not block the host.
"""

import copy
from contextlib import AbstractContextManager
from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.inference.cancellation import CancellationCheck, cancellation_checks
from ccsd_core.inference.hardware.pinned import copy_to_pinned, wait_for_copies
from ccsd_core.model.fill import shared_features_read
from ccsd_core.model.network import CcsdNetwork, EncodedBatch, EncodedSequence
from ccsd_core.model.presence import presence_mask


class Runner:
    """Runs a network on images.

    Args:
        network: The network, on the device, in evaluation mode.
        device: Device of the network.
        dtype: Precision of the computation; types other than fp32 use autocast.
    """

    def __init__(self, network: CcsdNetwork, device: torch.device, dtype: torch.dtype):
        self.network = network
        self.device = device
        self.dtype = dtype
        self.raise_if_cancelled: CancellationCheck | None = None
        self.tries_decode = device.type == "cuda"
        """Whether a test decode follows each encoding. A GPU that is out of memory raises an error,
        which should happen before anything else is encoded; a CPU rarely raises one, and a test
        decode costs time there."""

    def on_cpu(self, dtype: torch.dtype) -> "Runner":
        """A copy on the CPU, for when the device's memory runs out."""
        # tensor by tensor, because a copy on the device would need memory that is not available
        moved: dict[int, object] = {
            id(p): nn.Parameter(p.detach().to("cpu", copy=True), requires_grad=p.requires_grad)
            for p in self.network.parameters()
        }
        moved |= {id(buffer): buffer.to("cpu", copy=True) for buffer in self.network.buffers()}
        return Runner(copy.deepcopy(self.network, moved), torch.device("cpu"), dtype)

    @torch.inference_mode()
    def encode_sequence(self, image: Float[Tensor, "x y z"], modality: Modality) -> EncodedSequence:
        """Features of one sequence: those that decoding reads, and the deepest fused ones."""
        batch = self._to_device(image)[None, None].contiguous(memory_format=torch.channels_last_3d)
        with self._arithmetic(), cancellation_checks(self.network, self.raise_if_cancelled):
            features = self.network.encode_sequence(batch, modality)
        shared = shared_features_read(self.network.fill, features.shared)
        return replace(features, shared=shared, specific=[], fused=features.fused[-1:], domain=None)

    @torch.no_grad()
    def encode_for_gradients(
        self, image: Float[Tensor, "x y z"], modality: Modality
    ) -> EncodedSequence:
        """Fused features of all levels in fp32, which allow gradients.

        Tensors made in inference mode cannot be part of a graph.
        """
        with cancellation_checks(self.network, self.raise_if_cancelled):
            features = self.network.encode_sequence(self._to_device(image)[None, None], modality)
        shared = shared_features_read(self.network.fill, features.shared)
        return replace(features, shared=shared, specific=[], projected={}, domain=None)

    def collect_for_gradients(
        self,
        sequences: list[EncodedSequence | None],
        available: ModalitySubset,
        image: Float[Tensor, "x y z"],
    ) -> EncodedBatch:
        """`collect` for features of `encode_for_gradients`, with a graph."""
        moved = self._to_device(image)[None, None]
        return self.network.collect(sequences, presence_mask(available), image=moved)

    @torch.inference_mode()
    def collect(
        self,
        sequences: list[EncodedSequence | None],
        available: ModalitySubset,
        image: Float[Tensor, "x y z"],
    ) -> EncodedBatch:
        """The encodings of a case's sequences, with the fills of missing ones.

        Args:
            sequences: Features by channel; None for missing sequences.
            available: Sequences that the case has.
            image: Any of the images; only its shape and type are used.
        """
        with cancellation_checks(self.network, self.raise_if_cancelled):
            return self.network.collect(
                sequences, presence_mask(available), image=self._to_device(image)[None, None]
            )

    @torch.inference_mode()
    def decode(self, encoding: EncodedBatch, subset: ModalitySubset) -> Float[Tensor, "r x y z"]:
        """Logits of a subset on the device, in fp32."""
        with self._arithmetic(), cancellation_checks(self.network, self.raise_if_cancelled):
            return self.network.decode(encoding, presence_mask(subset))[0].float()

    def to_cpu(self, values: Tensor) -> Tensor:
        """The values on the CPU, through pinned memory if they are on a GPU."""
        if not values.is_cuda:
            return values.cpu()
        host = copy_to_pinned(values)
        wait_for_copies(values.device)
        return host

    def _to_device(self, image: Tensor) -> Tensor:
        if self.device.type == "cuda" and not image.is_cuda:
            image = image.pin_memory()
        return image.to(self.device, non_blocking=True)

    def _arithmetic(self) -> AbstractContextManager[object]:
        reduced = self.dtype is not torch.float32
        return torch.autocast(self.device.type, self.dtype, enabled=reduced)
