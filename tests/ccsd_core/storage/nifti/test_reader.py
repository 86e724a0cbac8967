"""Reading NIfTI images: what is accepted, what is repaired with a note, what is refused and how."""

import gzip
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from ccsd_core.domain.volume import Volume
from ccsd_core.errors import NiftiError
from ccsd_core.storage.nifti import header as nifti_header
from ccsd_core.storage.nifti.header import read_header
from ccsd_core.storage.nifti.reader import load_channels, load_labels, load_volume
from tests.ccsd_core.unprivileged import unprivileged

SHAPE = (5, 6, 7)
VALUES = np.arange(np.prod(SHAPE)).reshape(SHAPE) % 100
LPS = np.array([[-1.0, 0, 0, 10], [0, -2, 0, 20], [0, 0, 3, 30], [0, 0, 0, 1]])


def save(
    path: Path, array: np.ndarray = VALUES, affine: np.ndarray = LPS, dtype="int16", kind=None
):
    image = (kind or nib.Nifti1Image)(np.asarray(array).astype(dtype), affine)
    nib.save(image, path)
    return path


def one_line(error: pytest.ExceptionInfo[NiftiError], path: Path) -> str:
    text = str(error.value)
    assert "\n" not in text
    assert path.name in text
    return text


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz", "A.NII.GZ"])
@pytest.mark.parametrize("kind", [nib.Nifti1Image, nib.Nifti2Image])
def test_an_image_becomes_canonical_float32(tmp_path: Path, name: str, kind):
    read = load_volume(save(tmp_path / name, kind=kind))
    assert read.volume.array.dtype == np.float32
    assert read.volume.is_canonical
    assert (read.volume.array == VALUES[::-1, ::-1]).all()
    assert read.notes == ()
    assert read.stored.shape == SHAPE
    assert (read.stored.affine == LPS).all()


def test_the_same_voxel_keeps_its_place_in_the_patient(tmp_path: Path):
    read = load_volume(save(tmp_path / "a.nii"))
    stored = Volume(VALUES, LPS)
    assert read.volume.world_from((4, 5, 6)) == stored.world_from((0, 0, 6))
    assert read.volume.array[4, 5, 6] == VALUES[0, 0, 6]


@pytest.mark.parametrize("codes", ["RAS", "LPS", "PIR", "SAL", "ILA"])
def test_our_reading_agrees_with_nibabels(tmp_path: Path, codes: str):
    ornt = nib.orientations.axcodes2ornt(codes)
    rotated = nib.affines.from_matvec(
        nib.eulerangles.euler2mat(0.1, 0.2, 0.15) @ np.diag([0.5, 1, 2]), [1, 2, 3]
    )
    image = nib.Nifti1Image(VALUES.astype("int16"), rotated).as_reoriented(ornt)
    nib.save(image, tmp_path / "a.nii.gz")
    expected = nib.as_closest_canonical(nib.load(tmp_path / "a.nii.gz"))
    read = load_volume(tmp_path / "a.nii.gz").volume
    assert (read.array == np.asarray(expected.dataobj)).all()
    assert np.allclose(read.world_from_voxel, expected.affine)


@pytest.mark.parametrize(
    "dtype", ["int8", "uint8", "uint16", "int32", "float32", "float64", "int64"]
)
@pytest.mark.parametrize("order", ["<", ">"])
def test_every_number_type_and_byte_order_is_read(tmp_path: Path, dtype: str, order: str):
    header = nib.Nifti1Header(endianness=order)
    header.set_data_dtype(dtype)
    image = nib.Nifti1Image(VALUES.astype(dtype), LPS, header, dtype=dtype)
    image.to_filename(tmp_path / "a.nii")
    raw = (tmp_path / "a.nii").read_bytes()
    assert int.from_bytes(raw[:4], "little" if order == "<" else "big") == 348
    assert (load_volume(tmp_path / "a.nii").volume.array == VALUES[::-1, ::-1]).all()


def test_the_intensity_scale_is_applied(tmp_path: Path):
    path = save(tmp_path / "a.nii")
    raw = bytearray(path.read_bytes())
    raw[112:120] = np.array([0.5, -3], "<f4").tobytes()
    path.write_bytes(raw)
    assert np.allclose(load_volume(path).volume.array, VALUES[::-1, ::-1] * 0.5 - 3)


