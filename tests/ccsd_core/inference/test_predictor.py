"""Prediction on a case: on its own grid, for every subset, whatever else the case holds."""

import dataclasses
import gc
import typing
import weakref

import numpy as np
import pytest
import torch
from scipy import ndimage

from ccsd_core.data.preprocess import prepare
from ccsd_core.data.signal_mask import joint_signal_mask
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.postprocess_rules import DEFAULT_POSTPROCESS, Postprocess
from ccsd_core.errors import BadInputError, CaseError
from ccsd_core.inference.postprocess import processed_logits
from ccsd_core.inference.predictor import Predictor
from ccsd_core.model.build import build_network
from ccsd_core.model.choices import MissingFill
from ccsd_core.model.config import ModelConfig
from ccsd_core.model.tta_view import TtaView
from ccsd_core.progress import drain
from ccsd_core.storage.models.manifest import Manifest

EVERY_SUBSET = [pytest.param(s, id=str(s)) for s in ModalitySubset.every()]


@pytest.fixture(scope="module")
def case(fine_case) -> Case:
    """A made-up patient at 3 mm."""
    return fine_case


MANIFEST = Manifest(name="tiny", sha256="0" * 64, training_cases=("Synthetic_00012",))


@pytest.fixture
def predictor(network) -> Predictor:
    return Predictor(network, MANIFEST, spacing_mm=4.0, device="cpu")


@pytest.fixture
def tiled(network) -> Predictor:
    """Its tile is smaller than the patient's box along two axes."""
    return Predictor(network, MANIFEST, spacing_mm=4.0, tile=(32, 64, 32), device="cpu")


@pytest.fixture(scope="module")
def shared(frozen_network) -> Predictor:
    """For tests that change nothing about it; coarse, as each subset encodes anew."""
    return Predictor(frozen_network, MANIFEST, spacing_mm=8.0, device="cpu")


@pytest.fixture(scope="module")
def whole(shared, case):
    """Everything of the patient, encoded once."""
    return drain(shared.encode(case))


@pytest.fixture(scope="module")
def shared_tiled(frozen_network) -> Predictor:
    return Predictor(frozen_network, MANIFEST, spacing_mm=8.0, tile=(16, 32, 16), device="cpu")


@pytest.fixture(scope="module")
def encoded_in_tiles(shared_tiled, case):
    return drain(shared_tiled.encode(case, subsets=[case.available]))


@pytest.mark.parametrize("subset", EVERY_SUBSET)
def test_toggled_off_and_absent_agree(shared, whole, case, subset):
    toggled = shared.predict(whole, subset)

    absent = shared.predict(drain(shared.encode(case.restricted_to(subset))), subset)

    assert np.array_equal(toggled.regions, absent.regions), "the boxes are equal here"


@pytest.mark.parametrize("subset", EVERY_SUBSET)
def test_what_a_sequence_that_is_left_out_holds_changes_nothing(shared, whole, case, subset):
    """The poisoned sequences are encoded with the rest; only the decode leaves them out."""
    poisoned = {
        m: v if m in subset else v.with_array(np.full(v.shape, np.nan, np.float32))
        for m, v in case.volumes.items()
    }
    clean = shared.predict(whole, subset)

    dirty = shared.predict(
        drain(shared.encode(dataclasses.replace(case, volumes=poisoned))), subset
    )

    assert np.array_equal(clean.regions, dirty.regions)


def test_the_result_lies_on_the_grid_of_the_case_and_is_nested(predictor, case):
    result = predictor.predict(drain(predictor.encode(case)), case.available)

    assert result.regions.shape == (3, *case.grid.shape)
    assert not (result.regions[2] & ~result.regions[1]).any()
    assert not (result.regions[1] & ~result.regions[0]).any()
    assert result.regions.any()


@pytest.fixture(scope="module", params=[0, 1], ids=["one view", "two views"])
def partial(request, case):
    """A head of which each sequence shows another part, and a network that finds it all ill."""
    volumes = {
        m: v.with_array(np.where(_part(m, v.shape), v.array, 0)) for m, v in case.volumes.items()
    }
    tta = (TtaView(spacing_mm=4.0, mirrored=True),) * request.param
    network = _finds_tumour_everywhere()
    predictor = Predictor(network, MANIFEST, spacing_mm=4.0, tta=tta, device="cpu")
    return predictor, drain(predictor.encode(dataclasses.replace(case, volumes=volumes))), volumes


@pytest.mark.parametrize("subset", EVERY_SUBSET)
def test_there_is_no_tumour_where_the_images_of_the_subset_show_nothing(partial, subset):
    predictor, encoded, volumes = partial
    shown = np.any([volumes[m].array != 0 for m in subset], axis=0)

    whole, core, enhancing = predictor.predict(encoded, subset).regions

    edge = ndimage.binary_dilation(shown, iterations=1)
    assert not (whole & ~edge).any()
    assert (enhancing & shown).sum() > 0.95 * shown.sum()
    assert np.array_equal(whole, core)


