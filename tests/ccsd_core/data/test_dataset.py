"""Opening labelled cases: once each, by any number of processes, in memory or on disk."""

import os
import shutil
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import torch

from ccsd_core.data.dataset import CaseSet, case_ids, open_cases
from ccsd_core.data.preparation_key import PreparationKey
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import BRATS2023
from ccsd_core.errors import CaseError, NiftiError, ResourceError
from ccsd_core.progress import Progress, drain
from ccsd_core.storage.cases.case_folder import find_cases, load_case

LATTICE = (16, 16, 16)
EVERY_CACHE = pytest.mark.parametrize("cache", ["memory", "disk"])


@pytest.fixture
def data(brats_case, tmp_path: Path) -> Path:
    """Four cases: one has no labels, one only two sequences."""
    folder = tmp_path / "data"
    brats_case("a", under=folder, seed=1)
    brats_case("b", under=folder, seed=2, available=ModalitySubset.parse("T1+T2"))
    brats_case("c", under=folder, seed=3, with_labels=False)
    brats_case("d", under=folder, seed=4)
    return folder


def opened(data: Path, tmp_path: Path, *, cache: str = "memory", workers: int = 0) -> CaseSet:
    return drain(
        open_cases(
            find_cases(data),
            spacing_mm=1.0,
            lattice=LATTICE,
            cache=cache,
            cache_dir=tmp_path / "cache",
            workers=workers,
        )
    )


def assert_same(one: CaseSet, other: CaseSet) -> None:
    assert one.ids == other.ids
    assert torch.equal(one.present, other.present)
    for i in range(len(one)):
        assert torch.equal(one[i].images, other[i].images)
        assert torch.equal(one[i].regions, other[i].regions)
        assert torch.equal(one[i].present, other[i].present)


@EVERY_CACHE
def test_labelled_cases_are_opened_in_order_and_the_others_named(data, tmp_path, cache):
    cases = opened(data, tmp_path, cache=cache)

    assert cases.ids == ("a", "b", "d")
    assert cases.skipped == ("c",)
    assert len(cases) == 3
    assert [cases[i].id for i in range(3)] == ["a", "b", "d"]


@EVERY_CACHE
def test_sequences_that_a_case_lacks_are_known_and_zero(data, tmp_path, cache):
    cases = opened(data, tmp_path, cache=cache)

    assert cases.present.tolist() == [[True] * 4, [False, True, False, True], [True] * 4]
    b = cases[1]
    assert torch.equal(b.present, cases.present[1])
    assert (b.images[~b.present] == 0).all()
    assert b.images[b.present].flatten(1).any(1).all()
    assert b.images.dtype is torch.float16
    assert b.regions.dtype is torch.bool


@EVERY_CACHE
@pytest.mark.parametrize("workers", [1, 3])
def test_neither_cache_nor_processes_change_a_case(data, tmp_path, cache, workers):
    assert_same(opened(data, tmp_path), opened(data, tmp_path, cache=cache, workers=workers))


def test_a_later_run_finds_the_prepared_cases(data, tmp_path, monkeypatch):
    first = opened(data, tmp_path, cache="disk")
    monkeypatch.setattr(PreparationKey, "prepare", forbidden)

    messages = []
    again = drain(
        open_cases(find_cases(data), spacing_mm=1.0, cache="disk", cache_dir=tmp_path / "cache"),
        lambda step: messages.append(step.what),
    )

    assert_same(first, again)
    assert not any(what.startswith("preparing") for what in messages)


def forbidden(_: PreparationKey) -> None:
    raise AssertionError("a case was prepared")


def prepared_anew(data: Path, tmp_path: Path, monkeypatch, **how: object) -> list[str]:
    prepared = []
    prepare = PreparationKey.prepare
    monkeypatch.setattr(PreparationKey, "prepare", lambda r: prepared.append(r.id) or prepare(r))
    settings = {"spacing_mm": 1.0, "lattice": LATTICE, **how}
    drain(open_cases(find_cases(data), cache="disk", cache_dir=tmp_path / "cache", **settings))
    return prepared


