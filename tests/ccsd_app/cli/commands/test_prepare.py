"""`prepare` writes a case in BraTS layout, `segment --prepare` labels on the original grid."""

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from ccsd_core.preparation.registration import search
from ccsd_core.preparation.steps import brain as engine
from ccsd_core.storage.cases.case_folder import load_case

pytest.importorskip("SimpleITK", reason="needs the extra [scanner]")

SHAPE, MM = (40, 46, 40), 4.0


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all tests: the head is the same, and is prepared once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path) -> Path:
    """A head whose T2 has a grid of its own; its brain is known without deepbet."""
    monkeypatch.setenv("CCSD_CACHE", str(cache))
    monkeypatch.setattr(search, "LEVELS", search.LEVELS[:1])
    axes = [(np.arange(n) - (n - 1) / 2) * MM for n in SHAPE]
    x, y, z = np.meshgrid(*axes, indexing="ij")
    radius = np.sqrt((x / 60) ** 2 + (y / 74) ** 2 + (z / 58) ** 2)
    rng = np.random.default_rng(2)
    brain = radius < 1
    tissue = np.where(brain, 100 + 3 * y + 60 * np.cos(x / 20) * np.sin(z / 15), 0)
    tissue[(radius > 1.05) & (radius < 1.2)] = 300
    affine = np.diag([-MM, -MM, MM, 1.0])
    affine[:3, 3] = axes[0][-1], axes[1][-1], axes[2][0]
    folder = tmp_path / "raw"
    folder.mkdir()
    for name, values in (("t1", tissue), ("t2", 400 - tissue)):
        image = (values + rng.uniform(1, 9, SHAPE)).astype(np.float32)[::-1, ::-1]
        if name == "t2":
            image = image[:, :, 1:]
            affine = affine @ np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1.0]])
        nib.save(nib.Nifti1Image(image, affine), folder / f"{name}.nii.gz")
    monkeypatch.setattr(engine, "brain_mask", lambda volume: brain[:, :, -volume.shape[2] :])
    return folder


def test_a_raw_study_becomes_a_case_with_a_record(raw: Path, command, tmp_path: Path):
    result = command("prepare", raw, "-o", tmp_path / "P1")
    assert result.code == 0, result.err
    case = load_case(tmp_path / "P1")
    assert {m.label for m in case.volumes} == {"T1", "T2"}
    assert case.stored.shape == (240, 240, 155)
    assert not any("skull" in note for note in case.notes)
    record = json.loads((tmp_path / "P1" / "preparation.json").read_text())
    assert record["reference"]["sequence"] == "T1"
    assert {step["step"] for step in record["steps"] if step["done"]} >= {"brain mask", "grid"}
    assert np.shape(record["transforms"]["T2"]) == (4, 4)
    assert record["libraries"]["SimpleITK"]
    assert "brain mask of T1: done" in result.out


def test_nothing_is_written_over_or_half(raw: Path, command, tmp_path: Path):
    taken = tmp_path / "P1"
    taken.mkdir()
    (taken / "notes.txt").write_text("mine")
    result = command("prepare", raw, "-o", taken)
    assert (result.code, [p.name for p in taken.iterdir()]) == (2, ["notes.txt"])
    (raw / "t2.nii.gz").write_bytes((raw / "t2.nii.gz").read_bytes()[:2000])
    result = command("prepare", raw, "-o", tmp_path / "P2")
    assert result.code == 2
    assert "t2.nii.gz" in result.err
    assert not (tmp_path / "P2").exists()


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        (
            "--skip",
            "teeth",
            "unknown step 'teeth': use one of registration, brain-mask, bias, grid",
        ),
        ("--nudge", "T2=1,2", "give six numbers"),
        ("--reference", "FLAIR", "FLAIR cannot be the reference: the study has T1, T2"),
    ],
)
def test_an_option_that_cannot_be_used_is_reported(
    raw: Path, command, tmp_path: Path, option: str, value: str, message: str
):
    result = command("prepare", raw, "-o", tmp_path / "P1", option, value)
    assert result.code == 2
    assert message in result.err


def test_segment_prepares_and_labels_the_original_grid(
    raw: Path, command, tmp_path: Path, model: Path
):
    out = tmp_path / "labels.nii.gz"
    result = command("segment", raw, "-o", out, "--prepare", "auto", "--model", model)
    assert result.code == 0, result.err
    written, first = nib.load(out), nib.load(raw / "t1.nii.gz")
    assert written.shape == first.shape
    np.testing.assert_allclose(written.affine, first.affine, atol=1e-4)
    assert "prepared before the model saw it: brain mask (T1)" in result.err


def test_segment_labels_the_grid_of_every_other_sequence_too(
    raw: Path, command, tmp_path: Path, model: Path
):
    out, on_t2 = tmp_path / "labels.nii.gz", tmp_path / "labels_on_T2.nii.gz"
    options = ("segment", raw, "-o", out, "--model", model)
    result = command(*options, "--json", tmp_path / "n.json")
    assert result.code == 0, result.err
    written, own, first = nib.load(on_t2), nib.load(raw / "t2.nii.gz"), nib.load(out)
    assert written.shape == own.shape != first.shape
    np.testing.assert_allclose(written.affine, own.affine, atol=1e-4)
    there, here = (np.asarray(image.dataobj) > 0 for image in (written, first))
    # This T2 is the T1's grid without one slice, and in place.
    np.testing.assert_array_equal(there, here[:, :, 1:])
    assert there.any()
    assert "→" in result.out
    assert "labels_on_T2.nii.gz" in result.out
    message = json.loads((tmp_path / "n.json").read_text())
    assert message["output_on"] == {"T2": str(on_t2)}

    on_t2.write_bytes(b"mine")
    refused = command(*options)
    assert refused.code == 2
    assert "labels_on_T2.nii.gz exists and was not written by this program" in refused.err
    assert on_t2.read_bytes() == b"mine"
