"""Documents: settings, configurations, label schemes, records of caches, tables of scores."""

import io
import json
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import torch
from hypothesis import strategies as st

from ccsd_app.cli.outputs import check_json
from ccsd_app.settings import RecentCase, Settings, load_settings, save_settings
from ccsd_core.data.case_store import CaseStore
from ccsd_core.data.mixing.shape_library import read_shapes
from ccsd_core.data.preparation_key import PreparationKey
from ccsd_core.domain.case import StoredGrid
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import BRATS2023
from ccsd_core.domain.volume import Volume
from ccsd_core.evaluation.paired.origin import origin_of
from ccsd_core.evaluation.report.scores_file import read_scores
from ccsd_core.preparation import cache as prepared_cache
from ccsd_core.preparation.adjustments import Adjustments
from ccsd_core.preparation.scans import Scans
from ccsd_core.storage.cases.overrides import LabelFile
from ccsd_core.storage.label_maps.scheme_file import scheme_from
from ccsd_core.storage.stored_volume import StoredVolume
from ccsd_core.storage.studies.study_record import read_record
from ccsd_core.training.config.config_file import read_config
from tests.fuzz.edits import TEXTS, damaged, json_bytes, toml_bytes
from tests.fuzz.target import Target, all_of

SETTINGS = json.loads(
    Settings(
        recent_cases=(
            RecentCase.of(
                Path("/a/b"),
                {
                    Modality.T1: Path("/a/b/t1.nii"),
                    "labels": LabelFile(Path("/a/s.nii"), BRATS2023),
                },
            ),
        )
    ).model_dump_json()
)


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def read_settings(data: bytes, folder: Path) -> None:
    path = folder / "settings.json"
    path.write_bytes(data)
    with _environment("CCSD_SETTINGS", str(path)):
        settings = load_settings()
        for case in settings.recent_cases:
            assert case.opens_as(case)
            assert case.files is None or case.files
        save_settings(settings.with_recent(RecentCase.of(folder, None)))
        assert load_settings().recent_cases[0].path == folder


CONFIG = {
    "extends": "light",
    "name": "mine",
    "seed": 3,
    "steps": 2000,
    "data": {"spacing_mm": 2.0, "patch": [96, 96, 64], "scheme": "brats2021", "split": ""},
    "model": {"backbone": "unet", "base_channels": 32, "tile": [96, 96, 64], "fill": "constant"},
    "optim": {"learning_rate": 0.001, "kind": "adamw", "ema": 0.999},
    "engine": {"micro_batch": 1, "precision": "bf16", "workers": "auto", "cache": "disk"},
    "distillation": {"dmcd": True, "criticality": "cosine"},
    "validation": {"every": 10, "fraction": 0.1, "cases": ["a"]},
}
SETTING = st.builds(
    lambda key, value: f"{key}={value}",
    st.sampled_from(
        ("steps", "optim.learning_rate", "model", "model.tile", "a.b.c", "", ".", "data.")
    ),
    st.sampled_from((*TEXTS, "1", "[1, 2]", "{a = 1}", "[" * 3000, "1\nb = 2", "'", "2020-01-01")),
)


def read_configuration(drawn: tuple[bytes, list[str], str], folder: Path) -> None:
    data, changes, ending = drawn
    path = folder / f"mine{ending}"
    path.write_bytes(data)
    read_config(path, changes)


def read_scheme(data: bytes, folder: Path) -> None:
    path = folder / "mine.toml"
    path.write_bytes(data)
    scheme = scheme_from(str(path))
    scheme.check(np.asarray(scheme.integers))
    assert set(scheme.names()) <= set(scheme.integers)
    assert scheme.regions(scheme.labels(np.ones((3, 2, 2, 2), bool))).all()


STUDY = {
    "format": 1,
    "source": "/a",
    "series": [
        {
            "label": "3",
            "description": "T2 TSE",
            "file": "s3.nii.gz",
            "sequence": "T2",
            "reason": "TE 100",
            "doubtful": False,
        }
    ],
    "notes": ["a note"],
    "problem": "",
}


def read_study_record(data: bytes, folder: Path) -> None:
    (folder / "study.json").write_bytes(data)
    record = read_record(folder)
    if record is not None:
        assert all(one.name for one in record.series)


