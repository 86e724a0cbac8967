"""Rigid registration finds how far a sequence was moved."""

import numpy as np
import pytest

from ccsd_core.domain.modality import Modality
from ccsd_core.preparation.registration.search import (
    LEVELS,
    Fixed,
    information,
    register,
)
from ccsd_core.preparation.rigid import Matrix, Nudge, size_of
from ccsd_core.progress import drain
from tests.ccsd_core.preparation.conftest import MOVED, Head

pytest.importorskip("SimpleITK", reason="needs the extra [scanner]")


def _error_mm(head: Head, found: Matrix, true: Matrix) -> float:
    places = np.argwhere(head.brain)
    world = head.affine @ np.c_[places, np.ones(len(places))].T
    return float(np.linalg.norm(((found - true) @ world)[:3], axis=0).max())


@pytest.mark.parametrize("moving", [Modality.FLAIR, Modality.T2], ids=lambda m: m.label)
def test_another_contrast_is_found_where_it_was_moved(head: Head, moving: Modality):
    fixed = Fixed(head.image(Modality.T1, stripped=True), head.brain)
    image = head.image(moving, stripped=True, moved=MOVED)
    found = drain(register(fixed, image, np.eye(4), levels=LEVELS[:2]))
    assert _error_mm(head, np.eye(4), MOVED) > 8
    assert _error_mm(head, found, MOVED) < 1


def test_the_same_images_give_the_same_matrix(head: Head):
    fixed = Fixed(head.image(Modality.T1, stripped=True), head.brain)
    image = head.image(Modality.T2, stripped=True, moved=MOVED)
    one, other = (drain(register(fixed, image, np.eye(4), levels=LEVELS[:1])) for _ in range(2))
    np.testing.assert_array_equal(one, other)


def test_aligned_images_have_the_most_mutual_information(head: Head):
    fixed = Fixed(head.image(Modality.T1, stripped=True), head.brain)
    image = head.image(Modality.FLAIR, stripped=True, moved=MOVED)
    assert information(fixed, image, MOVED) > 2 * information(fixed, image, np.eye(4))


def test_a_nudge_and_its_size_agree():
    nudge = Nudge((0.0, 3.0, 4.0), (0.0, 10.0, 0.0))
    assert size_of(nudge.matrix((5.0, 6.0, 7.0)), (5.0, 6.0, 7.0)) == (5.0, 10.0)
