r"""More sequences should not raise the loss: a hinge between a subset and a subset of it.

$$L = \max(0,\; L_{seg}(T) - \mathrm{sg}\,L_{seg}(S)) \qquad S \subset T$$

for each sample and region. The poorer subset's loss is the target for the richer: it is
detached, so that nothing is gained by making the poorer worse.

Source: the ranking loss between more and fewer modalities of SimMLM (Li et al., ICCV 2025,
arXiv:2507.19264). The detached side and one term per region are ours; CCSD has no such loss.
"""

from jaxtyping import Float
from torch import Tensor


def ranking(richer: Float[Tensor, "b r"], poorer: Float[Tensor, "b r"]) -> Float[Tensor, " b"]:
    """By sample, the mean over regions of how far the larger subset's loss exceeds the smaller's.

    Args:
        richer: Segmentation loss of the larger subset, by sample and region.
        poorer: Segmentation loss of a subset within it, detached here.
    """
    return (richer - poorer.detach()).clamp(min=0).mean(dim=1)
