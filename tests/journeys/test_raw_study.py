"""A raw DICOM study is dropped, a wrong guess corrected, prepared, toggled, sent back as DICOM."""

import json
from pathlib import Path

import nibabel
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDropEvent
from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QFileDialog, QLabel, QToolButton

from ccsd_app.qt.exporting import dicom_exports
from ccsd_app.qt.exporting.dicom_dialog import DicomChoice
from ccsd_app.qt.exporting.export_menu import ExportMenu
from ccsd_app.qt.open_case.case_table import CaseTableDialog
from ccsd_app.session.preparation import Stage
from ccsd_core.domain.modality import Modality, ModalitySubset

pydicom = pytest.importorskip("pydicom")
for library in ("highdicom", "dcm2niix", "SimpleITK", "deepbet"):
    pytest.importorskip(library, reason="needs the extra [scanner]")

LEFT = Qt.MouseButton.LeftButton
WITH = (Modality.FLAIR, Modality.T1, Modality.T2)
NOT_T2 = ModalitySubset.parse("FLAIR+T1")
SEED = 1
TIMEOUT_MS = 1_500_000
"""The real preparation takes a minute on two idle cores, and many on busy ones."""


@pytest.fixture
def study(tmp_path, monkeypatch) -> Path:
    """A synthetic raw study of a named patient, whose T1 says that contrast agent was given."""
    from ccsd_core.data.synthetic.raw.raw_writer import Form, write_raw_studies
    from ccsd_core.progress import drain

    monkeypatch.setenv("CCSD_CACHE", str(tmp_path / "cache"))
    steps = write_raw_studies(
        tmp_path / "raw", count=1, seed=SEED, form=Form.DICOM, spacing_mm=3.0, sequences=WITH
    )
    (folder,) = drain(steps)
    for path in (folder / "series03").iterdir():
        dataset = pydicom.dcmread(path)
        dataset.ContrastBolusAgent = "Gadovist"
        pydicom.dcmwrite(path, dataset)
    return folder


class Radiologist:
    """What is done in the window, and what is seen there."""

    def __init__(self, desk, qtbot) -> None:
        self.window, self.session, self.qtbot = desk.window, desk.session, qtbot
        self.desk = desk

    @property
    def state(self):
        return self.session.state

    def until(self, reached) -> None:
        self.qtbot.waitUntil(
            lambda: bool(reached(self.state)) or bool(self.state.problem), timeout=TIMEOUT_MS
        )
        assert self.state.problem == ""

    def drop(self, path: Path) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        at, no_key = QPointF(5, 5), Qt.KeyboardModifier.NoModifier
        self.window.dropEvent(QDropEvent(at, Qt.DropAction.CopyAction, data, LEFT, no_key))

    def correct(self, file: str, role: str) -> None:
        """Use another sequence for a file in the table of files."""
        self.window.opener.show_table()
        table = self.window.findChild(CaseTableDialog)
        index = next(i for i, one in enumerate(table.offer.images) if file in one.part.name)
        table.findChild(QComboBox, f"role_{index}").setCurrentText(role)
        buttons = table.findChild(QDialogButtonBox)
        self.qtbot.mouseClick(buttons.button(QDialogButtonBox.StandardButton.Open), LEFT)

    def press(self, name: str) -> None:
        self.qtbot.mouseClick(self.window.findChild(QToolButton, name), LEFT)

    def export(self, entry: str) -> None:
        menu = self.window.findChild(ExportMenu)
        menu.refresh()
        action = menu.findChild(QAction, entry)
        assert action.isEnabled(), action.toolTip()
        action.trigger()
        self.qtbot.waitUntil(lambda: not self.window.exporter.run.busy, timeout=TIMEOUT_MS)
        assert self.state.problem == ""


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.timeout(2 * TIMEOUT_MS / 1000)
def test_from_the_dropped_study_to_the_segmentation_in_its_archive(
    study, open_desk, model_folder, case_folder, qtbot, tmp_path, monkeypatch
):
    user = Radiologist(open_desk(case_folder, model_folder), qtbot)
    user.until(lambda state: state.case is not None)

    user.drop(study)
    user.until(lambda state: state.case.id.startswith("DICOM-"))
    assert Modality.T1C in user.state.case.available, "the header says so"
    user.correct("3_", "T1")
    user.until(lambda state: tuple(state.case.available) == WITH)
    raw_shape = user.state.case.grid.shape
    user.until(lambda state: state.activity is not None and "registering" in state.activity.what)
    user.until(lambda state: state.stage is Stage.DONE and state.complete)

    assert "brain mask" in user.desk.text("preparation_text")
    assert "T2" in user.desk.text("preparation_text")
    qtbot.keyClick(user.window, Qt.Key.Key_4)
    user.until(lambda state: state.shown == NOT_T2)
    user.press("shown_on_original")
    assert user.state.case.grid.shape == raw_shape
    assert user.state.result.nested_labels.any(), "the untrained network marks something"

    folder = tmp_path / "out"
    folder.mkdir()
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *a: (str(folder / Path(a[2]).name), "")
    )
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    choice = DicomChoice(Modality.T2, anonymous=False)
    monkeypatch.setattr(dicom_exports, "ask_dicom", lambda *_, **__: choice)
    user.export("sequence_maps")
    user.export("dicom_seg")

    (seg,) = folder.glob("*.dcm")
    (on_t2,) = folder.glob("*_on_T2.nii.gz")
    written = pydicom.dcmread(seg)
    source = pydicom.dcmread(next((study / "series04").iterdir()))
    assert written.StudyInstanceUID == source.StudyInstanceUID
    assert written.PatientName == source.PatientName
    image = nibabel.load(on_t2)
    where = np.argwhere(np.asarray(image.dataobj) > 0)
    labels_mm = where @ image.affine[:3, :3].T + image.affine[:3, 3]
    assert_same_points(labels_mm, marked_mm(written))
    beside = json.loads(on_t2.with_name(on_t2.name.replace(".nii.gz", ".json")).read_text())
    assert beside["input"].startswith("FLAIR, T1") or "T2 withheld" in beside["input"]
    assert "SYN-" not in " ".join(path.name for path in folder.iterdir())
    titles = [user.window.windowTitle(), *(o.text() for o in user.window.findChildren(QLabel))]
    assert not [text for text in titles if "SYN-" in text or "Synthetic^" in text]


def marked_mm(dataset) -> np.ndarray:
    """World points (n, 3), RAS+ mm, of every pixel that the first segment of a file marks."""
    shared = dataset.SharedFunctionalGroupsSequence[0]
    row_mm, column_mm = map(float, shared.PixelMeasuresSequence[0].PixelSpacing)
    along = np.array(shared.PlaneOrientationSequence[0].ImageOrientationPatient, float)
    found = []
    groups = dataset.PerFrameFunctionalGroupsSequence
    for frame, group in zip(dataset.pixel_array, groups, strict=True):
        if group.SegmentIdentificationSequence[0].ReferencedSegmentNumber == 1:
            corner = np.array(group.PlanePositionSequence[0].ImagePositionPatient, float)
            r, c = np.nonzero(frame)
            lps = corner + np.outer(c * column_mm, along[:3]) + np.outer(r * row_mm, along[3:])
            found.append(lps * (-1, -1, 1))
    return np.concatenate(found)


def assert_same_points(one: np.ndarray, other: np.ndarray) -> None:
    """Each point has its like in the other set, within a hundredth of a millimetre."""
    from scipy.spatial import cKDTree

    assert len(one) == len(other) > 0
    distances, _ = cKDTree(other).query(one)
    assert distances.max() < 0.05
