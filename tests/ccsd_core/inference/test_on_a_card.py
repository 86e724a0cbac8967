"""On a CUDA card: the CPU's answers, and a fall back when its memory is full.

Skipped without a card; `tests/pretended_card` runs these tests without one.
"""

import copy

import numpy as np
import pytest
import torch

from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.inference.predictor import Predictor
from ccsd_core.model.tta_view import TtaView
from ccsd_core.progress import drain

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA card here")
PAIR = ModalitySubset.parse("FLAIR+T2")


@pytest.fixture
def case(fine_case) -> Case:
    return fine_case


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

    assert ours.device.type == "cuda", "it is fetched once it is small"
    torch.testing.assert_close(ours.cpu(), theirs, rtol=1e-2, atol=1e-2)


def test_what_is_fetched_has_come_through_pinned_memory(network, manifest):
    runner = Predictor(network, manifest, spacing_mm=4.0, device="cuda")._runner

    to_cpu = runner.to_cpu(torch.arange(3.0, device="cuda"))

    assert to_cpu.is_pinned()
    assert to_cpu.tolist() == [0, 1, 2]


def test_a_gpu_without_room_leaves_the_case_to_the_cpu(network, manifest, case):
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


def test_regions_probabilities_and_criticality_are_those_of_the_cpu(network, manifest, case):
    answers = {}
    for device in ("cuda", "cpu"):
        predictor = Predictor(
            copy.deepcopy(network), manifest, spacing_mm=4.0, device=device, dtype=torch.float32,
            tta=(TtaView(spacing_mm=4.0, mirrored=True),),
        )  # fmt: skip
        encoded = drain(predictor.encode(case))
        answers[device] = (
            predictor.predict_nested_labels(encoded, PAIR).values,
            predictor.predict(encoded, PAIR).regions,
            predictor.probabilities(encoded, PAIR).values,
            drain(predictor.criticality(case)),
        )

    (depth, regions, sure, critical), (depth_, regions_, sure_, critical_) = answers.values()
    assert depth.any()
    assert (depth != depth_).mean() < 1e-3
    assert (regions != regions_).mean() < 1e-3
    np.testing.assert_allclose(sure, sure_, atol=1e-2)
    assert critical.cosine == pytest.approx(critical_.cosine, rel=1e-2, abs=1e-3)
    assert critical.gradient == pytest.approx(critical_.gradient, rel=1e-2, abs=1e-3)
