"""What stands in for a missing sequence: each fill against its definition, spelled out."""

import pytest
import torch

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.model.fill import block_of_subset

MIXED = torch.tensor([[True, True, False, True], [False, False, True, False]])


def circular(module: torch.nn.Module) -> None:
    """Make padding wrap around, so that a constant volume has no borders.

    Wide dilations are narrowed, since padding can wrap around a small map once only.
    """
    for conv in module.modules():
        if isinstance(conv, torch.nn.Conv3d):
            conv.padding_mode = "circular"
            conv.dilation = tuple(min(d, 2) for d in conv.dilation)
            pads = [d * (k // 2) for d, k in zip(conv.dilation, conv.kernel_size, strict=True)]
            conv._reversed_padding_repeated_twice = [p for p in reversed(pads) for _ in range(2)]


@torch.no_grad()
def test_the_encoding_of_nothing_is_that_of_a_zero_volume_without_borders(
    build_small, backbone, monkeypatch
):
    """A large ε keeps the norms from amplifying rounding; a constant becomes the bias all the
    same."""
    monkeypatch.setattr("ccsd_core.model.norm.EPS", 1e6)
    network = build_small(backbone)
    circular(network.shared)

    literal = network.shared(torch.zeros(1, 1, 64, 64, 32))

    constants = network.shared.constant_response()
    assert not any(torch.allclose(c, torch.zeros_like(c), atol=0.05) for c in constants)
    for features, constant in zip(literal, constants, strict=True):
        everywhere = constant.reshape(1, -1, 1, 1, 1).expand_as(features)
        torch.testing.assert_close(features, everywhere, rtol=1e-3, atol=1e-3)


@torch.no_grad()
def test_a_projected_constant_is_the_projection_of_a_constant_map(build_small, backbone):
    network = build_small(backbone)
    for level, channels in enumerate(f.numel() for f in network.shared.constant_response()):
        constant = torch.randn(channels)
        everywhere = constant.reshape(1, -1, 1, 1, 1).expand(1, -1, 3, 2, 1).contiguous()
        for m in Modality:
            projected = network.decoder.project(everywhere, level=level, modality=m)
            shape = projected.shape[2:]

            ours = network.decoder.project_constant(
                constant, level=level, modality=m, shape=tuple(shape)
            )

            torch.testing.assert_close(ours.expand_as(projected), projected, rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_the_encoding_of_nothing_does_not_depend_on_the_volume(build_small, backbone, as_mask):
    network = build_small(backbone)
    subset = as_mask(ModalitySubset.of(Modality.T2), 1)
    small = network.encode(torch.randn(1, 4, 32, 32, 16), subset).missing
    large = network.encode(torch.randn(1, 4, 64, 32, 48), subset).missing

    for one, other in zip(small, large, strict=True):
        for a, b in zip(one, other, strict=True):
            corner = tuple(slice(0, n) for n in a.shape)
            assert torch.equal(a, b[corner])


@torch.no_grad()
def test_the_literal_encoding_of_nothing_is_that_of_a_zeroed_channel(
    build_small, backbone, two_patients, as_mask
):
    network = build_small(backbone, fill="zero_shared_literal")
    subset = as_mask(ModalitySubset.parse("FLAIR+T2"))
    encoding = network.encode(two_patients, subset)
    zeros = network.shared(torch.zeros(2, 1, 32, 32, 16))

    for level in range(encoding.levels):
        expected = sum(
            encoding.sequences[m].projected["fused"][level]
            if m in (Modality.FLAIR, Modality.T2)
            else network.decoder.project(zeros[level], level=level, modality=m)
            for m in Modality
        )
        mixed = network.mix(encoding, subset, level=level)
        torch.testing.assert_close(mixed, expected, rtol=1e-4, atol=1e-4)


@torch.no_grad()
@pytest.mark.parametrize("fill", ["mean_shared", "first_shared"])
def test_a_missing_sequence_is_replaced_from_what_the_subset_uses(
    build_small, backbone, two_patients, present, as_mask, fill
):
    """All are encoded; a fill that looked beyond the subset would use what is toggled off."""
    network = build_small(backbone, fill=fill)
    encoding = network.encode(two_patients, present)
    for subset in ModalitySubset.every():
        for level in range(encoding.levels):
            shared = [encoding.features(m, "shared")[level] for m in subset]
            stand_in = shared[0] if fill == "first_shared" else torch.stack(shared).mean(dim=0)
            expected = sum(
                encoding.sequences[m].projected["fused"][level]
                if m in subset
                else network.decoder.project(stand_in, level=level, modality=m)
                for m in Modality
            )
            mixed = network.mix(encoding, as_mask(subset), level=level)
            torch.testing.assert_close(mixed, expected, rtol=1e-4, atol=1e-4)


def test_each_patient_of_a_batch_is_filled_from_its_own_sequences():
    shared = [torch.full((2, 1, 1, 1, 1), float(10**m)) for m in Modality]

    mean = block_of_subset("mean_shared", shared, MIXED)
    first = block_of_subset("first_shared", shared, MIXED)

    assert mean.flatten().tolist() == [pytest.approx((1 + 10 + 1000) / 3), 100]
    assert first.flatten().tolist() == [1, 100]


def test_a_patient_that_uses_nothing_is_filled_with_nothing():
    shared = [torch.full((1, 1, 1, 1, 1), torch.nan) for _ in Modality]
    nothing = torch.zeros(1, 4, dtype=torch.bool)

    for fill in ("mean_shared", "first_shared"):
        assert block_of_subset(fill, shared, nothing).item() == 0


@pytest.mark.parametrize("fill", ["zero_shared", "zero_shared_literal"])
def test_gradients_reach_the_encoding_of_nothing(build_small, backbone, fill, as_mask):
    """A fresh encoding has a fresh graph: what stands in is learned at every step."""
    network = build_small(backbone, fill=fill)
    for _ in range(2):
        images = torch.randn(2, 4, 32, 32, 16)
        encoding = network.encode(images, as_mask(ModalitySubset.of(Modality.FLAIR)))
        loss = encoding.missing[-1][Modality.T1].square().sum()
        (grad,) = torch.autograd.grad(loss, [last_bias(network.shared)])
        assert grad.abs().sum() > 0


def last_bias(encoder: torch.nn.Module) -> torch.nn.Parameter:
    return [p for name, p in encoder.named_parameters() if name.endswith("norm.bias")][-1]
