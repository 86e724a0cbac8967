"""Test-time augmentation: one case on grids of other voxel sizes, and mirrored.

    case ──prepare at 1.6 mm──▶ box ──network──▶ logits ─────────────────────────▶ mean ──▶ …
       └──prepare at 2.2 mm──▶ box ──mirror──▶ network ──▶ mirror back ──onto──┘

The position of the voxel grid changes a small network's Dice by a few points per patient;
the mean of two views varies less. A finer grid keeps thin rims, a coarser one has a larger
receptive field. Results lie on the first grid, which is the finest.

Source: F. Isensee et al., nnU-Net, Nature Methods 2021, which mirrors along every axis.
"""

from collections.abc import Sequence
from dataclasses import replace

from jaxtyping import Float
from torch import Tensor

from ccsd_core.data.preprocess import PreparedCase
from ccsd_core.inference.case_grid import FAR_OUTSIDE, upsampled_block
from ccsd_core.model.tta_view import TtaView


def apply_tta_view(prepared: PreparedCase, view: TtaView) -> PreparedCase:
    """The prepared images of a view: mirrored along x within their box, or unchanged."""
    if not view.mirrored:
        return prepared
    return replace(prepared, images={m: x.flip(0) for m, x in prepared.images.items()})


def mean_over_tta_views(
    first: Float[Tensor, "r x y z"],
    of: PreparedCase,
    others: Sequence[tuple[TtaView, Float[Tensor, "r u v w"], PreparedCase]],
) -> Float[Tensor, "r x y z"]:
    """The mean of the logits of all views, on the box of the first.

    Args:
        first: Logits of the first view.
        of: The prepared case of the first view, with its box.
        others: Each other view, its logits on its own box, and its prepared case.
    """
    total = first.clone()
    for view, logits, prepared in others:
        logits = logits.to(total.device)  # one of them may have been computed on the CPU
        total += _onto(logits.flip(1) if view.mirrored else logits, prepared, of)
    return total / (1 + len(others))


def _onto(logits: Tensor, coarse: PreparedCase, fine: PreparedCase) -> Tensor:
    """Logits of a coarser grid's box on a finer grid's box."""
    within = fine.box.within(fine.grid_shape)
    block = upsampled_block(logits, coarse, fine.grid_shape, within.start, within.stop)
    return within.relative_to(fine.box.start).paste(block, fine.box.shape, fill=FAR_OUTSIDE)
