"""What is reported when training cannot continue."""

import pytest
import torch

from ccsd_core.data.patches import Batch
from ccsd_core.distillation.criticality import CriticalitySums
from ccsd_core.errors import ResourceError, TrainingError
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.diagnosis import check_finite, check_gradient, explain_out_of_memory
from ccsd_core.training.objective.objective import StepOutcome

PARTS = {"seg_full": torch.tensor(1.0), "hmsd": torch.tensor(float("nan"))}


def batch(images: torch.Tensor, present: torch.Tensor) -> Batch:
    return Batch(images, present, torch.zeros(1, 3, 4, 4, 4, dtype=torch.bool), ("case 7",))


def outcome(loss: float) -> StepOutcome:
    nothing = CriticalitySums(torch.zeros(4), torch.zeros(4))
    return StepOutcome(torch.tensor(loss), PARTS, nothing, ())


IMAGES, PRESENT = torch.ones(1, 4, 4, 4, 4), torch.ones(1, 4, dtype=torch.bool)


def test_a_number_passes():
    check_finite(1.5, outcome(1.5), batch(IMAGES, PRESENT), torch.nn.Linear(2, 2), step=3)


def test_the_terms_and_the_cases_are_named():
    with pytest.raises(TrainingError, match=r"step 4 on case 7; not finite: hmsd;"):
        check_finite(
            float("nan"),
            outcome(float("nan")),
            batch(IMAGES, PRESENT),
            torch.nn.Linear(2, 2),
            step=3,
        )


def test_a_broken_image_is_the_cause_but_not_one_of_a_missing_sequence():
    broken = IMAGES.clone()
    broken[:, 2] = torch.nan
    without = torch.tensor([[True, True, False, True]])

    with pytest.raises(TrainingError, match="the images contain values that are not numbers"):
        check_finite(
            float("inf"),
            outcome(float("inf")),
            batch(broken, PRESENT),
            torch.nn.Linear(2, 2),
            step=0,
        )
    with pytest.raises(TrainingError, match="computation overflowed"):
        check_finite(
            float("inf"),
            outcome(float("inf")),
            batch(broken, without),
            torch.nn.Linear(2, 2),
            step=0,
        )


@pytest.mark.parametrize(
    ("value", "words"), [(float("nan"), "are not numbers"), (1e9, "have grown to 1e\\+09")]
)
def test_weights_that_ran_away_are_the_cause(value, words):
    network = torch.nn.Linear(2, 2)
    torch.nn.init.constant_(network.weight, value)

    with pytest.raises(TrainingError, match=rf"{words}.*optim\.learning_rate"):
        check_finite(float("nan"), outcome(float("nan")), batch(IMAGES, PRESENT), network, step=0)


def test_in_fp16_a_gradient_may_overflow_now_and_then_but_not_elsewhere_and_not_for_ever():
    full = TrainingConfig.model_validate({"engine": {"precision": "32-true"}})
    half = TrainingConfig.model_validate({"engine": {"precision": "16-mixed"}})

    check_gradient(float("inf"), skipped=3, step=0, config=half)
    with pytest.raises(TrainingError, match="gradient's norm is inf at step 1, although"):
        check_gradient(float("inf"), skipped=1, step=0, config=full)
    with pytest.raises(TrainingError, match="21 times in a row"):
        check_gradient(float("nan"), skipped=21, step=0, config=half)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried …"),
        RuntimeError("GET was unable to find an engine to execute this computation"),
        MemoryError(),
    ],
    ids=["CUDA", "CPU", "cuDNN", "Python"],
)
def test_too_little_memory_names_the_settings_to_lower(error):
    config = TrainingConfig.model_validate({"data": {"batch": 12}, "engine": {"micro_batch": 4}})

    with pytest.raises(ResourceError) as caught, explain_out_of_memory(config):
        raise error

    text = str(caught.value)
    assert text.startswith("out of memory")
    assert ("unable to find an engine" in text) == ("engine" in str(error))
    assert "engine.micro_batch (now 4" in text
    assert "engine.activation_checkpointing" in text
    assert "data.patch (now 64 × 80 × 64)" in text


def test_real_lack_of_memory_is_recognised():
    with (
        pytest.raises(ResourceError, match="out of memory"),
        explain_out_of_memory(TrainingConfig()),
    ):
        torch.empty(1 << 50)


def test_other_errors_are_left_alone():
    with (
        pytest.raises(RuntimeError, match="something else"),
        explain_out_of_memory(TrainingConfig()),
    ):
        raise RuntimeError("something else")
