"""The faster arithmetic is measured once and remembered; a broken memory is no error."""

import json

import pytest
import torch

from ccsd_core.inference.hardware import bf16, devices
from ccsd_core.inference.hardware.bf16 import bf16_is_faster, cache_path, measured
from ccsd_core.inference.hardware.devices import fast_bf16

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def fresh(monkeypatch, tmp_path):
    """A folder of its own, and nothing remembered in this process before or afterwards."""
    monkeypatch.setenv("CCSD_CACHE", str(tmp_path / "cache"))
    bf16_is_faster.cache_clear()
    yield
    bf16_is_faster.cache_clear()


@pytest.fixture
def clock(monkeypatch):
    """A measurement with a known outcome, counted."""

    class Clock:
        calls, answer = 0, (2.0, 1.0)

        def __call__(self) -> tuple[float, float]:
            self.calls += 1
            return self.answer

    clock = Clock()
    monkeypatch.setattr(bf16, "measured", clock)
    return clock


@pytest.mark.parametrize(
    ("half", "faster"), [(1.0, True), (1.79, True), (1.81, False), (3.0, False)]
)
def test_bf16_must_be_clearly_faster(clock, half, faster):
    clock.answer = (2.0, half)

    assert bf16_is_faster() is faster


def test_it_is_measured_once_and_remembered_by_the_next_start(clock):
    assert bf16_is_faster()
    assert bf16_is_faster()
    bf16_is_faster.cache_clear()  # as a new process
    clock.answer = (1.0, 2.0)

    assert bf16_is_faster()
    assert clock.calls == 1


@pytest.mark.parametrize("part", ["cpu_name", "threads", "torch"])
def test_another_machine_thread_count_or_torch_is_measured_anew(clock, monkeypatch, part):
    bf16_is_faster()
    bf16_is_faster.cache_clear()
    if part == "cpu_name":
        monkeypatch.setattr(bf16, "cpu_name", lambda: "another")
    elif part == "threads":
        monkeypatch.setattr(torch, "get_num_threads", lambda: 77)
    else:
        monkeypatch.setattr(torch, "__version__", "9.9")
    clock.answer = (1.0, 2.0)

    assert not bf16_is_faster()
    assert clock.calls == 2
    assert len(json.loads(cache_path().read_text())) == 2


@pytest.mark.parametrize("content", [b"", b"[1]", b'{"a": 3', b"\xff\xfe", b"null"])
def test_a_damaged_file_is_replaced(clock, content):
    cache_path().parent.mkdir(parents=True)
    cache_path().write_bytes(content)

    assert bf16_is_faster()
    assert list(json.loads(cache_path().read_text()).values()) == [True]


def test_a_folder_that_cannot_be_written_is_no_error(clock, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CCSD_CACHE", str(tmp_path / "file" / "below"))

    assert bf16_is_faster()
    assert clock.calls == 1


def test_a_cpu_without_the_instructions_is_not_even_measured(clock, monkeypatch):
    monkeypatch.setattr(devices, "_has_bf16", lambda: False)

    assert not fast_bf16(CPU)
    assert clock.calls == 0
    assert not cache_path().exists()


def test_a_cpu_with_them_is_taken_at_its_measurement(clock, monkeypatch):
    monkeypatch.setattr(devices, "_has_bf16", lambda: True)
    clock.answer = (1.0, 2.0)

    assert not fast_bf16(CPU)


def test_the_measurement_ends_and_is_of_two_positive_times(monkeypatch):
    """Of a small map: where the arithmetic is emulated, one of full size takes seconds."""
    monkeypatch.setattr(bf16, "SHAPE", (1, 4, 8, 8, 8))

    assert all(seconds > 0 for seconds in measured())
