"""`ccsd-app segment`: what it writes, and what it says of input it cannot use."""

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys

import nibabel as nib
import numpy as np
import pytest

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.segmentation import DISCLAIMER
from ccsd_core.domain.volume_intervals import interval_text
from ccsd_core.domain.volume_text import ml_text

EVERY_SUBSET = [pytest.param(s, id=str(s)) for s in ModalitySubset.every()]


def test_the_label_map_lies_on_the_grid_of_the_input(command, make_case, model, tmp_path):
    case = make_case()
    out = tmp_path / "labels.nii.gz"

    result = command("segment", case, "-o", out, "--model", model, "--device", "cpu")

    assert result.code == 0, result.err
    written = nib.load(out)
    image = nib.load(case / f"{case.name}_flair.nii.gz")
    assert written.shape == image.shape
    np.testing.assert_array_equal(written.affine, image.affine)
    assert written.get_data_dtype() == np.uint8
    assert set(np.unique(written.dataobj)) <= {0, 1, 2, 4}


def test_the_disclaimer_is_reported_once_and_the_numbers_go_to_stdout(
    command, make_case, model, tmp_path
):
    result = command("segment", make_case(), "-o", tmp_path / "a.nii.gz", "--model", model)

    assert result.err.count(DISCLAIMER) == 1
    assert "WT" in result.out
    assert DISCLAIMER not in result.out


@pytest.mark.parametrize("subset", EVERY_SUBSET)
def test_use_gives_the_model_that_subset_and_the_json_says_so(
    command, make_case, model, tmp_path, subset
):
    out, numbers = tmp_path / "a.nii.gz", tmp_path / "a.json"
    names = ",".join(m.label.lower() for m in subset)

    result = command(
        "segment", make_case(), "-o", out, "--use", names, "--json", numbers, "--model", model
    )

    assert result.code == 0, result.err
    content = json.loads(numbers.read_text())
    assert content["subset"] == str(subset)
    assert set(content["volumes_ml"]) == {"WT", "TC", "ET"}
    weights = (model / "model.safetensors").read_bytes()
    assert content["model"] == {"name": "tiny", "sha256": hashlib.sha256(weights).hexdigest()}
    assert content["disclaimer"] == DISCLAIMER


def test_volumes_in_the_json_are_those_of_the_written_file(command, make_case, model, tmp_path):
    out, numbers = tmp_path / "a.nii.gz", tmp_path / "a.json"

    command("segment", make_case(), "-o", out, "--json", numbers, "--model", model)

    labels = np.asarray(nib.load(out).dataobj)
    voxel_ml = np.prod(nib.load(out).header.get_zooms()) / 1000
    volumes = json.loads(numbers.read_text())["volumes_ml"]
    assert volumes["WT"] == pytest.approx((labels > 0).sum() * voxel_ml)
    assert volumes["TC"] == pytest.approx(np.isin(labels, (1, 4)).sum() * voxel_ml)
    assert volumes["ET"] == pytest.approx((labels == 4).sum() * voxel_ml)


def test_volumes_have_intervals_where_the_model_was_evaluated(command, make_case, model, tmp_path):
    every = [str(s) for s in ModalitySubset.every()]
    scores = dict.fromkeys(("WT", "TC", "ET"), 0.9)
    summary = {
        "model": {"sha256": json.loads((model / "manifest.json").read_text())["sha256"]},
        "cases": [f"p{i}" for i in range(14)],
        "seen_in_training": [],
        "subsets": dict.fromkeys(every, scores),
        "volume_intervals": {
            "level": 0.9,
            "patients": 14,
            "coverage_leave_one_out": scores,
            "half_widths_sqrt_ml": dict.fromkeys(every, dict.fromkeys(("WT", "TC", "ET"), 2.0)),
        },
    }
    evaluated = shutil.copytree(model, tmp_path / "evaluated")
    (evaluated / "evaluation.json").write_text(json.dumps(summary))
    out, numbers = tmp_path / "a.nii.gz", tmp_path / "a.json"

    result = command("segment", make_case(), "-o", out, "--json", numbers, "--model", evaluated)

    content = json.loads(numbers.read_text())
    intervals = content["volume_intervals_ml"]
    assert intervals.pop("level") == pytest.approx(0.9)
    for name, (low, high) in intervals.items():
        volume = content["volumes_ml"][name]
        assert high == pytest.approx((volume**0.5 + 2) ** 2, abs=1e-4)
        assert low == pytest.approx(max(0, volume**0.5 - 2) ** 2, abs=1e-4)
        assert f"{name} {ml_text(volume)} mL ({interval_text(low, high)})" in result.out


