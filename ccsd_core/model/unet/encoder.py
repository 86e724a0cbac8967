"""The U-Net encoder from one sequence to a pyramid of features: E_sh (shared) and E_m (specific).

x  b 1 x y z ─▶ level 0  b c x y z ─▶ level 1  b 2c x/2 … ─▶ … ─▶ level L−1
"""

from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor, nn

from ccsd_core.model.backbone import Pyramid
from ccsd_core.model.layers.blocks import ConvNormAct
from ccsd_core.model.layers.checkpointing import call_checkpointed


class UnetEncoder(nn.Module):
    """A plain U-Net encoder: two blocks per level, the first of each lower level with stride 2.

    Args:
        channels: Feature channels of each level, finest first.
        checkpointing: Whether each level's inner activations are recomputed in the backward pass.
    """

    def __init__(self, channels: Sequence[int], *, checkpointing: bool = False):
        super().__init__()
        self.checkpointing = checkpointing
        ins = (1, *channels[:-1])
        self.levels = nn.ModuleList(
            nn.Sequential(
                ConvNormAct(c_in, c_out, stride=1 if level == 0 else 2),
                ConvNormAct(c_out, c_out),
            )
            for level, (c_in, c_out) in enumerate(zip(ins, channels, strict=True))
        )

    def forward(self, x: Float[Tensor, "b 1 x y z"]) -> Pyramid:
        pyramid = []
        for level in self.levels:
            x = call_checkpointed(level, x, checkpointing=self.checkpointing)
            pyramid.append(x)
        return Pyramid(pyramid, domain=pyramid[-1])

    def constant_response(self) -> list[Float[Tensor, " _c"]]:
        """The interior value of E(0): one learned number per channel and level, in fp32.

        E(0) as a whole depends on the volume's size, because zero padding gives the borders a tiny
        variance that the norm amplifies. The interior value does not, so it is the same for a
        training patch and a whole brain.
        """
        last = [level[-1] for level in self.levels]  # pyright: ignore[reportIndexIssue]
        return [block.constant_response() for block in last]
