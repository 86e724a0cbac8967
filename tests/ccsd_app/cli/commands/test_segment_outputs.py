"""Where `ccsd-app segment` writes: never over files of others; refusals come before the work."""

import nibabel as nib
import numpy as np
import pytest


def test_the_input_is_never_overwritten(command, make_case, model):
    case = make_case()
    flair = case / f"{case.name}_flair.nii.gz"
    before = flair.read_bytes()

    result = command("segment", case, "-o", flair, "--model", model)

    assert result.code == 2
    assert "another output" in result.err
    assert flair.read_bytes() == before


@pytest.mark.parametrize("whose", ["another program's", "corrected by hand"])
def test_a_label_map_of_another_program_is_never_overwritten_and_ours_is(
    command, make_case, model, tmp_path, whose
):
    case, out = make_case(), tmp_path / "out.nii.gz"
    assert command("segment", case, "-o", out, "--model", model).code == 0
    assert command("segment", case, "-o", out, "--model", model).code == 0

    image = nib.load(out)
    labels, header = np.asarray(image.dataobj).copy(), None
    if whose == "corrected by hand":  # by an editor that keeps the header
        labels[0, 0, 0], header = 1, image.header
    nib.save(nib.Nifti1Image(labels, image.affine, header), out)
    before = out.read_bytes()
    result = command("segment", case, "-o", out, "--model", model)

    assert result.code == 2
    assert "choose another output" in result.err
    assert out.read_bytes() == before


def test_neither_is_it_in_a_folder_of_cases(command, make_case, model, tmp_path):
    data, out = tmp_path / "data", tmp_path / "labels"
    names = ("BraTS2021_00001", "BraTS2021_00002")
    cases = [make_case(name, within=data) for name in names]
    out.mkdir()
    theirs = out / f"{names[0]}.nii.gz"
    theirs.write_bytes((cases[0] / f"{names[0]}_seg.nii.gz").read_bytes())
    before = theirs.read_bytes()

    result = command("segment", data, "-o", out, "--model", model)

    assert result.code == 1
    assert f"failed: {names[0]}" in result.err
    assert theirs.read_bytes() == before
    assert (out / f"{names[1]}.nii.gz").exists()


def test_several_cases_do_not_go_into_one_file(command, make_case, tmp_path):
    data = tmp_path / "data"
    make_case("BraTS2021_00001", within=data)
    make_case("BraTS2021_00002", within=data)

    result = command("segment", data, "-o", tmp_path / "x.nii.gz")

    assert result.code == 2
    assert "contains 2 cases" in result.err


def test_a_folder_of_one_case_goes_into_one_file(command, make_case, model, tmp_path):
    case, out = make_case("BraTS2021_00001", within=tmp_path / "data"), tmp_path / "x.nii.gz"

    result = command("segment", case.parent, "-o", out, "--model", model)

    assert result.code == 0, result.err
    assert nib.load(out).shape == nib.load(case / f"{case.name}_flair.nii.gz").shape


def test_it_is_reported_when_an_earlier_label_map_was_replaced(command, make_case, model, tmp_path):
    case, out = make_case(), tmp_path / "x.nii.gz"
    result = [command("segment", case, "-o", out, "--model", model).out for _ in range(2)]
    assert [words.rstrip().endswith("(replaced)") for words in result] == [False, True]


def test_for_several_cases_it_is_reported_once(command, make_case, tmp_path):
    for name in ("BraTS2021_00001", "BraTS2021_00002"):
        make_case(name, within=tmp_path / "data")
    (tmp_path / "file").write_text("mine")
    result = command(
        "segment", tmp_path / "data", "-o", tmp_path / "file" / "deeper", "--model", "never read"
    )
    assert (result.code, len(result.error_lines)) == (2, 1)
    assert "is not a folder" in result.err


@pytest.mark.parametrize("option", ["-o", "--json"])
def test_a_file_in_a_folders_place_is_reported_before_anything_is_computed(
    command, make_case, tmp_path, option
):
    (tmp_path / "file").write_text("mine")
    where = {"-o": tmp_path / "x.nii.gz", "--json": tmp_path / "x.json"}
    where[option] = tmp_path / "file" / "deeper" / where[option].name
    words = [word for pair in where.items() for word in pair]

    result = command("segment", make_case(), *words, "--model", "never read")

    assert result.code == 2
    assert f"{tmp_path / 'file'} is not a folder): choose another place" in result.err
    assert (tmp_path / "file").read_text() == "mine"
