"""What stands in for a missing sequence: each fill against its definition, spelled out."""

from typing import get_args

import pytest
import torch

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.model import fill as fill_module
from ccsd_core.model import network as network_module
from ccsd_core.model.choices import MissingFill
from ccsd_core.model.config import ModelConfig
from ccsd_core.model.fill import block_of_subset

DOES_NOTHING = ("none", "zero_shared")
"""A control, and what old models have: the reason for the others."""
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
    monkeypatch.setattr("ccsd_core.model.layers.norm.EPS", 1e6)
    network = build_small(backbone)
    circular(network.shared)

    literal = network.shared(torch.zeros(1, 1, 64, 64, 32)).levels

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

    for one, other in zip(small.after_norm, large.after_norm, strict=True):
        assert (one is None) == (other is None)
        assert one is None or torch.equal(one, other)
    for one, other in zip(small.in_mixture, large.in_mixture, strict=True):
        for a, b in zip(one, other, strict=True):
            corner = tuple(slice(0, n) for n in a.shape)
            assert torch.equal(a, b[corner])


@torch.no_grad()
def test_the_literal_encoding_of_nothing_is_that_of_a_zeroed_channel(
    build_small, backbone, two_patients, as_mask
):
    network = build_small(backbone, fill="literal")
    subset = as_mask(ModalitySubset.parse("FLAIR+T2"))
    encoding = network.encode(two_patients, subset)
    zeros = network.shared(torch.zeros(2, 1, 32, 32, 16)).levels

    for level in range(encoding.levels):
        expected = sum(
            encoding.sequences[m].projected["fused"][level]
            if m in (Modality.FLAIR, Modality.T2)
            else network.decoder.project(zeros[level], level=level, modality=m)
            for m in Modality
        )
        mixed = network.mix(encoding, subset, level=level)
        torch.testing.assert_close(mixed.map, expected, rtol=1e-4, atol=1e-4)
        assert mixed.offset is None


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
            fill_block = shared[0] if fill == "first_shared" else torch.stack(shared).mean(dim=0)
            expected = sum(
                encoding.sequences[m].projected["fused"][level]
                if m in subset
                else network.decoder.project(fill_block, level=level, modality=m)
                for m in Modality
            )
            mixed = network.mix(encoding, as_mask(subset), level=level)
            torch.testing.assert_close(mixed.map, expected, rtol=1e-4, atol=1e-4)


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


FIXED = {"constant": "fill_vectors", "token": "fill_vectors", "literal": "zero_volume_features"}
"""Which function gives the features of a fill that no subset changes."""


class Changed:
    """What stands in, with something added that gradients can be taken of."""

    def __init__(self, monkeypatch, fill: str, amount: float):
        self.added: list[torch.Tensor] = []
        self._amount = amount
        names = {"shaspec": ("zero_volume_features", "block_of_subset")}
        for name in names.get(fill, (FIXED.get(fill, "block_of_subset"),)):
            original = getattr(fill_module, name)
            where = network_module if name == "block_of_subset" else fill_module
            monkeypatch.setattr(where, name, self._wrapped(original))

    def _wrapped(self, original):
        def changed(*args, **kwargs):
            found = original(*args, **kwargs)
            if isinstance(found, torch.Tensor):
                return self._plus(found)
            return [self._plus(features) for features in found]

        return changed

    def _plus(self, features):
        generator = torch.Generator().manual_seed(features.numel())
        noise = torch.randn(features.shape, generator=generator).to(features)
        self.added.append((self._amount * noise).requires_grad_())
        return features + self.added[-1]


@pytest.mark.parametrize("fill", [f for f in get_args(MissingFill) if f not in DOES_NOTHING])
def test_what_stands_in_matters_to_every_subset_but_the_full_one(
    build_small, backbone, two_patients, present, as_mask, monkeypatch, fill
):
    network = build_small(backbone, fill=fill)
    encoding = network.encode(two_patients, present)
    full = ModalitySubset.full()
    few = [full.of_size(size)[0] for size in (1, 2, 3, 4)]
    subsets = ModalitySubset.every() if backbone == "light" else few
    before = {s: network.decode(encoding, as_mask(s)).detach() for s in subsets}
    changed = Changed(monkeypatch, fill, amount=1.0)

    encoding = network.encode(two_patients, present)
    for subset in subsets:
        logits = network.decode(encoding, as_mask(subset))

        difference = (logits.detach() - before[subset]).abs().max()
        if subset == full:
            assert difference == 0
            continue
        assert difference > 1e-2 * before[subset].std(), subset
        grads = torch.autograd.grad(
            logits.square().sum(), changed.added, retain_graph=True, allow_unused=True
        )
        assert max(float(g.abs().max()) for g in grads if g is not None) > 1e-3, subset


