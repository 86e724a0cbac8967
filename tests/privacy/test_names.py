"""What is written carries no name from above the case: not in headers, not in gzip's own."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from ccsd_app.viewmodel.window_title import window_title
from ccsd_core.domain.case import StoredGrid
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume import Volume
from ccsd_core.storage.label_maps.probability_file import probability_paths, save_probabilities
from ccsd_core.storage.label_maps.segmentation_file import save_labels
from ccsd_core.storage.nifti.writer import write_array

PATIENT = "Mustermann"
GZIP_FLAGS, GZIP_HAS_NAME = 3, 0x08
GRID = StoredGrid((4, 4, 4), np.eye(4))
VALUES = np.zeros((4, 4, 4), np.uint8)


def label_map(folder: Path) -> list[Path]:
    save_labels(folder / "P1.nii.gz", Volume(VALUES, np.eye(4)), GRID)
    return [folder / "P1.nii.gz"]


def image(folder: Path) -> list[Path]:
    write_array(folder / "P1_t1.nii.gz", VALUES, np.eye(4))
    return [folder / "P1_t1.nii.gz"]


def probabilities(folder: Path) -> list[Path]:
    labels = folder / "P1.nii.gz"
    values = np.zeros((len(Region), 4, 4, 4), np.float32)
    save_probabilities(labels, values, GRID)
    return list(probability_paths(labels).values())


@pytest.mark.parametrize("write", [label_map, image, probabilities])
def test_files_in_a_folder_called_by_a_patient_do_not_carry_his_name(write, tmp_path):
    folder = tmp_path / PATIENT
    folder.mkdir()

    for path in write(folder):
        packed = path.read_bytes()
        assert not packed[GZIP_FLAGS] & GZIP_HAS_NAME, path.name
        header = nib.load(path).header.binaryblock
        assert PATIENT.encode() not in packed + header


def test_the_windows_title_names_the_case_and_no_folder_above(phantom_title, tmp_path):
    title = phantom_title(tmp_path / PATIENT / "P1")

    assert "P1" in title
    assert PATIENT not in title
    assert str(tmp_path) not in title


@pytest.fixture
def phantom_title(brats_case):
    from ccsd_app.session.state import State
    from ccsd_core.storage.cases.case_folder import load_case

    def title(path: Path) -> str:
        written = brats_case(path.name, under=path.parent)
        return str(window_title(State().opened(load_case(written.path))))

    return title