def test_a_fourth_axis_of_length_one_is_dropped(tmp_path: Path):
    path = save(tmp_path / "a.nii.gz", VALUES[..., None])
    assert load_volume(path).volume.shape == SHAPE
    assert read_header(path).shape == SHAPE


def test_a_file_of_several_volumes_is_refused_with_a_hint(tmp_path: Path):
    path = save(tmp_path / "a.nii.gz", np.stack([VALUES] * 4, -1))
    with pytest.raises(NiftiError, match=r"\(5, 6, 7, 4\).*split it.*MSD") as error:
        load_volume(path)
    one_line(error, path)


def test_channels_come_apart_in_order(tmp_path: Path):
    path = save(tmp_path / "a.nii.gz", np.stack([VALUES, VALUES + 1, VALUES + 2], -1))
    channels = load_channels(path)
    assert [int(c.volume.array[-1, -1, 0]) for c in channels] == [0, 1, 2]
    with pytest.raises(NiftiError, match="four axes"):
        load_channels(save(tmp_path / "b.nii.gz"))


def test_values_that_are_no_numbers_become_background_and_are_noted(tmp_path: Path):
    array = np.full(SHAPE, -2.0)
    array[2, 2, 2], array[3, 3, 3], array[2, 3, 4] = np.nan, np.inf, 7
    read = load_volume(save(tmp_path / "a.nii", array, dtype="float32"))
    assert np.unique(read.volume.array).tolist() == [-2, 7]
    assert read.notes == ("a.nii: 2 voxels without a finite value were set to background",)


def test_a_background_of_nan_becomes_zero(tmp_path: Path):
    array = np.full(SHAPE, np.nan)
    array[1:4, 1:4, 1:4] = 5
    read = load_volume(save(tmp_path / "a.nii", array, dtype="float32"))
    assert np.unique(read.volume.array).tolist() == [0, 5]


def test_an_image_without_any_number_is_refused(tmp_path: Path):
    path = save(tmp_path / "a.nii", np.full(SHAPE, np.nan), dtype="float32")
    with pytest.raises(NiftiError, match="no finite value") as error:
        load_volume(path)
    one_line(error, path)


def with_codes(path: Path, *, qform: int, sform: int, affine: np.ndarray = LPS) -> Path:
    image = nib.Nifti1Image(VALUES.astype("int16"), affine)
    image.set_qform(LPS, qform)
    image.set_sform(affine, sform)
    nib.save(image, path)
    return path


@pytest.mark.parametrize(("qform", "sform"), [(1, 0), (0, 2), (2, 1), (1, 1)])
def test_the_codes_are_kept_and_either_affine_will_do(tmp_path: Path, qform: int, sform: int):
    read = load_volume(with_codes(tmp_path / "a.nii", qform=qform, sform=sform))
    assert (read.stored.qform_code, read.stored.sform_code) == (qform, sform)
    assert np.allclose(read.stored.affine, LPS)
    assert read.placed


def test_a_file_that_does_not_say_where_it_lies_is_noted(tmp_path: Path):
    read = load_volume(with_codes(tmp_path / "a.nii", qform=0, sform=0))
    assert not read.placed
    assert read.volume.spacing_mm == (1, 2, 3)
    assert "left and right may be swapped" in read.notes[0]
    assert (read.volume.array == VALUES).all()


def broken_header(path: Path, **fields) -> Path:
    """A file whose header holds what nibabel would not write."""
    save(path)
    raw = bytearray(path.read_bytes())
    header = nib.Nifti1Header(bytes(raw[:348]), check=False)
    for name, value in fields.items():
        header[name] = value
    path.write_bytes(header.binaryblock + bytes(raw[348:]))
    return path


