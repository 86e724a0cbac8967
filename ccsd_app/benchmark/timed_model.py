"""A network and a case on its grid, run as the predictor runs them, in pieces that can be timed.

full forward   4 × (E_sh, E_m) ─▶ decode     what a published network does for each subset
ours           4 × (E_sh, E_m) once ─▶ decode for each subset
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ccsd_core.data.preprocess import prepare
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.inference.hardware.devices import fast_bf16
from ccsd_core.model.config import ModelConfig
from ccsd_core.model.fill import shared_features_read
from ccsd_core.model.network import CcsdNetwork, EncodedBatch
from ccsd_core.model.presence import presence_mask


@dataclass(frozen=True, slots=True, eq=False)
class TimedModel:
    """A network and its input: what a benchmark times.

    Args:
        network: Frozen, on the device, in its memory format.
        images: Each sequence on the network's box (1, 1, x, y, z); zeros for a missing one, since
            a published network encodes it nevertheless.
        device: The device they run on.
        dtype: Data type of the arithmetic.
    """

    network: CcsdNetwork
    images: tuple[Tensor, ...]
    device: torch.device
    dtype: torch.dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """The box, in voxels."""
        return tuple(self.images[0].shape[2:])

    @torch.inference_mode()
    def encode(self) -> EncodedBatch:
        """Encode every sequence of the case: eight passes through the encoders."""
        # As the predictor does: only what decoding needs is kept.
        sequences = []
        for modality, image in zip(Modality, self.images, strict=True):
            with self.autocast():
                found = self.network.encode_sequence(image, modality)
            kept = shared_features_read(self.network.fill, found.shared)
            sequences.append(replace(found, shared=kept, specific=[], fused=[], domain=None))
        full = presence_mask(ModalitySubset.full())
        return self.network.collect(sequences, full, image=self.images[0])

    @torch.inference_mode()
    def decode(self, encoding: EncodedBatch, subset: ModalitySubset) -> Tensor:
        """Decode one subset: fusion of its features and everything after it."""
        with self.autocast():
            return self.network.decode(encoding, presence_mask(subset))

    def forward(self, subset: ModalitySubset) -> Tensor:
        """One full forward pass of the network."""
        return self.decode(self.encode(), subset)

    def autocast(self) -> torch.autocast:
        reduced = self.dtype is not torch.float32
        return torch.autocast(self.device.type, self.dtype, enabled=reduced)


def timed_model(
    network: CcsdNetwork, config: ModelConfig, case: Case, device: torch.device
) -> TimedModel:
    """A network and a case, ready to be timed."""
    network = network.to(device).eval().requires_grad_(requires_grad=False)
    network.to(memory_format=torch.channels_last_3d)  # pyright: ignore[reportCallIssue]
    prepared = prepare(case, spacing_mm=config.spacing_mm, lattice=config.lattice)
    blank = torch.zeros(prepared.box.shape)
    images = tuple(
        prepared.images.get(m, blank)[None, None]
        .to(device)
        .contiguous(memory_format=torch.channels_last_3d)
        for m in Modality
    )
    dtype = torch.bfloat16 if fast_bf16(device) else torch.float32
    return TimedModel(network, images, device, dtype)
