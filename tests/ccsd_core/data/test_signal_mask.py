"""What images show: their own voxels, to half a voxel of the network's, and cut tissue whole."""

import dataclasses

import numpy as np
import pytest

from ccsd_core.data.preprocess import prepare
from ccsd_core.data.signal_mask import joint_signal_mask, signal_masks_of
from ccsd_core.domain.case import Case, StoredGrid
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.volume import Volume

EVERY_SUBSET = [pytest.param(s, id=str(s)) for s in ModalitySubset.every()]
SHAPE = (60, 50, 40)


@pytest.fixture
def case() -> Case:
    """A textured block, brighter in each further sequence."""
    rng = np.random.default_rng(0)
    volumes = {}
    for modality in Modality:
        image = np.zeros(SHAPE, np.float32)
        image[10:50, 8:44, 6:30] = 50 * (modality + 1) + rng.standard_normal((40, 36, 24))
        volumes[modality] = Volume(image, np.eye(4))
    return Case("block", volumes, StoredGrid(SHAPE, np.eye(4)))


@pytest.mark.parametrize("subset", EVERY_SUBSET)
def test_what_a_subset_shows_is_what_any_of_its_own_sequences_shows(case, subset):
    """To half a voxel of the network's, holes filled, and whatever lies around the head."""
    volumes = {}
    for modality, volume in case.volumes.items():
        image = volume.array.copy()
        image[: 12 + 8 * modality] = 0
        image[45:47, 20:23, 15:18] = 0
        volumes[modality] = volume.with_array(image + 7 * modality)
    framed = dataclasses.replace(case, volumes=volumes)
    prepared = prepare(framed, spacing_mm=2.0)

    found = joint_signal_mask(signal_masks_of(framed, prepared), subset)

    shown = prepared.box.paste(found[None], prepared.grid_shape, fill=0.0)[0]

    first = min(12 + 8 * m for m in subset) // 2
    expected = np.zeros((30, 25, 20), bool)
    expected[first:25, 4:22, 3:15] = True
    assert np.array_equal(shown.numpy(), expected)


@pytest.mark.parametrize("subset", EVERY_SUBSET)
def test_a_slab_whose_faces_cut_the_brain_is_shown_whole(subset):
    """The value of its faces is a brain's, and much of the brain is near it."""
    rng = np.random.default_rng(1)
    shape = (40, 36, 24)
    volumes = {
        m: Volume(500 + 40 * rng.standard_normal(shape).astype(np.float32), np.eye(4))
        for m in Modality
    }
    slab = Case("slab", volumes, StoredGrid(shape, np.eye(4)))

    prepared = prepare(slab, spacing_mm=2.0)

    found = joint_signal_mask(signal_masks_of(slab, prepared), subset)

    within = prepared.box.within(prepared.grid_shape).relative_to(prepared.box.start)
    assert within.crop(found[None]).all()


@pytest.mark.parametrize("subset", EVERY_SUBSET)
def test_a_sequence_shows_the_same_whatever_else_the_patient_has(case, subset):
    part = case.restricted_to(subset)

    full_shown = signal_masks_of(case, prepare(case, spacing_mm=2.0))
    part_shown = signal_masks_of(part, prepare(part, spacing_mm=2.0))

    assert set(part_shown) == set(subset)
    for modality in subset:
        assert (part_shown[modality] == full_shown[modality]).all()


def test_work_can_be_cancelled_before_each_piece_of_it(case):
    class StopHereError(Exception):
        pass

    calls: list[int] = []

    def raise_if_cancelled(at: int | None = None) -> None:
        calls.append(1)
        if len(calls) == at:
            raise StopHereError

    prepared = prepare(case, spacing_mm=2.0)
    signal_masks_of(case, prepared, raise_if_cancelled=raise_if_cancelled)
    count = len(calls)
    assert count >= 3 * len(Modality)

    for at in range(1, count + 1):
        calls.clear()
        with pytest.raises(StopHereError):
            signal_masks_of(case, prepared, raise_if_cancelled=lambda at=at: raise_if_cancelled(at))