@pytest.mark.parametrize("labels", [True, False], ids=["labels", "no labels"])
def test_dice_is_in_the_json_exactly_when_there_are_labels(
    command, make_case, model, tmp_path, labels
):
    numbers = tmp_path / "a.json"
    case = make_case(labels=labels)

    result = command(
        "segment", case, "-o", tmp_path / "a.nii.gz", "--json", numbers, "--model", model
    )

    content = json.loads(numbers.read_text())
    assert ("dice" in content) is labels
    assert ("Dice" in result.out) is labels
    if labels:
        assert all(0 <= content["dice"][region] <= 1 for region in ("WT", "TC", "ET"))


@pytest.mark.parametrize(
    ("name", "seen"), [("BraTS2021_00001", True), ("BraTS2021_00002", False)], ids=["yes", "no"]
)
def test_a_case_of_the_training_set_is_marked(command, make_case, model, tmp_path, name, seen):
    numbers = tmp_path / "a.json"

    result = command(
        "segment", make_case(name), "-o", tmp_path / "a.nii", "--json", numbers, "--model", model
    )

    assert json.loads(numbers.read_text())["seen_in_training"] is seen
    assert ("seen in training" in result.out) is seen


def test_a_scheme_chooses_the_integers_without_misreading_the_labels(
    command, make_case, model, tmp_path
):
    case = make_case()
    numbers = {}
    for scheme in ("brats2021", "BraTS2023", "msd"):
        out, path = tmp_path / f"{scheme}.nii.gz", tmp_path / f"{scheme}.json"
        result = command(
            "segment", case, "-o", out, "--scheme", scheme, "--json", path, "--model", model
        )
        assert result.code == 0, result.err
        numbers[scheme] = json.loads(path.read_text())

    old, new = (
        np.asarray(nib.load(tmp_path / f"{n}.nii.gz").dataobj) for n in ("brats2021", "msd")
    )
    for before, after in ((2, 1), (1, 2), (4, 3), (0, 0)):
        np.testing.assert_array_equal(old == before, new == after)
    assert numbers["brats2021"]["dice"] == numbers["BraTS2023"]["dice"] == numbers["msd"]["dice"]


def test_files_given_by_hand_make_a_case_of_a_folder_that_names_nothing(
    command, make_case, model, tmp_path
):
    case = make_case(labels=False)
    plain = tmp_path / "scans"
    plain.mkdir()
    flair = (case / f"{case.name}_flair.nii.gz").rename(plain / "a.nii.gz")
    numbers = tmp_path / "a.json"

    result = command(
        "segment", plain, "--flair", flair, "-o", tmp_path / "x.nii", "--json", numbers,
        "--model", model,
    )  # fmt: skip

    assert result.code == 0, result.err
    assert json.loads(numbers.read_text())["available"] == "FLAIR"


def test_a_folder_of_cases_gives_a_label_map_each(command, make_case, model, tmp_path):
    data, out = tmp_path / "data", tmp_path / "out"
    for name in ("BraTS2021_00001", "BraTS2021_00002"):
        make_case(name, within=data)

    result = command("segment", data, "-o", out, "--model", model)

    assert result.code == 0, result.err
    assert sorted(path.name for path in out.iterdir()) == [
        "BraTS2021_00001.nii.gz",
        "BraTS2021_00002.nii.gz",
    ]
    assert result.err.count(DISCLAIMER) == 1


