"""Everything worth measuring on a real GPU, in under ten minutes, the most important first.

    python -m tests.benchmarks.measure_gpu OUT.jsonl
    python -m tests.benchmarks.measure_gpu OUT.jsonl --device cpu --small     # whether it works

Every item runs in a process of its own, so that an error of CUDA ends only that item, and its
numbers are one line of the file as soon as it is done: nothing is lost if time runs out.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from lightning_fabric import Fabric

from ccsd_core.data.loading import StepBatch
from ccsd_core.data.synthetic import write_cases
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.inference.hardware.devices import choose_device, fast_bf16
from ccsd_core.inference.hardware.gpus import capability, cudnn_name, faults, prepare_gpu
from ccsd_core.inference.load import load_model
from ccsd_core.model.build import build_network
from ccsd_core.model.presence import presence_mask
from ccsd_core.progress import drain
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.training.config.config_file import read_config
from ccsd_core.training.dry_run import dry_run
from ccsd_core.training.launch import resolved_precision
from ccsd_core.training.saved_tensors import noise_batch
from ccsd_core.training.state import fresh_state
from ccsd_core.training.step import optimiser_step

SECONDS = 540
LONGEST_ITEM_S = 150
PAIR = ModalitySubset.parse("FLAIR+T2")
Numbers = Iterator[tuple[str, object]]


@dataclass(frozen=True, slots=True)
class Setup:
    """The device, and whether sizes are as small as possible."""

    device: str
    small: bool

    @property
    def on_gpu(self) -> bool:
        return choose_device(self.device).type == "cuda"

    def config(self, name: str, *settings: str):
        """A bundled configuration in the device's precision."""
        small = ["data.patch=[32, 32, 32]", "model.base_channels=2"] if self.small else []
        return resolved_precision(read_config(Path(name), [*settings, *small]), self.device)


def machine(setup: Setup) -> Numbers:
    """What is here, and what is known to be wrong with it."""
    device = choose_device(setup.device)
    cudnn = torch.backends.cudnn.version() if setup.on_gpu else None
    yield "torch", torch.__version__
    yield "cudnn", cudnn_name(cudnn)
    if setup.on_gpu:
        yield "name", torch.cuda.get_device_name(device)
        yield "capability", capability(device)
        yield "memory_gb", torch.cuda.get_device_properties(device).total_memory / 1e9
    yield "faults", [fault.description for fault in faults(torch.__version__, cudnn)]


