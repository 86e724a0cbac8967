"""Probabilities: the sigmoid of the logits, nested, and of one mind with the regions."""

import numpy as np
import pytest
import torch

from ccsd_core.data.grid import Box, resize
from ccsd_core.data.preprocess import PreparedCase
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.postprocess_rules import Postprocess
from ccsd_core.domain.region import Region
from ccsd_core.inference.case_grid import FAR_OUTSIDE
from ccsd_core.inference.predictor import Predictor
from ccsd_core.inference.probabilities import Probabilities
from ccsd_core.progress import drain

PAIR = ModalitySubset.parse("FLAIR+T2")
SHAPE, GRID = (50, 44, 37), (25, 22, 18)
BOX = Box((8, -4, 0), (32, 16, 16))
"""It reaches beyond the grid at both ends."""
HALF = 2e-3
"""Of a probability in float16, and of logits kept in it."""


@pytest.fixture
def case(fine_case) -> Case:
    return fine_case


@pytest.fixture
def predictor(network, manifest) -> Predictor:
    return Predictor(network, manifest, spacing_mm=4.0, device="cpu", dtype=torch.float32)


def nested(logits: torch.Tensor) -> np.ndarray:
    grown = torch.stack([logits.amax(0), logits[1:].amax(0), logits[2]])
    return grown.sigmoid().numpy()


def test_they_are_the_sigmoid_of_the_logits_where_they_say_they_lie():
    logits = 3 * torch.randn(3, *BOX.shape)
    whole = BOX.paste(logits, GRID, fill=FAR_OUTSIDE)

    found = Probabilities.of(logits, PreparedCase({}, BOX, GRID), SHAPE)

    assert found.values.dtype == np.float16
    assert found.offset == (8, 0, 0)
    slices = tuple(
        slice(a, a + n) for a, n in zip(found.offset, found.values.shape[1:], strict=True)
    )
    assert found.values.shape[1:] == (17, 16, 16)
    expected = nested(whole)
    np.testing.assert_allclose(found.values, expected[(slice(None), *slices)], atol=HALF)
    expected[(slice(None), *slices)] = 0
    assert expected.max() < 1e-6, "elsewhere there is nothing"


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        ((0, 0, 0), SHAPE),
        ((20, 0, 0), (21, 44, 37)),
        ((0, 0, 36), (50, 44, 37)),
        ((9, 40, 3), (14, 44, 9)),
    ],
)
def test_on_the_grid_of_the_case_they_are_those_of_enlarged_logits(start, stop):
    logits = 3 * torch.randn(3, *BOX.shape)
    whole = resize(BOX.paste(logits, GRID, fill=FAR_OUTSIDE), SHAPE)

    block = Probabilities.of(logits, PreparedCase({}, BOX, GRID), SHAPE).on_case_grid(start, stop)

    slices = tuple(slice(a, b) for a, b in zip(start, stop, strict=True))
    assert block.dtype == np.float16
    np.testing.assert_allclose(block, nested(whole)[(slice(None), *slices)], atol=HALF)


@pytest.mark.parametrize("subset", [ModalitySubset.full(), PAIR, ModalitySubset.of(Modality.T1)])
def test_above_one_half_is_the_region(predictor, case, subset):
    encoded = drain(predictor.encode(case))
    regions = predictor.predict(encoded, subset).regions

    found = predictor.probabilities(encoded, subset).on_case_grid((0, 0, 0), case.grid.shape)

    assert regions.any()
    assert (found[regions] > 0.5 - HALF).all()
    assert (found[~regions] < 0.5 + HALF).all()
    assert (found[0] >= found[1]).all()
    assert (found[1] >= found[2]).all()


def test_the_temperature_for_so_many_sequences_divides_the_logits(network, manifest, case):
    temperatures = (4.0, 2.0, 1.5, 1.0)
    plain, cooled = (
        Predictor(network, each, spacing_mm=4.0, device="cpu", dtype=torch.float32)
        for each in (manifest, manifest.model_copy(update={"temperatures": temperatures}))
    )
    encoded = drain(plain.encode(case))
    for subset in case.available.subsets():
        before, after = (
            one.probabilities(encoded, subset).values.astype(np.float64) for one in (plain, cooled)
        )
        odds = (before / (1 - before)) ** (1 / temperatures[len(subset) - 1])
        middle = (before > 0.01) & (before < 0.99)
        assert middle.any()
        np.testing.assert_allclose(after[middle], (odds / (1 + odds))[middle], atol=4e-3)
        one, other = plain.predict(encoded, subset), cooled.predict(encoded, subset)
        np.testing.assert_array_equal(one.regions, other.regions)


def test_a_threshold_moves_the_regions_and_not_the_probabilities(network, manifest, case):
    """Shifted logits would call a voxel at a threshold of 0.8 half sure."""
    cuts = {Region.WT: 0.3, Region.ET: 0.8}
    rules = ", ".join(f"threshold:{region.name}={cut}" for region, cut in cuts.items())
    plain, moved = (
        Predictor(
            network,
            manifest,
            spacing_mm=4.0,
            device="cpu",
            dtype=torch.float32,
            postprocess=Postprocess.parse(text),
        )
        for text in ("nested", f"nested, {rules}")
    )
    encoded = drain(plain.encode(case))

    expected, found = (
        one.probabilities(encoded, PAIR).on_case_grid((0, 0, 0), case.grid.shape)
        for one in (plain, moved)
    )
    regions = moved.predict(encoded, PAIR).regions

    np.testing.assert_array_equal(found, expected)
    for region, cut in cuts.items():
        assert regions[region].any()
        assert (found[region][regions[region]] > cut - HALF).all()
    outside = ~regions[Region.ET]
    assert (found[Region.ET][outside] < 0.8 + HALF).all()
    assert (found[Region.ET][outside] > 0.5).any(), "nearly sure, and yet no region"


def test_beyond_the_images_nothing_is_probable_below_any_threshold(network, manifest, case):
    cuts = ", ".join(f"threshold:{region.name}=0.001" for region in Region)
    predictor = Predictor(
        network,
        manifest,
        spacing_mm=4.0,
        device="cpu",
        dtype=torch.float32,
        postprocess=Postprocess.parse(f"within_images, nested, {cuts}"),
    )
    encoded = drain(predictor.encode(case))

    found = predictor.probabilities(encoded, PAIR).on_case_grid((0, 0, 0), case.grid.shape)
    regions = predictor.predict(encoded, PAIR).regions

    assert not regions.all()
    assert (found[Region.WT][~regions[Region.WT]] <= 0.001 + 1e-5).all()
    assert found[Region.WT].max() > 0.5, "within the images they are the network's"


def test_with_the_regions_they_cost_one_decode(predictor, case):
    encoded, decodes = drain(predictor.encode(case)), []
    predictor._runner.network.decoder.register_forward_hook(lambda *_: decodes.append(1))

    predictor.probabilities(encoded, PAIR)
    predictor.predict(encoded, PAIR)

    assert len(decodes) == 1


def test_an_overwhelming_logit_stays_a_number():
    logits = torch.full((3, *BOX.shape), -1e9)
    logits[0, 10] = 1e9

    block = Probabilities.of(logits, PreparedCase({}, BOX, GRID), SHAPE).on_case_grid(
        (0, 0, 0), SHAPE
    )

    assert np.isfinite(block).all()
    assert block.max() == 1
