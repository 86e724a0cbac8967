"""The memory of a step on a CPU, known before it is tried."""

import pytest
import torch
from lightning_fabric import Fabric

from ccsd_core.data.loading import StepBatch
from ccsd_core.progress import drain
from ccsd_core.training.memory_estimate import estimate_memory
from ccsd_core.training.saved_tensors import SavedTensorCounter, noise_batch
from ccsd_core.training.schedule import heaviest_step
from ccsd_core.training.state import fresh_state
from ccsd_core.training.step import optimiser_step
from tests.ccsd_core.training.tiny_run import changed


def test_the_estimate_from_two_small_boxes_is_what_a_step_on_the_patch_keeps():
    config = changed(data={"patch": (24, 16, 32), "hold_out": ()})
    fabric = Fabric(accelerator="cpu", devices=1, precision="32-true")
    state = fresh_state(config, fabric, [], None)

    expected = drain(estimate_memory(config, state, fabric, micro_batch=2))

    part, kept = noise_batch(2, config.data.patch), SavedTensorCounter(state.network)
    heaviest = heaviest_step(seed=config.seed, steps=config.steps, ramp=config.distillation.ramp)
    with torch.autograd.graph.saved_tensors_hooks(kept.pack, kept.unpack):
        optimiser_step(config, state, fabric, StepBatch((part,), part.present), step=heaviest)
    assert expected.box == (6, 4, 8), "smaller than the patch by far"
    assert expected.kept_bytes == pytest.approx(kept.bytes, rel=0.01)
