"""Patients mixed from others: exact labels, clean background, and whom they are made of."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ccsd_core.data.mixing import Pool, draw_mixed, read_pool, write_mixed_cases
from ccsd_core.data.mixing.real_patient import PoolError, RealPatient
from ccsd_core.data.mixing.recipes import RECIPES
from ccsd_core.data.synthetic.patient import draw_patient
from ccsd_core.data.synthetic.writer import write_patient
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import BRATS2021
from ccsd_core.errors import BadInputError
from ccsd_core.progress import drain
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.names.origin import write_origin

COARSE_MM = 4.0
IDS = ("A_001", "B_002", "C_003", "D_004")
SEEDS = range(8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Made-up patients that play the real ones."""
    data = tmp_path_factory.mktemp("real")
    for seed, id in zip((2, 6, 7, 13), IDS, strict=True):
        patient = draw_patient(seed, spacing_mm=COARSE_MM, healthy=0.0, randomised=0.0)
        write_patient(data / id, patient)
    return data


@pytest.fixture(scope="module")
def pool(folder) -> Pool:
    return drain(read_pool(folder, spacing_mm=COARSE_MM))


def same(one, other) -> bool:
    return np.array_equal(one.labels, other.labels) and all(
        np.array_equal(one.images[m], other.images[m]) for m in Modality
    )


def disturbed(patient: RealPatient) -> RealPatient:
    """The same person with other images and another tumour."""
    images = {m: image**2 for m, image in patient.images.items()}
    return replace(patient, images=images, labels=np.roll(patient.labels, 3, axis=1))


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_mixed_patient_is_whole_and_its_background_exactly_0(pool, recipe):
    for seed in range(3):
        patient = draw_mixed(seed, pool, recipe=recipe)
        brain = patient.images[Modality.FLAIR] > 0
        BRATS2021.check(patient.labels)
        assert 0.05 < brain.mean() < 0.6
        assert brain[patient.labels > 0].all()
        assert patient.recipe == recipe
        for image in patient.images.values():
            assert image.dtype == np.int16
            assert np.array_equal(image > 0, brain)
            assert image.min() == 0


@pytest.mark.parametrize("recipe", [name for name in RECIPES if name != "well"])
def test_most_mixed_patients_have_a_tumour_that_flair_shows(pool, recipe):
    ratios = []
    for seed in range(4):
        patient = draw_mixed(seed, pool, recipe=recipe)
        flair, sick = patient.images[Modality.FLAIR].astype(float), patient.labels > 0
        if sick.sum() > 10:
            ratios.append(np.median(flair[sick]) / np.median(flair[(flair > 0) & ~sick]))

    assert len(ratios) >= 3
    assert np.median(ratios) > 1.1


def test_the_anatomy_without_tumour_carries_no_label_and_shows_none(pool):
    for id, patient in pool.tumour_free.items():
        sick = pool.patients[id].labels > 0
        flair = patient.images[Modality.FLAIR]
        before = pool.patients[id].images[Modality.FLAIR][sick].mean()
        assert not patient.labels.any()
        assert flair[sick & patient.head.brain].mean() < before
        assert not draw_mixed(1, pool, recipe="well").labels.any()


def test_a_mixed_patient_depends_on_its_seed_alone(pool):
    first = draw_mixed(4, pool)
    draw_mixed(5, pool)

    assert same(first, draw_mixed(4, pool))
    assert not same(first, draw_mixed(5, pool))


def test_patients_not_named_as_sources_leave_no_trace(pool):
    drawn = [draw_mixed(seed, pool) for seed in SEEDS]
    assert {source for patient in drawn for source in patient.sources} == set(IDS)
    for id in IDS:
        spoilt = Pool(
            {**pool.patients, id: disturbed(pool.patients[id])},
            {i: disturbed(p) if i == id else p for i, p in pool.tumour_free.items()},
            pool.spacing_mm,
        )
        for seed, patient in zip(SEEDS, drawn, strict=True):
            unchanged = same(patient, draw_mixed(seed, spoilt))
            assert unchanged or id in patient.sources


