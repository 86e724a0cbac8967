"""All measurements, one after another, with progress."""

from pathlib import Path
from typing import Any

import torch

from ccsd_app.benchmark import machine
from ccsd_app.benchmark.cancel import cancelling
from ccsd_app.benchmark.decode_bound import decode_against_bound
from ccsd_app.benchmark.help import help_text
from ccsd_app.benchmark.measured import Measurements
from ccsd_app.benchmark.shaspec import against_shaspec
from ccsd_app.benchmark.subsets import all_subsets, sharing
from ccsd_app.benchmark.timed_model import timed_model
from ccsd_app.benchmark.training import training_step
from ccsd_app.benchmark.window import STARTS, measure_window
from ccsd_core.inference.load import load_model
from ccsd_core.model.build import build_network
from ccsd_core.model.config import ModelConfig
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.models.checkpoint import load_model_file
from ccsd_core.storage.models.find import find_model

TOTAL = STARTS + 7


def measure_everything(
    path: Path, *, model: str | None, device: str
) -> Steps[tuple[Measurements, dict[str, Any]]]:
    """Measure a case with a model.

    Args:
        path: The case.
        model: As `load_model` takes it.
        device: As `load_model` takes it.

    Returns:
        The measurements, and a description of the machine.

    Raises:
        BadInputError: If the case or the model cannot be used; raised before anything is timed.
    """
    yield Progress(0, TOTAL, "reading the case and the model")
    case = load_case(path)
    predictor = load_model(model, device=device)
    tensors, manifest = load_model_file(find_model(model))
    config = ModelConfig.model_validate(manifest.model)
    network = build_network(config)
    network.load_state_dict(tensors)
    where = torch.device(predictor.device)
    ours = timed_model(network, config, case, where)
    yield Progress(1, TOTAL, "ccsd-app --help")
    findings = help_text()
    for progress in (window := _WithResult(measure_window(path, model=model, device=device))):
        yield Progress(1 + progress.done, TOTAL, progress.what)
    findings |= window.result
    done = 1 + STARTS
    yield Progress(done, TOTAL, "cancelling")
    findings |= cancelling(path, model=model, device=device)
    yield Progress(done + 1, TOTAL, "all subsets")
    findings |= all_subsets(predictor, case)
    yield Progress(done + 2, TOTAL, "decodings vs full forward passes")
    findings |= sharing(ours)
    yield Progress(done + 3, TOTAL, "convolutions of one decoding")
    findings |= decode_against_bound(ours)
    yield Progress(done + 4, TOTAL, "training step")
    findings |= training_step(config, where)
    yield Progress(done + 5, TOTAL, "shaspec, one full forward pass (may take a minute)")
    findings |= against_shaspec(ours, case)
    yield Progress(TOTAL, TOTAL, "done")
    return findings, machine.machine(where)


class _WithResult:
    """Iterates over the progress of long work, and keeps its result."""

    def __init__(self, steps: Steps[Measurements]) -> None:
        self._steps = steps
        self.result: Measurements = {}

    def __iter__(self) -> Steps[None]:
        self.result = yield from self._steps
