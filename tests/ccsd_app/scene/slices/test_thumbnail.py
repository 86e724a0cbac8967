"""Thumbnails of all subsets."""

from dataclasses import replace

import numpy as np
import pytest

from ccsd_app.scene.slices.thumbnail import SIDE, thumbnail
from ccsd_app.session.state import State
from ccsd_core.domain.modality import Modality, ModalitySubset

FULL = ModalitySubset.full()


def coloured(rgb) -> int:
    spread = rgb.astype(int).max(axis=2) - rgb.astype(int).min(axis=2)
    return int((spread > 20).sum())


def test_each_subset_shows_its_own_regions(full_state, fake_worker):
    for subset in ModalitySubset.every():
        state = full_state.with_cursor(fake_worker.CENTRE)
        z = fake_worker.CENTRE[2]
        found = fake_worker.regions(subset)[0][:, :, z].sum()
        assert coloured(thumbnail(state, subset)) == found  # the phantom is smaller than SIDE


def test_a_subset_that_is_not_computed_is_grey(phantom_state):
    assert coloured(thumbnail(phantom_state, FULL)) == 0


def test_hidden_regions_are_hidden_here_too(full_state, fake_worker):
    state = replace(full_state.with_cursor(fake_worker.CENTRE), visible=frozenset())
    assert coloured(thumbnail(state, FULL)) == 0


def test_a_large_slice_becomes_small(full_state, fake_worker):
    from ccsd_core.domain.case import Case, StoredGrid
    from ccsd_core.domain.volume import Volume

    array = np.ones((300, 250, 4), np.float32)
    case = Case(
        "large", {Modality.T2: Volume(array, np.eye(4))}, StoredGrid(array.shape, np.eye(4)), None
    )
    rows, columns, _ = thumbnail(State().opened(case), ModalitySubset.of(Modality.T2)).shape
    assert max(rows, columns) <= SIDE
    assert rows / columns == pytest.approx(250 / 300, abs=0.02)


def test_without_a_case_there_is_none():
    assert thumbnail(State(), FULL) is None
