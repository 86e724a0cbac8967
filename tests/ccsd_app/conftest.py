"""Fakes that the app's tests share."""

import sys
from pathlib import Path

import pytest

from ccsd_app.session.result import SubsetResult
from ccsd_app.session.state import ModelInfo, State
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region

FAKES = Path(__file__).parent / "fakes"


@pytest.fixture(scope="session")
def fake_worker():
    """The module of the made-up inference process, importable by name in a spawned process."""
    sys.path.insert(0, str(FAKES))
    import fake_worker

    yield fake_worker
    sys.path.remove(str(FAKES))


@pytest.fixture(scope="session")
def fake_results(fake_worker):
    """Makes the result that the made-up predictor has for a subset."""
    from ccsd_app.worker.measure import depth_map, dice_by_region

    def make(subset: ModalitySubset, *, labelled: bool = True) -> SubsetResult:
        regions = fake_worker.regions(subset)
        depth = depth_map(regions)
        scores = dice_by_region(depth, depth_map(fake_worker.regions(ModalitySubset.full())))
        volumes = {r: float(regions[r].sum()) * 0.008 for r in Region}
        return SubsetResult(
            subset, depth, (0, 0, 0), volumes, scores if labelled else None, scores, 1.0
        )

    return make


@pytest.fixture(scope="session")
def phantom_state(fake_worker):
    """An open case with everything, and a model, and no result yet."""
    from dataclasses import replace

    state = State().opened(fake_worker.phantom("phantom", ModalitySubset.full()))
    return replace(state, model=ModelInfo("fake", "0123456789abcdef", "cpu", frozenset({"seen"})))


@pytest.fixture(scope="session")
def full_state(phantom_state, fake_results):
    """The same with all 15 results."""
    state = phantom_state
    for subset in ModalitySubset.every():
        state = state.with_result(fake_results(subset))
    return state
