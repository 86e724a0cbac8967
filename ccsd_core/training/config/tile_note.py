"""Whether a model will be applied to boxes of the size that it is trained on.

Each norm takes its mean and variance over the box it sees, in training and in use. A network that
is trained on patches and used on a larger box sees other statistics. Measured on three patients of
BraTS 2018 and 2021 with the bundled model, which was trained on 64 × 80 × 64 voxels of 2 mm: mean
Dice of WT over the 15 subsets was 68.7 in tiles of that size and 59.0 on the whole brain.

So the rule is nnU-Net's: a volume is segmented in tiles of the training patch's size
(`model.tile = data.patch`), or it is trained on patches as large as a brain and segmented whole.
"""

from ccsd_core.training.config.config import TrainingConfig

BRAIN_MM = (160.0, 192.0, 160.0)
"""Box of a usual brain (left to right, back to front, bottom to top), in mm: 40 of the 50 BraTS
patients that we measured have this or one that is 32 mm longer."""


def tile_note(config: TrainingConfig) -> str | None:
    """The note for a user whose patch and tile differ; None if they agree."""
    patch, tile = config.data.patch, config.model.tile
    if tile == patch:
        return None
    if tile is None:
        spacing = config.model.spacing_mm
        if all(side * spacing >= brain for side, brain in zip(patch, BRAIN_MM, strict=True)):
            return None
        used = "whole volumes"
    else:
        used = f"tiles of {_sides(tile)}"
    wanted = list(patch)
    return (
        f"trained on patches of {_sides(patch)} voxels but used on {used}, where norms see other "
        f"statistics and scores can be lower: -s model.tile={wanted} makes tiles of that size"
    )


def _sides(box: tuple[int, int, int]) -> str:
    return " × ".join(map(str, box))