def test_an_unusable_sform_gives_way_to_the_qform_and_is_noted(tmp_path: Path):
    path = broken_header(
        with_codes(tmp_path / "a.nii", qform=1, sform=1), srow_x=[np.nan] * 4, qform_code=1
    )
    raw = bytearray(path.read_bytes())
    image = nib.load(with_codes(tmp_path / "b.nii", qform=1, sform=1))
    header = image.header.copy()
    header["srow_x"] = [0, 0, 0, 0]
    path.write_bytes(header.binaryblock + bytes(raw[348:]))
    read = load_volume(path)
    assert np.allclose(read.stored.affine, LPS)
    assert "qform is used" in read.notes[0]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"srow_x": [0, 0, 0, 0], "qform_code": 0}, "without volume"),
        ({"srow_x": [np.nan, 0, 0, 0], "qform_code": 0}, "not finite"),
        ({"dim": [3, 30000, 30000, 30000, 1, 1, 1, 1]}, r"GiB.*crop"),
        ({"dim": [3, 5, -6, 7, 1, 1, 1, 1]}, "impossible shape"),
        ({"dim": [0, 5, 6, 7, 1, 1, 1, 1]}, "impossible shape"),
        ({"dim": [2, 5, 6, 1, 1, 1, 1, 1]}, "3 axes"),
        ({"datatype": 128, "bitpix": 24}, "real number"),
        ({"datatype": 32, "bitpix": 64}, "real number"),
        ({"datatype": 9999}, "data type"),
        ({"vox_offset": -5.0}, "byte -5"),
        ({"vox_offset": np.nan}, "byte nan"),
        ({"vox_offset": 1e9}, "byte 1000000000"),
        ({"sform_code": 0, "qform_code": 0, "pixdim": [1, 0, 1, 1, 0, 0, 0, 0]}, "voxel size"),
        ({"scl_slope": 1.0, "scl_inter": np.inf}, "intensity scale"),
        ({"magic": b"ni1"}, r"\.hdr/\.img pair"),
        ({"magic": b"xyz"}, "not a NIfTI file"),
    ],
    ids=lambda x: ",".join(x) if isinstance(x, dict) else "",
)
def test_an_impossible_header_is_refused_before_the_data(tmp_path: Path, fields, message: str):
    path = broken_header(tmp_path / "a.nii", **fields)
    with pytest.raises(NiftiError, match=message) as error:
        load_volume(path)
    one_line(error, path)


def test_the_size_is_checked_on_float32_not_on_the_stored_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = save(tmp_path / "a.nii", dtype="uint8")
    monkeypatch.setattr(nifti_header, "MAX_BYTES", 4 * VALUES.size)
    load_volume(path)
    monkeypatch.setattr(nifti_header, "MAX_BYTES", 4 * VALUES.size - 1)
    with pytest.raises(NiftiError, match="GiB"):
        load_volume(path)


HTML = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>"
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"
DICOM = bytes(128) + b"DICM" + bytes(300)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (HTML, "web page"),
        (b"\n  " + HTML.lower(), "web page"),
        (LFS, r"Git-LFS pointer.*git lfs pull"),
        (DICOM, r"DICOM.*\.dcm.*folder"),
        (b"PK\x03\x04" + bytes(400), "ZIP"),
        (b"NRRD0004\n" + bytes(400), r"NRRD.*\.nrrd"),
        (b"hello, I am a text", "not a NIfTI file"),
        (b"\x89PNG" + bytes(600), "not a NIfTI file"),
        (gzip.compress(b"nothing of the kind", mtime=0), "not a NIfTI file"),
        (gzip.compress(b"", mtime=0), "not a NIfTI file"),
        (b"\x1f\x8b", "truncated gzip"),
        (b"\x1f\x8b\x08\x00garbage-that-is-no-deflate-stream", "gzip"),
        ((348).to_bytes(4, "little") + bytes(20), "truncated"),
    ],
)
def test_a_file_that_is_something_else_is_called_by_its_name(tmp_path, content, message: str):
    path = tmp_path / "scan.nii.gz"
    path.write_bytes(content)
    with pytest.raises(NiftiError, match=message) as error:
        load_volume(path)
    one_line(error, path)


@pytest.mark.parametrize("kept", [0.02, 0.3, 0.9, 0.999])
@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
def test_a_truncated_file_is_reported_as_such(tmp_path: Path, name: str, kept: float):
    noise = np.random.default_rng(0).integers(0, 30000, SHAPE)
    path = save(tmp_path / name, noise)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(NiftiError, match=r"truncated|download it again") as error:
        load_volume(path)
    one_line(error, path)


