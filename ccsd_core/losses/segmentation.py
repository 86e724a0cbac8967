"""How far region logits are from the expert's regions: soft Dice plus cross-entropy."""

from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional


class SegmentationLoss(nn.Module):
    """Soft Dice + binary cross-entropy of sigmoid regions, in fp32 from logits, per sample.

    Dice is per sample and region, so that the mean over the parts of a batch is that of the
    whole. A region that is empty in truth and prediction costs nothing (the smoothing term is
    one voxel).

    Source: MONAI's DiceLoss; the sum with cross-entropy is the field's habit (nnU-Net). The
    paper does not state its segmentation loss.
    """

    def __init__(self) -> None:
        super().__init__()
        from monai.losses.dice import DiceLoss  # seconds to import: only when training

        self.dice = DiceLoss(sigmoid=True, smooth_nr=1.0, smooth_dr=1.0, reduction="none")

    def forward(
        self, logits: Float[Tensor, "b r x y z"], target: Bool[Tensor, "b r x y z"]
    ) -> Float[Tensor, " b"]:
        logits, truth = logits.float(), target.float()
        dice = self.dice(logits, truth).flatten(1).mean(dim=1)
        entropy = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
        return dice + entropy.flatten(1).mean(dim=1)
