"""How much of a card a step takes, counted over tensors that have sizes and no values.

So a step of full size is counted in seconds. cuDNN's working memory is not in it.
"""

from pathlib import Path

import pytest
from lightning_fabric import Fabric

from ccsd_core.data.loading import StepBatch
from ccsd_core.progress import drain
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.config.config_file import read_config
from ccsd_core.training.dry_run import dry_run
from ccsd_core.training.saved_tensors import noise_batch
from ccsd_core.training.schedule import heaviest_step
from ccsd_core.training.state import fresh_state
from ccsd_core.training.step import optimiser_step
from tests.pretended_card.card import CONTEXT
from tests.pretended_card.on_card_training import config


@pytest.fixture
def counted(ledger):
    """Bytes at the peak of two steps, without a value being computed."""

    def count(of: TrainingConfig) -> int:
        ledger.hollow = True
        fabric = Fabric(accelerator="cuda", devices=1, precision=of.engine.precision)
        state = fresh_state(of, fabric, [], None)
        share = of.engine.micro_batch or of.data.batch
        part = noise_batch(share, of.data.patch)
        parts = 1 if share == of.data.batch else 2
        batch = StepBatch((part,) * parts, part.present.repeat(parts, 1))
        step = heaviest_step(seed=of.seed, steps=of.steps, ramp=of.distillation.ramp)
        ledger.reset()
        for _ in range(2):
            optimiser_step(of, state, fabric, batch, step=step)
        return ledger.peak

    yield count
    ledger.hollow = False


@pytest.mark.parametrize("precision", ["32-true", "bf16-mixed"])
def test_the_dry_run_reports_what_is_counted(counted, ledger, precision):
    of = config(engine={"precision": precision, "micro_batch": 1})
    expected = counted(of)
    ledger.hollow = False

    found = drain(dry_run(of, device="cuda"))

    assert found.peak_mb is not None
    assert found.peak_mb * 1e6 - CONTEXT == pytest.approx(expected, rel=0.15)


@pytest.mark.timeout(900)
def test_ccsd_fits_a_gpu_of_24_gb_with_room_for_cudnn(counted):
    config = read_config(Path("ccsd"), ["engine.precision=bf16-mixed"])

    assert counted(config) < 22e9