def test_a_file_that_lost_only_its_checksum_is_reported_too(tmp_path: Path):
    path = save(tmp_path / "a.nii.gz")
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(NiftiError, match="truncated"):
        load_volume(path)


def test_a_flipped_bit_does_not_go_unnoticed(tmp_path: Path):
    path = tmp_path / "a.nii.gz"
    # Fills whole read buffers, so that the checksum is not read along with the last voxels.
    raw = nib.Nifti1Image(np.ones((16296, 2, 2), np.uint8), LPS).to_bytes()
    assert len(raw) % 8192 == 0
    packed = bytearray(gzip.compress(raw, compresslevel=0))
    packed[len(packed) // 2] ^= 1
    path.write_bytes(packed)
    with pytest.raises(NiftiError, match="damaged gzip"):
        load_volume(path)


def test_a_gzip_file_without_its_suffix_is_read(tmp_path: Path):
    save(tmp_path / "a.nii.gz").rename(tmp_path / "a.nii")
    assert (load_volume(tmp_path / "a.nii").volume.array == VALUES[::-1, ::-1]).all()


def test_a_missing_file_and_a_folder_are_distinguished(tmp_path: Path):
    with pytest.raises(NiftiError, match=r"absent\.nii does not exist"):
        load_volume(tmp_path / "absent.nii")
    (tmp_path / "folder.nii").mkdir()
    with pytest.raises(NiftiError, match="is a folder"):
        load_volume(tmp_path / "folder.nii")


def test_a_link_to_itself_is_refused(tmp_path: Path):
    loop = tmp_path / "a.nii"
    loop.symlink_to(loop)
    with pytest.raises(NiftiError, match="cannot be opened") as error:
        load_volume(loop)
    one_line(error, loop)


def test_a_file_one_may_not_read_is_refused(tmp_path: Path):
    path = save(tmp_path / "a.nii")
    path.chmod(0)
    with unprivileged(), pytest.raises(NiftiError, match="permissions"):
        load_volume(path)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32", "float64"])
def test_labels_of_any_type_become_uint8(tmp_path: Path, dtype: str):
    labels = np.array([0, 1, 2, 4])[VALUES % 4]
    read = load_labels(save(tmp_path / "a.nii", labels, dtype=dtype))
    assert read.volume.array.dtype == np.uint8
    assert (read.volume.array == labels[::-1, ::-1]).all()


def test_a_label_stored_as_nearly_one_is_one(tmp_path: Path):
    labels = np.where(VALUES > 50, 0.99999997, 0)
    read = load_labels(save(tmp_path / "a.nii", labels, dtype="float64"))
    assert np.unique(read.volume.array).tolist() == [0, 1]


def test_labels_that_were_scaled_to_eight_bits_are_rounded_and_reported(tmp_path: Path):
    labels = np.where(VALUES > 50, 3.9528, 0)
    read = load_labels(save(tmp_path / "a.nii", labels, dtype="float32"))
    assert np.unique(read.volume.array).tolist() == [0, 4]
    assert read.notes == ("a.nii contains 3.9528; its labels were rounded",)


@pytest.mark.parametrize(("value", "message"), [(0.5, "0.5"), (-1, "-1"), (700, "700")])
def test_values_that_are_no_labels_are_refused(tmp_path: Path, value: float, message: str):
    labels = np.where(VALUES == 50, value, 0)
    path = save(tmp_path / "a.nii", labels, dtype="float32")
    with pytest.raises(NiftiError, match=f"contains {message}, but labels are") as error:
        load_labels(path)
    one_line(error, path)


def test_a_git_annex_link_or_pointer_without_its_content_says_how_to_get_it(tmp_path: Path):
    link, pointer = tmp_path / "a.nii.gz", tmp_path / "b.nii.gz"
    link.symlink_to("../.git/annex/objects/xx/yy/MD5E-s1--ff/MD5E-s1--ff")
    pointer.write_text("/annex/objects/MD5E-s1--ff\n")

    for path in (link, pointer):
        with pytest.raises(NiftiError, match="git annex get"):
            load_volume(path)
