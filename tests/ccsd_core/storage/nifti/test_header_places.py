"""Where a NIfTI header says that an image lies, in units and by fields that may disagree."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from ccsd_core.storage.nifti.reader import load_volume

SHAPE = (5, 6, 7)
LPS = np.array([[-1.0, 0, 0, 10], [0, -2, 0, 20], [0, 0, 3, 30], [0, 0, 0, 1]])


def image(affine=LPS, *, qform=1, sform=1) -> nib.Nifti1Image:
    made = nib.Nifti1Image(np.arange(210, dtype=np.int16).reshape(SHAPE), None)
    made.set_qform(affine, qform)
    made.set_sform(affine, sform)
    return made


def saved(path: Path, made: nib.Nifti1Image, **fields) -> Path:
    """The image with some header fields as they are given; nibabel would mend them."""
    nib.save(made, path)
    data = bytearray(path.read_bytes())
    header = np.frombuffer(data, nib.Nifti1Header.template_dtype, count=1)
    changed = header.copy()
    for name, value in fields.items():
        changed[name] = value
    data[:348] = changed.tobytes()
    path.write_bytes(bytes(data))
    return path


@pytest.mark.parametrize(
    ("code", "scale", "unit"), [(1, 1e-3, "metres"), (3, 1e3, "micrometres")], ids=["m", "µm"]
)
def test_other_units_than_millimetres_are_obeyed_and_reported(tmp_path, code, scale, unit):
    affine = np.diag([scale, scale, scale, 1.0]) @ LPS
    read = load_volume(saved(tmp_path / "a.nii", image(affine), xyzt_units=code))

    np.testing.assert_allclose(read.stored.affine, LPS, atol=1e-4)
    assert read.notes == (f"a.nii: the header states lengths in {unit}; they were converted to mm",)


def test_a_unit_that_makes_no_head_is_reported_and_not_obeyed(tmp_path):
    read = load_volume(saved(tmp_path / "a.nii", image(), xyzt_units=1))

    np.testing.assert_allclose(read.stored.affine, LPS)
    (note,) = read.notes
    assert "states metres, which would make voxels of 2000 mm; millimetres are assumed" in note


@pytest.mark.parametrize("qfac", [0.0, 7.0])
def test_a_qfac_that_is_none_means_one(tmp_path, qfac):
    affine = np.diag([1.0, 2, 3, 1])
    pixdim = [qfac, 1, 2, 3, 1, 1, 1, 1]
    read = load_volume(saved(tmp_path / "a.nii", image(affine, sform=0), pixdim=pixdim))

    np.testing.assert_allclose(read.stored.affine, affine)


def test_voxel_sizes_have_no_sign(tmp_path):
    affine = np.diag([1.0, 2, 3, 1])
    pixdim = [1, -1, -2, 3, 1, 1, 1, 1]
    read = load_volume(saved(tmp_path / "a.nii", image(affine, sform=0), pixdim=pixdim))

    np.testing.assert_allclose(read.stored.affine, affine)


def test_forms_that_disagree_are_reported_and_the_sform_is_used(tmp_path):
    made = image()
    moved = LPS.copy()
    moved[0, 3] += 30
    made.set_qform(moved, 1)
    read = load_volume(saved(tmp_path / "a.nii", made))

    np.testing.assert_allclose(read.stored.affine, LPS)
    (note,) = read.notes
    assert note == "a.nii: its sform and its qform differ by up to 30 mm; the sform is used"


def test_a_voxel_size_that_differs_from_the_affine_is_reported(tmp_path):
    path = saved(tmp_path / "a.nii", image(qform=0), pixdim=[1, 2, 2, 3, 1, 1, 1, 1])

    (note,) = load_volume(path).notes

    assert "its voxel size (pixdim 2 × 2 × 3 mm) differs from its affine (1 × 2 × 3 mm)" in note


def test_forms_that_agree_say_nothing(tmp_path):
    assert load_volume(saved(tmp_path / "a.nii", image())).notes == ()