def test_a_broken_case_does_not_stop_the_others_and_shows_in_the_exit_code(
    command, make_case, model, tmp_path
):
    data, out, numbers = tmp_path / "data", tmp_path / "out", tmp_path / "all.json"
    for name in ("BraTS2021_00001", "BraTS2021_00002", "BraTS2021_00003"):
        make_case(name, within=data)
    truncate(data / "BraTS2021_00001" / "BraTS2021_00001_t2.nii.gz")

    result = command("segment", data, "-o", out, "--json", numbers, "--model", model)

    assert result.code == 1
    assert [line for line in result.error_lines if line.startswith("failed: BraTS2021_00001")]
    assert len(list(out.iterdir())) == 2
    content = json.loads(numbers.read_text())
    assert [case["case"] for case in content["cases"]] == ["BraTS2021_00002", "BraTS2021_00003"]
    assert len(content["failed"]) == 1


def test_notes_of_a_case_are_reported_and_are_in_the_json(command, make_case, model, tmp_path):
    case, numbers = make_case(), tmp_path / "a.json"
    blank(case / f"{case.name}_t2.nii.gz")

    result = command("segment", case, "-o", tmp_path / "a.nii", "--json", numbers, "--model", model)

    assert result.code == 0, result.err
    (note,) = json.loads(numbers.read_text())["notes"]
    assert "blank" in note
    assert f"note: {note}" in result.error_lines


def test_notes_in_a_folder_of_cases_are_reported_with_the_case(command, make_case, model, tmp_path):
    data, numbers = tmp_path / "data", tmp_path / "all.json"
    for name in ("BraTS2021_00001", "BraTS2021_00002"):
        make_case(name, within=data)
    blank(data / "BraTS2021_00002" / "BraTS2021_00002_t2.nii.gz")

    result = command("segment", data, "-o", tmp_path / "out", "--json", numbers, "--model", model)

    assert result.code == 0, result.err
    first, second = json.loads(numbers.read_text())["cases"]
    assert first["notes"] == []
    assert f"note: BraTS2021_00002: {second['notes'][0]}" in result.error_lines
    assert len([line for line in result.error_lines if line.startswith("note:")]) == 1


def test_a_stated_scheme_leaves_no_doubt_about_free_names(command, make_case, model, tmp_path):
    case = make_case("scans", labels=False)
    for path in case.iterdir():
        path.rename(case / path.name.replace("scans_", "patient "))
    one = case / "patient flair.nii.gz"

    for given in (case, one):
        for scheme, notes in ((), 1), (("--scheme", "msd"), 0):
            result = command("segment", given, "-o", tmp_path / "a.nii", *scheme, "--model", model)
            assert result.code == 0, result.err
            assert len([line for line in result.error_lines if "--scheme" in line]) == notes


def test_labels_nobody_understands_do_not_keep_a_case_from_being_segmented(
    command, make_case, model, tmp_path
):
    case, numbers = make_case("BraTS2021_00003"), tmp_path / "n.json"
    labels = case / f"{case.name}_seg.nii.gz"
    image = nib.load(labels)
    marked = np.where(np.asanyarray(image.dataobj) > 0, 7, 0).astype(np.uint8)
    nib.save(nib.Nifti1Image(marked, image.affine), labels)

    result = command("segment", case, "-o", tmp_path / "a.nii", "--json", numbers, "--model", model)

    assert result.code == 0, result.err
    assert any("were not used" in line and "labels 0, 7" in line for line in result.error_lines)
    assert "dice" not in json.loads(numbers.read_text())

    before = labels.read_bytes()
    result = command("segment", case, "-o", labels, "--model", model)

    assert result.code == 2
    assert "a file of the case itself" in result.err
    assert labels.read_bytes() == before, "an expert's work is never overwritten"


