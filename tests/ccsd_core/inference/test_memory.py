"""Free memory, features' size, and which errors mean that memory gave out."""

import dataclasses
from pathlib import Path

import torch

from ccsd_core.inference import memory
from ccsd_core.inference.memory import features_bytes, free_bytes

CPU = torch.device("cpu")


def test_free_memory_lies_between_nothing_and_everything():
    assert 2**20 < free_bytes(CPU) < 2**46


def test_a_container_may_have_less_than_its_system(monkeypatch):
    monkeypatch.setattr(memory, "_of_system", lambda: 1000)
    monkeypatch.setattr(memory, "_of_container", lambda: 10)

    assert free_bytes(CPU) == 10


def test_an_unknown_amount_of_memory_is_taken_as_small(monkeypatch):
    monkeypatch.setattr(memory, "_of_system", lambda: None)
    monkeypatch.setattr(memory, "_of_container", lambda: None)

    assert free_bytes(CPU) == memory.UNKNOWN_BYTES


def test_a_groups_file_cache_counts_as_free(tmp_path: Path):
    assert memory._of_container(tmp_path) is None
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("700\n")
    (tmp_path / "memory.stat").write_text("anon 300\ninactive_file 400\n")

    assert memory._of_container(tmp_path) == 700
    (tmp_path / "memory.max").write_text("max\n")
    assert memory._of_container(tmp_path) is None


def test_features_that_share_memory_count_once(network, images, present):
    encoding = network.encode(images, present)
    alike = [
        dataclasses.replace(s, shared=[f.view_as(f) for f in s.fused], specific=[])
        for s in encoding.sequences
    ]
    alone = [dataclasses.replace(s, shared=[], specific=[]) for s in encoding.sequences]

    sizes = [
        features_bytes(dataclasses.replace(encoding, sequences=tuple(found)))
        for found in (encoding.sequences, alike, alone)
    ]

    assert sizes[1] == sizes[2] < sizes[0]
    assert sizes[2] == sum(
        tensor.untyped_storage().nbytes()
        for sequence in alone
        for tensor in (*sequence.fused, *sequence.projected["fused"])
    )
