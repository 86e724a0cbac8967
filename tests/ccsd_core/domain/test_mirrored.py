"""Sequences mirrored against the others are reported, on a head that is nearly symmetric."""

import numpy as np
import pytest
from scipy import ndimage

from ccsd_core.domain.mirrored import DIRECTIONS, mirrored
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.volume import Volume

SHAPE = (40, 48, 36)
SPACING_MM = 4.0


def brain(seed: int = 0) -> np.ndarray:
    """Tissue classes from 0 to 1 in an ellipsoid: folds that differ from side to side."""
    folds = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=SHAPE), 1.5)
    folds = (folds - folds.min()) / np.ptp(folds)
    axes = np.meshgrid(*(np.linspace(-1, 1, n) for n in SHAPE), indexing="ij")
    inside = sum((axis / 0.8) ** 2 for axis in axes) < 1
    return np.where(inside, 0.2 + folds, 0)


@pytest.fixture(scope="module")
def volumes():
    """Four sequences with contrasts of their own and noise, mirrored as given."""
    folds, noise = brain(), np.random.default_rng(1)

    def volumes(subset: ModalitySubset = ModalitySubset.full(), **flipped: int):
        found = {}
        for m in subset:
            contrast = folds * (1 + m) if m % 2 else np.where(folds > 0, 2 - folds, 0)
            image = np.where(folds > 0, contrast + noise.normal(0, 0.05, SHAPE), 0)
            if m.name in flipped:
                image = np.flip(image, flipped[m.name])
            affine = np.diag([SPACING_MM] * 3 + [1.0])
            found[m] = Volume(np.ascontiguousarray(image, np.float32), affine)
        return found

    return volumes


NAMES = {m: m.label for m in Modality}


def test_no_sequence_is_mirrored_whichever_there_are(volumes):
    for subset in ModalitySubset.every():
        assert mirrored(volumes(subset), NAMES) == ()


def test_a_mirrored_sequence_and_its_direction_are_named(volumes):
    for m in Modality:
        for axis, direction in enumerate(DIRECTIONS):
            (note,) = mirrored(volumes(**{m.name: axis}), NAMES)
            assert note.startswith(f"{m.label} is mirrored {direction} against ")
            assert "header" in note


def test_of_two_pairs_the_one_without_the_first_sequence_is_named(volumes):
    (note,) = mirrored(volumes(T1=0, T1C=0), NAMES)
    assert note.startswith("T1 and T1c are mirrored left to right against FLAIR and T2")
    (note,) = mirrored(volumes(FLAIR=1, T1=1, T1C=1), NAMES)
    assert note.startswith("T2 is mirrored front to back against FLAIR, T1 and T1c")


def test_images_with_nothing_in_common_are_not_called_mirrored(volumes):
    found = volumes()
    other = brain(seed=7).astype(np.float32)
    found[Modality.T2] = Volume(other, found[Modality.T2].world_from_voxel)
    found[Modality.T1] = Volume(np.zeros(SHAPE, np.float32), found[Modality.T1].world_from_voxel)
    assert mirrored(found, NAMES) == ()
