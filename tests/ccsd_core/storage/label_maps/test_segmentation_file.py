"""Writing segmentations: the file lies exactly where the case's own file lay."""

import gzip
import itertools
import os
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ccsd_core.domain.case import StoredGrid
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import BRATS2021, BRATS2023
from ccsd_core.domain.segmentation import Provenance, Segmentation
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import BadInputError, ResourceError
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.label_maps.segmentation_file import (
    PREDICTION,
    is_as_written,
    is_prediction,
    save_labels,
    save_segmentation,
)
from ccsd_core.storage.nifti.reader import load_labels

SHAPE = (4, 5, 6)
LABELS = (np.arange(np.prod(SHAPE)).reshape(SHAPE) * 7 % 5).astype(np.uint8)
OBLIQUE = nib.affines.from_matvec(
    nib.eulerangles.euler2mat(0.2, -0.15, 0.1) @ np.diag([0.5, 1.0, 3.0]), [-30, 12.5, 70]
)
ORIENTATIONS = [
    "".join(codes)
    for axes in itertools.permutations(("RL", "AP", "SI"))
    for codes in itertools.product(*axes)
]


def stored_labels(path: Path, codes: str) -> nib.Nifti1Image:
    """The labels on disk in some orientation, on an oblique and anisotropic grid."""
    canonical = nib.Nifti1Image(LABELS, OBLIQUE)
    image = canonical.as_reoriented(nib.orientations.axcodes2ornt(codes))
    image.set_qform(image.affine, 1)
    image.set_sform(image.affine, 2)
    nib.save(image, path)
    return nib.load(path)


def test_there_are_48_orientations():
    assert len(set(ORIENTATIONS)) == 48


@pytest.mark.parametrize("codes", ORIENTATIONS)
def test_what_was_read_is_written_back_to_the_same_voxels(tmp_path: Path, codes: str):
    before = stored_labels(tmp_path / "in.nii.gz", codes)
    read = load_labels(tmp_path / "in.nii.gz")
    assert read.volume.is_canonical
    save_labels(tmp_path / "out.nii.gz", read.volume, read.stored)
    after = nib.load(tmp_path / "out.nii.gz")
    assert nib.aff2axcodes(after.affine) == nib.aff2axcodes(before.affine)
    assert (np.asarray(after.dataobj) == np.asarray(before.dataobj)).all()
    assert np.allclose(after.affine, before.affine, atol=1e-5)
    assert np.allclose(after.get_qform(), before.get_qform(), atol=1e-5)
    assert after.get_data_dtype() == np.uint8


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    codes=st.sampled_from(ORIENTATIONS),
    shape=st.tuples(*[st.integers(1, 4)] * 3),
    spacing=st.tuples(*[st.floats(0.2, 8)] * 3),
    angles=st.tuples(*[st.floats(-0.5, 0.5)] * 3),
    data=st.data(),
)
def test_any_grid_comes_back(tmp_path: Path, codes, shape, spacing, angles, data):
    matrix = nib.eulerangles.euler2mat(*angles) @ np.diag(spacing)
    ornt = nib.orientations.axcodes2ornt(codes)
    affine = nib.affines.from_matvec(matrix, [1, 2, 3]) @ nib.orientations.inv_ornt_aff(ornt, shape)
    array = data.draw(arrays(np.uint8, shape, elements=st.integers(0, 4)))
    nib.save(nib.Nifti1Image(array, affine), tmp_path / "in.nii")
    read = load_labels(tmp_path / "in.nii")
    save_labels(tmp_path / "out.nii", read.volume, read.stored)
    after = nib.load(tmp_path / "out.nii")
    assert (np.asarray(after.dataobj) == array).all()
    assert np.allclose(after.affine, affine, atol=1e-4)


@pytest.mark.parametrize("codes", [(0, 0), (1, 0), (0, 1), (2, 1), (1, 4)])
def test_the_headers_codes_are_kept(tmp_path: Path, codes: tuple[int, int]):
    affine = np.diag([-1.0, -2, 3, 1])
    save_labels(
        tmp_path / "a.nii.gz", Volume(LABELS, np.abs(affine)), StoredGrid(SHAPE, affine, *codes)
    )
    header = nib.load(tmp_path / "a.nii.gz").header
    assert (int(header["qform_code"]), int(header["sform_code"])) == codes
    assert header.get_zooms() == (1, 2, 3)


