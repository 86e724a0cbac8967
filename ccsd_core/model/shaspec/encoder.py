r"""ShaSpec's encoder: a 3-D residual network that ends with an atrous pyramid.

    x  b 1 x y z                                            channels    of the input's sides
    ─▶ conv 7³, stride (2, 2, 1)             level 0 ─▶         64      1/2   1/2   1
    ─▶ max-pool 3³, stride 2 ─▶ 3 blocks     level 1 ─▶        256      1/4   1/4   1/2
    ─▶ 4 blocks, the first with stride 2     level 2 ─▶        512      1/8   1/8   1/4
    ─▶ 6 blocks, the first with stride 2     level 3 ─▶      1 024      1/16  1/16  1/8
    ─▶ 3 blocks, the first with stride 2 ─▶ 1×1 ─▶ ASPP
                                             level 4 ─▶        256      1/32  1/32  1/16

Source: the network of ShaSpec (Wang et al., CVPR 2023, arXiv:2307.14126), written from a
description of it, not from its code; ResNet-50's blocks (He et al., arXiv:1512.03385) and
ASPP (Chen et al., arXiv:1706.05587) in 3-D. Its depth axis is our z. What the description leaves
open was chosen to match the parameter counts: a norm on every shortcut that projects, a norm in
every branch of ASPP.

We differ in one norm. The original image-pooling branch normalises a single voxel, which torch
refuses at batch size 1, and which would reduce the branch to the norm's bias for every image: this
norm is dropped (2 · 256 parameters per encoder). The branch still adds one number per channel to
all voxels, which the norm after the 1×1 convolution removes again: it is kept only to match the
parameter count.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from ccsd_core.model.backbone import Pyramid
from ccsd_core.model.layers.blocks import NEGATIVE_SLOPE, ConvNormAct
from ccsd_core.model.layers.checkpointing import call_checkpointed
from ccsd_core.model.layers.standardised import StandardisedConv

EXPANSION = 4
"""Output channels of a bottleneck block per plane."""

DILATIONS = (2, 4, 8)


class BottleneckBlock(nn.Module):
    """1×1 → 3³ → 1×1 with a shortcut; the last non-linearity comes after the sum.

    Args:
        in_channels: Number of input channels.
        planes: Channels of the 3³ convolution; the output has four times as many.
        stride: Stride of the 3³ convolution.
    """

    def __init__(self, in_channels: int, planes: int, *, stride: int = 1):
        super().__init__()
        out = EXPANSION * planes
        self.body = nn.Sequential(
            ConvNormAct(in_channels, planes, kernel=1, standardised=True),
            ConvNormAct(planes, planes, stride=stride, standardised=True),
            ConvNormAct(planes, out, kernel=1, standardised=True, act=False),
        )
        self.shortcut = (
            None
            if in_channels == out and stride == 1
            else ConvNormAct(
                in_channels, out, kernel=1, stride=stride, standardised=True, act=False
            )
        )

    def forward(self, x: Float[Tensor, "b in x y z"]) -> Float[Tensor, "b out u v w"]:
        short = x if self.shortcut is None else self.shortcut(x)
        return functional.leaky_relu(self.body(x) + short, NEGATIVE_SLOPE)

    def constant_response(self, constant: Float[Tensor, " in"]) -> Float[Tensor, " out"]:
        """The output for a constant input away from borders."""
        short = constant if self.shortcut is None else self.shortcut.constant_response()
        body: Tensor = self.body[-1].constant_response()  # pyright: ignore[reportCallIssue]
        return functional.leaky_relu(body + short, NEGATIVE_SLOPE)


class AtrousPyramid(nn.Module):
    """ASPP: a 1×1, three dilated 3³ convolutions and the image's mean, mixed by a 1×1 convolution.

    Args:
        channels: Input and output channels.
    """

    def __init__(self, channels: int):
        super().__init__()
        self.branches = nn.ModuleList(
            [
                ConvNormAct(channels, channels, kernel=1, standardised=True),
                *(
                    ConvNormAct(channels, channels, dilation=dilation, standardised=True)
                    for dilation in DILATIONS
                ),
            ]
        )
        self.pooled = StandardisedConv(channels, channels, 1, bias=False)
        self.mix = ConvNormAct(
            (2 + len(DILATIONS)) * channels, channels, kernel=1, standardised=True
        )

    def forward(self, x: Float[Tensor, "b c x y z"]) -> Float[Tensor, "b c x y z"]:
        mean = self.pooled(x.mean(dim=(2, 3, 4), keepdim=True))
        image = functional.leaky_relu(mean, NEGATIVE_SLOPE).expand_as(x)
        return self.mix(torch.cat([*(branch(x) for branch in self.branches), image], dim=1))

    def constant_response(self) -> Float[Tensor, " c"]:
        """The output for a constant input away from borders."""
        return self.mix.constant_response()


class ShaspecEncoder(nn.Module):
    """Encoder from one sequence to five levels of features.

    Args:
        width: Channels of the stem; 64 in the original; all other widths are proportional.
        blocks: Bottleneck blocks of each stage.
        checkpointing: Whether each block's inner activations are recomputed in the backward pass.
    """

    def __init__(
        self,
        *,
        width: int = 64,
        blocks: Sequence[int] = (3, 4, 6, 3),
        checkpointing: bool = False,
    ):
        super().__init__()
        self.checkpointing = checkpointing
        self.stem = ConvNormAct(1, width, kernel=7, stride=(2, 2, 1), standardised=True)
        self.stages = nn.ModuleList()
        channels = width
        for stage, (planes, count) in enumerate(
            zip((width, 2 * width, 4 * width, 5 * width), blocks, strict=True)
        ):
            ins = [channels, *[EXPANSION * planes] * (count - 1)]
            strides = [1 if stage == 0 else 2, *[1] * (count - 1)]
            self.stages.append(
                nn.ModuleList(
                    BottleneckBlock(c, planes, stride=s) for c, s in zip(ins, strides, strict=True)
                )
            )
            channels = EXPANSION * planes
        self.reduce = ConvNormAct(channels, 4 * width, kernel=1, standardised=True)
        self.aspp = AtrousPyramid(4 * width)

    def forward(self, x: Float[Tensor, "b 1 x y z"]) -> Pyramid:
        """The pyramid; as in the original, the domain classifier reads the input of the ASPP."""
        pyramid = [call_checkpointed(self.stem, x, checkpointing=self.checkpointing)]
        x = functional.max_pool3d(pyramid[0], 3, stride=2, padding=1)
        for stage in self.stages:
            for block in stage:  # pyright: ignore[reportGeneralTypeIssues]
                x = call_checkpointed(block, x, checkpointing=self.checkpointing)
            pyramid.append(x)
        reduced = self.reduce(x)
        pyramid[-1] = call_checkpointed(self.aspp, reduced, checkpointing=self.checkpointing)
        return Pyramid(pyramid, domain=reduced)

    def constant_response(self) -> list[Float[Tensor, " _c"]]:
        """The interior value of E(0), in fp32, as in `UnetEncoder`.

        A residual block adds its shortcut's output for the constant to the bias of its last norm.
        """
        constant = self.stem.constant_response()
        pyramid = [constant]
        for stage in self.stages:
            for block in stage:  # pyright: ignore[reportGeneralTypeIssues]
                constant = block.constant_response(constant)
            pyramid.append(constant)
        pyramid[-1] = self.aspp.constant_response()
        return pyramid