PREPARED = {
    "grid": {"shape": [2, 2, 2], "world_from_voxel": np.eye(4).tolist()},
    "transforms": {"T1": np.eye(4).tolist()},
    "reference": {"sequence": "T1", "why": "alone"},
    "steps": [{"step": "register", "done": False, "why": "alone", "sequence": "T1"}],
    "warnings": [],
    "kept_grid": False,
}


@cache
def _scans() -> Scans:
    volume = Volume(np.ones((2, 2, 2), np.float32), np.eye(4))
    image = StoredVolume(volume, StoredGrid((2, 2, 2), np.eye(4)))
    return Scans("a", {Modality.T1: image}, {Modality.T1: "T1"})


def read_prepared(drawn: tuple[bytes, bytes | None], folder: Path) -> None:
    data, images = drawn
    if images is None:
        np.savez(folder / "images.npz", T1=np.ones((2, 2, 2), np.float32))
    else:
        (folder / "images.npz").write_bytes(images)
    # The hash fits, as of an entry that another version or another machine wrote.
    sha256 = prepared_cache._sha256(folder / "images.npz").encode()
    (folder / "record.json").write_bytes(data.replace(b"SHA256", sha256))
    prepared_cache._read(folder, _scans(), Adjustments())


@cache
def _npz() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, T1=np.ones((2, 2, 2), np.uint8))
    return buffer.getvalue()


def read_case_store(drawn: tuple[bytes, bytes], folder: Path) -> None:
    about, arrays = drawn
    key = PreparationKey(folder / "none", "P1", ModalitySubset.full(), 1.0, (1, 1, 1), "P1-0")
    store = CaseStore([key], folder=folder / "cache")
    store._about(key).write_bytes(about)
    store._file(key).write_bytes(arrays)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # MONAI's, about a damaged file
        all_of(store.missing, lambda: store.about(0), lambda: store.read(0))


@cache
def _stored_case() -> bytes:
    buffer = io.BytesIO()
    arrays = {
        "images": torch.zeros((4, 2, 2, 2), dtype=torch.float16),
        "regions": torch.zeros((3, 2, 2, 2), dtype=torch.bool),
        "present": [True] * 4,
        "notes": ["a"],
    }
    torch.save(arrays, buffer)
    return buffer.getvalue()


SCORES = (
    b"case,subset,region,metric,value,policy,seen_in_training\n"
    b"P1,FLAIR+T1,WT,dice,0.5,none,false\nP1,FLAIR,WT,dice,nan,none,false\n"
)


def read_score_table(drawn: tuple[bytes, bytes], folder: Path) -> None:
    (folder / "scores.csv").write_bytes(drawn[0])
    (folder / "summary.json").write_bytes(drawn[1])
    scores = read_scores(folder)
    str(origin_of(folder, scores, metric="dice"))


def read_earlier_json(data: bytes, folder: Path) -> None:
    path = folder / "numbers.json"
    path.write_bytes(data)
    check_json(path)


def read_shape_maps(data: bytes, folder: Path) -> None:
    (folder / "maps.npz").write_bytes(data)
    read_shapes(folder / "maps.npz")


SCHEME = {"necrosis": 1, "oedema": 2, "enhancing": 3, "ignored": {"cavity": 4}}
SUMMARY = {"model": {"name": "a", "sha256": "0"}, "split": {"name": "b"}}

TARGETS = (
    Target("settings", json_bytes(SETTINGS), read_settings),
    Target(
        "configurations",
        st.tuples(
            st.one_of(toml_bytes(CONFIG), json_bytes(CONFIG)),
            st.lists(SETTING, max_size=2),
            st.sampled_from((".toml", ".toml", ".json")),
        ),
        read_configuration,
    ),
    Target("label schemes", toml_bytes(SCHEME), read_scheme),
    Target("study.json", json_bytes(STUDY), read_study_record),
    Target(
        "prepared studies",
        st.tuples(
            json_bytes({**PREPARED, "sha256": "SHA256"}),
            st.one_of(st.none(), st.none(), damaged(_npz())),
        ),
        read_prepared,
    ),
    Target(
        "prepared cases",
        st.tuples(
            json_bytes({"present": [True] * 4, "notes": ["a note"]}), damaged(_stored_case())
        ),
        read_case_store,
        share=0.5,
    ),
    Target("scores.csv", st.tuples(damaged(SCORES), json_bytes(SUMMARY)), read_score_table),
    Target("JSON to be replaced", json_bytes({"software": "ccsd 0.1"}), read_earlier_json),
    Target("shapes", damaged(_npz()), read_shape_maps),
)
