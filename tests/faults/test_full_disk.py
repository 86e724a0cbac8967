"""A disk that is full, at any byte of any file: what was there stays, and a message says so.

The kernel refuses to let a file grow beyond a limit (RLIMIT_FSIZE), as a full disk does.
"""

import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch

from ccsd_app.export.sidecar import write_json
from ccsd_app.settings import Settings, load_settings, save_settings
from ccsd_core.data.case_store import CaseStore
from ccsd_core.data.preparation_key import PreparationKey
from ccsd_core.domain.case import StoredGrid
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import CcsdError, ResourceError
from ccsd_core.storage.label_maps.segmentation_file import save_labels
from ccsd_core.storage.models.checkpoint import load_model_file, save_model
from ccsd_core.storage.models.manifest import Manifest
from ccsd_core.storage.names.origin import write_origin
from ccsd_core.storage.studies.study_record import StudyRecord, write_record
from ccsd_core.training.config.config_file import read_config
from ccsd_core.training.run.run_folder import log, save_config

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="a POSIX system's limit")
GRID = StoredGrid((24, 24, 24), np.eye(4))
LABELS = Volume(np.random.default_rng(0).integers(0, 5, (24, 24, 24)).astype(np.uint8), np.eye(4))
LIMITS = (0, 1, 100, 1000)


@contextmanager
def full_disk(limit: int) -> Iterator[None]:
    """No file may grow beyond `limit` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # an error instead of a signal
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def write_model(folder: Path) -> None:
    tensors = {"a": torch.zeros(1000)}
    save_model(folder / "model", tensors, Manifest(name="a", sha256=""), model_card="a" * 2000)


def write_labels(folder: Path) -> None:
    save_labels(folder / "labels.nii.gz", LABELS, GRID)


def write_numbers(folder: Path) -> None:
    write_json(folder / "numbers.json", {"numbers": list(range(1000))})


def write_run_config(folder: Path) -> None:
    save_config(folder, read_config(Path("smoke")))


def write_study(folder: Path) -> None:
    write_record(folder, StudyRecord(Path("/a" * 600), ()))


def write_mixed(folder: Path) -> None:
    write_origin(folder, recipe="a" * 2000, sources=["b"])


WRITERS: dict[str, Callable[[Path], None]] = {
    "label map": write_labels,
    "model": write_model,
    "numbers": write_numbers,
    "run's settings": write_run_config,
    "study": write_study,
    "mixed case": write_mixed,
}


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.mark.parametrize("what", WRITERS)
def test_a_full_disk_leaves_what_was_there_and_is_reported(what, tmp_path):
    write = WRITERS[what]
    write(tmp_path)
    before = contents(tmp_path)

    for limit in LIMITS:
        with full_disk(limit), pytest.raises(ResourceError, match="write"):
            write(tmp_path)
        assert contents(tmp_path) == before, f"{limit} bytes"
    write(tmp_path)
    assert contents(tmp_path).keys() == before.keys()


@pytest.mark.parametrize("what", WRITERS)
def test_a_full_disk_leaves_nothing_half_written(what, tmp_path):
    for limit in LIMITS:
        with full_disk(limit), pytest.raises(CcsdError):
            WRITERS[what](tmp_path)
        assert contents(tmp_path) == {}, f"{limit} bytes"


def test_settings_survive_a_full_disk(tmp_path, monkeypatch):
    monkeypatch.setenv("CCSD_SETTINGS", str(tmp_path / "settings.json"))
    save_settings(Settings(colours="itk_snap"))

    with full_disk(10), pytest.raises(ResourceError, match=r"settings\.json"):
        save_settings(Settings(colours="brats"))

    assert load_settings().colours == "itk_snap"


def test_a_line_that_does_not_fit_the_log_is_reported(tmp_path):
    log(tmp_path, "one")

    with full_disk(10), pytest.raises(ResourceError, match=r"train\.log"):
        log(tmp_path, "two")


def test_a_case_that_does_not_fit_the_cache_is_prepared_again_later(brats_case, tmp_path):
    case = brats_case().path
    key = PreparationKey(case, "P1", ModalitySubset.full(), 2.0, (4, 4, 4), "P1-0")
    store = CaseStore([key], folder=tmp_path / "cache")
    for limit in LIMITS:
        with full_disk(limit), pytest.raises(ResourceError, match="free disk space"):
            store.fill(0)
        assert store.missing() == [0]

    store.fill(0)

    assert store.missing() == []
    assert store.read(0).id == "P1"


def test_a_model_written_after_a_full_disk_is_whole(tmp_path):
    with full_disk(1000), pytest.raises(ResourceError):
        write_model(tmp_path)

    write_model(tmp_path)

    tensors, manifest = load_model_file(tmp_path / "model")
    assert manifest.name == "a"
    assert tensors["a"].shape == (1000,)
