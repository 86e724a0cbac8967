r"""ShaSpec's decoder, in two parts like ours: one per sequence, one per subset.

    level 4    Σ_m ConvT_m f_m (2³, stride 2) ───────────────────▶ (+) ─▶ block ─▶ ConvT ─▶ …
    level 3    Σ_m W_m s_m (1×1 of 4 · 1 024 channels) ─▶ norm, act ─┘
       ⋮                                                     … ─▶ 1×1 head ─▶ ×(2, 2, 1) ─▶ logits

The original concatenates the four sequences' features and up-samples or reduces them by one
convolution, which is a sum of one convolution per sequence. The skips carry only the shared
features, the deepest level the fused ones. The fill of a missing sequence is a constant: through
the transposed convolution it becomes a pattern of 2×2×2 voxels.

Source: the network of ShaSpec (Wang et al., CVPR 2023, arXiv:2307.14126), written from a
description of it. What it leaves open was chosen to match the parameter count (8,528,800):
plain transposed convolutions and head without biases, two norms in a residual block, and the
skips' 1×1 convolutions weight-standardised over all four sequences together.
"""

from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from ccsd_core.model.layers.blocks import NEGATIVE_SLOPE, ConvNormAct
from ccsd_core.model.layers.checkpointing import call_checkpointed
from ccsd_core.model.layers.norm import InstanceNorm
from ccsd_core.model.layers.standardised import StandardisedConv


class ResidualBlock(nn.Module):
    """Two 3³ convolutions and the identity; the last non-linearity comes after the sum."""

    def __init__(self, channels: int):
        super().__init__()
        self.body = nn.Sequential(
            ConvNormAct(channels, channels, standardised=True),
            ConvNormAct(channels, channels, standardised=True, act=False),
        )

    def forward(self, x: Float[Tensor, "b c x y z"]) -> Float[Tensor, "b c x y z"]:
        return functional.leaky_relu(self.body(x) + x, NEGATIVE_SLOPE)


class ShaspecDecoder(nn.Module):
    """Decode the mixed features of one subset to logits.

    Args:
        width: Channels of the encoders' stem.
        modalities: Blocks in each concatenation.
        outputs: Output channels.
        checkpointing: Whether each block's inner activations are recomputed in the backward pass.
    """

    def __init__(
        self,
        *,
        width: int = 64,
        modalities: int = 4,
        outputs: int = 3,
        checkpointing: bool = False,
    ):
        super().__init__()
        self.checkpointing = checkpointing
        self.modalities = modalities
        ins = (width, 4 * width, 8 * width, 16 * width)
        outs = (width // 2, width, 2 * width, 4 * width)
        self.skips = nn.ModuleList(
            StandardisedConv(modalities * i, o, 1, bias=False)
            for i, o in zip(ins, outs, strict=True)
        )
        self.norms = nn.ModuleList(InstanceNorm(o) for o in outs)
        self.up_each = nn.ModuleList(_up(4 * width, outs[-1]) for _ in range(modalities))
        self.up = nn.ModuleList(_up(outs[level + 1], outs[level]) for level in range(3))
        self.blocks = nn.ModuleList(ResidualBlock(o) for o in outs)
        self.head = nn.Conv3d(outs[0], outputs, 1, bias=False)

    def normalises(self, level: int) -> bool:
        """The skips are normalised first; the deepest level is added unchanged."""
        return level < len(self.skips)

    def project(
        self, features: Float[Tensor, "b c x y z"], *, level: int, modality: int
    ) -> Float[Tensor, "b d u v w"]:
        """One sequence's contribution to the mixed features."""
        if level == len(self.skips):
            return self.up_each[modality](features)
        return functional.conv3d(features, self._skip_weight(level, modality))

    def project_constant(
        self,
        constant: Float[Tensor, " c"],
        *,
        level: int,
        modality: int,
        shape: tuple[int, int, int],
    ) -> Float[Tensor, "1 d _u _v _w"]:
        """The contribution of a missing sequence: a number or a pattern per channel."""
        if level < len(self.skips):
            weight = self._skip_weight(level, modality).flatten(1)
            return (weight * constant).sum(dim=1).reshape(1, -1, 1, 1, 1)
        weight: Tensor = self.up_each[modality].weight  # pyright: ignore[reportAssignmentType]
        pattern = constant @ weight.flatten(1).to(constant.dtype)
        pattern = pattern.reshape(1, *weight.shape[1:])
        x, y, z = shape
        return pattern.repeat(1, 1, x // 2, y // 2, z // 2)

    def forward(
        self,
        mixed: Sequence[Float[Tensor, "b _c _x _y _z"]],
        offsets: Sequence[Float[Tensor, "b _c"] | None],
    ) -> Float[Tensor, "b r x y z"]:
        """Logits from the mixed features of every level, finest first.

        Args:
            mixed: Mixture of each level, finest first.
            offsets: Offset (b c) added to each level's normalised mixture; None for no offset. The
                deepest level, which is not normalised, has none.
        """
        x = mixed[-1]
        for level in reversed(range(len(self.skips))):
            if level < len(self.up):
                x = self.up[level](x)
            skip = self.norms[level](mixed[level], offset=offsets[level])
            x = x + functional.leaky_relu(skip, NEGATIVE_SLOPE)
            x = call_checkpointed(self.blocks[level], x, checkpointing=self.checkpointing)
        return functional.interpolate(
            self.head(x), scale_factor=(2, 2, 1), mode="trilinear", align_corners=False
        )

    def _skip_weight(self, level: int, modality: int) -> Float[Tensor, "d c 1 1 1"]:
        """One sequence's columns of a skip's weight; the whole weight is standardised first."""
        skip = self.skips[level]
        assert isinstance(skip, StandardisedConv)
        return skip.kernels.chunk(self.modalities, dim=1)[modality]


def _up(in_channels: int, out_channels: int) -> nn.ConvTranspose3d:
    return nn.ConvTranspose3d(in_channels, out_channels, 2, stride=2, bias=False)
