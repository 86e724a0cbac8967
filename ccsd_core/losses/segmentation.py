"""Segmentation loss between region logits and the expert's regions: soft Dice and cross-entropy."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional

from ccsd_core.losses.choices import CrossEntropy, Smoothed


class SegmentationLoss(nn.Module):
    """Soft Dice + binary cross-entropy of sigmoid regions, in fp32 from logits, per sample.

    Dice is per sample and region, so that the mean over the parts of a batch is that of the
    whole. A region that is empty in truth and prediction has a Dice loss of 0 (the smoothing term
    is one voxel). If the truth is empty and N voxels are predicted, the gradient at each is about 1
    / N², a thousandth of that of cross-entropy, so patients without tumour would contribute
    nothing. `empty_voxels` is the smoothing term of such regions: with the size of a typical
    tumour, a false positive voxel costs as much as in a patient with a tumour.

    Args:
        empty_voxels: Smoothing term of regions that are empty in truth.
        smoothed: Where the smoothing term is: in `both` numerator and denominator, or in the
            `denominator` only as in the code of ShaSpec, where a region that is empty in truth
            always has a loss of 1 and no gradient.
        cross_entropy: `mean` over the regions, or `sum` as in the code of ShaSpec.

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
        """The loss of each region; their mean is the loss of a sample."""
        logits, truth = logits.float(), target.float()
        dice = self.dice(logits, truth).flatten(1)
        empty = ~target.flatten(2).any(dim=2)
        # On a GPU this test would synchronise with the host, so there the other Dice is always
        # computed.
        if not self._same_smoothing and (not empty.is_cpu or bool(empty.any())):
            dice = torch.where(empty, self.dice_of_empty(logits, truth).flatten(1), dice)
        entropy = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
        weight = target.shape[1] if self.cross_entropy == "sum" else 1
        return dice + weight * entropy.flatten(2).mean(dim=2)
