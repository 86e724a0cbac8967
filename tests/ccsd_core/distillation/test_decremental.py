"""DMCD: who learns from it, and why the raw concatenation would teach nobody."""

import pytest
import torch

from ccsd_core.distillation.decremental import normalised, path_distillation
from ccsd_core.domain.modality import Modality, ModalitySubset

PATH = [ModalitySubset.parse(t) for t in ("FLAIR+T1+T1c+T2", "FLAIR+T1+T2", "T1+T2", "T2")]


def deepest_blocks(network, encoding, subset):
    """The raw concatenation F_S at the deepest level: φ = identity."""
    constant = network.shared.constant_response()[-1].reshape(1, -1, 1, 1, 1)
    fused = encoding.deepest("fused")
    blocks = [fused[m] if m in subset else constant.expand_as(fused[m]) for m in Modality]
    return torch.cat(blocks, dim=1)


def gradients(network, loss):
    """Summed absolute gradient of each part that a path ending in T2 could teach."""
    network.zero_grad()
    loss.backward()
    parts = {
        "specific": network.specific[Modality.T2],
        "composition": network.composition,
        "shared": network.shared,
    }
    return {
        name: sum(float(p.grad.abs().sum()) for p in part.parameters() if p.grad is not None)
        for name, part in parts.items()
    }


def test_after_mixing_the_remaining_encoders_learn(network, images, present, as_mask):
    encoding = network.encode(images, present)
    level = encoding.levels - 1
    masks = [as_mask(s) for s in PATH]
    mixed = [normalised(network.mix(encoding, mask, level=level).map) for mask in masks]

    grads = gradients(network, path_distillation(mixed, masks, masks))

    assert grads["specific"] > 0
    assert grads["composition"] > 0


def test_on_the_raw_concatenation_they_learn_exactly_nothing(network, images, present, as_mask):
    encoding = network.encode(images, present)
    masks = [as_mask(s) for s in PATH]
    raw = [deepest_blocks(network, encoding, s) for s in PATH]

    grads = gradients(network, path_distillation(raw, masks, masks))

    assert grads["specific"] == 0
    assert grads["composition"] == 0
    assert grads["shared"] > 0, "through E_sh(0) alone"


def test_the_richer_side_is_the_teacher():
    features = [torch.randn(2, 4, 3, 3, 3, requires_grad=True) for _ in PATH]
    masks = [torch.tensor([[m in s for m in Modality]]).expand(2, -1) for s in PATH]

    path_distillation(features, masks, masks).backward()

    assert features[0].grad is None
    assert all(f.grad.abs().sum() > 0 for f in features[1:])


def test_a_step_that_takes_nothing_from_a_patient_does_not_count():
    features = [torch.randn(1, 4, 3, 3, 3, requires_grad=True) for _ in range(2)]
    unchanged = torch.tensor([[True, False, False, True]])

    loss = path_distillation(features, [unchanged, unchanged], [unchanged, unchanged])

    assert float(loss.detach()) == 0


@pytest.mark.parametrize("scale", [0.1, 1.0, 1e3])
def test_shrinking_the_features_does_not_shrink_phi(scale):
    x = torch.randn(1, 4, 6, 6, 6)

    torch.testing.assert_close(normalised(x * scale), normalised(x), rtol=0.1, atol=0.05)
