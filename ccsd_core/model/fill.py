r"""What stands in for a missing sequence: block_m for m ∉ S.

    fill                  block_m                                     depends on
    zero_shared           E_sh(0), its interior value                 nothing      (default)
    zero_shared_literal   E_sh of a zero volume, borders included     the size
    mean_shared           mean of s_i over the sequences i ∈ S        the subset
    first_shared          s_i of the first i ∈ S in channel order     the subset

The first two serve all subsets of an encoding and are projected once; the last two are made
anew in every mixing, for each sample from the sequences it has.

Source: CCSD (arXiv:2511.14599), section 3.2, feeds a zeroed channel through the shared
encoder: `zero_shared_literal` is its letter. `zero_shared` is ours, because zero padding gives
the borders of a zero volume a tiny variance that instance norm amplifies, so that the literal
E_sh(0) of a training patch and of a whole brain differ. `first_shared` is what the code of
ShaSpec does (Wang et al., CVPR 2023, arXiv:2307.14126).
"""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ccsd_core.domain.modality import Modality
from ccsd_core.model.backbone import Decoder, Encoder
from ccsd_core.model.choices import MissingFill

OF_SUBSET: tuple[MissingFill, ...] = ("mean_shared", "first_shared")
"""Fills that depend on the subset."""


def fixed_blocks(
    fill: MissingFill,
    shared: Encoder,
    decoder: Decoder,
    *,
    image: Float[Tensor, "b 1 x y z"],
    maps: Sequence[tuple[int, int, int]],
) -> list[list[Tensor]]:
    """W_m · block_m by level, then modality, for every subset; empty where it depends on it.

    Computed with gradients wherever it is called, and never cached here.

    Args:
        fill: Which.
        shared: E_sh.
        decoder: Whose projections are wanted.
        image: Any image of the batch: its size, type and device count, not its values.
        maps: Spatial shape of each level's projections.
    """
    if fill == "zero_shared":
        constants = enumerate(zip(shared.constant_response(), maps, strict=True))
        return [
            [decoder.project_constant(c, level=level, modality=m, shape=at) for m in Modality]
            for level, (c, at) in constants
        ]
    if fill == "zero_shared_literal":
        pyramid = shared(torch.zeros_like(image[:1]))
        return [
            [decoder.project(features, level=level, modality=m) for m in Modality]
            for level, features in enumerate(pyramid)
        ]
    return []


def block_of_subset(
    fill: MissingFill, shared: Sequence[Tensor | None], used: Bool[Tensor, "b m"]
) -> Float[Tensor, "b c x y z"]:
    """One level's block_m for a subset, before its projection: the same for every missing m.

    Args:
        fill: One of `OF_SUBSET`.
        shared: s_m by channel; None where no sample has it.
        used: What each sample uses. One that uses nothing gets 0.
    """
    encoded = [(m, features) for m, features in enumerate(shared) if features is not None]
    block = torch.zeros_like(encoded[0][1])
    if fill == "mean_shared":
        for m, features in encoded:
            block = block + features.masked_fill(~_column(used, m), 0)
        count = used.sum(dim=1).clamp(min=1).reshape(-1, 1, 1, 1, 1)
        return block / count.to(block.dtype)
    for m, features in reversed(encoded):
        block = torch.where(_column(used, m), features, block)
    return block


def _column(used: Bool[Tensor, "b m"], modality: int) -> Bool[Tensor, "b 1 1 1 1"]:
    return used[:, modality].reshape(-1, 1, 1, 1, 1)
