"""A note if a model will be applied to boxes of another size than it is trained on.

Norms compute mean and variance over their input box, in training and in inference. A network that
is trained on patches and applied to a larger box gets different statistics. Measured on three
patients of BraTS 2018 and 2021 with the bundled model, which was trained on 64 × 80 × 64 voxels of
2 mm: mean Dice of WT over the 15 subsets was 68.7 in tiles of that size and 59.0 on the whole
brain.

Therefore the rule of nnU-Net is followed: a volume is segmented in tiles of the training patch's
size (`model.tile = data.patch`), or training patches are as large as a brain and volumes are
segmented as a whole.
"""

from ccsd_core.training.config.config import TrainingConfig

BRAIN_MM = (160.0, 192.0, 160.0)
"""Box of a typical brain (left to right, back to front, bottom to top), in mm: 40 of 50 measured
BraTS patients have this box or one that is 32 mm longer."""


def tile_note(config: TrainingConfig) -> str | None:
    """The note for the user if patch and tile differ; None if they agree."""
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
        f"trained on patches of {_sides(patch)} voxels but used on {used}, where norms have "
        f"different statistics and scores can be lower: -s model.tile={wanted} makes tiles of that "
        "size"
    )


def _sides(box: tuple[int, int, int]) -> str:
    return " × ".join(map(str, box))
