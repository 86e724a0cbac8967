"""Formats plug in: whatever has an entry is opened as a case."""

from pathlib import Path

import numpy as np
import pytest

from ccsd_core.domain.case import StoredGrid
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import NiftiError
from ccsd_core.storage import formats
from ccsd_core.storage.cases.case_folder import find_cases, load_case
from ccsd_core.storage.image_format import ImageFormat
from ccsd_core.storage.nifti.header import NiftiHeader
from ccsd_core.storage.nifti.nifti_format import NIFTI
from ccsd_core.storage.stored_volume import StoredVolume

GRID = StoredGrid((3, 4, 5), np.eye(4))


def header_of(path: Path) -> NiftiHeader:
    dtype = np.dtype(np.float32)
    return NiftiHeader(0, 0, GRID.shape, dtype, 1.0, 0.0, GRID, placed=True, description="")


def volume_of(path: Path) -> StoredVolume:
    values = np.load(path).astype(np.float32)
    return StoredVolume(Volume(values, GRID.affine), GRID)


ARRAYS = ImageFormat(
    name="arrays",
    images_in=lambda folder, names: {n: n.removesuffix(".npy") for n in names if ".npy" in n},
    read_header=header_of,
    load_volume=volume_of,
    load_channels=lambda path: (),
)


def test_a_format_with_an_entry_is_found_and_read_beside_others(
    brats_case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    case = tmp_path / "data" / "mine"
    case.mkdir(parents=True)
    for name in ("p_t1.npy", "p_flair.npy", "p_seg.npy"):
        image, labels = np.ones(GRID.shape), np.zeros(GRID.shape)
        image[0], labels[1, 1, 1] = 2, 1
        np.save(case / name, labels if "seg" in name else image)
    published = brats_case(under=tmp_path / "data").path
    assert find_cases(tmp_path / "data") == [published]

    monkeypatch.setattr(formats, "FORMATS", (NIFTI, ARRAYS))

    assert find_cases(tmp_path / "data") == [published, case]
    read = load_case(case)
    assert read.available == ModalitySubset.of(Modality.FLAIR, Modality.T1)
    assert read.reference is not None, read.notes
    assert float(read.volumes[Modality.T1].array.min()) == 1


def test_a_file_of_no_known_name_says_itself_what_it_is(tmp_path: Path):
    (tmp_path / "scan.dat").write_text("<html>")

    assert formats.name_of_image(tmp_path / "scan.dat") is None
    with pytest.raises(NiftiError, match="web page"):
        formats.read_header(tmp_path / "scan.dat")
