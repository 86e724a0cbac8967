"""Folders of cases: any names, nested, with whole and damaged images; predictions."""

from contextlib import suppress
from pathlib import Path

from hypothesis import strategies as st

from ccsd_core.progress import drain
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.cases.case_offer import case_offer
from ccsd_core.storage.cases.case_place import case_place
from ccsd_core.storage.cases.case_search import find_cases
from ccsd_core.storage.cases.inventory import inventory
from ccsd_core.storage.names.identity import unique_ids
from ccsd_core.storage.predictions.prediction_files import prediction_files
from tests.fuzz.edits import NAMES, json_bytes
from tests.fuzz.image_targets import nifti_bytes
from tests.fuzz.target import Target, all_of

DATASET = {
    "channel_names": {"0": "FLAIR", "1": "T1w", "2": "t1gd", "3": "T2w"},
    "labels": {"background": 0, "edema": 1, "necrosis": 2, "enhancing": 3},
    "file_ending": ".nii.gz",
    "modality": {"0": "FLAIR", "1": "T1w", "2": "t1gd", "3": "T2w"},
}
CONTENTS = st.one_of(
    st.sampled_from(("whole", "whole", "float", "4-D", "flat")).map(
        {
            "whole": nifti_bytes(),
            "float": nifti_bytes(1, "float32"),
            "4-D": nifti_bytes(1, "int16", (5, 6, 4, 4)),
            "flat": nifti_bytes(1, "int16", (5, 6)),
        }.__getitem__
    ),
    st.sampled_from((b"", b"version https://git-lfs", b"<html>", b"text", nifti_bytes()[:400])),
)
FILES = st.lists(
    st.tuples(st.lists(NAMES, min_size=1, max_size=4).map(tuple), CONTENTS), max_size=10
)


def _write(folder: Path, files: list[tuple[tuple[str, ...], bytes]]) -> None:
    for parts, data in files:
        path = folder.joinpath(*parts)
        with suppress(OSError, UnicodeEncodeError):  # a file where a folder should be; no name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def read_folder(files: list[tuple[tuple[str, ...], bytes]], folder: Path) -> None:
    _write(folder, files)
    all_of(
        lambda: drain(case_place(folder)),
        lambda: case_offer(inventory(folder)),
        lambda: load_case(folder, labels_needed=False),
        lambda: prediction_files(folder),
    )
    cases = find_cases(folder)
    ids = unique_ids(cases)
    assert list(ids) == cases
    assert len({name.casefold() for name in ids.values()}) == len(cases)
    for path, name in ids.items():
        assert name.encode(), path
    all_of(*(lambda path=path: _read_case(path) for path in cases))


def _read_case(path: Path) -> None:
    case = load_case(path)
    "\n".join(case.notes)
    case_offer(inventory(path))


def read_nnunet(data: bytes, folder: Path) -> None:
    (folder / "dataset.json").write_bytes(data)
    for where, names in {"imagesTr": ("A_0000", "A_0001", "B_0003"), "labelsTr": ("A",)}.items():
        (folder / where).mkdir()
        for name in names:
            (folder / where / f"{name}.nii.gz").write_bytes(nifti_bytes())
    (folder / "imagesTr" / "BRATS_001.nii.gz").write_bytes(nifti_bytes(1, "int16", (5, 6, 4, 4)))
    all_of(
        lambda: find_cases(folder),
        lambda: _read_case(folder / "imagesTr" / "A"),
        lambda: _read_case(folder / "imagesTr" / "BRATS_001.nii.gz"),
        lambda: case_offer(inventory(folder / "imagesTr" / "BRATS_001.nii.gz")),
    )


def read_origin(data: bytes, folder: Path) -> None:
    (folder / "origin.json").write_bytes(data)
    (folder / "a_t1.nii").write_bytes(nifti_bytes())
    load_case(folder)


ORIGIN = {"recipe": "mixed", "sources": ["BraTS2021_00006"]}

TARGETS = (
    Target("case folders", FILES, read_folder, share=0.3),
    Target("dataset.json", json_bytes(DATASET), read_nnunet, share=0.3),
    Target("origin.json", json_bytes(ORIGIN), read_origin),
)
