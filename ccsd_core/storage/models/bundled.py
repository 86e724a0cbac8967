"""The models that come with the software: one folder each, with weights, manifest and model card.

The default is the only model, or the one named in a one-line file `default` next to them:

    resources/models/
    ├── default                 (optional)
    └── NAME/
        ├── model.safetensors
        ├── manifest.json       the model and its training
        └── CARD.md             the model card, for readers
"""

from dataclasses import dataclass
from pathlib import Path

from ccsd_core.errors import CheckpointError
from ccsd_core.storage.models.manifest import MANIFEST, MODEL_CARD, WEIGHTS, Manifest
from ccsd_core.storage.resources import MissingResourceError, resource

DEFAULT = "default"
"""One-line file next to the models: the name of the default model."""


@dataclass(frozen=True, slots=True)
class BundledModel:
    """A bundled model on disk."""

    manifest: Manifest
    folder: Path

    @property
    def name(self) -> str:
        """The name for `--model`: the folder's name."""
        return self.folder.name

    @property
    def weights(self) -> Path:
        return self.folder / WEIGHTS

    @property
    def model_card(self) -> str:
        """The model card as Markdown; empty if there is none."""
        path = self.folder / MODEL_CARD
        return path.read_text(encoding="utf-8") if path.exists() else ""


def bundled_models(folder: Path | None = None) -> list[BundledModel]:
    """Every bundled model, by name.

    Args:
        folder: Folder of models; None for the bundled one.

    Raises:
        CheckpointError: If a manifest cannot be read.
    """
    try:
        root = resource("models") if folder is None else folder
    except MissingResourceError:
        return []
    found = sorted(root.glob(f"*/{WEIGHTS}"))
    return [BundledModel(Manifest.read(w.parent / MANIFEST), w.parent) for w in found]


def default_model(folder: Path | None = None) -> Path:
    """The weights that are used by default.

    The only model; among several, the one that the file `default` names.

    Raises:
        CheckpointError: If there is no model, or several and no default.
    """
    models = bundled_models(folder)
    if len(models) == 1:
        return models[0].weights
    if not models:
        raise CheckpointError(
            "this installation has no model: install the software again, or choose a model "
            "(command line: --model)"
        )
    marker = models[0].folder.parent / DEFAULT
    name = marker.read_text(encoding="utf-8").strip() if marker.exists() else ""
    return bundled_model(name, folder).weights


def bundled_model(name: str, folder: Path | None = None) -> BundledModel:
    """The bundled model with this name.

    Raises:
        CheckpointError: If there is none.
    """
    models = {model.name: model for model in bundled_models(folder)}
    if name not in models:
        raise CheckpointError(
            f"there is no bundled model {name!r}: available: {', '.join(models) or 'none'}"
        )
    return models[name]
