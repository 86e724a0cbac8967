"""On a CUDA card: the CPU's answers, and a fall back when its memory is full.

Skipped without a card; written without one at hand.
"""

import copy

import pytest
import torch

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.inference.predictor import Predictor
from ccsd_core.progress import drain

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA card here")
PAIR = ModalitySubset.parse("FLAIR+T2")


@pytest.mark.parametrize("tile", [None, (32, 64, 32)], ids=["whole", "tiles"])
def test_logits_are_those_of_the_cpu(network, manifest, case, tile):
    there = Predictor(
        copy.deepcopy(network),
        manifest,
        spacing_mm=4.0,
        tile=tile,
        device="cuda",
        dtype=torch.float32,
    )
    here = Predictor(
        network, manifest, spacing_mm=4.0, tile=tile, device="cpu", dtype=torch.float32
    )
    ours = drain(there._logits(drain(there.encode(case)), PAIR))

    theirs = drain(here._logits(drain(here.encode(case)), PAIR))

    assert ours.is_pinned()
    torch.testing.assert_close(ours, theirs, rtol=1e-2, atol=1e-2)


def test_a_card_without_room_leaves_the_case_to_the_cpu(network, manifest, case):
    predictor = Predictor(network, manifest, spacing_mm=4.0, device="cuda")
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction(1e-5)
    try:
        encoded = drain(predictor.encode(case))
        regions = predictor.predict(encoded, PAIR).regions
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)

    assert encoded.device == "cpu"
    assert "on the GPU: computed" in encoded.notes[0]
    assert regions.shape == (3, *case.grid.shape)
