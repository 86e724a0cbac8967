"""The softmax head as logits of regions: their sigmoid is the region's probability."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ccsd_core.domain.modality import Modality
from ccsd_core.model.output import regions_of_classes

SCALES = st.floats(0.1, 40)


@settings(deadline=None, max_examples=30)
@given(SCALES, st.integers(0, 2**30))
def test_the_sigmoid_of_a_region_is_its_probability_under_the_softmax(scale, seed):
    logits = scale * torch.randn(1, 4, 3, 3, 3, generator=torch.Generator().manual_seed(seed))
    _, oedema, necrosis, enhancing = logits.double().softmax(dim=1).unbind(dim=1)

    regions = regions_of_classes(logits).sigmoid().double()

    expected = torch.stack([oedema + necrosis + enhancing, necrosis + enhancing, enhancing], dim=1)
    torch.testing.assert_close(regions, expected, atol=1e-6, rtol=1e-3)
    nested = regions[:, 1:] <= regions[:, :-1] + 1e-6
    assert nested.all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_extreme_logits_in_half_precision_stay_finite(dtype):
    logits = torch.full((1, 4, 1, 1, 1), -3e4, dtype=dtype)
    logits[:, 3] = 3e4
    logits.requires_grad_()

    regions = regions_of_classes(logits)
    regions.sigmoid().sum().backward()

    assert regions.dtype == torch.float32
    assert torch.isfinite(regions).all()
    assert torch.isfinite(logits.grad).all()


def test_a_network_with_a_softmax_returns_regions(build_small, backbone, two_patients, present):
    network = build_small(backbone, head="softmax")
    assert network.decoder.head.weight.shape[0] == 4

    logits = network(two_patients, present)

    assert logits.shape == (2, len(Modality) - 1, 32, 32, 16)
    assert (logits[:, 1:] <= logits[:, :-1] + 1e-4).all()
