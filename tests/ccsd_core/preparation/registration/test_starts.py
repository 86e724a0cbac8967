"""The search begins where the file says, unless the head clearly lies elsewhere."""

import numpy as np
import pytest

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.preparation.registration import search
from ccsd_core.preparation.registration.register_sequence import register_sequence
from ccsd_core.preparation.registration.search import Fixed
from ccsd_core.preparation.registration.starts import best_start
from ccsd_core.preparation.rigid import Nudge
from ccsd_core.progress import drain
from tests.ccsd_core.preparation.conftest import Head

pytest.importorskip("SimpleITK", reason="needs the extra [scanner]")
FAR = Nudge((12.0, -10.0, 16.0), (20.0, -8.0, 10.0)).matrix((0.0, 0.0, 0.0))
"""Further than the search goes from one start."""


@pytest.fixture
def fixed(head: Head) -> Fixed:
    return Fixed(head.image(Modality.T1, stripped=False), head.brain)


def _error_mm(head: Head, found: np.ndarray, true: np.ndarray) -> float:
    places = np.argwhere(head.brain)
    world = head.affine @ np.c_[places, np.ones(len(places))].T
    return float(np.linalg.norm(((found - true) @ world)[:3], axis=0).mean())


def test_a_sequence_in_place_begins_where_its_file_says(head: Head, fixed: Fixed):
    image = head.image(Modality.T2, stripped=False)
    np.testing.assert_array_equal(drain(best_start(fixed, image)), np.eye(4))


def test_a_head_that_was_turned_far_is_found(head: Head, fixed: Fixed):
    image = head.image(Modality.FLAIR, stripped=False, moved=FAR)
    assert _error_mm(head, np.eye(4), FAR) > 20
    assert _error_mm(head, drain(best_start(fixed, image)), FAR) < 6


def test_sequences_of_two_examinations_are_registered_with_a_note(
    head: Head, fixed: Fixed, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(search, "LEVELS", search.LEVELS[:1])
    apart = Nudge((0.0, 20.0, 75.0)).matrix((0.0, 0.0, 0.0))
    here = head.image(Modality.T2, stripped=False)
    there = Volume(here.array, apart @ here.world_from_voxel)
    found = drain(register_sequence(fixed, Modality.T2, there))
    assert _error_mm(head, found.matrix, apart) < 2
    assert found.warnings[0].startswith("T2 lay 7")
    assert "same patient" in found.warnings[0]
