"""Prediction on a case: on its own grid, for every subset, whatever else the case holds."""

import dataclasses

import numpy as np
import pytest
import torch

from ccsd_core.data.synthetic import write_cases
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.errors import CaseError
from ccsd_core.inference.predictor import Predictor
from ccsd_core.progress import drain
from ccsd_core.storage.case_folder import load_case
from ccsd_core.storage.manifest import Manifest

EVERY_SUBSET = [pytest.param(s, id=str(s)) for s in ModalitySubset.every()]


@pytest.fixture(scope="module")
def case(tmp_path_factory) -> Case:
    """A made-up patient at 3 mm."""
    folder = tmp_path_factory.mktemp("cases")
    return load_case(drain(write_cases(folder, count=1, seed=11, spacing_mm=3.0))[0])


@pytest.fixture
def predictor(network) -> Predictor:
    manifest = Manifest(name="tiny", sha256="0" * 64, training_cases=("Synthetic_00012",))
    return Predictor(network, manifest, spacing_mm=4.0, device="cpu")


@pytest.mark.parametrize("subset", EVERY_SUBSET)
def test_toggled_off_and_absent_agree(predictor, case, subset):
    toggled = predictor.predict(drain(predictor.encode(case)), subset)

    absent = predictor.predict(drain(predictor.encode(case.restricted_to(subset))), subset)

    assert np.array_equal(toggled.regions, absent.regions), "the boxes are equal here"


@pytest.mark.parametrize("subset", EVERY_SUBSET)
def test_what_a_sequence_that_is_left_out_holds_changes_nothing(predictor, case, subset):
    """The poisoned sequences are encoded with the rest; only the decode leaves them out."""
    poisoned = {
        m: v if m in subset else v.with_array(np.full(v.shape, np.nan, np.float32))
        for m, v in case.volumes.items()
    }
    clean = predictor.predict(drain(predictor.encode(case)), subset)

    dirty = predictor.predict(
        drain(predictor.encode(dataclasses.replace(case, volumes=poisoned))), subset
    )

    assert np.array_equal(clean.regions, dirty.regions)


def test_the_result_lies_on_the_grid_of_the_case_and_is_nested(predictor, case):
    result = predictor.predict(drain(predictor.encode(case)), case.available)

    assert result.regions.shape == (3, *case.grid.shape)
    assert not (result.regions[2] & ~result.regions[1]).any()
    assert not (result.regions[1] & ~result.regions[0]).any()
    assert result.regions.any()


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
