"""Weights and checkpoints: manifests, safetensors, evaluations, the state of a run."""

import json
import shutil
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from ccsd_core.inference.load import load_model
from ccsd_core.storage.models.bundled import bundled_models
from ccsd_core.storage.models.checkpoint import load_tensors, sha256_of
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.config.config_file import read_config
from ccsd_core.training.init import read_init
from ccsd_core.training.launch import launch
from ccsd_core.training.run.snapshot import check_snapshot, load_snapshot
from ccsd_core.training.state import RunState, fresh_state
from tests.fuzz.edits import damaged, edited, json_bytes
from tests.fuzz.target import Target, all_of

RUN = Path(__file__).parents[1] / "fixtures" / "run_of_2026_11"
STEP = Path("checkpoints", "step-00000002")
MANIFEST = json.loads((RUN / "model" / "manifest.json").read_text(encoding="utf-8"))
STATE = json.loads((RUN / STEP / "state.json").read_text(encoding="utf-8"))
WEIGHTS = (RUN / "model" / "model.safetensors").read_bytes()
TENSORS = tuple((RUN / STEP).glob("*.safetensors"))
EVALUATION = {
    "model": {"sha256": MANIFEST["sha256"]},
    "cases": ["P1"],
    "seen_in_training": [],
    "subsets": {"FLAIR+T1": {"WT": 0.5, "TC": 0.5, "ET": 0.5}},
    "present": {"cases": {"WT": 1}, "subsets": {"FLAIR+T1": {"WT": 0.5}}},
}


def _model(folder: Path, manifest: bytes, weights: bytes, evaluation: bytes | None = None) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "model.safetensors").write_bytes(weights)
    # The hash fits, so that what stands behind it is read, too.
    sha256 = sha256_of(folder / "model.safetensors").encode()
    (folder / "manifest.json").write_bytes(manifest.replace(b"SHA256", sha256))
    if evaluation is not None:
        (folder / "evaluation.json").write_bytes(evaluation.replace(b"SHA256", sha256))


@cache
def run_config() -> TrainingConfig:
    return read_config(RUN)


def read_model(drawn: tuple[bytes, bytes, bytes | None], folder: Path) -> None:
    manifest, weights, evaluation = drawn
    _model(folder / "model", manifest, weights, evaluation)
    all_of(
        lambda: load_model(folder / "model", device="cpu"),
        lambda: load_model(folder, device="cpu"),
        lambda: read_init(folder / "model", run_config().model),
        lambda: [one.model_card for one in bundled_models(folder)],
    )


def read_tensors(data: bytes, folder: Path) -> None:
    (folder / "a.safetensors").write_bytes(data)
    load_tensors(folder / "a.safetensors")


@cache
def run_state() -> RunState:
    fabric = launch(run_config().model_copy(update={"engine": _engine()}), "cpu")
    return fresh_state(run_config(), fabric, STATE["cases"], None)


def _engine() -> object:
    return run_config().engine.model_copy(update={"precision": "32-true"})


def read_snapshot(drawn: tuple[bytes, str, bytes], folder: Path) -> None:
    state, name, tensors = drawn
    step = folder / STEP
    shutil.copytree(RUN / STEP, step)
    (step / "state.json").write_bytes(state)
    if name:
        (step / name).write_bytes(tensors)
    all_of(
        lambda: check_snapshot(step, run_config()),
        lambda: load_snapshot(step, run_state(), run_config()),
    )


TARGETS = (
    Target(
        "models",
        st.tuples(
            st.one_of(
                json_bytes({**MANIFEST, "sha256": "SHA256"}),
                edited(MANIFEST["model"]).map(
                    lambda model: json.dumps(
                        {**MANIFEST, "model": model, "sha256": "SHA256"}
                    ).encode()
                ),
            ),
            st.one_of(st.just(WEIGHTS), damaged(WEIGHTS)),
            st.one_of(st.none(), json_bytes({**EVALUATION, "model": {"sha256": "SHA256"}})),
        ),
        read_model,
        share=0.5,
    ),
    Target("safetensors", damaged(WEIGHTS), read_tensors),
    Target(
        "checkpoints",
        st.one_of(
            st.tuples(json_bytes(STATE), st.just(""), st.just(b"")),
            st.sampled_from(TENSORS).flatmap(
                lambda path: st.tuples(
                    st.just(json.dumps(STATE).encode()),
                    st.just(path.name),
                    damaged(path.read_bytes()),
                )
            ),
        ),
        read_snapshot,
        share=0.3,
    ),
)
