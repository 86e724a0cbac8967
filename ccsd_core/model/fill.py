r"""The fill of a missing sequence: block_m for m ∉ S.

    fill           block_m                                            added to       depends on
    constant       E_sh(0), its interior value                        after the norm nothing
    token          a learned vector per level and sequence            after the norm nothing
    literal        E_sh of a zero volume, borders included            the mixture    the size
    mean_shared    mean of s_i over the sequences i ∈ S               the mixture    the subset
    first_shared   s_i of the first i ∈ S in channel order            the mixture    the subset
    shaspec        `first_shared` at the deepest level, else `literal` the mixture   both
    none           nothing: a control for experiments                 —              nothing
    zero_shared    E_sh(0), its interior value                        the mixture    nothing

**Why the norm matters.** A decoder mixes the blocks of a level linearly and normalises the sum
per sample. The norm removes anything that is one number per channel: the interior value of E_sh(0),
added to the mixture, does not change the logits at all. So `constant` (the default) and `token` are
projected like any block, by W_m, and added **after** the norm; at a level that a decoder does not
normalise first, they are part of the sum. `zero_shared` was used before: it is still supported, and
has no effect at a level that is normalised.

Source: CCSD (arXiv:2511.14599), section 3.2, states that a zeroed channel goes through the
shared encoder: `literal` follows this. Zero padding gives the borders of a zero volume a tiny
variance that instance norm amplifies, so the literal E_sh(0) of a training patch and of a whole
brain differ, and only these borders survive the norm. `constant` is our choice: the value away from
borders, which does not depend on the size. `shaspec` follows the code of ShaSpec (Wang et al., CVPR
2023, arXiv:2307.14126). `token`, `mean_shared`, `first_shared` and `none` are ours, for comparison.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from ccsd_core.domain.modality import Modality
from ccsd_core.losses.device_mask import mask_on_device
from ccsd_core.model.backbone import Decoder, Encoder
from ccsd_core.model.choices import MissingFill

AFTER_NORM: tuple[MissingFill, ...] = ("constant", "token")
"""Fills of one number per channel that are added after a level's norm."""


@dataclass(frozen=True, slots=True, eq=False)
class MissingBlocks:
    """W_m block_m of every sequence that might be missing, if it does not depend on the subset.

    Args:
        in_mixture: Maps by level, then sequence, added to the sum before it is normalised,
            broadcastable to the level's map. Empty at levels without any.
        after_norm: Values (m, c) of each level, by sequence and channel, added after the norm. None
            at levels without any.
    """

    in_mixture: list[list[Tensor]]
    after_norm: list[Tensor | None]


class Tokens(nn.ModuleList):
    """A learned vector per level and sequence, initialised with 0.

    Args:
        channels: Feature channels of each level, finest first.
    """

    def __init__(self, channels: Sequence[int]):
        super().__init__(_Token(c) for c in channels)

    def vectors(self) -> list[Float[Tensor, "m _c"]]:
        """The vectors (m, c) of each level, finest first."""
        return [token.vectors for token in self]  # pyright: ignore[reportReturnType]


class _Token(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.vectors = nn.Parameter(torch.zeros(len(Modality), channels))


def missing_blocks(
    fill: MissingFill,
    shared: Encoder,
    decoder: Decoder,
    *,
    tokens: Tokens | None = None,
    image: Float[Tensor, "b 1 x y z"],
    maps: Sequence[tuple[int, int, int]],
) -> MissingBlocks:
    """Projected fills of each sequence, if they do not depend on the subset.

    Gradients flow through the result; it is not cached here.

    Args:
        fill: Kind of the fill.
        shared: Shared encoder E_sh.
        decoder: Decoder whose projections are applied.
        tokens: Learned vectors of the fill `token`; None for others.
        image: Any image of the batch; only its shape, type and device are used.
        maps: Spatial shape of each level's projections.
    """
    levels = range(len(maps))
    in_mixture: list[list[Tensor]] = [[] for _ in levels]
    after_norm: list[Tensor | None] = [None for _ in levels]
    if fill in ("constant", "token", "zero_shared"):
        vectors = fill_vectors(fill, shared, tokens)
        for level in levels:
            normalised = decoder.normalises(level)
            if normalised and fill == "zero_shared":
                continue  # the norm would remove it
            projected = [
                decoder.project_constant(
                    vectors[level][m], level=level, modality=m, shape=maps[level]
                )
                for m in Modality
            ]
            if normalised:
                after_norm[level] = torch.cat(projected).flatten(1)
            else:
                in_mixture[level] = projected
    elif fill in ("literal", "shaspec"):
        pyramid = zero_volume_features(shared, image)
        for level, features in enumerate(pyramid):
            if not depends_on_subset(fill, level, levels=len(maps)):
                in_mixture[level] = [
                    decoder.project(features, level=level, modality=m) for m in Modality
                ]
    return MissingBlocks(in_mixture, after_norm)


def fill_vectors(
    fill: MissingFill, shared: Encoder, tokens: Tokens | None
) -> list[Float[Tensor, "m _c"]]:
    """One vector per level and sequence, in the features' space: E_sh(0), or the learned token."""
    if fill == "token":
        assert tokens is not None, "a network with learned tokens has them"
        return tokens.vectors()
    return [constant.expand(len(Modality), -1) for constant in shared.constant_response()]


def zero_volume_features(
    shared: Encoder, image: Float[Tensor, "b 1 x y z"]
) -> list[Float[Tensor, "1 _c _x _y _z"]]:
    """E_sh of a zero volume of the image's size, including the effect of padding."""
    return shared(torch.zeros_like(image[:1])).levels


def depends_on_subset(fill: MissingFill, level: int, *, levels: int) -> bool:
    """Whether the fill at a level is computed from the shared features of the subset."""
    deepest = level == levels - 1
    return fill in ("mean_shared", "first_shared") or (fill == "shaspec" and deepest)


def shared_features_read(fill: MissingFill, shared: Sequence[Tensor]) -> list[Tensor]:
    """The shared features that decoding will read, by level; empty tensors at other levels."""
    levels = len(shared)
    return [
        features if depends_on_subset(fill, level, levels=levels) else features.new_empty(0)
        for level, features in enumerate(shared)
    ]


def block_of_subset(
    fill: MissingFill, shared: Sequence[Tensor | None], used: Bool[Tensor, "b m"]
) -> Float[Tensor, "b c x y z"]:
    """One level's block_m for a subset, before its projection: the same for every missing m.

    Args:
        fill: A fill that depends on the subset at this level.
        shared: s_m by channel; None if no sample has it.
        used: The sequences that each sample uses; on the CPU. A sample that uses none gets 0.
    """
    encoded = [(m, features) for m, features in enumerate(shared) if features is not None]
    block = torch.zeros_like(encoded[0][1])
    used = mask_on_device(used, block)
    if fill == "mean_shared":
        for m, features in encoded:
            block = block + features.masked_fill(~_column(used, m), 0)
        count = used.sum(dim=1).clamp(min=1).reshape(-1, 1, 1, 1, 1)
        return block / count.to(block)
    for m, features in reversed(encoded):
        block = torch.where(_column(used, m), features, block)
    return block


def _column(used: Bool[Tensor, "b m"], modality: int) -> Bool[Tensor, "b 1 1 1 1"]:
    return used[:, modality].reshape(-1, 1, 1, 1, 1)
