"""The objective: what one step minimises, for full and for incomplete patients."""

import pytest
import torch

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.training.config import DistillationConfig
from ccsd_core.training.objective import Objective, presence


@pytest.fixture
def target() -> torch.Tensor:
    whole = torch.rand(2, 1, 16, 16, 8) > 0.7
    core = whole & (torch.rand_like(whole.float()) > 0.5)
    return torch.cat([whole, core, core & (torch.rand_like(whole.float()) > 0.5)], dim=1)


@pytest.fixture
def objective() -> Objective:
    return Objective(DistillationConfig(), auxiliaries=True)


@pytest.mark.parametrize("level", [1, 2, 3])
def test_the_shared_encoding_gives_the_gradients_of_one_forward_per_subset(
    network, images, present, target, objective, level
):
    parts, _ = objective(network, images, present, target, level=level, ramp=0.0)
    (parts.seg_full + parts.seg_subsets).backward()
    shared = {n: p.grad.clone() for n, p in network.named_parameters() if p.grad is not None}

    network.zero_grad()
    loss = objective.segmentation(network(images, present), target)
    subsets = ModalitySubset.full().of_size(level)
    for subset in subsets:
        logits = network(images, presence(subset, present))
        loss = loss + objective.segmentation(logits, target) / len(subsets)
    loss.backward()

    alone = {n: p.grad for n, p in network.named_parameters() if p.grad is not None}
    assert shared.keys() == alone.keys()
    for name, gradient in alone.items():
        torch.testing.assert_close(shared[name], gradient, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_batch_may_mix_patients_with_any_number_of_sequences(
    network, images, target, objective, level
):
    mixed = torch.tensor([[True, True, True, True], [False, True, False, False]])
    images = images.masked_fill(~mixed.reshape(2, 4, 1, 1, 1), torch.nan)

    parts, path = objective(network, images, mixed, target, level=level, ramp=1.0)
    parts.total.backward()

    assert all(torch.isfinite(torch.tensor(v)) for v in parts.as_floats().values())
    assert all(torch.isfinite(p.grad).all() for p in network.parameters() if p.grad is not None)
    assert len(path) == 4


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_patient_with_one_sequence_is_not_distilled(network, images, target, objective, level):
    one = torch.tensor([[False, True, False, False]]).expand(2, -1)

    parts, _ = objective(network, images, one, target, level=level, ramp=1.0)

    assert float(parts.hmsd) == float(parts.dmcd) == float(parts.seg_subsets) == 0
    assert float(parts.seg_full.detach()) > 0


@pytest.mark.parametrize(
    ("config", "off", "on"),
    [
        (DistillationConfig(hmsd=False), "hmsd", "dmcd"),
        (DistillationConfig(dmcd=False), "dmcd", "hmsd"),
    ],
    ids=["without HMSD", "without DMCD"],
)
def test_each_distillation_can_be_switched_off(network, images, present, target, config, off, on):
    objective = Objective(config, auxiliaries=False)

    parts, _ = objective(network, images, present, target, level=2, ramp=1.0)

    values = parts.as_floats()
    assert values[off] == values["alignment"] == values["domain"] == 0
    assert values[on] > 0


def test_the_total_is_the_weighted_sum_of_its_parts(network, images, present, target):
    config = DistillationConfig(hmsd_weight=0.5, dmcd_weight=0.1)

    parts, _ = Objective(config, auxiliaries=True)(
        network, images, present, target, level=1, ramp=0.5
    )

    v = parts.as_floats()
    expected = v["seg_full"] + v["seg_subsets"] + 0.5 * (0.5 * v["hmsd"] + 0.1 * v["dmcd"])
    assert v["total"] == pytest.approx(expected + 0.1 * v["alignment"] + 0.02 * v["domain"])
