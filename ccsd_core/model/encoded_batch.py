"""An encoded batch: the features of every sequence, and the maps that the decoder sums."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from jaxtyping import Bool
from torch import Tensor

from ccsd_core.domain.modality import Modality
from ccsd_core.model.fill import MissingBlocks

FeatureKind = Literal["shared", "specific", "fused"]
"""The kind of features that a sequence's block is made from: s_m, p_m or f_m."""


@dataclass(frozen=True, slots=True, eq=False)
class EncodedSequence:
    """The features of one sequence at every level, finest first; none depends on the subset.

    At a level without a compositional layer all three kinds are s_m, the decoder's only input
    there.

    Args:
        shared: s_m of each level, (b, c, x, y, z).
        specific: p_m of each level.
        fused: f_m of each level.
        projected: By kind, the maps that the decoder sums: W_m s_m, W_m p_m or W_m f_m.
        domain: Features that the domain classifier reads; None outside training.
    """

    shared: list[Tensor]
    specific: list[Tensor]
    fused: list[Tensor]
    projected: Mapping[FeatureKind, list[Tensor]]
    domain: Tensor | None = None

    def features(self, kind: FeatureKind) -> list[Tensor]:
        """The features of one kind, finest first."""
        return {"shared": self.shared, "specific": self.specific, "fused": self.fused}[kind]


@dataclass(frozen=True, slots=True, eq=False)
class EncodedBatch:
    """All sequences of a batch, encoded, and the fills of missing ones.

    Args:
        sequences: One entry per modality in channel order; None if no sample has it.
        present: Whether each sample has each modality, (b, m).
        missing: W_m block_m of each modality that may be missing, if it does not depend on the
            subset.
    """

    sequences: tuple[EncodedSequence | None, ...]
    present: Bool[Tensor, "b m"]
    missing: MissingBlocks

    @property
    def levels(self) -> int:
        """Number of levels of the feature pyramid."""
        return len(self.any_projected("fused"))

    def any_projected(self, kind: FeatureKind) -> list[Tensor]:
        """The projected features of the first encoded sequence, finest level first."""
        return next(s.projected[kind] for s in self.sequences if s is not None)

    def features(self, modality: Modality, kind: FeatureKind) -> list[Tensor] | None:
        """The features of one sequence, finest first: the same tensors that decoding reads.

        None if no sample has the sequence.
        """
        sequence = self.sequences[modality]
        return None if sequence is None else sequence.features(kind)

    def deepest(self, kind: FeatureKind) -> dict[Modality, Tensor]:
        """Deepest-level features by encoded modality."""
        found = zip(Modality, self.sequences, strict=True)
        return {m: s.features(kind)[-1] for m, s in found if s is not None}

    def domain(self) -> dict[Modality, Tensor]:
        """Features (b c x y z) that the domain classifier reads, by encoded modality."""
        found = zip(Modality, self.sequences, strict=True)
        return {m: s.domain for m, s in found if s is not None and s.domain is not None}
