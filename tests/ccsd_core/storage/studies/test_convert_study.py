"""From a DICOM study to a case: what is converted, what the case says, and what is kept."""

import numpy as np
import pytest

from ccsd_core.domain.modality import Modality
from ccsd_core.errors import CaseError, DicomError
from ccsd_core.progress import drain
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.cases.case_offer import case_offer
from ccsd_core.storage.cases.inventory import inventory
from ccsd_core.storage.studies.convert_study import convert_study
from ccsd_core.storage.studies.study_record import RECORD


@pytest.fixture
def study(write_series, tmp_path):
    """T1, T2, T2 again with thicker slices, and a localiser, with a patient's name."""
    write_series(number=1, header={"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]})
    write_series(number=2, sequence="T1")
    write_series(number=3, sequence="T2")
    thick = np.random.default_rng(1).integers(0, 4000, (8, 10, 6))
    write_series(number=4, sequence="T2", array=thick, affine=np.diag([20.0, 18.0, 24.0, 1.0]))
    return tmp_path / "study"


def test_a_study_opens_as_a_case_with_the_best_series_of_each_sequence(study, dicom_head):
    folder = drain(convert_study(study))

    case = load_case(folder)
    assert case.id == folder.name
    assert case.id.startswith("DICOM-")
    assert list(case.volumes) == [Modality.T1, Modality.T2]
    assert case.sources[Modality.T2].path.name.startswith("3_")
    assert "thinner slices" in case.sources[Modality.T2].reason
    array, affine = dicom_head
    assert case.volumes[Modality.T1].array.sum() == array.sum()
    assert np.isclose(abs(np.linalg.det(case.volumes[Modality.T1].world_from_voxel)),
                      abs(np.linalg.det(affine)))  # fmt: skip


def test_every_series_is_offered_with_its_reason_and_can_be_chosen_instead(study):
    folder = drain(convert_study(study))

    offer = case_offer(inventory(folder))
    assert [image.role for image in offer.images] == [None, Modality.T1, Modality.T2, None]
    localiser, _, _, thick = offer.images
    assert "localiser" in localiser.reason
    assert localiser.problem
    assert "thinner slices" in thick.reason
    case = load_case(folder, files={Modality.T2: thick.part})
    assert case.sources[Modality.T2].path.name.startswith("4_")


def test_names_of_the_patient_are_nowhere_in_the_case(study, write_series):
    write_series(number=6, sequence="FLAIR", header={"SeriesDescription": "FLAIR Mustermann"})
    folder = drain(convert_study(study))

    case = load_case(folder)
    notes = (str(folder), repr(case.sources), *case.notes, *(p.name for p in folder.iterdir()))
    assert Modality.FLAIR in case.volumes
    assert not [text for text in notes if "muster" in text.lower() or "4711" in text]


def test_a_study_is_converted_once_and_again_when_its_images_change(study, write_series):
    folder = drain(convert_study(study))
    written = {path: path.stat().st_mtime_ns for path in folder.iterdir()}

    assert drain(convert_study(study)) == folder
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == written
    write_series(number=5, sequence="FLAIR")
    later = drain(convert_study(study))
    assert later != folder
    assert Modality.FLAIR in load_case(later).volumes


def test_what_lacks_in_the_cache_is_made_again(study):
    folder = drain(convert_study(study))
    (folder / RECORD).write_text("{")
    with pytest.raises(CaseError, match="open the DICOM study again"):
        load_case(folder)

    assert drain(convert_study(study)) == folder
    next(folder.glob("2_*")).unlink()
    assert drain(convert_study(study)) == folder
    assert list(load_case(folder).volumes) == [Modality.T1, Modality.T2]


def test_a_study_without_a_usable_series_leaves_nothing_behind(write_series, tmp_path, cache):
    write_series(header={"Modality": "CT"})

    with pytest.raises(DicomError, match="not MR"):
        drain(convert_study(tmp_path / "study"))
    assert not list(cache.rglob("*.*"))


def test_a_doubtful_series_is_reported_in_the_notes_of_the_case(write_series, tmp_path):
    write_series(sequence="T2", header={"SeriesDescription": "T1 SE TRA"})

    case = load_case(drain(convert_study(tmp_path / "study")))
    assert any("doubtful" in note for note in case.notes)


def test_giving_up_leaves_no_half_study(study, cache):
    steps = convert_study(study)
    for progress in steps:
        if "converting" in progress.what:
            break
    steps.close()

    assert not [path for path in cache.rglob("*") if path.is_file()]


def test_where_no_sequence_is_recognised_the_user_can_choose_one(write_series, tmp_path):
    unknown = {"SeriesDescription": "x", "ProtocolName": "x", "EchoTime": None}
    write_series(sequence="T2", number=7, header={**unknown, "RepetitionTime": None})
    folder = drain(convert_study(tmp_path / "study"))

    with pytest.raises(CaseError, match=r"no series here can be used .*series 7"):
        load_case(folder)
    (offered,) = case_offer(inventory(folder)).images
    assert offered.role is None
    assert list(load_case(folder, files={Modality.T2: offered.part}).volumes) == [Modality.T2]


def test_series_that_lie_apart_are_reported_and_one_can_be_chosen(
    write_series, tmp_path, dicom_head
):
    array, affine = dicom_head
    write_series(number=2, sequence="T1")
    moved = affine.copy()
    moved[:3, 3] += 500
    write_series(number=3, sequence="T2", array=array, affine=moved)
    folder = drain(convert_study(tmp_path / "study"))

    with pytest.raises(CaseError, match="do not overlap in space"):
        load_case(folder)
    first = case_offer(inventory(folder)).images[0]
    assert list(load_case(folder, files={Modality.T1: first.part}).volumes) == [Modality.T1]
