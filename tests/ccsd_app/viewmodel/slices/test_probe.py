"""What the status line reads out under the crosshair, layer by layer."""

from dataclasses import replace

import numpy as np
import pytest

from ccsd_app.session.display import Layer
from ccsd_app.session.on_demand import PROBABILITIES, ProbabilityMap
from ccsd_app.viewmodel.slices.probe import probe_line, region_at
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

FULL = ModalitySubset.full()


@pytest.fixture
def inside(full_state, fake_worker):
    """The crosshair in the middle of the tumour; everything is computed."""
    return full_state.with_cursor(fake_worker.CENTRE)


@pytest.fixture
def half(inside):
    """Probabilities of the full input: WT is certain there, TC and ET are a coin's toss."""
    values = np.zeros((3, 1, 1, 1), np.uint8)
    values[:, 0, 0, 0] = 255, 128, 128
    found = ProbabilityMap(FULL, values, inside.cursor_voxel)
    return inside.with_answer(PROBABILITIES, FULL, found)


def found(state) -> str:
    return probe_line(state).rpartition(" · ")[2]


def test_it_names_place_intensity_and_the_innermost_region(inside, fake_worker):
    assert region_at(inside, fake_worker.CENTRE) is Region.ET
    assert region_at(inside, (0, 0, 0)) is None
    assert probe_line(inside).startswith("x +26.0 y +24.0 z +18.0 mm · voxel 14 13 10 · FLAIR ")
    assert found(inside) == "ET"
    assert found(inside.with_cursor((0, 0, 0))) == "background"


@pytest.mark.parametrize("layer", [Layer.REGIONS, Layer.LABELS])
def test_the_probability_is_of_the_region_that_is_named(half, layer):
    assert found(replace(half, layer=layer)) == "ET (ET probability 0.50)"
    assert (
        found(replace(half, layer=layer).with_cursor((0, 0, 0)))
        == "background (WT probability 0.00)"
    )


@pytest.mark.parametrize("region", Region, ids=lambda region: region.name)
def test_of_a_layer_of_one_region_it_is_that_region(half, region):
    state = replace(half, layer=Layer.PROBABILITY, region=region)
    assert (
        found(state) == f"ET ({region.name} probability {1.0 if region is Region.WT else 0.5:.2f})"
    )


def test_uncertainty_is_read_out_in_bits(half):
    state = replace(half, layer=Layer.UNCERTAINTY)
    assert found(state) == "ET (1.00 bits)"  # oedema or enhancing tumour, as likely
    assert found(state.with_cursor((0, 0, 0))) == "background (0.00 bits)"


@pytest.mark.parametrize("region", Region, ids=lambda region: region.name)
def test_consensus_is_read_out_in_subsets(inside, region):
    state = replace(inside, layer=Layer.CONSENSUS, region=region)
    votes = sum(
        region_at(replace(state, shown=s), state.cursor_voxel) in tuple(Region)[region:]
        for s in ModalitySubset.every()
    )
    assert 0 < votes <= 15
    assert f"({region.name} in {votes} of 15 subsets)" in found(state)


def test_a_difference_says_who_finds_the_region(inside):
    for subset in ModalitySubset.every():
        state = replace(inside, layer=Layer.DIFFERENCE, region=Region.ET).using(subset)
        alone = Modality.T1C not in subset  # the made-up network needs T1c for ET
        words = "only in FLAIR + T1 + T1c + T2" if alone else "in both"
        assert found(state).partition(" ")[2] == ("" if subset == FULL else f"(ET: {words})"), (
            subset
        )
        expert = replace(state, against_reference=True)
        there = "only in expert labels" if alone else "in both"
        assert f"(ET: {there})" in found(expert), subset
        assert "(ET: in neither)" in found(expert.with_cursor((0, 0, 0))), subset


@pytest.mark.parametrize("layer", list(Layer), ids=lambda layer: layer.value)
def test_before_a_result_nothing_is_said_to_be_found(phantom_state, layer):
    assert found(replace(phantom_state, layer=layer)).startswith("FLAIR ")
