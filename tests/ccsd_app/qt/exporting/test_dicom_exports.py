"""DICOM and label maps of every sequence from the real window, and why they are greyed out."""

from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel

from ccsd_app.qt.exporting import dicom_exports
from ccsd_app.qt.exporting.dicom_dialog import DicomChoice, DicomDialog
from ccsd_core.domain.case import Source, StoredGrid
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.volume import Volume
from ccsd_core.progress import drain
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.studies.convert_study import convert_study

pydicom = pytest.importorskip("pydicom")
pytest.importorskip("highdicom")

PAIR = ModalitySubset.parse("FLAIR+T2")
VOXEL_MM = 8.0
"""Of the phantom, so that its slices cover a head."""
OWN_CORNER_MM = 8.0
"""How far the T2 of the study begins beside the FLAIR."""


@pytest.fixture
def study_desk(desk, fake_worker, write_series, tmp_path, monkeypatch):
    """The window on a phantom whose FLAIR and T2 were read from a DICOM study."""
    monkeypatch.setenv("CCSD_CACHE", str(tmp_path / "cache"))

    def phantom(name):
        case = fake_worker.phantom(name, PAIR, labelled=False)
        affine = np.diag([VOXEL_MM] * 3 + [1.0])
        volumes = {m: Volume(v.array, affine) for m, v in case.volumes.items()}
        return replace(case, volumes=volumes, stored=StoredGrid(case.stored.shape, affine))

    for number, (m, volume) in enumerate(phantom("p").volumes.items(), 2):
        affine = volume.world_from_voxel.copy()
        affine[0, 3] += OWN_CORNER_MM * (m is Modality.T2)
        write_series(number=number, sequence=m.label, array=volume.array, affine=affine)
    folder = drain(convert_study(tmp_path / "study"))
    sources = load_case(folder).sources

    def of_study(path, files):
        case = phantom(path.name)
        own = {m: Source(folder / sources[m].path.name, "series") for m in case.volumes}
        return replace(case, study_folder=folder, sources=own)

    monkeypatch.setattr(fake_worker, "load_case", of_study)
    return lambda: desk("p_FLAIR+T2_unlabelled")


def answer(monkeypatch, choice):
    """The dialog is answered so, and what it offered is kept."""
    asked = []

    def ask(parent, title, sequences=()):
        asked.append(list(sequences))
        return choice

    monkeypatch.setattr(dicom_exports, "ask_dicom", ask)
    return asked


def segmented_mm(path: Path) -> np.ndarray:
    """World points (n, 3), RAS+ mm, of every pixel that the first segment marks."""
    dataset = pydicom.dcmread(path)
    shared = dataset.SharedFunctionalGroupsSequence[0]
    row_mm, column_mm = map(float, shared.PixelMeasuresSequence[0].PixelSpacing)
    along = np.array(shared.PlaneOrientationSequence[0].ImageOrientationPatient, float)
    found = []
    groups = dataset.PerFrameFunctionalGroupsSequence
    for frame, group in zip(dataset.pixel_array, groups, strict=True):
        if group.SegmentIdentificationSequence[0].ReferencedSegmentNumber != 1:
            continue
        corner = np.array(group.PlanePositionSequence[0].ImagePositionPatient, float)
        r, c = np.nonzero(frame)
        lps = corner + np.outer(c * column_mm, along[:3]) + np.outer(r * row_mm, along[3:])
        found.append(lps * (-1, -1, 1))
    return np.concatenate(found)


@pytest.mark.parametrize("sequence", PAIR, ids=lambda m: m.label)
def test_the_segmentation_lies_in_the_patient_where_the_nifti_labels_lie(
    study_desk, monkeypatch, sequence
):
    at = study_desk()
    asked = answer(monkeypatch, DicomChoice(sequence, anonymous=False))

    at.choose("dicom_seg")
    at.choose("label_map")

    assert not at.session.state.problem
    assert asked == [list(PAIR)]
    name = f"p_FLAIR+T2_unlabelled_FLAIR+T2_segmentation-on-{sequence.label}.dcm"
    image = nib.load(at.folder / "p_FLAIR+T2_unlabelled_FLAIR+T2_labels.nii.gz")
    where = np.argwhere(np.asarray(image.dataobj) > 0)
    labels_mm = where @ image.affine[:3, :3].T + image.affine[:3, 3]
    assert sorted(map(tuple, segmented_mm(at.folder / name).round(2))) == sorted(
        map(tuple, labels_mm.round(2))
    )
    source = pydicom.dcmread(next((at.folder.parent / "study").iterdir()))
    written = pydicom.dcmread(at.folder / name)
    assert written.StudyInstanceUID == source.StudyInstanceUID
    assert written.PatientName == source.PatientName


