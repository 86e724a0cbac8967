"""Made-up patients: reproducible, nested, and with the contrasts that radiology knows."""

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from ccsd_core.data.synthetic import draw_patient, write_cases
from ccsd_core.data.synthetic.patient import Patient
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import BRATS2021
from ccsd_core.errors import BadInputError
from ccsd_core.progress import drain
from ccsd_core.storage.case_folder import load_case

COARSE_MM = 4.0
SEEDS = range(6)


@pytest.fixture(scope="module")
def patients() -> Iterator[list[Patient]]:
    return [draw_patient(seed, spacing_mm=COARSE_MM) for seed in SEEDS]


def mean(patient: Patient, modality: Modality, mask: np.ndarray) -> float:
    return float(patient.images[modality][mask].astype(float).mean())


def test_the_same_seed_gives_the_same_patient():
    one, other = (draw_patient(3, spacing_mm=COARSE_MM) for _ in range(2))

    assert np.array_equal(one.labels, other.labels)
    for m in Modality:
        assert np.array_equal(one.images[m], other.images[m])


def test_different_seeds_give_different_patients(patients):
    for one, other in itertools.pairwise(patients):
        assert not np.array_equal(one.labels, other.labels)


def test_every_patient_has_a_tumour_within_the_brain_and_only_known_labels(patients):
    for patient in patients:
        BRATS2021.check(patient.labels)
        assert (patient.labels > 0).any()
        for image in patient.images.values():
            assert (image[patient.labels > 0] > 0).all()
            assert (image >= 0).all()


def test_oedema_is_brighter_than_the_brain_on_flair_and_enhancement_on_t1c(patients):
    for patient in patients:
        brain = (patient.images[Modality.FLAIR] > 0) & (patient.labels == 0)
        for modality, label in ((Modality.FLAIR, 2), (Modality.T1C, 4)):
            tissue = patient.labels == label
            if tissue.sum() > 20:
                assert mean(patient, modality, tissue) > 1.1 * mean(patient, modality, brain)


def test_enhancement_shows_on_t1c_and_not_on_t1(patients):
    gains = [
        mean(p, Modality.T1C, p.labels == 4) / mean(p, Modality.T1C, (p.labels == 1))
        - mean(p, Modality.T1, p.labels == 4) / mean(p, Modality.T1, (p.labels == 1))
        for p in patients
        if (p.labels == 4).sum() > 20 and (p.labels == 1).sum() > 20
    ]

    assert gains
    assert min(gains) > 0.2


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