def blank(path):
    image = nib.load(path)
    nib.save(nib.Nifti1Image(np.zeros(image.shape, np.float32), image.affine), path)


def test_a_folder_whose_only_case_is_broken_is_one_line_and_code_2(
    command, make_case, model, tmp_path
):
    case, numbers = make_case(within=tmp_path / "data"), tmp_path / "all.json"
    truncate(case / f"{case.name}_t2.nii.gz")

    result = command(
        "segment", case.parent, "-o", tmp_path / "out", "--json", numbers, "--model", model
    )

    assert (result.code, len(result.error_lines)) == (2, 1), result.err
    assert f"{case.name}_t2.nii.gz is a truncated" in result.err
    content = json.loads(numbers.read_text())
    assert (content["cases"], len(content["failed"])) == ([], 1)


def test_when_no_case_of_a_folder_can_be_used_each_has_a_line_and_the_code_is_2(
    command, make_case, model, tmp_path
):
    data = tmp_path / "data"
    for name in ("BraTS2021_00001", "BraTS2021_00002"):
        truncate(make_case(name, within=data) / f"{name}_t2.nii.gz")

    result = command("segment", data, "-o", tmp_path / "out", "--model", model)

    assert result.code == 2
    assert [line.partition(":")[0] for line in result.error_lines] == ["failed", "failed", "error"]


def test_a_failure_that_is_not_the_inputs_fault_is_code_1(
    command, make_case, model, tmp_path, monkeypatch
):
    data = tmp_path / "data"
    for name in ("BraTS2021_00001", "BraTS2021_00002"):
        make_case(name, within=data)
    truncate(data / "BraTS2021_00001" / "BraTS2021_00001_t2.nii.gz")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    result = command("segment", data, "-o", tmp_path / "out", "--model", model)

    assert result.code == 1
    assert [line.partition(":")[0] for line in result.error_lines] == ["failed", "failed", "error"]


def test_a_bug_in_one_case_does_not_stop_the_others_and_a_second_run_continues(
    command, make_case, model, tmp_path, monkeypatch
):
    from ccsd_app.cli.segmenting import folder_case

    data, out = tmp_path / "data", tmp_path / "out"
    for name in ("BraTS2021_00001", "BraTS2021_00002"):
        make_case(name, within=data)
    true_load = folder_case.load

    def fails(job, found):
        if found.id.endswith("1"):
            raise ZeroDivisionError("ours")
        return true_load(job, found)

    with monkeypatch.context() as patched:
        patched.setattr(folder_case, "load", fails)
        result = command("segment", data, "-o", out, "--model", model)

    assert result.code == 1
    assert result.error_lines[-1] == (
        "error: 1 of 2 cases failed (BraTS2021_00001); the reasons are above"
    )
    assert "ZeroDivisionError: ours" in result.err
    assert [path.name for path in out.iterdir()] == ["BraTS2021_00002.nii.gz"]
    before = (out / "BraTS2021_00002.nii.gz").stat().st_mtime_ns

    result = command("segment", data, "-o", out, "--skip-existing", "--model", model)

    assert result.code == 0, result.err
    assert "skipped: 1 of 2 cases" in result.err
    assert len(list(out.iterdir())) == 2
    assert (out / "BraTS2021_00002.nii.gz").stat().st_mtime_ns == before


def test_a_map_of_another_patient_of_the_same_name_is_kept(command, make_case, model, tmp_path):
    out = tmp_path / "out"
    one = make_case("x", within=tmp_path / "A")
    other = make_case("x", within=tmp_path / "B")
    for path in other.glob("*.nii.gz"):
        image = nib.load(path)
        values = np.asanyarray(image.dataobj)[::-1]
        nib.save(nib.Nifti1Image(values, image.affine), path)
    assert command("segment", one.parent, "-o", out, "--model", model).code == 0
    before = (out / "x.nii.gz").read_bytes()

    result = command("segment", other.parent, "-o", out, "--model", model)

    assert result.code == 2
    assert "is the result of other images" in result.err
    assert (out / "x.nii.gz").read_bytes() == before


