"""The benchmark's plumbing: every budget has a number or a reason. No test looks at a time."""

import json
import os
from functools import partial
from pathlib import Path

import pytest

from ccsd_app.benchmark.budgets import BUDGETS
from ccsd_app.benchmark.measured import Measurement
from ccsd_app.benchmark.table import as_json, as_table, machine_text

NUMBERS = {
    *("toggle_cached_ms", "toggle_uncached_ms", "open_to_first_result_s", "all15_s"),
    *("ratio_toggle_vs_forward", "ratio_all15_vs_naive", "ratio_toggle_vs_shaspec"),
    *("decode_vs_roof", "window_s", "scroll_fps", "help_s", "peak_rss_mb"),
    "train_step_ratio_vs_naive",
}
MACHINE = {"cpu": "a CPU", "cores": 2, "threads": 2, "bf16": True, "torch": "2", "os": "an OS"}
MACHINE |= {"device": "cpu"}
NO_DISPLAY = "no display, and xvfb-run is not installed"


def text_of(table) -> str:
    from rich.console import Console

    console = Console(width=220, no_color=True)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


@pytest.fixture
def quick(monkeypatch):
    """The real measurements in a few rounds, without the window and the inference process."""
    from ccsd_app.benchmark import everything, help, shaspec, training, window
    from ccsd_core.model.build import shaspec_network

    narrow = shaspec_network(width=4, blocks=(1, 1, 1, 1))
    for module in (help, training):
        monkeypatch.setattr(module, "ROUNDS", 1)
    for name in ("all_subsets", "sharing", "decode_against_bound"):
        monkeypatch.setattr(everything, name, partial(getattr(everything, name), rounds=1))
    monkeypatch.setattr(training, "LEVELS", (3,))
    small = partial(training.training_step, patch=(8, 8, 8))
    monkeypatch.setattr(everything, "training_step", small)
    monkeypatch.setattr(shaspec, "build_network", lambda config: narrow)
    monkeypatch.setattr(window, "display", lambda: (NO_DISPLAY, (), {}))
    stand_in = {"cancel_s": Measurement(0.1)}
    monkeypatch.setattr(everything, "cancelling", lambda *_args, **_options: stand_in)


def test_every_number_is_positive_or_null_with_its_reason(
    command, make_case, model, tmp_path, quick
):
    out = tmp_path / "new" / "bench.json"

    result = command("bench", make_case(), "--model", model, "--json", out)

    assert result.code == 0
    numbers = json.loads(out.read_text())
    machine = numbers.pop("machine")
    assert numbers.pop("software").startswith("ccsd ")
    assert numbers.pop("disclaimer")
    assert numbers.keys() == NUMBERS
    assert machine.keys() == MACHINE.keys()
    without = {key for key, number in numbers.items() if number is None}
    assert without == {
        *("toggle_cached_ms", "toggle_uncached_ms", "open_to_first_result_s"),
        *("window_s", "scroll_fps", "peak_rss_mb"),
    }
    assert all(numbers[key] > 0 for key in NUMBERS - without)
    assert result.out.count(NO_DISPLAY) == len(without) + 5  # five more are not in the JSON
    assert all(budget.what in result.out for budget in BUDGETS)


def test_a_model_that_is_not_there_is_reported_before_anything_is_timed(command, make_case):
    result = command("bench", make_case(), "--model", "nowhere")

    assert (result.code, result.out) == (2, "")
    assert "nowhere" in result.error_lines[-1]


def test_the_table_names_each_budget_and_whether_it_is_met():
    findings = {
        "window_s": Measurement(1.5),
        "help_s": Measurement(0.75),
        "scroll_fps": Measurement(61.0),
        "peak_rss_mb": Measurement(None, "a reason"),
    }

    lines = text_of(as_table(findings, MACHINE)).splitlines()

    def line(what: str) -> str:
        return next(line for line in lines if what in line)

    assert "1.50 s" in line("window visible")
    assert "≤ 2 s" in line("window visible")
    assert " met " in line("window visible")
    assert "MISSED" in line("--help")
    assert "≥ 60 /s" in line("scrolling")
    assert " met " in line("scrolling")
    assert "not measured" in line("memory")
    assert "a reason" in line("peak_rss_mb")
    assert as_json(findings, MACHINE)["peak_rss_mb"] is None
    assert "a CPU, 2 cores, 2 threads, bf16" in machine_text(MACHINE)


