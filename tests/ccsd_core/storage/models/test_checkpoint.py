"""Weights on disk: whole or not at all, and never something else."""

import json
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from ccsd_core.errors import CheckpointError
from ccsd_core.storage.models.checkpoint import (
    MANIFEST,
    WEIGHTS,
    load_model_file,
    replaced_folder,
    save_model,
    sha256_of,
)
from ccsd_core.storage.models.manifest import Manifest

TENSORS = {"a": torch.arange(6.0).reshape(2, 3), "b": torch.tensor([1.5])}


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "model"
    save_model(path, TENSORS, Manifest(name="m", sha256="", training_cases=("x",)))
    return path


@pytest.mark.parametrize("by", ["folder", "file"])
def test_what_was_saved_is_read_back(folder, by):
    tensors, manifest = load_model_file(folder if by == "folder" else folder / WEIGHTS)

    assert manifest.name == "m"
    assert manifest.training_cases == ("x",)
    assert all(torch.equal(tensors[k], v) for k, v in TENSORS.items())


def test_other_weights_beside_the_manifest_are_noticed(folder):
    with (folder / WEIGHTS).open("ab") as file:
        file.write(b" ")

    with pytest.raises(CheckpointError, match="not the file its manifest describes"):
        load_model_file(folder)


def test_the_hash_distinguishes_networks_that_share_their_weights(tmp_path):
    one, other = (
        save_model(tmp_path / str(mm), TENSORS, Manifest(name="m", sha256="", model={"mm": mm}))
        for mm in (1, 2)
    )

    assert one.sha256 != other.sha256
    assert load_model_file(tmp_path / "2")[1].model == {"mm": 2}


def test_a_network_edited_in_the_manifest_is_noticed(tmp_path):
    save_model(tmp_path, TENSORS, Manifest(name="m", sha256="", model={"mm": 1}))
    manifest = json.loads((tmp_path / MANIFEST).read_text())
    (tmp_path / MANIFEST).write_text(json.dumps({**manifest, "model": {"mm": 2}}))

    with pytest.raises(CheckpointError, match="different network"):
        load_model_file(tmp_path)


@pytest.mark.parametrize("metadata", [None, {"model": "resnet"}], ids=["none", "another's"])
def test_weights_that_tell_nothing_of_their_network_load(tmp_path, metadata):
    save_file(TENSORS, tmp_path / WEIGHTS, metadata)
    about = Manifest(name="m", sha256=sha256_of(tmp_path / WEIGHTS), model={"mm": 1})
    (tmp_path / MANIFEST).write_text(about.text())

    assert load_model_file(tmp_path)[1] == about


def test_another_spelling_of_the_same_number_is_the_same_network(tmp_path):
    save_model(tmp_path, TENSORS, Manifest(name="m", sha256="", model={"mm": 2.0}))
    text = (tmp_path / MANIFEST).read_text()
    (tmp_path / MANIFEST).write_text(text.replace("2.0", "2"))

    assert load_model_file(tmp_path)[1].model == {"mm": 2}


@pytest.mark.parametrize(("key", "value"), [("modalities", ["T1", "T1C", "T2", "FLAIR"]),
                                            ("regions", ["ET", "TC", "WT"])])  # fmt: skip
def test_another_channel_order_is_refused(folder, key, value):
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({**manifest, key: value}))

    with pytest.raises(CheckpointError, match="order"):
        load_model_file(folder)


@pytest.mark.parametrize("name", [WEIGHTS, MANIFEST])
def test_a_missing_half_is_named(folder, name):
    (folder / name).unlink()

    with pytest.raises(CheckpointError, match=name):
        load_model_file(folder)


def test_a_replacement_killed_between_its_renames_leaves_the_old_model(folder):
    folder.rename(folder.with_name(f".old-{folder.name}"))

    tensors, _ = load_model_file(folder)

    assert torch.equal(tensors["a"], TENSORS["a"])


def test_an_interrupted_write_leaves_the_old_model(folder):
    def half() -> None:
        with replaced_folder(folder) as new:
            (new / WEIGHTS).write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()

    tensors, _ = load_model_file(folder)
    assert torch.equal(tensors["a"], TENSORS["a"])
    assert list(folder.parent.iterdir()) == [folder]


def test_temperatures_are_one_for_each_number_of_sequences(tmp_path):
    manifest = Manifest(name="m", sha256="0" * 64, temperatures=(2.0, 1.5, 1.2, 1.1))
    assert [manifest.temperature(k) for k in (1, 2, 3, 4)] == [2.0, 1.5, 1.2, 1.1]
    assert Manifest(name="m", sha256="0" * 64).temperature(3) == 1.0

    for wrong in ([2.0, 1.5], [1, 1, 1, 0]):
        place = tmp_path / "manifest.json"
        place.write_text(json.dumps({"name": "m", "sha256": "0" * 64, "temperatures": wrong}))
        with pytest.raises(CheckpointError, match="is not a model manifest"):
            Manifest.read(place)


def test_a_pickle_under_the_name_of_weights_is_refused_and_nothing_of_it_runs(tmp_path):
    class Payload:
        def __reduce__(self):
            return Path.touch, (tmp_path / "ran",)

    (tmp_path / WEIGHTS).write_bytes(pickle.dumps(Payload()))
    manifest = Manifest(name="a", sha256=sha256_of(tmp_path / WEIGHTS))
    (tmp_path / MANIFEST).write_text(manifest.text())

    with pytest.raises(CheckpointError, match="not a readable safetensors file"):
        load_model_file(tmp_path)
    assert not (tmp_path / "ran").exists()