def test_probabilities_lie_beside_the_label_map(command, make_case, model, tmp_path):
    case, out = make_case(), tmp_path / "p.nii.gz"

    result = command("segment", case, "-o", out, "--probabilities", "uint8", "--model", model)

    assert result.code == 0, result.err
    whole = nib.load(tmp_path / "p_probabilities.nii.gz")
    labels = nib.load(out)
    assert whole.shape == (*labels.shape, 3)
    np.testing.assert_allclose(whole.affine, labels.affine)
    assert 0 <= whole.get_fdata().min() <= whole.get_fdata().max() <= 1


def test_labels_may_lie_in_another_folder(command, make_case, model, tmp_path):
    case, labels = make_case("P1"), tmp_path / "labels of mine"
    labels.mkdir()
    (case / "P1_seg.nii.gz").rename(labels / "P1.nii.gz")

    result = command(
        "segment", case, "-o", tmp_path / "a.nii", "--labels", labels, "--model", model
    )

    assert result.code == 0, result.err
    assert "Dice WT" in result.out


def truncate(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(case):
    for path in case.iterdir():
        path.unlink()


def cut(case):
    truncate(case / f"{case.name}_t1.nii.gz")


def web_page(case):
    (case / f"{case.name}_t1.nii.gz").write_text("<!DOCTYPE html><html>not found</html>")


def noise(case):
    (case / f"{case.name}_t1.nii.gz").write_bytes(b"no image at all" * 100)


def packed_noise(case):
    (case / f"{case.name}_t1.nii.gz").write_bytes(gzip.compress(b"no image at all" * 100))


def gone(case):
    empty(case)
    case.rmdir()


@pytest.mark.parametrize("spoil", [empty, cut, web_page, noise, packed_noise, gone])
def test_input_that_is_no_case_gets_one_line_and_code_2(make_case, tmp_path, spoil):
    case = make_case()
    spoil(case)
    out = tmp_path / "x.nii.gz"
    command = [sys.executable, "-m", "ccsd_app", "segment", str(case), "-o", str(out)]

    done = subprocess.run(command, capture_output=True, text=True)

    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert case.name in done.stderr
    assert not out.exists()


@pytest.mark.parametrize("name", ["x", "x.gz", "x.nii.bz2", "x.png"])
def test_a_label_map_has_to_be_named_as_nifti(command, make_case, tmp_path, name):
    result = command("segment", make_case(), "-o", tmp_path / name)

    assert result.code == 2
    assert ".nii.gz" in result.err
    assert len(result.error_lines) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--use", "FLAIR,T3"), "T3"),
        (("--use", ""), "at least one"),
        (("--scheme", "brats1999"), "brats1999"),
        (("--model", "no-such-model"), "no-such-model"),
        (("--device", "abacus"), "abacus"),
    ],
    ids=["sequence", "no sequence", "scheme", "model", "device"],
)
def test_an_option_that_makes_no_sense_is_named(
    command, make_case, model, tmp_path, options, words
):
    chosen = () if "--model" in options else ("--model", model)

    result = command("segment", make_case(), "-o", tmp_path / "x.nii.gz", *options, *chosen)

    assert result.code == 2
    assert words in result.err
    assert len(result.error_lines) == 1


def test_a_sequence_that_the_patient_does_not_have_cannot_be_used(command, make_case, tmp_path):
    case = make_case(sequences=(Modality.FLAIR, Modality.T2))

    result = command("segment", case, "-o", tmp_path / "x.nii.gz", "--use", "T1c")

    assert result.code == 2
    assert "T1c" in result.err
