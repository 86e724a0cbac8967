"""Made-up patients: reproducible, nested, and with the contrasts that radiology knows."""

import itertools

import numpy as np
import pytest

from ccsd_core.data.synthetic import draw_patient, write_cases
from ccsd_core.data.synthetic.patient import Patient
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import BRATS2021
from ccsd_core.errors import BadInputError
from ccsd_core.progress import drain
from ccsd_core.storage.cases.case_folder import load_case

COARSE_MM = 4.0
SEEDS = range(12)


@pytest.fixture(scope="module")
def patients() -> list[Patient]:
    """Ill, and with the contrasts of physics."""
    return [draw_patient(s, spacing_mm=COARSE_MM, healthy=0.0, randomised=0.0) for s in SEEDS]


def mean(patient: Patient, modality: Modality, mask: np.ndarray) -> float:
    return float(patient.images[modality][mask].astype(float).mean())


def same(one: Patient, other: Patient) -> bool:
    return np.array_equal(one.labels, other.labels) and all(
        np.array_equal(one.images[m], other.images[m]) for m in Modality
    )


def test_the_same_seed_gives_the_same_patient():
    assert same(*(draw_patient(3, spacing_mm=COARSE_MM) for _ in range(2)))


def test_different_seeds_give_different_patients(patients):
    for one, other in itertools.pairwise(patients):
        assert not np.array_equal(one.labels, other.labels)


def test_every_ill_patient_has_a_tumour_within_the_brain_and_only_known_labels(patients):
    for patient in patients:
        BRATS2021.check(patient.labels)
        assert (patient.labels > 0).any()
        for image in patient.images.values():
            assert (image[patient.labels > 0] > 0).all()


def test_all_sequences_share_one_brain_and_the_background_is_exactly_0(patients):
    for patient in patients:
        brain = patient.images[Modality.FLAIR] > 0
        assert 0.05 < brain.mean() < 0.6
        for image in patient.images.values():
            assert image.dtype == np.int16
            assert np.array_equal(image > 0, brain)
            assert image.min() == 0


def test_scanner_units_span_what_is_seen_in_practice(patients):
    tops = [int(image.max()) for p in patients for image in p.images.values()]

    assert min(tops) < 1000
    assert max(tops) == 32767


def test_oedema_is_brighter_than_the_brain_on_flair_and_enhancement_on_t1c(patients):
    for patient in patients:
        brain = (patient.images[Modality.FLAIR] > 0) & (patient.labels == 0)
        for modality, label, factor in ((Modality.FLAIR, 2, 1.05), (Modality.T1C, 4, 1.1)):
            tissue = patient.labels == label
            if tissue.sum() > 20:
                assert mean(patient, modality, tissue) > factor * mean(patient, modality, brain)


def test_enhancement_shows_on_t1c_and_not_on_t1(patients):
    gains = [
        mean(p, Modality.T1C, p.labels == 4) / mean(p, Modality.T1C, (p.labels == 1))
        - mean(p, Modality.T1, p.labels == 4) / mean(p, Modality.T1, (p.labels == 1))
        for p in patients
        if (p.labels == 4).sum() > 20 and (p.labels == 1).sum() > 20
    ]

    assert gains
    assert np.mean(gains) > 0.2
    assert min(gains) > 0.0


def test_a_healthy_patient_has_no_label_and_the_share_decides_who_is():
    well = draw_patient(5, spacing_mm=COARSE_MM, healthy=1.0)
    ill = draw_patient(5, spacing_mm=COARSE_MM, healthy=0.0)

    assert not well.labels.any()
    assert ill.labels.any()
    assert same(ill, draw_patient(5, spacing_mm=COARSE_MM, healthy=0.001))


def test_sizes_and_kinds_are_as_spread_as_in_practice():
    some = [draw_patient(s, spacing_mm=6.0, healthy=0.0) for s in range(60)]
    whole = np.array([(p.labels > 0).sum() * 0.216 for p in some])
    enhancing = np.array([(p.labels == 4).sum() * 0.216 for p in some])

    assert whole.min() < 12
    assert whole.max() > 150
    assert 25 < np.median(whole) < 130
    assert 0.05 < (enhancing == 0).mean() < 0.4


def test_made_up_patients_name_no_real_one(patients):
    assert {p.sources for p in patients} == {()}


@pytest.mark.parametrize("option", ["healthy", "randomised"])
@pytest.mark.parametrize("share", [-0.1, 1.5])
def test_a_share_that_is_none_is_refused(option, share):
    with pytest.raises(
        BadInputError, match=rf"{option} is {share}: give a fraction between 0 and 1"
    ):
        draw_patient(0, spacing_mm=COARSE_MM, **{option: share})


def test_written_cases_read_back_as_brats_2021(tmp_path):
    folders = drain(write_cases(tmp_path / "set", count=2, seed=7, spacing_mm=COARSE_MM))

    for seed, folder in zip((7, 8), folders, strict=True):
        case, patient = load_case(folder), draw_patient(seed, spacing_mm=COARSE_MM)
        assert case.available == ModalitySubset.full()
        assert case.scheme is BRATS2021
        assert case.grid.spacing_mm == pytest.approx((COARSE_MM,) * 3)
        assert case.reference is not None
        assert np.array_equal(case.reference.array, patient.labels)
        for m in Modality:
            assert np.array_equal(case.volumes[m].array, patient.images[m])


def test_existing_cases_are_never_overwritten(tmp_path):
    (tmp_path / "Synthetic_00007").mkdir()

    with pytest.raises(BadInputError, match="exists already"):
        drain(write_cases(tmp_path, count=1, seed=7))
