"""NRRD and MetaImage: voxels and places as in the file, and what is refused."""

import numpy as np
import pytest

from ccsd_core.errors import ItkImageError, MissingLibraryError
from ccsd_core.storage import formats

ENDINGS = ("nrrd", "nhdr", "mha", "mhd")
AFFINE = np.array([[0, 2.0, 0, 10], [3.0, 0, 0, -20], [0, 0, -5.0, 30], [0, 0, 0, 1]])
"""RAS: the first stored axis runs to the front, the second to the right, the third down."""


@pytest.fixture
def array():
    return np.random.default_rng(0).integers(-100, 900, (4, 5, 6)).astype(np.int16)


@pytest.fixture
def write(tmp_path):
    """Writes an array with an affine in RAS millimetres."""
    itk = pytest.importorskip("SimpleITK", reason="pip install 'ccsd[scanner]'")

    def write(name, array, affine=AFFINE, *, is_vector=False):
        order = (2, 1, 0, 3) if is_vector else tuple(reversed(range(array.ndim)))
        image = itk.GetImageFromArray(array.transpose(order), isVector=is_vector)
        lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine
        spacing = np.linalg.norm(lps[:3, :3], axis=0)
        image.SetSpacing(spacing.tolist())
        image.SetDirection((lps[:3, :3] / spacing).ravel().tolist())
        image.SetOrigin(lps[:3, 3].tolist())
        itk.WriteImage(image, str(tmp_path / name))
        return tmp_path / name

    return write


@pytest.mark.parametrize("ending", ENDINGS)
def test_voxels_and_places_are_those_of_the_file(write, array, ending):
    path = write(f"t1.{ending}", array)

    read, header = formats.load_volume(path), formats.read_header(path)

    assert header.shape == read.stored.shape == array.shape
    np.testing.assert_allclose(read.stored.affine, AFFINE, atol=1e-6)
    assert read.volume.is_canonical
    # Stored (front, right, down) becomes (right, front, up).
    np.testing.assert_array_equal(read.volume.array, array.transpose(1, 0, 2)[:, :, ::-1])
    assert read.volume.world_from((0, 0, 5)) == pytest.approx((10, -20, 30))
    assert (read.placed, read.notes) == (True, ())


def test_several_channels_are_one_volume_each(write, array):
    both = np.stack([array, array + 1], axis=-1)
    path = write("all.nrrd", both, is_vector=True)

    first, second = formats.load_channels(path)

    assert formats.read_header(path).shape == (4, 5, 6, 2)
    np.testing.assert_array_equal(second.volume.array, first.volume.array + 1)
    with pytest.raises(ItkImageError, match=r"shape \(4, 5, 6, 2\), one 3-D image is needed"):
        formats.load_volume(path)


def test_labels_are_read_as_whole_numbers(write, array):
    labels = (array > 500).astype(np.uint8) * 4

    read = formats.load_labels(write("tumour.seg.nrrd", labels))

    assert set(np.unique(read.volume.array)) == {0, 4}
    assert read.volume.array.dtype == np.uint8


def test_an_nrrd_without_a_space_is_not_said_to_be_placed(tmp_path, write):
    path = tmp_path / "bare.nrrd"
    header = "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 2 3 4\nencoding: raw\n\n"
    path.write_bytes(header.encode() + bytes(range(24)))

    read = formats.load_volume(path)

    assert not read.placed
    assert "left and right may be swapped" in read.notes[0]


def test_what_cannot_be_used_is_refused_with_file_and_way_out(tmp_path, write, array):
    cut = write("cut.mha", array)
    cut.write_bytes(cut.read_bytes()[:-10])
    (tmp_path / "page.nrrd").write_text("<!doctype html>")
    write("lost.mhd", array)
    (tmp_path / "lost.raw").unlink()
    flat = tmp_path / "flat.nrrd"
    header = "NRRD0004\ntype: uint8\ndimension: 2\nsizes: 2 3\nencoding: raw\n\n"
    flat.write_bytes(header.encode() + bytes(6))
    for path, message in {
        cut: "is truncated, damaged",
        tmp_path / "page.nrrd": "is not a usable NRRD file: export it again",
        tmp_path / "lost.mhd": "its data file is missing",
        tmp_path / "none.mha": "does not exist",
        flat: "has 2 axes, a volume has 3",
    }.items():
        with pytest.raises(ItkImageError, match=message) as refused:
            formats.load_volume(path)
        assert path.name in str(refused.value)


def test_a_header_that_claims_too_much_is_refused_before_any_voxel_is_read(tmp_path, write):
    path = tmp_path / "huge.nrrd"
    path.write_text(
        "NRRD0004\ntype: float\ndimension: 3\nsizes: 9000 9000 9000\nendian: little\n"
        "encoding: gzip\n\n"
    )

    with pytest.raises(ItkImageError, match=r"\(9000, 9000, 9000\): at most 2 GiB"):
        formats.load_volume(path)


def test_without_simpleitk_the_way_out_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "SimpleITK", None)

    with pytest.raises(MissingLibraryError, match=r"t1.mha needs SimpleITK: pip install 'ccsd"):
        formats.load_volume(tmp_path / "t1.mha")
