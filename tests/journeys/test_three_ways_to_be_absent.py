"""A sequence toggled off in the app, left out by `--use`, or absent from the folder: one answer."""

import os
import queue
import time
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from ccsd_app.cli.program import run
from ccsd_app.worker import protocol
from ccsd_app.worker.client import WorkerClient
from ccsd_app.worker.events import ResultReceived
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import BRATS2021
from ccsd_core.inference.hardware.devices import usable_cores

EVERY_SUBSET = [pytest.param(s, id=str(s)) for s in ModalitySubset.every()]
SUFFIX = {Modality.FLAIR: "flair", Modality.T1: "t1", Modality.T1C: "t1ce", Modality.T2: "t2"}
TIMEOUT_S = 120.0


def labels_of(path: Path) -> np.ndarray:
    return np.asanyarray(nib.load(path).dataobj)


@pytest.fixture(scope="module")
def toggled(case_folder, model_folder) -> dict[ModalitySubset, np.ndarray]:
    """Label maps of all 15 subsets as the window's inference process computes them."""
    calls: queue.Queue = queue.Queue()
    events: list = []
    client = WorkerClient(on_events=events.extend, queued_call=calls.put)
    client.start(str(model_folder), "cpu")
    client.open(case_folder)
    client.request_subset(ModalitySubset.full())
    deadline = time.monotonic() + TIMEOUT_S
    try:
        while not any(isinstance(n, protocol.Idle) for n in events):
            calls.get(timeout=max(0.0, deadline - time.monotonic()))()
            failed = [n for n in events if isinstance(n, protocol.Failed)]
            assert not failed, failed
    finally:
        client.stop()
    shape = labels_of(next(case_folder.glob("*_seg.nii.gz"))).shape
    maps = {}
    for result in (n for n in events if isinstance(n, ResultReceived)):
        nested_labels = np.zeros(shape, np.uint8)
        corner = result.message.offset_voxel
        window = tuple(
            slice(o, o + n) for o, n in zip(corner, result.nested_labels.shape, strict=True)
        )
        nested_labels[window] = result.nested_labels
        regions = np.stack([nested_labels > r for r in range(3)])
        maps[result.message.subset] = BRATS2021.labels(regions)
    return maps


@pytest.fixture(autouse=True)
def _as_many_threads_as_the_window():
    """Sums over voxels are split by thread: bits agree only between equal splits."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(usable_cores())
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("subset", EVERY_SUBSET)
def test_toggled_left_out_and_absent_agree_voxel_by_voxel(
    subset, toggled, case_folder, model_folder, tmp_path
):
    few = tmp_path / case_folder.name
    few.mkdir()
    for modality in subset:
        name = f"{case_folder.name}_{SUFFIX[modality]}.nii.gz"
        os.link(case_folder / name, few / name)
    model = ("--model", str(model_folder), "--device", "cpu")

    used = tmp_path / "used.nii.gz"
    assert run(["segment", str(case_folder), "-o", str(used), "--use", str(subset), *model]) == 0
    absent = tmp_path / "absent.nii.gz"
    assert run(["segment", str(few), "-o", str(absent), *model]) == 0

    assert labels_of(used).any()
    np.testing.assert_array_equal(labels_of(used), labels_of(absent))
    np.testing.assert_array_equal(labels_of(used), toggled[subset])