def test_nothing_of_a_patient_that_is_left_out_is_read_or_named(folder, tmp_path):
    for id in IDS[:-1]:
        (tmp_path / id).symlink_to(folder / id)
    (tmp_path / IDS[-1]).mkdir()
    for file in (folder / IDS[-1]).iterdir():  # names of a case, contents of none
        (tmp_path / IDS[-1] / file.name).write_bytes(b"no image")

    pool = drain(read_pool(tmp_path, spacing_mm=COARSE_MM, leave_out=[IDS[-1]]))
    patients = [draw_mixed(seed, pool) for seed in SEEDS]

    assert IDS[-1] not in pool.ids
    assert all(set(p.sources) <= set(IDS[:-1]) for p in patients)


def test_a_patient_is_left_out_under_any_name(folder, pool, tmp_path):
    renamed = ("BraTS2021_01207", "BraTS20_Training_007", "C_003", "Mixed_0")
    for id, name in zip((IDS[0], IDS[1], IDS[2], IDS[0]), renamed, strict=True):
        (tmp_path / name).mkdir()
        for file in (folder / id).iterdir():
            (tmp_path / name / file.name.replace(id, name)).symlink_to(file)
    write_origin(tmp_path / "Mixed_0", recipe="lesion", sources=["BraTS-GLI-01207-000"])

    left = drain(read_pool(tmp_path, spacing_mm=COARSE_MM, leave_out=["Brats18_CBICA_ABM_1"]))

    assert left.ids == ("C_003",)
    whole = Pool(
        dict(zip(renamed, pool.patients.values(), strict=True)), pool.tumour_free, pool.spacing_mm
    )
    assert whole.without("Brats18_CBICA_ABM_1").ids == ("C_003", "Mixed_0")


def test_leaving_out_of_a_pool_equals_not_reading(folder, pool):
    id = next(iter(pool.tumour_free))
    read, left = drain(read_pool(folder, spacing_mm=COARSE_MM, leave_out=[id])), pool.without(id)

    assert id not in {*left.patients, *left.tumour_free}
    for seed in range(4):
        assert same(draw_mixed(seed, read), draw_mixed(seed, left))


def test_mistakes_about_the_pool_say_what_there_is(folder, pool):
    with pytest.raises(PoolError, match=r"no case 'X_009' in .*: the cases are A_001, B_002"):
        drain(read_pool(folder, spacing_mm=COARSE_MM, leave_out=["X_009"]))
    with pytest.raises(
        PoolError, match="there is no patient 'X_009' to exclude: the patients are A_001"
    ):
        pool.without("X_009")
    with pytest.raises(PoolError, match="no real patient is left"):
        pool.without(*IDS)
    with pytest.raises(PoolError, match="unknown recipe 'soup': use one of own, lesion"):
        draw_mixed(0, pool, recipe="soup")


def test_a_case_without_labels_cannot_be_mixed_from(folder, tmp_path):
    (tmp_path / "A_001").mkdir()
    for file in (folder / "A_001").iterdir():
        if "seg" not in file.name:
            (tmp_path / "A_001" / file.name).symlink_to(file)

    with pytest.raises(
        PoolError, match="'A_001' lacks labels: mixing needs all four sequences and expert labels"
    ):
        drain(read_pool(tmp_path, spacing_mm=COARSE_MM))


def test_written_mixed_cases_read_back_and_say_whom_they_are_made_of(folder, tmp_path):
    out = tmp_path / "set"
    written = drain(
        write_mixed_cases(
            out, real=folder, count=2, seed=3, spacing_mm=COARSE_MM, leave_out=["B_002"]
        )
    )

    assert [path.name for path in written] == ["Synthetic_Mixed_00003", "Synthetic_Mixed_00004"]
    for path in written:
        case, origin = load_case(path), json.loads((path / "origin.json").read_text())
        assert case.reference is not None
        assert set(case.volumes) == set(Modality)
        assert set(origin["sources"]) <= set(IDS) - {"B_002"}
        assert origin["recipe"] in RECIPES
    with pytest.raises(BadInputError, match="exists already"):
        drain(write_mixed_cases(out, real=folder, count=1, seed=4))
