r"""Ranking loss: more sequences should not raise the loss, as a hinge between nested subsets.

$$L = \max(0,\; L_{seg}(T) - \mathrm{sg}\,L_{seg}(S)) \qquad S \subset T$$

for each sample and region. The smaller subset's loss is the target for the larger one; it is
detached, so that the network gains nothing by making the smaller one worse.

Source: the ranking loss between more and fewer modalities of SimMLM (Li et al., ICCV 2025,
arXiv:2507.19264). The detached side and one term per region are ours; CCSD has no such loss.
"""

from jaxtyping import Float
from torch import Tensor


def ranking(richer: Float[Tensor, "b r"], poorer: Float[Tensor, "b r"]) -> Float[Tensor, " b"]:
    """By sample, how far the larger subset's loss exceeds the smaller's, averaged over regions.

    Args:
        richer: Segmentation loss of the larger subset, by sample and region.
        poorer: Segmentation loss of a subset of it; detached here.
    """
    return (richer - poorer.detach()).clamp(min=0).mean(dim=1)