@pytest.mark.parametrize("free_mb", [100.0, None], ids=["short", "unknown"])
def test_where_memory_is_short_shaspec_is_left_out_with_the_reason(
    make_case, model, monkeypatch, free_mb
):
    import torch

    from ccsd_app.benchmark import shaspec
    from ccsd_app.benchmark.timed_model import timed_model
    from ccsd_core.model.build import build_network, shaspec_network
    from ccsd_core.model.config import ModelConfig
    from ccsd_core.storage.cases.case_folder import load_case

    config = ModelConfig(base_channels=2, levels=2, spacing_mm=6.0)
    case = load_case(make_case())
    ours = timed_model(build_network(config), config, case, torch.device("cpu"))
    monkeypatch.setattr(shaspec, "free_memory_mb", lambda: free_mb)
    theirs = shaspec_network(width=4, blocks=(1, 1, 1, 1))

    found = shaspec.against_shaspec(ours, case, network=theirs)[shaspec.KEY]

    assert (found.value is None) == (free_mb is not None)
    assert ("not enough memory" in found.remark) == (free_mb is not None)


def test_the_lower_bound_is_made_of_every_convolution_of_a_decode(make_case):
    import torch

    from ccsd_app.benchmark.decode_bound import convolutions
    from ccsd_app.benchmark.timed_model import timed_model
    from ccsd_core.model.build import build_network
    from ccsd_core.model.config import ModelConfig
    from ccsd_core.storage.cases.case_folder import load_case

    config = ModelConfig(base_channels=2, levels=3, spacing_mm=6.0)
    case = load_case(make_case())
    ours = timed_model(build_network(config), config, case, torch.device("cpu"))

    calls = convolutions(ours, ours.encode())

    assert len(calls) == 3 + 2 + 1  # a block a level, a reduction between levels, the head
    assert {call.input.dtype for call in calls} == {ours.dtype}
    assert tuple(calls[-1].input.shape[2:]) == ours.shape


def test_a_cancel_is_timed_on_the_process_that_the_window_uses(fake_worker):
    from ccsd_app.benchmark.cancel import cancelling

    found = cancelling(Path("p"), model="slow", device="cpu", program="fake_worker")

    assert found["cancel_s"].value > 0


def test_a_process_that_fails_leaves_a_reason(fake_worker):
    from ccsd_app.benchmark.cancel import cancelling

    found = cancelling(Path("p"), model="missing", device="cpu", program="fake_worker")

    assert found["cancel_s"].value is None
    assert "missing" in found["cancel_s"].remark


@pytest.mark.parametrize(
    ("environment", "tools", "absent", "reason", "prefix"),
    [
        ({"DISPLAY": ":0"}, {}, set(), "", ""),
        ({}, {"xvfb-run": "/bin/xvfb-run"}, set(), "", "xvfb-run"),
        ({}, {}, set(), NO_DISPLAY, ""),
        ({"DISPLAY": ":0"}, {}, {"vtk"}, "not installed: vtk", ""),
    ],
    ids=["display", "xvfb", "none", "no libraries"],
)
def test_the_window_is_opened_where_it_can_be(environment, tools, absent, reason, prefix):
    from ccsd_app.benchmark.window import display

    found = display(
        environment,
        platform="linux",
        found=tools.get,
        installed=lambda name: None if name in absent else name,
    )

    assert found[0] == reason
    assert " ".join(found[1][:1]) == prefix
    assert reason or found[2]["QT_QPA_PLATFORM"] == "xcb"


def test_the_first_start_only_warms_up():
    from ccsd_app.benchmark.window import STARTS, read

    starts = [
        {"times": {"window_s": [float(n)], "cached_s": [0.05]}, "problem": "", "peak_mb": n}
        for n in range(STARTS)
    ]

    found = read(starts)

    assert found["window_s"].value == (STARTS) / 2
    assert found["toggle_cached_ms"].value == pytest.approx(50)
    assert found["peak_rss_mb"].value == STARTS - 1
    assert found["scroll_fps"].value is None


def test_a_window_that_fails_is_a_reason():
    from ccsd_app.benchmark.window import read

    found = read([{"times": {}, "problem": "the model is broken", "peak_mb": 0.0}])

    assert {measured.remark for measured in found.values()} == {"the model is broken"}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_memory_is_that_of_the_whole_family():
    from ccsd_app.benchmark.memory import free_memory_mb, tree_rss_mb

    alone = tree_rss_mb(os.getpid())

    assert alone is not None
    assert alone > 10
    assert tree_rss_mb(os.getppid()) > alone
    assert free_memory_mb() > 0
