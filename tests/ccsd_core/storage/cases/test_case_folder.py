"""Reading cases: what is refused or passed over, and a real patient."""

from pathlib import Path

import pytest

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import BRATS2021
from ccsd_core.errors import CaseError, NiftiError
from ccsd_core.storage.cases.case_folder import load_case
from tests.ccsd_core.storage.cases.case_samples import assert_read
from tests.ccsd_core.unprivileged import unprivileged


def test_a_folder_without_a_sequence_says_what_is_understood(brats_case):
    written = brats_case("own", names=dict.fromkeys([*Modality, None], "series.nii.gz"))
    with pytest.raises(
        CaseError, match=r"own has no sequence \(its images are series\.nii\.gz.*flair"
    ):
        load_case(written.path)


def test_an_empty_folder_says_so(tmp_path: Path):
    with pytest.raises(CaseError, match=r"no \.nii or \.nii\.gz file") as error:
        load_case(tmp_path)
    assert "\n" not in str(error.value)


def test_only_labels_are_no_case(brats_case):
    written = brats_case()
    for file in written.path.iterdir():
        if "_seg" not in file.name:
            file.unlink()
    with pytest.raises(CaseError, match="has no sequence"):
        load_case(written.path)


def test_a_path_that_is_not_there_says_so(tmp_path: Path):
    with pytest.raises(CaseError, match="absent does not exist"):
        load_case(tmp_path / "absent")


def test_a_broken_sequence_is_named(brats_case):
    written = brats_case()
    file = written.path / f"{written.path.name}_t2.nii.gz"
    file.write_bytes(file.read_bytes()[:200])
    with pytest.raises(NiftiError, match=r"_t2\.nii\.gz is a truncated gzip"):
        load_case(written.path)


def test_hidden_files_folders_and_link_loops_are_skipped(brats_case):
    written = brats_case()
    (written.path / f"._{written.path.name}_t1.nii.gz").write_bytes(b"resource fork")
    (written.path / "extra_t1.nii.gz").mkdir()
    loop = written.path / f"{written.path.name}_t1_copy.nii.gz"
    loop.symlink_to(loop)
    assert_read(load_case(written.path), written)


def test_a_folder_one_may_not_read_says_so(brats_case):
    path = brats_case().path
    path.chmod(0)
    try:
        with unprivileged(), pytest.raises(CaseError, match="permissions"):
            load_case(path)
    finally:
        path.chmod(0o755)


def test_the_real_patients_have_the_volumes_their_table_says(real_cases: Path):
    case = load_case(real_cases / "BraTS2021_00006")
    assert case.scheme is BRATS2021
    assert case.notes == ()
    assert case.reference_regions is not None
    volumes = [int(r.sum()) * case.grid.voxel_ml for r in case.reference_regions]
    assert volumes == pytest.approx([138, 52, 26], abs=0.6)


@pytest.mark.parametrize(
    ("name", "message"), [("a.hdr", "pair of .hdr and .img"), ("T1.mgz", "mri_convert")]
)
def test_images_of_other_formats_are_named_with_the_way_to_convert_them(tmp_path, name, message):
    (tmp_path / name).write_bytes(b"x")

    with pytest.raises(CaseError, match=f"{name} is .*{message}"):
        load_case(tmp_path)
