"""Preparing a case: the box does not depend on what is used, and absurd input is refused."""

import dataclasses

import numpy as np
import pytest

from ccsd_core.data.preprocess import prepare, prepare_target
from ccsd_core.domain.case import Case, StoredGrid
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import CaseError

EVERY_SUBSET = [pytest.param(s, id=str(s)) for s in ModalitySubset.every()]
SHAPE = (60, 50, 40)


@pytest.fixture
def case() -> Case:
    """A textured block, brighter in each further sequence, with a labelled core."""
    rng = np.random.default_rng(0)
    volumes = {}
    for modality in Modality:
        image = np.zeros(SHAPE, np.float32)
        image[10:50, 8:44, 6:30] = 50 * (modality + 1) + rng.standard_normal((40, 36, 24))
        volumes[modality] = Volume(image, np.eye(4))
    labels = np.zeros(SHAPE, np.uint8)
    labels[20:30, 20:30, 12:20] = 4
    return Case("block", volumes, StoredGrid(SHAPE, np.eye(4)), Volume(labels, np.eye(4)))


@pytest.mark.parametrize("subset", EVERY_SUBSET)
def test_a_sequence_is_prepared_alike_whatever_else_the_patient_has(case, subset):
    full = prepare(case, spacing_mm=2.0)
    part = prepare(case.restricted_to(subset), spacing_mm=2.0)

    assert part.box == full.box
    for modality in subset:
        assert (part.images[modality] == full.images[modality]).all()


def test_the_box_keeps_to_the_lattice_of_the_network(case):
    fine = prepare(case, spacing_mm=2.0)
    coarse = prepare(case, spacing_mm=2.0, lattice=(32, 32, 16))

    assert fine.box.shape == (32, 32, 16)
    assert coarse.box.stop == (32, 32, 16)
    assert prepare(case, spacing_mm=1.0, lattice=(32, 32, 16)).box.shape == (64, 64, 32)


def test_the_target_keeps_the_volume_of_its_regions(case):
    target = prepare_target(case, prepare(case, spacing_mm=2.0))

    assert target.sum(dim=(1, 2, 3)).tolist() == [100] * 3  # 800 mm³ in voxels of 8 mm³


def test_a_case_without_labels_cannot_be_a_target(case):
    bare = dataclasses.replace(case, reference=None)

    with pytest.raises(CaseError, match="no expert labels"):
        prepare_target(bare, prepare(bare, spacing_mm=2.0))


def test_a_head_of_metres_is_refused_before_memory_is_asked_for(case):
    wide = np.diag([100.0, 100.0, 100.0, 1.0])
    volumes = {m: Volume(v.array, wide) for m, v in case.volumes.items()}
    huge = Case("huge", volumes, StoredGrid(SHAPE, wide))

    with pytest.raises(CaseError, match="6000 mm wide"):
        prepare(huge, spacing_mm=2.0)


def test_work_can_be_cancelled_before_each_piece_of_it(case):
    class StopHereError(Exception):
        pass

    calls: list[int] = []

    def raise_if_cancelled(at: int | None = None) -> None:
        calls.append(1)
        if len(calls) == at:
            raise StopHereError

    whole = prepare(case, spacing_mm=2.0, raise_if_cancelled=raise_if_cancelled)
    count = len(calls)
    assert count >= 3 * len(Modality)

    for at in range(1, count + 1):
        calls.clear()
        with pytest.raises(StopHereError):
            prepare(case, spacing_mm=2.0, raise_if_cancelled=lambda at=at: raise_if_cancelled(at))

    again = prepare(case, spacing_mm=2.0)
    assert all((again.images[m] == whole.images[m]).all() for m in Modality)
