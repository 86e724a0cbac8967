"""How far region logits are from the expert's regions: soft Dice plus cross-entropy."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional

from ccsd_core.losses.choices import CrossEntropy, Smoothed


class SegmentationLoss(nn.Module):
    """Soft Dice + binary cross-entropy of sigmoid regions, in fp32 from logits, per sample.

    Dice is per sample and region, so that the mean over the parts of a batch is that of the
    whole. A region that is empty in truth and prediction costs nothing (the smoothing term is
    one voxel). Where the truth is empty and N voxels are marked, the gradient at each is about
    1 / N², a thousandth of what cross-entropy gives: patients without tumour would contribute
    nothing. `empty_voxels` is the smoothing term there: with the size of a usual tumour a voxel
    marked by mistake costs as much as beside a tumour.

    Args:
        empty_voxels: Smoothing term of regions that are empty in truth.
        smoothed: Where the smoothing term stands: in `both` numerator and denominator, or in the
            `denominator` alone as in the code of ShaSpec, by which a region that is empty in
            truth always costs 1 and teaches nothing.
        cross_entropy: Its `mean` over the regions, or their `sum` as in the code of ShaSpec.

    Source: MONAI's DiceLoss; the sum with cross-entropy is usual (nnU-Net). The
    paper does not state its segmentation loss. ShaSpec: Wang et al., CVPR 2023, its released code.
    """

    def __init__(
        self,
        empty_voxels: float = 1.0,
        *,
        smoothed: Smoothed = "both",
        cross_entropy: CrossEntropy = "mean",
    ) -> None:
        super().__init__()
        from monai.losses.dice import DiceLoss  # seconds to import: only when training

        def dice(smooth: float) -> nn.Module:
            above = smooth if smoothed == "both" else 0.0
            return DiceLoss(sigmoid=True, smooth_nr=above, smooth_dr=smooth, reduction="none")

        self.dice, self.dice_of_empty = dice(1.0), dice(empty_voxels)
        self._same_smoothing = empty_voxels == 1.0
        self.cross_entropy: CrossEntropy = cross_entropy

    def forward(
        self, logits: Float[Tensor, "b r x y z"], target: Bool[Tensor, "b r x y z"]
    ) -> Float[Tensor, " b"]:
        return self.by_region(logits, target).mean(dim=1)

    def by_region(
        self, logits: Float[Tensor, "b r x y z"], target: Bool[Tensor, "b r x y z"]
    ) -> Float[Tensor, "b r"]:
        """The loss of each region, of which the mean is the loss of a sample."""
        logits, truth = logits.float(), target.float()
        dice = self.dice(logits, truth).flatten(1)
        empty = ~target.flatten(2).any(dim=2)
        # On a GPU the test would wait for it: the other Dice is computed there in any case.
        if not self._same_smoothing and (not empty.is_cpu or bool(empty.any())):
            dice = torch.where(empty, self.dice_of_empty(logits, truth).flatten(1), dice)
        entropy = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
        weight = target.shape[1] if self.cross_entropy == "sum" else 1
        return dice + weight * entropy.flatten(2).mean(dim=2)