def segmentation_of(path: Path, *, subset: ModalitySubset | None = None) -> Segmentation:
    case = load_case(path)
    assert case.reference_regions is not None
    used = subset or case.available
    provenance = Provenance(case.id, "m", "0" * 64, used, case.available, "0", False)
    return Segmentation(case.reference_regions, case.grid, case.stored, case.scheme, provenance)


def test_the_experts_labels_come_back_as_they_were(brats_case, tmp_path: Path):
    written = brats_case()
    save_segmentation(tmp_path / "out.nii.gz", segmentation_of(written.path))
    assert (np.asarray(nib.load(tmp_path / "out.nii.gz").dataobj) == written.labels).all()


def test_another_scheme_can_be_asked_for(brats_case, tmp_path: Path):
    written = brats_case()
    save_segmentation(tmp_path / "o.nii", segmentation_of(written.path), scheme=BRATS2023)
    values = np.asarray(nib.load(tmp_path / "o.nii").dataobj)
    assert ((values == 3) == (written.labels == BRATS2021.enhancing)).all()
    assert 4 not in values


def test_equal_segmentations_make_equal_bytes_whatever_the_name_and_time(brats_case, tmp_path):
    found = segmentation_of(brats_case().path)
    save_segmentation(tmp_path / "a.nii.gz", found)
    save_segmentation(tmp_path / "other.nii.gz", found)
    first = (tmp_path / "a.nii.gz").read_bytes()
    assert first == (tmp_path / "other.nii.gz").read_bytes()
    assert first[4:8] == b"\0\0\0\0", "the gzip header carries a time"
    assert not first[3] & 8, "the gzip header carries a name"


def test_the_file_says_that_we_predicted_it_and_that_it_is_for_research_only(
    brats_case, tmp_path: Path
):
    save_segmentation(tmp_path / "a.nii.gz", segmentation_of(brats_case().path))
    text = bytes(nib.load(tmp_path / "a.nii.gz").header["descrip"]).rstrip(b"\0").decode()
    assert text == PREDICTION == "CCSD prediction; research and teaching only, not diagnosis"
    assert len(PREDICTION) <= 79


def test_nothing_but_the_file_is_left_and_it_replaces_the_old_one(brats_case, tmp_path: Path):
    out = tmp_path / "new" / "deep" / "a.nii.gz"
    found = segmentation_of(brats_case().path)
    save_segmentation(out, found)
    out.write_bytes(b"old")
    save_segmentation(out, found)
    assert gzip.decompress(out.read_bytes())[344:347] == b"n+1"
    assert [p.name for p in out.parent.iterdir()] == ["a.nii.gz"]


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(brats_case, tmp_path, monkeypatch):
    found = segmentation_of(brats_case().path)
    out = tmp_path / "o" / "a.nii.gz"
    save_segmentation(out, found)
    before = out.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ResourceError, match=r"a\.nii\.gz.*No space left"):
        save_segmentation(out, found)
    assert out.read_bytes() == before
    assert [p.name for p in out.parent.iterdir()] == ["a.nii.gz"]


def test_a_folder_that_cannot_be_made_is_named(brats_case, tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ResourceError, match="cannot write"):
        save_segmentation(tmp_path / "file" / "a.nii.gz", segmentation_of(brats_case().path))


@pytest.mark.parametrize("name", ["a.txt", "a", "a.nrrd", ".nii.gz"])
def test_another_ending_is_refused(brats_case, tmp_path: Path, name: str):
    with pytest.raises(BadInputError, match=r"\.nii\.gz"):
        save_segmentation(tmp_path / name, segmentation_of(brats_case().path))


@pytest.mark.parametrize("change", ["nothing", "type", "a voxel", "no extension", "cut off"])
def test_a_label_map_is_as_written_until_it_is_changed(tmp_path: Path, change: str):
    path = tmp_path / "out.nii.gz"
    save_labels(path, Volume(LABELS, np.eye(4)), StoredGrid(SHAPE, np.eye(4), 1, 1))
    image = nib.load(path)
    array, header = np.asarray(image.dataobj).copy(), image.header
    if change == "a voxel":
        array[0, 0, 0] += 1
    if change == "type":
        array = array.astype(np.int16)
        header.set_data_dtype(np.int16)
    if change == "no extension":
        header.extensions.clear()
    if change != "nothing":
        nib.save(nib.Nifti1Image(array, image.affine, header), path)
    if change == "cut off":
        path.write_bytes(path.read_bytes()[:-40])

    assert is_prediction(path)
    assert is_as_written(path) is (change in ("nothing", "type"))
