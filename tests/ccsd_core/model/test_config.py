"""What a network is built from: defaults by backbone, old manifests, and reports of mistakes."""

import pytest
import torch
from pydantic import ValidationError

from ccsd_core.domain.modality import Modality
from ccsd_core.model.build import build_network
from ccsd_core.model.config import ModelConfig
from ccsd_core.model.tta_view import TtaView
from ccsd_core.storage.models.checkpoint import load_model_file
from ccsd_core.storage.resources import resource


@pytest.mark.parametrize(
    ("backbone", "channels", "spacing_mm", "divisors", "lattice"),
    [
        ("light", (8, 16, 32, 64), 2.0, (8, 8, 8), (16, 16, 16)),
        ("unet", (32, 64, 128, 256, 512), 1.0, (16, 16, 16), (16, 16, 16)),
        ("shaspec", (64, 256, 512, 1024, 256), 1.0, (32, 32, 16), (32, 32, 16)),
    ],
)
def test_sizes_that_are_not_given_are_the_backbones(
    backbone, channels, spacing_mm, divisors, lattice
):
    config = ModelConfig(backbone=backbone)

    assert config.channels == channels
    assert config.spacing_mm == spacing_mm
    assert (config.divisors, config.lattice) == (divisors, lattice)


def test_sizes_that_are_given_are_kept():
    config = ModelConfig(backbone="unet", levels=3, spacing_mm=1.5)

    assert (config.base_channels, config.levels, config.spacing_mm) == (32, 3, 1.5)
    assert config.divisors == (4, 4, 4)


def test_a_size_of_null_is_a_size_that_is_not_given():
    nothing = {"base_channels": None, "levels": None, "spacing_mm": None}

    assert ModelConfig.model_validate({"backbone": "unet", **nothing}) == ModelConfig(
        backbone="unet"
    )


@pytest.mark.parametrize("backbone", ["light", "unet", "shaspec"])
def test_what_is_stored_is_read_back(backbone):
    config = ModelConfig(backbone=backbone, missing_fill="mean_shared", tile=(96, 96, 96))

    assert ModelConfig.model_validate(config.model_dump(mode="json")) == config
    assert ModelConfig.model_validate_json(config.model_dump_json()) == config


def test_the_bundled_weights_fit_the_network_of_their_manifest():
    tensors, manifest = load_model_file(resource("models", "ccsd-light"))

    config = ModelConfig.model_validate(manifest.model)
    build_network(config).load_state_dict(tensors)

    expected = ModelConfig(
        missing_fill="zero_shared", tta=(TtaView(spacing_mm=2.0, mirrored=True),)
    )
    assert config == expected


def test_a_manifest_without_later_choices_still_loads():
    early = {"backbone": "light", "base_channels": 8, "levels": 4, "spacing_mm": 2.0}

    assert ModelConfig.model_validate(early) == ModelConfig()


@pytest.mark.parametrize("backbone", ["unet", "shaspec"])
def test_the_full_size_backbones_take_the_smallest_box_of_their_lattice(backbone):
    config = ModelConfig(backbone=backbone)
    with torch.device("meta"):
        network = build_network(config)
        images = torch.empty(1, 4, *config.lattice)

        encoding = network.encode_sequence(images[:, :1], Modality.FLAIR)

    assert tuple(f.shape[1] for f in encoding.fused) == config.channels


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ({"backbone": "shaspec", "levels": 4}, "levels is 4, but the sizes.*leave levels out"),
        ({"backbone": "shaspec", "base_channels": 8}, "base_channels is 8.*use the backbone unet"),
        ({"tile": (100, 96, 96)}, r"tile \(100, 96, 96\).*multiples of \(8, 8, 8\)"),
        ({"backbone": "shaspec", "tile": (96, 96, 8)}, r"multiples of \(32, 32, 16\)"),
        ({"backbone": "resnet"}, "'light', 'unet' or 'shaspec'"),
        ({"levels": 6}, "less than or equal to 5"),
        ({"fill": "zero"}, "fill\n.*not permitted"),
    ],
)
def test_a_mistake_is_reported_with_its_value_and_the_way_out(mistake, message):
    with pytest.raises(ValidationError, match=message):
        ModelConfig(**mistake)