def agreement(setup: Setup) -> Numbers:
    """Loss and gradient of one small step, against fp32 on the CPU, relative."""
    sizes = ["data.patch=[32, 32, 32]", "model.base_channels=8", "data.batch=1"]
    part = noise_batch(1, (32, 32, 32))
    precisions = ["32-true", "bf16-mixed", "16-mixed"] if setup.on_gpu else ["bf16-mixed"]

    def step(device: str, precision: str) -> tuple[float, float]:
        config = read_config(Path("light"), [*sizes, f"engine.precision={precision}"])
        assert config.engine.precision != "auto"
        fabric = Fabric(accelerator=device, devices=1, precision=config.engine.precision)
        state = fresh_state(config, fabric, [], None)
        batch = StepBatch((part,), part.present)
        report = optimiser_step(config, state, fabric, batch, step=config.steps // 2)
        return report.loss, report.gradient_norm

    expected = step("cpu", "32-true")
    for precision in precisions:
        found = step(choose_device(setup.device).type, precision)
        for name, ours, theirs in zip(("loss", "gradient"), found, expected, strict=True):
            yield f"{name} {precision}", abs(ours - theirs) / abs(theirs)


def training(setup: Setup, name: str, *settings: str) -> Numbers:
    """Time and memory of a step at the level with the most subsets."""
    found = drain(dry_run(setup.config(name, *settings), device=setup.device))
    yield "samples_per_s", found.micro_batch / found.micro_batch_s
    yield "peak_mb", found.peak_mb
    yield "micro_batch", found.micro_batch
    yield "precision", found.precision


def toggle(setup: Setup) -> Numbers:
    """A click in the window: one subset of a whole head with the bundled model, up to its map."""
    with tempfile.TemporaryDirectory() as folder:
        spacing = 4.0 if setup.small else 1.0
        (path,) = drain(write_cases(Path(folder), count=1, seed=1, spacing_mm=spacing))
        case = load_case(path)
        predictor = load_model(device=setup.device)
        for when in ("first", "second"):
            begun = time.perf_counter()
            encoded = drain(predictor.encode(case))
            yield f"encode_s {when}", time.perf_counter() - begun
        times: list[float] = []
        for subset in ModalitySubset.every() * 2:
            begun = time.perf_counter()
            predictor.predict_nested_labels(encoded, subset, nesting=True)
            times.append(1000 * (time.perf_counter() - begun))
        half = len(times) // 2
        yield "toggle_ms first time of a subset", statistics.median(times[:half])
        yield "toggle_ms", statistics.median(times[half:])


def decode(setup: Setup, name: str) -> Numbers:
    """One decode: as it is, replayed as a CUDA graph, and with `mode="reduce-overhead"`."""
    config, device = setup.config(name), choose_device(setup.device)
    prepare_gpu(device)
    network = build_network(config.model).eval().requires_grad_(requires_grad=False).to(device)
    network.to(memory_format=torch.channels_last_3d)  # pyright: ignore[reportCallIssue]
    images = torch.randn(1, len(Modality), *config.data.patch, device=device)
    dtype = torch.bfloat16 if fast_bf16(device) else torch.float32
    arithmetic = torch.autocast(device.type, dtype, enabled=dtype is not torch.float32)
    with torch.no_grad(), arithmetic:
        encoding = network.encode(images, presence_mask(ModalitySubset.full()))
        run = partial(network.decode, encoding, presence_mask(PAIR))
        yield "ms", _median_ms(device, run)
        if setup.on_gpu:
            yield "ms as a CUDA graph", _or_reason(lambda: _median_ms(device, _graph_of(run)))
            if not setup.small:
                network.decoder.compile(mode="reduce-overhead")  # pyright: ignore[reportAttributeAccessIssue]
                yield "ms reduce-overhead", _or_reason(lambda: _median_ms(device, run))


def tests(setup: Setup) -> Numbers:
    """The tests that are skipped without a GPU."""
    files = ["tests/ccsd_core/inference/test_on_a_card.py", "tests/ccsd_core/training/test_cuda.py"]
    command = [sys.executable, "-m", "pytest", *files, "-q", "-p", "no:cacheprovider"]
    if setup.small:
        command.append("--collect-only")
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    yield "exit status", found.returncode
    yield "last line", (found.stdout.strip().splitlines() or [""])[-1]


SIDE_96, SIDE_128 = "data.patch=[96, 96, 96]", "data.patch=[128, 128, 128]"
LEAN, WIDE = "engine.activation_checkpointing=true", "engine.activation_checkpointing=false"
ITEMS: Mapping[str, Callable[[Setup], Numbers]] = {
    "machine": machine,
    "agreement": agreement,
    "toggle": toggle,
    "light": partial(training, name="light"),
    "ccsd 96": partial(training, name="ccsd"),
    "shaspec 96": partial(training, name="paper-brats2018"),
    "decode light": partial(decode, name="light"),
    "decode ccsd": partial(decode, name="ccsd"),
    "tests": tests,
}
FURTHER: Mapping[str, tuple[str, ...]] = {
    "light 96": ("light", SIDE_96),
    "shaspec 96, four patches, kept": ("paper-brats2018", "engine.micro_batch=4", WIDE),
    "ccsd 96, two patches": ("ccsd", "engine.micro_batch=2"),
    "light, compiled": ("light", "engine.compile=true"),
    "ccsd 96, compiled": ("ccsd", "engine.compile=true"),
    "light 128": ("light", SIDE_128),
    "ccsd 128": ("ccsd", SIDE_128),
    "shaspec 128": ("paper-brats2018", SIDE_128, LEAN),
}
"""Training with other settings."""


def measured(item: str, setup: Setup) -> dict[str, object]:
    """The numbers of one item."""
    if item in ITEMS:
        return dict(ITEMS[item](setup))
    return dict(training(setup, *FURTHER[item]))


def _median_ms(device: torch.device, work: Callable[[], object], *, rounds: int = 20) -> float:
    times: list[float] = []
    for done in range(rounds + 3):  # three to choose kernels
        begun = time.perf_counter()
        work()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        if done >= 3:
            times.append(1000 * (time.perf_counter() - begun))
    return statistics.median(times)


def _graph_of(work: Callable[[], object]) -> Callable[[], object]:
    """Replay of what `work` launches; it must have run before."""
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        work()
    return graph.replay


def _or_reason(work: Callable[[], float]) -> float | str:
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - whatever stops it is the finding
        return f"{type(error).__name__}: {error}".splitlines()[0][:200]


def main() -> None:
    """Measure what there is time for."""
    parser = argparse.ArgumentParser(description="Measure what is worth measuring on a GPU.")
    parser.add_argument("out", type=Path, help="file to which each item's numbers are appended")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--small", action="store_true", help="the smallest sizes, to try it")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--item", help="only this one, in this process")
    given = parser.parse_args()
    setup = Setup(given.device, given.small)
    if given.item:
        sys.stdout.write(json.dumps(measured(given.item, setup)) + "\n")
        return
    end = time.monotonic() + given.seconds
    for item in (*ITEMS, *FURTHER):
        found = _in_a_process(item, setup, given.out, seconds=end - time.monotonic())
        line = json.dumps({"item": item, **found})
        with given.out.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        sys.stdout.write(line + "\n")


def _in_a_process(item: str, setup: Setup, out: Path, *, seconds: float) -> dict[str, object]:
    if seconds < 15:
        return {"left out": "no time left"}
    command = [sys.executable, "-m", "tests.benchmarks.measure_gpu", str(out), "--item", item]
    command += ["--device", setup.device, *(["--small"] if setup.small else [])]
    begun = time.monotonic()
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False,
            timeout=min(seconds, LONGEST_ITEM_S),
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {"left out": f"not done after {time.monotonic() - begun:.0f} s"}
    if done.returncode:
        return {"failed": (done.stderr.strip().splitlines() or ["without a word"])[-1]}
    numbers: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return numbers | {"s": round(time.monotonic() - begun, 1)}


if __name__ == "__main__":
    main()
