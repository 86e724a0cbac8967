"""Which files are NIfTI images by their names."""

import pytest

from ccsd_core.storage.nifti.nifti_format import stem_of


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("a.nii", "a"),
        ("a.nii.gz", "a"),
        ("A.NII.GZ", "A"),
        ("a.b.nii", "a.b"),
        ("a.gz", None),
        ("a.nii.txt", None),
        (".nii.gz", None),
        ("._a.nii.gz", None),
    ],
)
def test_only_visible_nifti_files_are_images(name: str, stem: str | None):
    assert stem_of(name) == stem
