"""Interfaces of a backbone: an encoder's pyramid of features, a decoder's logits.

    image ─▶ Encoder ─▶ [level 0 (finest), …, level L−1]
                             │ project: contribution of one sequence to each level's mixture
                             ▼
              Σ over sequences ─▶ Decoder ─▶ logits

A decoder first mixes the blocks of all sequences linearly, which makes the mixture a sum of
one projection per sequence: `project` is part of the encoding, and a subset costs only the sum and
the layers after it.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from torch import Tensor


class Pyramid(NamedTuple):
    """Features of one sequence.

    Args:
        levels: Features (b c x y z) of every level, finest first.
        domain: Features (b c x y z) from which the domain classifier predicts the sequence.
    """

    levels: list[Tensor]
    domain: Tensor


@runtime_checkable
class Encoder(Protocol):
    """Maps one sequence (b 1 x y z) to a pyramid of features."""

    def __call__(self, x: Tensor) -> Pyramid: ...

    def constant_response(self) -> list[Tensor]:
        """E(0) away from borders: one number per channel and level, in fp32."""
        ...


@runtime_checkable
class Decoder(Protocol):
    """Maps the mixture of every level to logits, and features to their contribution."""

    def __call__(self, mixed: Sequence[Tensor], offsets: Sequence[Tensor | None]) -> Tensor:
        """Logits (b r x y z) of the mixture.

        Args:
            mixed: The mixture of each level, finest first.
            offsets: Values (b c) added to each level's normalised mixture; None for no offset, and
                at levels that are not normalised.
        """
        ...

    def normalises(self, level: int) -> bool:
        """Whether the decoder first applies an instance norm to that level's mixture.

        If so, a constant per sample and channel in the mixture has no effect; it must be passed as
        an offset instead.
        """
        ...

    def project(self, features: Tensor, *, level: int, modality: int) -> Tensor:
        """W_m f_m: the contribution of sequence m to the mixture, linear in its features."""
        ...

    def project_constant(
        self, constant: Tensor, *, level: int, modality: int, shape: tuple[int, int, int]
    ) -> Tensor:
        """W_m c for features that are c everywhere; broadcastable to the output of `project`.

        Args:
            constant: One number per channel.
            level: Number of the level, 0 the finest.
            modality: Channel index of the sequence whose weights are used.
            shape: Spatial shape of the output of `project` at that level.
        """
        ...
