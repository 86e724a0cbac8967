r"""The shared decoder, split in two: a part per sequence, and a part per subset.

F_S concatenates the four blocks, and the decoder first mixes it by a 1×1 convolution. A
convolution of a concatenation is a sum of convolutions, one per block:

    W · concat(block_0 … block_3)  =  Σ_m W_m · block_m ,     block_m = f_m or E_sh(0)

so `project` (W_m · f_m, once per sequence) is part of the encoding, and a subset costs only the sum
and the layers after it. A fill of one number per channel is added after the norm, which would
remove it:

    level L−1   Σ_m ─▶ norm, +offset, act ─▶ block ─┐
    level  l    Σ_m ─▶ norm, +offset, act ────▶ (+) ◀┴ 1×1, ×2 up ; ─▶ block ─ … ─▶ head ─▶ logits
"""

from collections.abc import Sequence
from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn

from ccsd_core.model.layers.blocks import NEGATIVE_SLOPE, ConvNormAct
from ccsd_core.model.layers.checkpointing import call_checkpointed
from ccsd_core.model.layers.inplace import add, leaky_relu
from ccsd_core.model.layers.norm import InstanceNorm
from ccsd_core.model.unet.upsampling import add_upsampled


class UnetDecoder(nn.Module):
    """Decode the mixed features of one subset to logits.

    Args:
        channels: Feature channels of each level, finest first.
        modalities: Blocks in the concatenation.
        outputs: Output channels.
        checkpointing: Whether each level's inner activations are recomputed in the backward pass.
    """

    def __init__(
        self,
        channels: Sequence[int],
        *,
        modalities: int = 4,
        outputs: int = 3,
        checkpointing: bool = False,
    ):
        super().__init__()
        self.checkpointing = checkpointing
        self.projections = nn.ModuleList(
            nn.ModuleList(nn.Conv3d(c, c, 1, bias=False) for _ in range(modalities))
            for c in channels
        )
        self.norms = nn.ModuleList(InstanceNorm(c) for c in channels)
        self.reduce = nn.ModuleList(
            nn.Conv3d(lower, upper, 1, bias=False) for upper, lower in pairwise(channels)
        )
        self.blocks = nn.ModuleList(ConvNormAct(c, c) for c in channels)
        self.head = nn.Conv3d(channels[0], outputs, 1)

    def normalises(self, level: int) -> bool:
        """Every level's mixture goes through a norm first."""
        return 0 <= level < len(self.norms)

    def project(
        self, features: Float[Tensor, "b c x y z"], *, level: int, modality: int
    ) -> Float[Tensor, "b c x y z"]:
        """One sequence's contribution to the mixed features: W_m · f_m."""
        return self.projections[level][modality](features)  # pyright: ignore[reportIndexIssue]

    def project_constant(
        self,
        constant: Float[Tensor, " c"],
        *,
        level: int,
        modality: int,
        shape: tuple[int, int, int],
    ) -> Float[Tensor, "1 c 1 1 1"]:
        """The contribution of a missing sequence: W_m · E_sh(0), one number per channel."""
        weight = self.projections[level][modality].weight  # pyright: ignore[reportIndexIssue]
        # not a matrix product, which autocast would round to bf16
        return (weight.flatten(1) * constant).sum(dim=1).reshape(1, -1, 1, 1, 1)

    def forward(
        self,
        mixed: Sequence[Float[Tensor, "b _c _x _y _z"]],
        offsets: Sequence[Float[Tensor, "b _c"] | None],
    ) -> Float[Tensor, "b r x y z"]:
        """Logits from the mixed features Σ_m of every level, finest first.

        Args:
            mixed: Mixture of each level, finest first.
            offsets: Offset (b c) added to each level's normalised mixture; None for no offset.
        """
        deepest = len(mixed) - 1
        x = self._skip(mixed[deepest], offsets[deepest], deepest)
        x = add(call_checkpointed(self.blocks[deepest], x, checkpointing=self.checkpointing), x)
        for level in reversed(range(deepest)):
            skip = self._skip(mixed[level], offsets[level], level)
            x = add_upsampled(skip, self.reduce[level](x))
            x = add(call_checkpointed(self.blocks[level], x, checkpointing=self.checkpointing), x)
        return self.head(x)

    def _skip(
        self, mixed: Float[Tensor, "b c x y z"], offset: Float[Tensor, "b c"] | None, level: int
    ) -> Float[Tensor, "b c x y z"]:
        return leaky_relu(self.norms[level](mixed, offset=offset), NEGATIVE_SLOPE)