def _part(modality: Modality, shape: tuple[int, int, int]) -> np.ndarray:
    """Some slab of the head, another one for each sequence."""
    z = np.arange(shape[2]) / shape[2]
    return (0.2 * modality < z) & (z < 0.2 * modality + 0.4)


def _finds_tumour_everywhere() -> torch.nn.Module:
    network = build_network(ModelConfig(base_channels=4, levels=3))
    last = network.decoder.head
    torch.nn.init.zeros_(last.weight)
    torch.nn.init.constant_(last.bias, 5.0)
    return network


def test_reading_the_same_subset_twice_is_bit_equal(predictor, case):
    encoded = drain(predictor.encode(case))
    first = predictor.predict(encoded, case.available)
    predictor.predict(encoded, ModalitySubset.of(Modality.T2))

    assert np.array_equal(first.regions, predictor.predict(encoded, case.available).regions)


def test_a_sequence_the_case_lacks_is_refused_by_name(predictor, case):
    two = case.restricted_to(ModalitySubset.parse("FLAIR+T2"))

    with pytest.raises(CaseError, match="has FLAIR \\+ T2, not all of T1c"):
        predictor.predict(drain(predictor.encode(two)), ModalitySubset.of(Modality.T1C))


def test_provenance_says_what_was_used_and_whether_it_was_trained_on(predictor, case):
    subset = ModalitySubset.parse("T1c")
    known = dataclasses.replace(case, id="Synthetic_00012")

    ours = predictor.predict(drain(predictor.encode(case)), subset).provenance
    trained = predictor.predict(drain(predictor.encode(known)), subset).provenance

    assert (ours.subset, ours.available) == (subset, ModalitySubset.full())
    assert not ours.seen_in_training
    assert trained.seen_in_training


def test_a_case_without_any_contrast_is_refused(predictor, case):
    flat = {m: v.with_array(np.zeros(v.shape, np.float32)) for m, v in case.volumes.items()}

    with pytest.raises(CaseError, match="constant"):
        drain(predictor.encode(dataclasses.replace(case, volumes=flat)))


def test_encoding_reports_each_sequence(predictor, case):
    seen: list[str] = []
    drain(predictor.encode(case), lambda p: seen.append(p.what))

    assert [s for s in seen if s.startswith("encoding")] == [
        f"encoding {m.label}" for m in Modality
    ]


def test_prediction_leaves_gradients_as_they_were(predictor, case):
    encoder = predictor.encode(case)
    next(encoder)

    assert torch.is_grad_enabled()
    encoder.close()
    assert torch.is_grad_enabled()


FILLS = typing.get_args(MissingFill)


@pytest.mark.parametrize(
    ("fill", "dtype"),
    # Half precision rounds every fill alike.
    [*((fill, torch.float32) for fill in FILLS), (FILLS[0], torch.bfloat16)],
)
def test_a_subset_is_decoded_as_the_network_would_alone(case, fill, dtype):
    """What is kept of an encoding is enough for every fill."""
    network = build_network(ModelConfig(base_channels=4, levels=3, missing_fill=fill))
    predictor = Predictor(network, MANIFEST, spacing_mm=8.0, device="cpu", dtype=dtype)
    prepared = prepare(case, spacing_mm=8.0)
    images = torch.stack([prepared.images[m] for m in Modality])[None]
    encoded = drain(predictor.encode(case))

    # Half precision takes its time where the hardware lacks it: one subset of each size.
    few = [ModalitySubset.full().of_size(size)[0] for size in range(1, len(Modality) + 1)]
    for subset in few if dtype is torch.bfloat16 else ModalitySubset.every():
        used = torch.tensor([[m in subset for m in Modality]])
        with torch.autocast("cpu", dtype, enabled=dtype is torch.bfloat16):
            alone = network(images, used)[0].float()
        allowed = 0.1 if dtype is torch.bfloat16 else 1e-3
        ours = drain(predictor._logits(encoded, subset))
        expected = processed_logits(
            alone, DEFAULT_POSTPROCESS, signal_mask=joint_signal_mask(encoded.signal_masks, subset)
        )
        torch.testing.assert_close(ours, expected, atol=allowed, rtol=allowed)


def test_a_box_within_the_tile_is_encoded_whole(network, case, predictor):
    box = drain(predictor.encode(case)).prepared.box.shape
    roomy = Predictor(network, MANIFEST, spacing_mm=4.0, tile=box, device="cpu")

    encoded = drain(roomy.encode(case))

    assert encoded.encoding is not None
    assert encoded.tiles is None
    assert not encoded.logits
    assert not encoded.notes