@pytest.mark.parametrize("how", [{"spacing_mm": 2.0}, {"lattice": (8, 16, 8)}], ids=str)
def test_another_grid_is_prepared_anew(data, tmp_path, monkeypatch, how):
    opened(data, tmp_path, cache="disk")

    assert prepared_anew(data, tmp_path, monkeypatch, **how) == ["a", "b", "d"]


def test_beyond_the_limit_cases_of_other_grids_are_removed(data, tmp_path, monkeypatch):
    opened(data, tmp_path, cache="disk")
    before = {file.name for file in (tmp_path / "cache").iterdir()}

    assert prepared_anew(data, tmp_path, monkeypatch, spacing_mm=2.0, cache_limit=1)

    after = {file.name for file in (tmp_path / "cache").iterdir()}
    assert len(after) == len(before)
    assert not after & before
    assert prepared_anew(data, tmp_path, monkeypatch, spacing_mm=2.0, cache_limit=1) == []


def test_another_version_of_the_preparation_is_prepared_anew(data, tmp_path, monkeypatch):
    opened(data, tmp_path, cache="disk")
    monkeypatch.setattr("ccsd_core.data.preparation_key.PREPARATION_VERSION", 1000)

    assert prepared_anew(data, tmp_path, monkeypatch) == ["a", "b", "d"]


@pytest.mark.parametrize("file", ["d_t1.nii.gz", "d_seg.nii.gz"])
def test_a_case_whose_file_changed_is_prepared_anew(data, tmp_path, monkeypatch, file):
    opened(data, tmp_path, cache="disk")
    os.utime(data / "d" / file, ns=(1, 1))

    assert prepared_anew(data, tmp_path, monkeypatch) == ["d"]


def test_nothing_but_prepared_cases_is_left_in_the_cache(data, tmp_path):
    opened(data, tmp_path, cache="disk", workers=2)

    names = sorted(path.name for path in (tmp_path / "cache").iterdir())
    assert [name.partition("-")[0] for name in names] == ["a", "a", "b", "b", "d", "d"]
    assert {Path(name).suffix for name in names} == {".json", ".pt"}


def test_a_prepared_case_appears_whole_or_not_at_all(data, tmp_path, monkeypatch):
    # moved within one folder it is renamed; from another disk it would be copied, bit by bit
    moved = []
    move = shutil.move
    monkeypatch.setattr(shutil, "move", lambda a, b: moved.append((a, b)) or move(a, b))

    opened(data, tmp_path, cache="disk")

    assert len(moved) == 3
    for source, target in moved:
        assert (tmp_path / "cache") in Path(source).parents
        assert Path(target).parent == tmp_path / "cache"


def test_a_damaged_prepared_case_says_how_to_repair_it(data, tmp_path):
    cases = opened(data, tmp_path, cache="disk")
    (file,) = (tmp_path / "cache").glob("b-*.pt")
    file.write_bytes(file.read_bytes()[:1000])

    with pytest.raises(ResourceError, match=r"b-\w+\.pt .*delete the file to have it made again"):
        cases[1]


def test_a_cache_that_cannot_be_made_says_what_to_do(data, tmp_path):
    (tmp_path / "cache").write_text("a file")

    with pytest.raises(ResourceError, match=r"engine\.cache = 'memory'"):
        opened(data, tmp_path, cache="disk")


@EVERY_CACHE
@pytest.mark.parametrize("workers", [0, 2])
def test_a_case_that_cannot_be_read_is_named_with_the_error_it_always_had(
    data, tmp_path, cache, workers
):
    (data / "b" / "b_t1.nii.gz").write_bytes(b"no image")

    with pytest.raises(NiftiError, match=r"b_t1\.nii\.gz") as error:
        opened(data, tmp_path, cache=cache, workers=workers)
    assert "\n" not in str(error.value)


def test_data_without_labels_cannot_be_trained_on(brats_case, tmp_path):
    brats_case("a", under=tmp_path / "bare", with_labels=False)

    with pytest.raises(CaseError, match="no labelled case"):
        opened(tmp_path / "bare", tmp_path)


