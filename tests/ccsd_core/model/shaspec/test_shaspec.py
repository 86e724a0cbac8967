"""ShaSpec's backbone: the sizes of the original, part by part, and the shapes of its pyramid."""

import pytest
import torch
from torch.nn import functional

from ccsd_core.model.build import build_network
from ccsd_core.model.config import ModelConfig
from ccsd_core.model.layers.standardised import standardised
from ccsd_core.model.shaspec.decoder import ShaspecDecoder
from ccsd_core.model.shaspec.encoder import ShaspecEncoder

ENCODER, DECODER, FUSION, CLASSIFIER = 35_127_872, 8_528_800, 3_538_944, 1_028
"""Parameters of the original network's parts, as counted on it."""
DROPPED_NORM = 2 * 256
"""Scale and bias of the norm in the image-pooling branch, which we have not."""


def count(module: torch.nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def test_each_part_has_as_many_parameters_as_the_original_but_for_one_norm():
    config = ModelConfig(backbone="shaspec", composition="bare")
    with torch.device("meta"):
        network = build_network(config)

    assert count(network.shared) == ENCODER - DROPPED_NORM
    assert [count(e) for e in network.specific] == [ENCODER - DROPPED_NORM] * 4
    assert count(network.decoder) == DECODER
    assert count(network.composition) == FUSION
    assert count(network.domain_classifier) == CLASSIFIER
    assert count(network) == 187_708_132 - 5 * DROPPED_NORM


def test_our_composition_costs_one_norm_more():
    with torch.device("meta"):
        network = build_network(ModelConfig(backbone="shaspec"))

    assert count(network.composition) == FUSION + 2 * 256


def test_the_pyramid_halves_the_last_axis_once_less():
    pyramid = ShaspecEncoder(width=2, blocks=(1, 1, 1, 1))(torch.randn(1, 1, 64, 32, 16)).levels

    assert [tuple(f.shape[1:]) for f in pyramid] == [
        (2, 32, 16, 16),
        (8, 16, 8, 8),
        (16, 8, 4, 4),
        (32, 4, 2, 2),
        (8, 2, 1, 1),
    ]


def test_the_image_pooling_branch_changes_nothing():
    """As its encoder's docstring says: a norm follows that takes a channel's mean away."""
    encoder = ShaspecEncoder(width=2, blocks=(1, 1, 1, 1))
    x = torch.randn(1, 8, 4, 4, 4)
    before = encoder.aspp(x)

    torch.nn.init.normal_(encoder.aspp.pooled.weight)

    torch.testing.assert_close(encoder.aspp(x), before, rtol=1e-4, atol=1e-4)


def test_the_shares_of_the_sequences_add_up_to_one_convolution_of_all():
    """The skips' 1×1 convolution is standardised over all four sequences together."""
    decoder = ShaspecDecoder(width=2)
    for level, channels in enumerate((2, 8, 16, 32, 8)):
        blocks = torch.randn(4, 1, channels, 2, 2, 2)
        together = blocks.transpose(0, 1).flatten(1, 2)

        ours = sum(decoder.project(b, level=level, modality=m) for m, b in enumerate(blocks))

        if level == 4:
            weight = torch.cat([up.weight for up in decoder.up_each])
            expected = functional.conv_transpose3d(together, weight, stride=2)
        else:
            expected = functional.conv3d(together, standardised(decoder.skips[level].weight))
        torch.testing.assert_close(ours, expected, rtol=1e-4, atol=1e-4)


def test_only_the_deepest_level_is_composed(build_small, two_patients, present):
    network = build_small("shaspec")
    encoding = network.encode(two_patients, present)
    sequence = encoding.sequences[0]

    for level in range(4):
        assert sequence.fused[level] is sequence.shared[level]
        assert sequence.specific[level] is sequence.shared[level]
    assert not torch.allclose(sequence.fused[4], sequence.shared[4])


@pytest.mark.parametrize("composition", ["residual", "plain", "bare"])
def test_one_compositional_layer_serves_all_sequences(
    build_small, two_patients, present, composition
):
    network = build_small("shaspec", composition=composition)

    assert list(network.composition) == ["4"]
    assert torch.isfinite(network(two_patients, present)).all()
