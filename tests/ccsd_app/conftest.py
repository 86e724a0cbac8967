"""Fakes that the app's tests share."""

import multiprocessing
import sys
from multiprocessing.context import BaseContext
from pathlib import Path

import numpy as np
import pytest

from ccsd_app.session.result import SubsetResult
from ccsd_app.session.state import ModelInfo, State
from ccsd_app.worker import process_connection
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.domain.region import Region

FAKES = Path(__file__).parent / "fakes"
PRELOADED = "tests.ccsd_app.fakes.fake_worker"
TIMEOUT_MS = 60_000


class StartMethods:
    """Takes the place of `multiprocessing` for the client of the inference process.

    The made-up process is forked from a server that has imported all that it needs: each test
    starts one or two, and imports took a second each. The real one is spawned, as ever.
    """

    def __init__(self) -> None:
        self._spawn = multiprocessing.get_context("spawn")
        self._made_up: BaseContext = self._spawn
        if sys.platform == "linux":
            self._made_up = multiprocessing.get_context("forkserver")
            self._made_up.set_forkserver_preload([PRELOADED])
        self.Pipe = self._spawn.Pipe

    def get_context(self, method: str) -> "StartMethods":
        assert method == "spawn"
        return self

    def Process(self, *, args, **how):
        _, program = args
        context = self._made_up if program == "fake_worker" else self._spawn
        return context.Process(args=args, **how)


collect_ignore = ["fakes/read_accessible.py"]
"""A system's own Python runs it, with bindings that are not installed here."""


@pytest.fixture(scope="session")
def fake_worker():
    """The module of the made-up inference process, importable by name in its process."""
    sys.path.insert(0, str(FAKES))
    import fake_worker

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(process_connection, "multiprocessing", StartMethods())
        yield fake_worker
    sys.path.remove(str(FAKES))


@pytest.fixture(scope="session")
def fake_results(fake_worker):
    """Makes the result that the made-up predictor has for a subset."""
    from ccsd_core.evaluation.metrics.nested_dice import dice_by_region

    def nested_labels_of(subset: ModalitySubset) -> np.ndarray:
        return fake_worker.regions(subset).sum(axis=0, dtype=np.uint8)

    def make(subset: ModalitySubset, *, labelled: bool = True) -> SubsetResult:
        regions = fake_worker.regions(subset)
        nested_labels = nested_labels_of(subset)
        scores = dice_by_region(
            NestedLabels.around(nested_labels),
            NestedLabels.around(nested_labels_of(ModalitySubset.full())),
        )
        volumes = {r: float(regions[r].sum()) * 0.008 for r in Region}
        return SubsetResult(
            subset, nested_labels, (0, 0, 0), volumes, scores if labelled else None, scores, 1.0
        )

    return make


@pytest.fixture(scope="session")
def phantom_state(fake_worker):
    """An open case with everything, and a model, and no result yet."""
    from dataclasses import replace

    state = State().opened(fake_worker.phantom("phantom", ModalitySubset.full()))
    return replace(state, model=ModelInfo("fake", "0123456789abcdef", "cpu", frozenset({"seen"})))


@pytest.fixture(scope="session")
def full_state(phantom_state, fake_results):
    """The same with all 15 results."""
    state = phantom_state
    for subset in ModalitySubset.every():
        state = state.with_result(fake_results(subset))
    return state


@pytest.fixture(scope="session")
def marked_state():
    """An open case whose right, anterior and superior ends are told apart, with a result.

    100 inside the head; 1000 near its right end, 2000 near the anterior and 3000 near the
    superior one. Voxels are 1 × 1.5 × 2 mm. The tumour is three nested boxes of FLAIR + T2.
    """
    from dataclasses import replace

    import numpy as np

    from ccsd_core.domain.case import Case, StoredGrid
    from ccsd_core.domain.modality import Modality
    from ccsd_core.domain.region import BRATS2021
    from ccsd_core.domain.volume import Volume

    shape, affine = (20, 26, 14), np.diag([1.0, 1.5, 2.0, 1.0])
    affine[:3, 3] = -10, -20, -12
    head = np.zeros(shape, np.float32)
    head[1:19, 1:25, 1:13] = 100
    head[17, 12, 6], head[9, 23, 6], head[9, 12, 11] = 1000, 2000, 3000
    regions = np.zeros((3, *shape), bool)
    regions[0, 4:10, 5:13, 3:9] = True
    regions[1, 5:9, 6:11, 4:8] = True
    regions[2, 6:8, 7:10, 5:7] = True
    volumes = {m: Volume(head + np.float32(m) * (head > 0), affine) for m in Modality}
    reference = Volume(np.roll(BRATS2021.labels(regions), 2, axis=0), affine)
    case = Case("marked", volumes, StoredGrid(shape, affine), reference)
    subset = ModalitySubset.parse("FLAIR+T2")
    result = SubsetResult(
        subset,
        regions.sum(axis=0).astype(np.uint8)[4:10, 5:13, 3:9],
        (4, 5, 3),
        {r: float(regions[r].sum()) * 0.003 for r in Region},
        None,
        None,
        1.0,
    )
    state = State().opened(case).using(subset).with_result(result).with_cursor((7, 8, 6))
    return replace(state, model=ModelInfo("fake", "0123456789abcdef", "cpu", frozenset()))


@pytest.fixture
def open_window(qtbot, fake_worker, tmp_path, monkeypatch):
    """Opens the window on a phantom; closes it after the test."""
    monkeypatch.setenv("CCSD_SETTINGS", str(tmp_path / "settings.json"))
    from ccsd_app.qt.startup.application import assemble

    opened = []

    def open_it(case: str = "p", *, model: str = "good", until: str = "complete"):
        parts = assemble(program="fake_worker", read_case=fake_worker.load_case)
        opened.append(parts)
        parts.window.resize(1280, 800)
        parts.window.show()
        parts.window.begin(Path(case), model=model, device="cpu")
        qtbot.waitUntil(lambda: bool(getattr(parts.session.state, until)), timeout=TIMEOUT_MS)
        return parts

    yield open_it
    for parts in opened:
        parts.window.close()
        parts.window.deleteLater()
