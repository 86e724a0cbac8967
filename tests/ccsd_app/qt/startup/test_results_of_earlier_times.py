"""A case that is opened again shows its results at once; none is computed twice."""

import multiprocessing
import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from ccsd_app.engine.result_cache import ResultCache
from ccsd_app.qt.startup.application import assemble
from ccsd_app.session.display import Layer
from ccsd_app.session.preparation import Stage
from ccsd_app.session.state import ModelInfo
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.modality import ModalitySubset

TIMEOUT_MS = 60_000
SHA = "0123456789abcdef" * 4


@pytest.fixture
def start(qtbot, fake_worker, tmp_path, monkeypatch):
    """Opens windows that share one folder of results; they are closed at the end."""
    monkeypatch.setenv("CCSD_SETTINGS", str(tmp_path / "settings.json"))
    opened = []

    def begin(model: str, case: str = "p"):
        parts = assemble(
            program="fake_worker",
            read_case=fake_worker.load_case,
            cache=ResultCache(tmp_path / "results"),
            describe=lambda _: ModelInfo(f"fake-{model}", SHA, "", frozenset({"seen"})),
        )
        opened.append(parts)
        parts.window.show()
        parts.window.begin(Path(case), model=model, device="cpu")
        return parts

    yield begin
    for parts in opened:
        parts.window.close()
        parts.window.deleteLater()


def computed(log: Path) -> Counter:
    return Counter(log.read_text().split() if log.exists() else [])


@pytest.mark.parametrize("case", ["p", "raw"])
def test_all_subsets_are_there_at_once_and_nothing_is_computed(start, qtbot, tmp_path, case):
    log = tmp_path / "log"
    first = start(f"log:{log}", case)
    qtbot.waitUntil(lambda: first.session.state.complete, timeout=TIMEOUT_MS)
    assert computed(log).total() == 15
    first.window.close()

    again = start(f"log:{log}", case)
    qtbot.waitUntil(lambda: again.session.state.complete, timeout=TIMEOUT_MS)
    state = again.session.state
    assert state.result is not None
    assert state.model is not None
    assert state.model.sha256 == SHA
    assert (state.stage is Stage.DONE) == (case == "raw")
    qtbot.waitUntil(lambda: again.session.state.model.device == "cpu", timeout=TIMEOUT_MS)
    qtbot.waitUntil(lambda: again.session.state.activity is None, timeout=TIMEOUT_MS)
    assert computed(log).total() == 15

    # what is asked for besides is computed on the case, which is read only now
    again.session.become(again.session.state.with_layer(Layer.PROBABILITY))
    qtbot.waitUntil(lambda: again.session.state.shown_map is not None, timeout=TIMEOUT_MS)
    assert computed(log).total() == 15


def test_results_of_degraded_images_are_stored_by_what_was_done(start, qtbot, tmp_path):
    log = tmp_path / "log"
    noise, more = (Degradations.parse([f"T1c:noise={severity}"]) for severity in (2, 3))

    def degrade(parts, degradations: Degradations) -> None:
        session = parts.session
        qtbot.waitUntil(lambda: session.state.complete, timeout=TIMEOUT_MS)
        session.become(session.state.degrading(degradations))
        qtbot.waitUntil(
            lambda: session.state.applied == degradations and session.state.complete,
            timeout=TIMEOUT_MS,
        )

    first = start(f"log:{log}")
    degrade(first, noise)
    assert computed(log).total() == 15 + 8  # the subsets with T1c
    first.window.close()

    again = start(f"log:{log}")
    degrade(again, noise)
    assert computed(log).total() == 15 + 8
    degrade(again, more)
    assert computed(log).total() == 15 + 8 + 8


def test_when_the_window_was_closed_only_the_rest_is_computed(start, qtbot, tmp_path):
    log = tmp_path / "log"
    first = start(f"log:{log}")
    qtbot.waitUntil(lambda: len(first.session.state.results) >= 4, timeout=TIMEOUT_MS)
    first.window.close()
    kept = {path.stem for path in (tmp_path / "results").rglob("*.npz")}
    assert len(kept) >= 4

    again = start(f"log:{log}")
    qtbot.waitUntil(lambda: again.session.state.complete, timeout=TIMEOUT_MS)

    times = computed(log)
    assert {times[name] for name in kept} == {1}
    assert set(times) == {str(s) for s in ModalitySubset.every()}


def test_after_a_kill_of_the_inference_process_nothing_is_computed_twice(start, qtbot, tmp_path):
    log = tmp_path / "log"
    parts = start(f"log:{log}")
    qtbot.waitUntil(lambda: len(parts.session.state.results) >= 4, timeout=TIMEOUT_MS)
    known = {str(subset) for subset in parts.session.state.results}

    process = next(p for p in multiprocessing.active_children() if p.name == "ccsd-inference")
    os.kill(process.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: parts.session.state.complete, timeout=TIMEOUT_MS)

    assert "restarted" in parts.session.state.problem
    assert {computed(log)[name] for name in known} == {1}


def test_other_images_of_the_same_name_have_no_results(start, qtbot, tmp_path):
    log = tmp_path / "log"
    first = start(f"log:{log}", "p")
    qtbot.waitUntil(lambda: first.session.state.complete, timeout=TIMEOUT_MS)
    first.window.close()

    other = start(f"log:{log}", "p_FLAIR+T2")
    qtbot.waitUntil(lambda: other.session.state.complete, timeout=TIMEOUT_MS)

    assert computed(log).total() == 15 + 3