def test_every_case_is_announced_before_it_is_read(data):
    steps = list(open_cases(find_cases(data), spacing_mm=1.0, lattice=LATTICE))

    assert all(isinstance(step, Progress) for step in steps)
    assert [s.what for s in steps if s.what.startswith("reading")] == [
        "reading a",
        "reading b",
        "reading d",
    ]


def test_opening_can_be_stopped_at_any_case(data, tmp_path):
    steps = open_cases(find_cases(data), spacing_mm=1.0, lattice=LATTICE, workers=2)
    while not next(steps).what.startswith("reading b"):
        pass

    steps.close()


def test_regions_lie_where_the_labels_do(data, brats_case, tmp_path):
    cases = opened(data, tmp_path)
    written = brats_case("same", seed=1)

    tumour = int((written.labels > 0).sum())
    assert cases[0].regions[0].sum() == tumour
    whole, core, enhancing = cases[0].regions
    assert (whole | ~core).all()
    assert (core | ~enhancing).all()


# ------------------------------------------------------------------------------- choosing


def test_cases_of_one_name_are_distinguished_by_their_folders(data, brats_case):
    brats_case("d", under=data / "more")

    named = case_ids(find_cases(data))

    assert named[f"{data.name}_d"] == data / "d"
    assert named["more_d"] == data / "more" / "d"


def test_a_name_is_known_before_a_file_is_opened(data):
    paths = find_cases(data)
    bids = data.parent / "bids" / "sub-1" / "anat"

    assert case_ids([*paths, bids]) == dict(zip("abcd", paths, strict=True)) | {"sub-1": bids}
    assert list(case_ids(paths)) == [load_case(path).id for path in paths]


def test_choosing_opens_no_file(data, monkeypatch):
    paths = find_cases(data)
    for file in data.rglob("*.nii.gz"):
        file.write_bytes(b"")

    assert case_ids(paths)["a"] == paths[0]


def test_labels_may_lie_in_another_folder_and_have_a_stated_scheme(brats_case, tmp_path):
    data, labels = tmp_path / "data", tmp_path / "elsewhere"
    labels.mkdir()
    written = brats_case("own", under=data, scheme=BRATS2023)
    (written.path / "own_seg.nii.gz").rename(labels / "own.nii.gz")
    steps = open_cases([written.path], spacing_mm=2.0, labels=labels, scheme=BRATS2023)

    found = drain(steps)

    assert found.ids == ("own",)
    assert found[0].regions.any()


def test_a_blank_sequence_is_none_and_notes_come_with_the_cases_names(brats_case, tmp_path):
    written = brats_case("own", under=tmp_path / "data")
    path = written.path / "own_t2.nii.gz"
    nib.save(nib.Nifti1Image(np.zeros((24, 28, 20), np.int16), written.affine), path)
    for cache in ("memory", "disk", "disk"):
        found = opened(tmp_path / "data", tmp_path, cache=cache)
        assert found.present.tolist() == [[True, True, True, False]]
        assert found[0].available == ModalitySubset.parse("FLAIR,T1,T1c")
        (note,) = found.notes
        assert note.startswith("own: T2 (own_t2.nii.gz) is blank")


def test_a_prepared_case_that_a_full_disk_left_empty_is_made_again(data, tmp_path):
    opened(data, tmp_path, cache="disk")
    for file in (tmp_path / "cache").glob("a-*.pt"):
        file.write_bytes(b"")

    assert opened(data, tmp_path, cache="disk")[0].regions.any()


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("cache", ["memory", "disk"])
def test_every_case_with_labels_that_cannot_be_is_named(brats_case, tmp_path, cache, workers):
    all_brain = np.ones((24, 28, 20), np.uint8)
    written = [
        brats_case(f"P{i}", labels=all_brain if i in (1, 3) else None, under=tmp_path / "data")
        for i in range(4)
    ]
    paths = [case.path for case in written]

    with pytest.raises(CaseError, match=r"2 of 4 cases .*\(P1: .*brain.*; P3: .*data\.hold_out"):
        drain(
            open_cases(
                paths, spacing_mm=2.0, cache=cache, cache_dir=tmp_path / "cache", workers=workers
            )
        )
