"""Training patch and tile in use: the same size, or a note for the user."""

from pathlib import Path

import pytest

from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.config.config_file import config_names, read_config
from ccsd_core.training.config.tile_note import tile_note

AS_THE_BUNDLED_MODEL_WAS_MADE = (
    "light-mixed",
    "light-synthetic",
    "light-synthetic-more",
    "light-synthetic-well",
)
"""Kept as they were run, on patches smaller than a brain."""


def config(patch, tile, spacing_mm=1.0) -> TrainingConfig:
    return TrainingConfig(
        name="x", steps=1, data={"patch": patch}, model={"tile": tile, "spacing_mm": spacing_mm}
    )


def test_bundled_configurations_are_used_on_the_size_they_train_on():
    messages = [name for name in config_names() if tile_note(read_config(Path(name)))]

    assert messages == sorted((*AS_THE_BUNDLED_MODEL_WAS_MADE, "smoke"))


def test_tiles_of_the_patch_need_no_note():
    assert tile_note(config((96, 96, 96), (96, 96, 96))) is None


@pytest.mark.parametrize(
    ("tile", "used"),
    [((128, 128, 128), "tiles of 128 × 128 × 128"), (None, "whole volumes")],
)
def test_larger_boxes_than_the_patch_are_reported_with_the_way_out(tile, used):
    note = tile_note(config((96, 96, 64), tile))

    assert note is not None
    assert "patches of 96 × 96 × 64 voxels" in note
    assert used in note
    assert "model.tile=[96, 96, 64]" in note


def test_a_patch_as_large_as_a_brain_is_used_on_whole_volumes():
    assert tile_note(config((80, 96, 80), None, spacing_mm=2.0)) is None
    assert tile_note(config((80, 96, 80), None, spacing_mm=1.0)) is not None
