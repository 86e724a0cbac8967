"""Memory gives out: tiles, then the CPU, each with a word to the user.

There is no card here: one is played by a runner that fails as a card would.
"""

import re

import numpy as np
import pytest
import torch

from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.errors import ResourceError
from ccsd_core.inference import predictor as predictor_module
from ccsd_core.inference.attempts import Attempt
from ccsd_core.inference.predictor import Predictor
from ccsd_core.progress import drain

PAIR = ModalitySubset.parse("FLAIR+T2")
CPU = torch.device("cpu")
ERRORS = [
    pytest.param(torch.OutOfMemoryError("CUDA out of memory. Tried to allocate"), id="card"),
    pytest.param(
        RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate "
                     "memory: you tried to allocate 9 bytes"), id="cpu"
    ),
    pytest.param(MemoryError(), id="numpy"),
]  # fmt: skip


@pytest.fixture
def case(fine_case) -> Case:
    return fine_case


@pytest.fixture
def predictor(network, manifest) -> Predictor:
    return Predictor(network, manifest, spacing_mm=4.0, device="cpu", dtype=torch.float32)


def beyond(predictor: Predictor, voxels: int, error: Exception, *, part: str = "shared") -> None:
    """Let a part of the network fail for more than so many voxels."""

    def check(_module, inputs) -> None:
        first = inputs[0] if part == "shared" else inputs[0][0]
        if first[0, 0].numel() > voxels:
            raise error

    getattr(predictor._runner.network, part).register_forward_pre_hook(check)


@pytest.mark.parametrize("error", ERRORS)
def test_a_case_that_is_too_large_is_encoded_in_tiles_that_fit(predictor, case, error):
    box = drain(predictor.encode(case)).prepared.box.shape
    beyond(predictor, np.prod(box) // 2, error)
    seen: list[str] = []

    encoded = drain(predictor.encode(case), lambda p: seen.append(p.what))

    assert encoded.encoding is None
    assert np.prod(encoded.tiles.grid.size) <= np.prod(box) // 2
    assert any(re.match("not enough memory, trying in tiles of", what) for what in seen)
    assert re.match(
        "not enough memory to compute whole on the CPU: computed in tiles", encoded.notes[0]
    )
    size = encoded.tiles.grid.size
    asked = Predictor(predictor._runner.network, predictor.manifest, spacing_mm=4.0,
                      tile=size, device="cpu", dtype=torch.float32)  # fmt: skip
    assert np.array_equal(
        predictor.predict(encoded, PAIR).regions,
        asked.predict(drain(asked.encode(case)), PAIR).regions,
    )
    assert not drain(asked.encode(case)).notes


def test_no_tile_that_fits_is_an_error_with_a_way_out(predictor, case):
    beyond(predictor, 1, torch.OutOfMemoryError("CUDA out of memory"))

    with pytest.raises(ResourceError, match=r"not enough memory, even in tiles .* close other"):
        drain(predictor.encode(case))


def test_another_error_is_not_taken_for_want_of_memory(predictor, case):
    beyond(predictor, 1, RuntimeError("expected scalar type Half"))

    with pytest.raises(RuntimeError, match="scalar type"):
        drain(predictor.encode(case))


def test_memory_that_runs_out_while_decoding_is_reported(predictor, case):
    encoded = drain(predictor.encode(case))
    beyond(predictor, 1, torch.OutOfMemoryError("CUDA out of memory"), part="decoder")

    with pytest.raises(ResourceError, match="not enough memory to decode FLAIR \\+ T2"):
        predictor.predict(encoded, PAIR)


def test_where_a_decode_is_rehearsed_its_memory_counts_too(predictor, case):
    box = drain(predictor.encode(case)).prepared.box.shape
    beyond(predictor, np.prod(box) // 2, torch.OutOfMemoryError("full"), part="decoder")
    predictor._runner.tries_decode = True

    encoded = drain(predictor.encode(case))

    assert encoded.tiles is not None
    assert predictor.predict(encoded, PAIR).regions.shape == (3, *case.grid.shape)


def test_after_the_gpu_comes_a_copy_on_the_cpu(predictor, case, monkeypatch):
    """The card is played: attempts begin on a device whose runner always fails."""
    expected = predictor.predict(drain(predictor.encode(case)), PAIR).regions
    cpu, card = predictor._runner, predictor._runner.on_cpu(torch.float32)
    card.device = torch.device("cuda", 7)
    card.on_cpu = lambda dtype: cpu
    predictor._runner = card
    beyond(predictor, 0, torch.OutOfMemoryError("full"))
    monkeypatch.setattr(card, "_to_device", lambda image: image)
    monkeypatch.setattr(
        predictor_module,
        "attempts",
        lambda *_, device, **__: iter([Attempt(device, None), Attempt(CPU, None)]),
    )

    encoded = drain(predictor.encode(case))

    assert predictor.device == "cuda:7"
    assert encoded.device == "cpu"
    assert encoded.notes == (
        "not enough memory to compute whole on the GPU: computed whole on the CPU, so results may "
        "differ",
    )
    assert np.array_equal(predictor.predict(encoded, PAIR).regions, expected)


def test_a_copy_on_the_cpu_shares_no_weights(predictor):
    copied = predictor._runner.on_cpu(torch.float32)

    ours = dict(predictor._runner.network.named_parameters())
    for name, weight in copied.network.named_parameters():
        assert torch.equal(weight, ours[name])
        assert weight.data_ptr() != ours[name].data_ptr()