@torch.no_grad()
@pytest.mark.parametrize("backbone", ["light", "unet"])
def test_added_before_the_norm_as_old_models_do_it_changes_nothing(
    build_small, backbone, two_patients, present, as_mask, monkeypatch
):
    network = build_small(backbone, fill="zero_shared")
    encoding = network.encode(two_patients, present)
    before = {s: network.decode(encoding, as_mask(s)) for s in ModalitySubset.every()}
    monkeypatch.setattr(
        network.shared, "constant_response", lambda: [torch.full((2**n,), 1e3) for n in range(5)]
    )

    encoding = network.encode(two_patients, present)
    for subset, logits in before.items():
        assert torch.equal(network.decode(encoding, as_mask(subset)), logits)


@torch.no_grad()
def test_the_control_sums_what_the_subset_has_and_nothing_else(
    build_small, backbone, two_patients, present, as_mask
):
    network = build_small(backbone, fill="none")
    encoding = network.encode(two_patients, present)
    for subset in ModalitySubset.every():
        for level in range(encoding.levels):
            mixed = network.mix(encoding, as_mask(subset), level=level)
            expected = sum(encoding.sequences[m].projected["fused"][level] for m in subset)
            torch.testing.assert_close(mixed.map, expected)
            assert mixed.offset is None


@torch.no_grad()
def test_a_constant_is_projected_and_added_after_the_norm(
    build_small, backbone, two_patients, as_mask
):
    """Spelled out for one subset, in the decoder's own words: norm, then what stands in."""
    network = build_small(backbone)
    subset = as_mask(ModalitySubset.parse("FLAIR+T2"))
    encoding = network.encode(two_patients, subset)
    constants = network.shared.constant_response()

    for level in range(encoding.levels):
        used = [encoding.sequences[m].projected["fused"][level] for m in (0, 3)]
        everywhere = constants[level].reshape(1, -1, 1, 1, 1).expand(2, -1, 2, 2, 2).contiguous()
        missing = sum(
            network.decoder.project(everywhere, level=level, modality=m)[:, :, :1, :1, :1]
            for m in (Modality.T1, Modality.T1C)
        )
        mixed = network.mix(encoding, subset, level=level)
        if network.decoder.normalises(level):
            torch.testing.assert_close(mixed.map, used[0] + used[1])
            offset = mixed.offset.reshape(2, -1, 1, 1, 1)
            torch.testing.assert_close(offset, missing, rtol=1e-4, atol=1e-4)
        else:
            assert mixed.offset is None
            assert not torch.allclose(mixed.map, used[0] + used[1], atol=1e-3)


@pytest.mark.parametrize("fill", ["constant", "literal"])
def test_gradients_reach_the_encoding_of_nothing(build_small, backbone, fill, as_mask):
    """A fresh encoding has a fresh graph: what stands in is learned at every step."""
    network = build_small(backbone, fill=fill)
    for _ in range(2):
        images = torch.randn(2, 4, 32, 32, 16)
        encoding = network.encode(images, as_mask(ModalitySubset.of(Modality.FLAIR)))
        (used, offset) = (encoding.missing.in_mixture[-1], encoding.missing.after_norm[-1])
        block = used[Modality.T1] if offset is None else offset[Modality.T1]
        (grad,) = torch.autograd.grad(block.square().sum(), [last_bias(network.shared)])
        assert grad.abs().sum() > 0


def last_bias(encoder: torch.nn.Module) -> torch.nn.Parameter:
    return [p for name, p in encoder.named_parameters() if name.endswith("norm.bias")][-1]


def test_a_fill_of_an_old_manifest_is_read_by_its_name_of_today():
    old = {"zero_shared": "zero_shared", "zero_shared_literal": "literal"}

    for written, read in old.items():
        assert ModelConfig.model_validate({"missing_fill": written}).missing_fill == read
