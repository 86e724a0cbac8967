"""kill −9 at any step of writing: what is found afterwards is the old or the new, and whole.

A forked process writes and kills itself before its n-th step on files, for n = 1, 2, 3 … until it
gets through. Steps are what Python reports to audit hooks: files opened, moved, removed, made.
"""

import os
import signal
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from ccsd_app.export.staging import staged
from ccsd_app.settings import RecentCase, Settings, load_settings, save_settings
from ccsd_core.data.case_store import CaseStore
from ccsd_core.data.preparation_key import PreparationKey
from ccsd_core.domain.case import StoredGrid
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.volume import Volume
from ccsd_core.storage.label_maps.segmentation_file import save_labels
from ccsd_core.storage.models.checkpoint import load_model_file, load_tensors, save_model
from ccsd_core.storage.models.manifest import Manifest
from ccsd_core.storage.nifti.reader import load_labels
from ccsd_core.training.run.run_folder import remove_leftovers
from ccsd_core.training.run.snapshot import save_snapshot, snapshots
from tests.fuzz.weight_targets import run_config, run_state

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a POSIX system's processes")
STEPS = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.chmod")
MOST_STEPS = 400


def killed_at(step: int, write: Callable[[], None], folder: Path) -> bool:
    """Whether a process that kills itself at a step was killed; if not, it was through before."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of forking beside threads: the child only writes
        pid = os.fork()
    if pid == 0:
        count = 0

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal count
            if event in STEPS and any(_below(one, folder) for one in arguments[:2]):
                count += 1
                if count == step:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        try:
            write()
        finally:
            os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def _below(argument: object, folder: Path) -> bool:
    return isinstance(argument, str | bytes | os.PathLike) and os.fsdecode(argument).startswith(
        str(folder)
    )


def survives(write: Callable[[], None], check: Callable[[], None], folder: Path) -> int:
    """Kill `write` at every step; returns how many there were."""
    for step in range(1, MOST_STEPS):
        if not killed_at(step, write, folder):
            return step - 1
        check()
    raise AssertionError("it never ends")


GRID = StoredGrid((8, 8, 8), np.eye(4))


def labels(value: int) -> Volume:
    return Volume(np.full((8, 8, 8), value, np.uint8), np.eye(4))


def test_label_maps(tmp_path):
    path = tmp_path / "labels.nii.gz"
    save_labels(path, labels(1), GRID)

    def check() -> None:
        assert set(np.unique(load_labels(path).volume.array)) <= {1, 2}

    assert survives(lambda: save_labels(path, labels(2), GRID), check, tmp_path) > 1
    assert load_labels(path).volume.array.max() == 2


def test_exports_of_several_files(tmp_path):
    def write(value: int) -> None:
        with staged(tmp_path) as staging:
            for name in ("a.nii.gz", "b.nii.gz"):
                save_labels(staging.path(name), labels(value), GRID)
            staging.commit()

    write(1)

    def check() -> None:
        for name in ("a.nii.gz", "b.nii.gz"):
            assert load_labels(tmp_path / name).volume.array.max() in (1, 2)

    assert survives(lambda: write(2), check, tmp_path) > 5


def test_models(tmp_path):
    def write(value: float) -> None:
        manifest = Manifest(name=str(value), sha256="")
        save_model(tmp_path / "model", {"a": torch.full((3,), value)}, manifest, model_card="a")

    write(1.0)

    def check() -> None:
        tensors, manifest = load_model_file(tmp_path / "model")
        assert manifest.name == str(float(tensors["a"][0]))

    assert survives(lambda: write(2.0), check, tmp_path) > 5
    write(3.0)
    assert load_model_file(tmp_path / "model")[1].name == "3.0"


def test_checkpoints(tmp_path):
    state, config = run_state(), run_config()
    save_snapshot(tmp_path, state, config, step=1)

    def check() -> None:
        found = snapshots(tmp_path)
        assert found
        for folder in found[-1:]:
            assert (folder / "state.json").read_text().endswith("}")
            for name in ("network", "average", "optimizer"):
                load_tensors(folder / f"{name}.safetensors")

    assert survives(lambda: save_snapshot(tmp_path, state, config, step=2), check, tmp_path) > 5
    remove_leftovers(tmp_path)
    assert not list(tmp_path.rglob(".new-*"))


def test_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("CCSD_SETTINGS", str(tmp_path / "settings.json"))
    save_settings(Settings(colours="before"))

    def check() -> None:
        assert load_settings().colours in ("before", "after")

    assert survives(lambda: save_settings(Settings(colours="after")), check, tmp_path) > 1


def test_prepared_cases(brats_case, tmp_path):
    case = brats_case().path
    cache = tmp_path / "cache"
    key = PreparationKey(case, "P1", ModalitySubset.full(), 2.0, (4, 4, 4), "P1-0")

    def check() -> None:
        store = CaseStore([key], folder=cache)
        assert store.missing() == [0] or store.read(0).id == "P1"

    assert survives(lambda: CaseStore([key], folder=cache).fill(0) and None, check, cache) > 1
    CaseStore([key], folder=cache).fill(0)
    assert CaseStore([key], folder=cache).read(0).id == "P1"


def test_two_programs_at_once_leave_settings_that_can_be_read(tmp_path, monkeypatch):
    monkeypatch.setenv("CCSD_SETTINGS", str(tmp_path / "settings.json"))
    save_settings(Settings())

    def write_many() -> None:
        for number in range(40):
            save_settings(load_settings().with_recent(RecentCase.of(Path(f"/{number}"), None)))

    pids = []
    for _ in range(2):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pids.append(os.fork())
        if pids[-1] == 0:
            try:
                write_many()
            finally:
                os._exit(0)
    for _ in range(200):
        text = (tmp_path / "settings.json").read_text()
        assert Settings.model_validate_json(text) is not None
    assert [os.waitpid(pid, 0)[1] for pid in pids] == [0, 0]
    assert load_settings().recent_cases[0].path == Path("/39")
    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]