def test_the_views_are_filed_as_a_picture_or_without_a_name(study_desk, monkeypatch):
    at = study_desk()
    source = pydicom.dcmread(next((at.folder.parent / "study").iterdir()))
    asked = answer(monkeypatch, DicomChoice(None, anonymous=True))
    at.session.become(at.session.state.comparing(ModalitySubset.parse("FLAIR")))
    at.session.become(replace(at.session.state, side_by_side=True))
    at.menu.refresh()
    assert "Comparison" in at.menu.findChild(QAction, "secondary_capture").text()

    at.choose("secondary_capture")
    answer(monkeypatch, DicomChoice(None, anonymous=False))
    at.session.become(replace(at.session.state, side_by_side=False))
    at.choose("secondary_capture")

    assert not at.session.state.problem
    assert asked == [[]]
    both, views = (
        pydicom.dcmread(at.folder / f"p_FLAIR+T2_unlabelled_FLAIR+T2_{what}.dcm")
        for what in ("comparison", "views")
    )
    assert not both.PatientName
    assert both.StudyInstanceUID != source.StudyInstanceUID
    assert views.PatientName == source.PatientName
    assert views.StudyInstanceUID == source.StudyInstanceUID
    assert "compared with: input: FLAIR" in both.DerivationDescription
    assert both.pixel_array.shape[1] == at.window.views.width() * at.exporter.pictures.scale
    assert both.pixel_array.std() > 10


def test_changing_ones_mind_writes_nothing(study_desk, monkeypatch):
    at = study_desk()
    answer(monkeypatch, None)
    at.choose("dicom_seg")
    at.choose("secondary_capture")
    assert at.files() == set()


def test_the_dialog_says_who_is_named_and_offers_the_slices(qtbot):
    dialog = DicomDialog("Export", [Modality.FLAIR, Modality.T2])
    qtbot.addWidget(dialog)
    text = " ".join(one.text() for one in dialog.findChildren(QLabel))
    assert "the patient's name, ID and date of birth" in text
    assert dialog.choice == DicomChoice(Modality.FLAIR, anonymous=False)
    dialog._anonymous.setChecked(True)
    dialog._sequence.setCurrentIndex(1)
    assert dialog.choice == DicomChoice(Modality.T2, anonymous=True)


def test_without_a_study_or_a_preparation_the_entries_are_grey_and_say_why(desk):
    at = desk()
    at.menu.refresh()
    for name in ("dicom_seg", "secondary_capture"):
        entry = at.menu.findChild(QAction, name)
        assert not entry.isEnabled()
        assert entry.toolTip() == "The case was not opened from a DICOM study"
    entry = at.menu.findChild(QAction, "sequence_maps")
    assert not entry.isEnabled()
    assert entry.toolTip().startswith("All sequences lie on one grid")


@pytest.mark.parametrize("on_scanned", [False, True], ids=["prepared", "original"])
def test_a_prepared_case_is_exported_with_a_label_map_for_every_sequence(
    desk, fake_worker, on_scanned
):
    at = desk("raw_FLAIR+T2")
    at.session.become(at.session.state.shown_on(scanned=on_scanned))

    at.choose("sequence_maps")

    assert not at.session.state.problem
    stem = "raw_FLAIR+T2_FLAIR+T2_labels_on_"
    expected = {f"{stem}{m}.{e}" for m in ("FLAIR", "T2") for e in ("nii.gz", "json")}
    assert at.files() == expected
    truth = fake_worker.regions(PAIR)[0][::2]
    for m in PAIR:
        drawn = np.asarray(nib.load(at.folder / f"{stem}{m.label}.nii.gz").dataobj) > 0
        assert drawn.shape == fake_worker.RAW_SHAPE
        assert 2 * (truth & drawn).sum() / (truth.sum() + drawn.sum()) > 0.9
