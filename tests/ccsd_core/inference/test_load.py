"""Finding and loading a model by what a user calls it."""

import pytest

from ccsd_core.errors import CheckpointError
from ccsd_core.inference.load import load_model
from ccsd_core.model.build import build_network
from ccsd_core.model.config import ModelConfig
from ccsd_core.storage.models.bundled import bundled_models
from ccsd_core.storage.models.checkpoint import save_model
from ccsd_core.storage.models.find import find_model
from ccsd_core.storage.models.manifest import Manifest


def test_a_bundled_model_is_found_by_its_name():
    for bundled in bundled_models():
        assert find_model(bundled.name) == bundled.weights


def test_what_is_neither_a_path_nor_bundled_is_named_with_what_there_is():
    names = [bundled.name for bundled in bundled_models()]

    with pytest.raises(CheckpointError, match=f"model 'unknown' not found.*{names[0]}"):
        find_model("unknown")


def test_a_model_brings_its_grid_its_lattice_and_its_tile(tmp_path):
    config = ModelConfig(base_channels=2, levels=2, spacing_mm=3.0, tile=(64, 32, 32))
    manifest = Manifest(name="small", sha256="", model=config.model_dump(mode="json"))
    save_model(tmp_path / "small", build_network(config).state_dict(), manifest)

    predictor = load_model(tmp_path / "small", device="cpu")

    assert predictor.spacing_mm == 3.0
    assert predictor.lattice == (16, 16, 16)
    assert predictor.tile == (64, 32, 32)


def test_weights_of_another_network_are_refused(tmp_path):
    config = ModelConfig(base_channels=2, levels=2)
    tensors = build_network(ModelConfig(base_channels=4, levels=2)).state_dict()
    manifest = Manifest(name="small", sha256="", model=config.model_dump(mode="json"))
    save_model(tmp_path / "small", tensors, manifest)

    with pytest.raises(CheckpointError, match="do not fit their manifest"):
        load_model(tmp_path / "small", device="cpu")