def test_the_box_keeps_to_the_lattice_of_the_network(network, case):
    predictor = Predictor(network, MANIFEST, spacing_mm=4.0, lattice=(64, 32, 16), device="cpu")

    box = drain(predictor.encode(case)).prepared.box

    assert all(side % n == 0 for side, n in zip(box.shape, (64, 32, 16), strict=True))


@pytest.mark.parametrize("subset", EVERY_SUBSET)
def test_in_tiles_toggled_off_and_absent_agree(shared_tiled, encoded_in_tiles, case, subset):
    toggled = shared_tiled.predict(encoded_in_tiles, subset)

    alone = drain(shared_tiled.encode(case.restricted_to(subset)))
    absent = shared_tiled.predict(alone, subset)

    assert encoded_in_tiles.encoding is None
    assert encoded_in_tiles.tiles is not None
    assert np.array_equal(toggled.regions, absent.regions)


def test_a_subset_that_the_case_lacks_is_refused_before_it_is_encoded(tiled, case):
    two = case.restricted_to(ModalitySubset.parse("FLAIR+T2"))

    with pytest.raises(CaseError, match="not all of T1c"):
        drain(tiled.encode(two, subsets=[ModalitySubset.of(Modality.T1C)]))


def test_tiles_are_reported_one_by_one(tiled, case):
    seen: list[str] = []
    drain(tiled.encode(case, subsets=[case.available]), lambda p: seen.append(p.what))

    assert seen[0] == "preparing"
    assert seen[1].startswith("tile 1 of")
    count = int(seen[1].rpartition(" ")[2])
    assert count > 1
    assert seen[1:] == [f"tile {i + 1} of {count}" for i in range(count)]


def test_regions_nested_labels_and_the_same_again_cost_one_decode(predictor, case):
    encoded, decodes = drain(predictor.encode(case)), []
    predictor._runner.network.decoder.register_forward_hook(lambda *_: decodes.append(1))

    regions = predictor.predict(encoded, case.available).regions
    nested_labels = predictor.predict_nested_labels(encoded, case.available)
    assert np.array_equal(nested_labels.regions(case.grid.shape), regions)
    assert len(decodes) == 1

    predictor.predict(encoded, ModalitySubset.of(Modality.T2))
    other = drain(predictor.encode(case.restricted_to(ModalitySubset.of(Modality.T2))))
    predictor.predict(other, ModalitySubset.of(Modality.T2))
    assert len(decodes) == 3


def test_nested_labels_of_regions_that_are_not_nested_are_refused_unless_asked_for(network, case):
    """A number a voxel cannot say TC without WT."""
    rules = Postprocess.parse("none")
    predictor = Predictor(network, MANIFEST, spacing_mm=4.0, device="cpu", postprocess=rules)
    encoded = drain(predictor.encode(case))
    regions = predictor.predict(encoded, case.available).regions

    with pytest.raises(BadInputError, match=r"\(none\) does not nest regions.*add nested"):
        predictor.predict_nested_labels(encoded, case.available)
    nested_labels = predictor.predict_nested_labels(encoded, case.available, nesting=True)

    whole, core, enhancing = nested_labels.regions(case.grid.shape)
    assert not np.array_equal(regions[0], whole), "these are not nested"
    assert np.array_equal(enhancing, regions[2])
    assert np.array_equal(core, regions[1:].any(axis=0))
    assert np.array_equal(whole, regions.any(axis=0))


def test_a_case_without_references_is_freed(predictor, case):
    encoded = drain(predictor.encode(case))
    predictor.predict(encoded, case.available)
    alive = weakref.ref(encoded)

    del encoded
    gc.collect()

    assert alive() is None


def test_predicting_in_tiles_reports_each(tiled, case):
    encoded = drain(tiled.encode(case))
    seen: list[str] = []

    result = drain(tiled.predicting(encoded, case.available), lambda p: seen.append(p.what))

    count = len(encoded.tiles.grid)
    assert seen == [f"tile {i + 1} of {count}" for i in range(count)]
    assert np.array_equal(result.regions, tiled.predict(encoded, case.available).regions)


def test_a_borrowed_network_is_left_as_it_is(small_config, case):
    network = build_network(small_config).train()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    predictor = Predictor(network, MANIFEST, spacing_mm=4.0, borrowed=True)

    predictor.predict(drain(predictor.encode(case)), case.available)

    assert network.training
    assert all(p.requires_grad for p in network.parameters())
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, before[name])
        assert tensor.is_contiguous()
    network(torch.randn(1, 4, 8, 8, 8), torch.ones(1, 4, dtype=torch.bool)).sum().backward()
