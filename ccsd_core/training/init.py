"""Initial weights of a run: read and checked before the first case is opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from ccsd_core.errors import CheckpointError
from ccsd_core.model.build import build_network
from ccsd_core.model.config import ModelConfig
from ccsd_core.storage.models.checkpoint import load_model_file
from ccsd_core.storage.models.find import find_model
from ccsd_core.training.config.config import InitialModel

SAME_NETWORK = ("backbone", "base_channels", "levels", "composition", "head")
"""Settings of a model that must be equal to reuse weights: otherwise tensors or their meaning would
differ. Grid, test-time augmentation, tiles and the fill of a missing sequence may be different."""


@dataclass(frozen=True, slots=True, eq=False)
class InitialWeights:
    """Weights of a model that a run starts from.

    Args:
        tensors: The weights, by name.
        trained: Ids of the cases that they were trained on.
        origin: Name and hash of the model.
        note: The settings in which the model differs from the run, as text; empty if none.
    """

    tensors: Mapping[str, Tensor]
    trained: frozenset[str]
    origin: InitialModel
    note: str

    def load_into(self, network: nn.Module) -> None:
        """Load the weights into a network; tokens that the model does not have are not changed."""
        network.load_state_dict(self.tensors, strict=False)


def read_init(model: Path, config: ModelConfig) -> InitialWeights:
    """Read the weights of the model given by `--init`, and check that they fit the run.

    Args:
        model: A bundled model's name, a run's folder, a model folder or a `.safetensors` file.
        config: Settings of the run's network.

    Raises:
        CheckpointError: If there is no such model, or it is a different network.
    """
    path = find_model(model)
    tensors, manifest = load_model_file(path)
    ours = config.model_dump(mode="json")
    theirs = ModelConfig.model_validate(manifest.model).model_dump(mode="json")
    differing = sorted(key for key in ours if theirs[key] != ours[key])
    if refused := [key for key in differing if key in SAME_NETWORK]:
        settings = ", ".join(f"-s model.{key}={_text(theirs[key])}" for key in refused)
        raise CheckpointError(
            f"{path} ({manifest.name}) is a different network: model.{', model.'.join(refused)} "
            f"differ from the configuration; train with {settings}, or without --init"
        )
    with torch.device("meta"):
        network = build_network(config)
    wanted = {name: value.shape for name, value in network.state_dict().items()}
    given = {name: value.shape for name, value in tensors.items() if not _is_token(name)}
    given |= {name: shape for name, shape in wanted.items() if _is_token(name)}
    if given != wanted:
        wrong = sorted(n for n in given | wanted if given.get(n) != wanted.get(n))
        raise CheckpointError(
            f"{path} ({manifest.name}): the weights do not fit their manifest ({wrong[0]})"
        )
    differences = "; ".join(
        f"model.{key} was {_text(theirs[key])}, is {_text(ours[key])}" for key in differing
    )
    note = (
        f"weights of {manifest.name}, with different settings: {differences}" if differences else ""
    )
    origin = InitialModel(name=manifest.name, sha256=manifest.sha256)
    return InitialWeights(tensors, frozenset(manifest.training_cases), origin, note)


def _is_token(name: str) -> bool:
    return name.startswith("tokens.")


def _text(value: object) -> str:
    return "none" if value in (None, []) else str(value).replace("'", "")
