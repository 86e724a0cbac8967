r"""The CCSD network: encode every sequence once, decode any subset of them.

    x_m ──▶ E_sh (one for all sequences) ──▶ s_m ┐
    x_m ──▶ E_m  (one per sequence)      ──▶ p_m ┴▶ compositional layer ──▶ f_m ──▶ W_m f_m
                                                                                      │ encode
    ──────────────────────────────────────────────────────────────────────────────────┼───────
    S present:  m ∈ S: W_m f_m      m ∉ S: W_m E_sh(0)      ──▶ Σ_m ──▶ D ──▶ logits  │ decode

All of it happens at every level of the feature pyramid, so skips carry composed features too.

Source: CCSD (arXiv:2511.14599), section 3.1 and 3.2. Stated there: shared and specific
encoders, the compositional layer, E_sh of a zeroed channel for a missing sequence, one shared
decoder, one encoding for all 15 subsets. Ours: the sizes, composition at every level, E_sh(0)
by its interior value, three sigmoid region channels. There is no official code; this is a
reconstruction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region
from ccsd_core.model.composition import CompositionalLayer
from ccsd_core.model.decoder import Decoder
from ccsd_core.model.encoder import Encoder


@dataclass(frozen=True, slots=True, eq=False)
class SequenceEncoding:
    """One sequence's features at every level, finest first; nothing in it depends on the subset.

    Args:
        shared: s_m.
        specific: p_m.
        fused: f_m.
        projected: W_m f_m, what the decoder sums.
    """

    shared: list[Tensor]
    specific: list[Tensor]
    fused: list[Tensor]
    projected: list[Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class Encoding:
    """The encodings of a batch: per modality (None where no sample has it), and E_sh(0).

    Args:
        sequences: One entry per modality in channel order.
        present: Which sample has which modality.
        missing: W_m E_sh(0) by level, then modality: one number per channel.
    """

    sequences: tuple[SequenceEncoding | None, ...]
    present: Bool[Tensor, "b m"]
    missing: list[list[Tensor]]

    def deepest(self, kind: str) -> dict[Modality, Tensor]:
        """Deepest-level features (`shared`, `specific`, `fused`) by encoded modality."""
        found = zip(Modality, self.sequences, strict=True)
        return {m: getattr(sequence, kind)[-1] for m, sequence in found if sequence is not None}


class CcsdNetwork(nn.Module):
    """The network as two halves, `encode` and `decode`; calling it does both.

    Args:
        channels: Feature channels of each level, finest first.
        residual_composition: Whether the compositional layer adds the shared features.
    """

    def __init__(self, channels: Sequence[int], *, residual_composition: bool = True):
        super().__init__()
        self.shared = Encoder(channels)
        self.specific = nn.ModuleList(Encoder(channels) for _ in Modality)
        self.composition = nn.ModuleList(
            CompositionalLayer(c, residual=residual_composition) for c in channels
        )
        self.decoder = Decoder(channels, modalities=len(Modality), regions=len(Region))
        self.domain_classifier = nn.Linear(channels[-1], len(Modality))
        """Training only: names the sequence that specific features came from."""

    def encode_sequence(
        self, image: Float[Tensor, "b 1 x y z"], modality: Modality
    ) -> SequenceEncoding:
        """Encode one sequence, whatever else the patient has."""
        shared = self.shared(image)
        specific = self.specific[modality](image)
        fused = [
            layer(s, p) for layer, s, p in zip(self.composition, shared, specific, strict=True)
        ]
        projected = [
            self.decoder.project(f, level=level, modality=modality) for level, f in enumerate(fused)
        ]
        return SequenceEncoding(shared, specific, fused, projected)

    def missing(self) -> list[list[Tensor]]:
        """W_m E_sh(0) by level, then modality. Does not depend on the patient."""
        return [
            [self.decoder.project_constant(c, level=level, modality=m) for m in Modality]
            for level, c in enumerate(self.shared.constant_response())
        ]

    def encode(self, images: Float[Tensor, "b m x y z"], present: Bool[Tensor, "b m"]) -> Encoding:
        """Encode a batch once, for every subset.

        Args:
            images: Normalised sequences in channel order. Channels that are not present are
                never read: they may hold NaN.
            present: Which sample has which sequence.
        """
        absent = ~present.reshape(*present.shape, 1, 1, 1)
        images = images.masked_fill(absent, 0)  # not a product: 0 · NaN is NaN
        sequences = tuple(
            self.encode_sequence(images[:, m : m + 1], m) if bool(present[:, m].any()) else None
            for m in Modality
        )
        return Encoding(sequences, present, self.missing())

    def mix(self, encoding: Encoding, subset: Bool[Tensor, "b m"], *, level: int) -> Tensor:
        """Σ_m over one level: W_m f_m where `subset` holds m, else W_m E_sh(0). b c x y z."""
        used = subset & encoding.present
        total: Tensor | None = None
        for m, sequence in zip(Modality, encoding.sequences, strict=True):
            constant = encoding.missing[level][m].reshape(1, -1, 1, 1, 1)
            if sequence is None or not bool(used[:, m].any()):
                block: Tensor = constant
            elif bool(used[:, m].all()):
                block = sequence.projected[level]
            else:
                projected = sequence.projected[level]
                keep = used[:, m].reshape(-1, 1, 1, 1, 1)
                block = torch.where(keep, projected, constant.to(projected.dtype))
            if total is None:
                total = block
            else:
                total = total + block.to(torch.promote_types(total.dtype, block.dtype))
        assert total is not None
        return total

    def decode(self, encoding: Encoding, subset: Bool[Tensor, "b m"]) -> Float[Tensor, "b r x y z"]:
        """Logits of WT, TC, ET as if only `subset` (within what is present) had been acquired."""
        levels = range(len(encoding.missing))
        return self.decoder([self.mix(encoding, subset, level=level) for level in levels])

    def forward(
        self, images: Float[Tensor, "b m x y z"], present: Bool[Tensor, "b m"]
    ) -> Float[Tensor, "b r x y z"]:
        return self.decode(self.encode(images, present), present)
