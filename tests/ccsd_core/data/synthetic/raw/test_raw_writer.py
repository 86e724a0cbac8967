"""Raw studies on disk: read as cases, the same images as NIfTI and as DICOM, the truth apart."""

import json

import nibabel as nib
import numpy as np
import pytest

from ccsd_core.data.synthetic.raw import raw_writer
from ccsd_core.data.synthetic.raw.raw_study import draw_raw_study
from ccsd_core.data.synthetic.raw.raw_writer import Form, write_raw_studies
from ccsd_core.domain.modality import Modality
from ccsd_core.errors import BadInputError
from ccsd_core.progress import drain
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.cases.case_place import case_place

COARSE_MM = 6.0
WRITTEN = (Modality.FLAIR, Modality.T1, Modality.T2)


@pytest.fixture(scope="module")
def drawn():
    return draw_raw_study(3, spacing_mm=COARSE_MM)


@pytest.fixture
def write(tmp_path, drawn, monkeypatch):
    def draw(seed, *, spacing_mm, healthy):
        assert (seed, spacing_mm) == (3, COARSE_MM)
        return drawn

    monkeypatch.setattr(raw_writer, "draw_raw_study", draw)

    def write(form: Form):
        steps = write_raw_studies(
            tmp_path, count=1, seed=3, form=form, spacing_mm=COARSE_MM, sequences=WRITTEN
        )
        return drain(steps)[0]

    return write


@pytest.mark.parametrize("form", Form, ids=lambda form: form.value)
def test_a_study_is_read_with_its_sequences_where_they_lie(
    write, form, drawn, tmp_path, monkeypatch
):
    if form is Form.DICOM:
        pytest.importorskip("pydicom")
        pytest.importorskip("dcm2niix")
    monkeypatch.setenv("CCSD_CACHE", str(tmp_path / "cache"))

    case = load_case(drain(case_place(write(form))))

    assert tuple(case.volumes) == WRITTEN
    first = drawn.images[Modality.FLAIR]
    np.testing.assert_allclose(case.grid.world_from_voxel, first.world_from_voxel, atol=1e-3)
    np.testing.assert_array_equal(case.grid.array, first.array)
    assert case.reference is None, "the truth lies apart"


def test_the_truth_lies_on_each_sequence(write, tmp_path):
    study = write(Form.NIFTI)

    truth = tmp_path / "truth" / study.name
    for name in ("flair", "t1", "t2"):
        label = next(m.label for m in Modality if m.label.lower() == name)
        image = nib.load(study / f"{name}.nii.gz")
        for what in ("labels", "brain"):
            lying = nib.load(truth / f"{what}_on_{label}.nii.gz")
            assert lying.shape == image.shape
            np.testing.assert_allclose(lying.affine, image.affine, atol=1e-4)
        assert np.asarray(lying.dataobj).any()
    poses = json.loads((truth / "poses.json").read_text())["world_from_head"]
    assert {name: np.shape(pose) for name, pose in poses.items()} == dict.fromkeys(
        ("FLAIR", "T1", "T2"), (4, 4)
    )


def test_nothing_is_written_over(write, tmp_path):
    (tmp_path / "truth" / "Synthetic_raw_00003").mkdir(parents=True)
    with pytest.raises(BadInputError, match="exists already"):
        write(Form.NIFTI)
    assert not (tmp_path / "Synthetic_raw_00003").exists()
