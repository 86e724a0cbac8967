"""Finding a model's files by name or path, and reading its description without loading it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from ccsd_core.domain.postprocess_rules import DEFAULT_POSTPROCESS, Postprocess
from ccsd_core.domain.reference_scores import ReferenceScores
from ccsd_core.errors import CheckpointError
from ccsd_core.storage.models.bundled import bundled_model, bundled_models, default_model
from ccsd_core.storage.models.evaluation_file import read_evaluation
from ccsd_core.storage.models.manifest import MANIFEST, Manifest


@dataclass(frozen=True, slots=True)
class ModelDescription:
    """The description of a model from its files; the weights themselves are not read.

    Args:
        manifest: The manifest next to the weights.
        reference_scores: Its evaluation, if there is one for these weights.
        postprocess: The post-processing of its predictions.
        folder: Folder of the files.
    """

    manifest: Manifest
    reference_scores: ReferenceScores | None
    postprocess: Postprocess
    folder: Path


def describe_model(model: str | Path | None) -> ModelDescription:
    """The description of a model; for the argument see `find_model`.

    Raises:
        CheckpointError: If there is no such model, or its manifest cannot be read.
    """
    path = folder_or_backup(find_model(model))
    folder = path if path.is_dir() else path.parent
    manifest = Manifest.read(folder / MANIFEST)
    rules = manifest.model.get("postprocess")
    if rules is None:
        known = DEFAULT_POSTPROCESS
    elif isinstance(rules, list | tuple):
        known = Postprocess.of(map(str, cast("Sequence[object]", rules)))
    else:
        raise CheckpointError(f"{folder / MANIFEST}: `postprocess` is not a list of rules")
    scores = read_evaluation(folder, sha256=manifest.sha256)
    return ModelDescription(manifest, scores, known, folder)


def find_model(model: str | Path | None) -> Path:
    """Path of a model's files.

    Args:
        model: None for the bundled default; a bundled model's name; a training run's folder; a
            model folder; a `.safetensors` file with its manifest next to it.

    Raises:
        CheckpointError: If there is no such model.
    """
    if model is None:
        return default_model()
    path = Path(model)
    if folder_or_backup(path / "model").is_dir():  # a training run
        return path / "model"
    if path.exists():
        return path
    try:
        return bundled_model(str(model)).weights
    except CheckpointError as error:
        names = ", ".join(one.name for one in bundled_models()) or "none is bundled"
        raise CheckpointError(
            f"model {str(model)!r} not found: give the folder of a training run, a .safetensors "
            f"file, or the name of a bundled model ({names})"
        ) from error


def folder_or_backup(folder: Path) -> Path:
    """The folder, or its backup if a replacement was interrupted."""
    old = backup_name(folder)
    return old if not folder.exists() and old.exists() else folder


def backup_name(folder: Path) -> Path:
    """Name of the old folder while a new one takes its place."""
    return folder.with_name(f".old-{folder.name}")
