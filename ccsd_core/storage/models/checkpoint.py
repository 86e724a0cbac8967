"""Weights on disk: a safetensors file and a JSON manifest next to it, without pickle.

MODEL/
├── model.safetensors     tensors by name; the network's arguments in its metadata
├── manifest.json         description, with the hash of the file above
└── CARD.md               the model card, for readers
"""

# safetensors is typed only in part.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region
from ccsd_core.errors import CheckpointError, ResourceError
from ccsd_core.storage.documents import parsed_json
from ccsd_core.storage.models.find import backup_name, folder_or_backup
from ccsd_core.storage.models.manifest import MANIFEST, MODEL_CARD, WEIGHTS, Manifest

_MODEL = "ccsd.model"
"""Key of the weights file's metadata that holds the network's arguments as JSON."""


def sha256_of(path: Path) -> str:
    """Hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def save_model(
    folder: Path, tensors: Mapping[str, Tensor], manifest: Manifest, *, model_card: str = ""
) -> Manifest:
    """Write weights, manifest and card together; a reader finds all old files or all new ones.

    The hash distinguishes models, so it covers the network's arguments too: the same weights on
    another grid, or with other test-time augmentation, give other results.

    Returns:
        The manifest as written, with the hash filled in.

    Raises:
        ResourceError: If a file cannot be written.
    """
    with replaced_folder(folder) as new:
        save_tensors(new / WEIGHTS, tensors, model=manifest.model)
        written = manifest.model_copy(update={"sha256": sha256_of(new / WEIGHTS)})
        (new / MANIFEST).write_text(written.text(), encoding="utf-8")
        if model_card:
            (new / MODEL_CARD).write_text(model_card, encoding="utf-8")
    return written


def load_model_file(path: Path) -> tuple[dict[str, Tensor], Manifest]:
    """Read a model folder, or a safetensors file with `manifest.json` next to it.

    Raises:
        CheckpointError: If either is missing or damaged, the hash differs, the two describe
            different networks, or the model's sequences or regions are not ours.
    """
    path = folder_or_backup(path)
    weights = path / WEIGHTS if path.is_dir() else path
    if not weights.is_file():
        raise CheckpointError(
            f"{path} contains no {WEIGHTS}: give a model folder or a .safetensors file"
        )
    manifest = Manifest.read(weights.with_name(MANIFEST))
    if manifest.modalities != tuple(m.name for m in Modality):
        raise CheckpointError(f"{weights}: input order {manifest.modalities} is not supported")
    if manifest.regions != tuple(r.name for r in Region):
        raise CheckpointError(f"{weights}: output order {manifest.regions} is not supported")
    found = sha256_of(weights)
    if found != manifest.sha256:
        raise CheckpointError(
            f"{weights} is not the file its manifest describes (sha256 {found[:8]}, expected "
            f"{manifest.sha256[:8]}): copy both files again"
        )
    tensors = load_tensors(weights)
    with safe_open(weights, framework="pt") as file:
        stored = (file.metadata() or {}).get(
            _MODEL
        )  # written by `save_model`, since the hash is right
    if stored is not None and parsed_json(stored) != manifest.model:
        raise CheckpointError(
            f"{weights.with_name(MANIFEST)} describes a different network from the one "
            f"{weights.name} was saved with: its `model` was edited; copy both files again"
        )
    return tensors, manifest


def save_tensors(
    path: Path, tensors: Mapping[str, Tensor], *, model: Mapping[str, object] | None = None
) -> None:
    """Write tensors by name, and the arguments of their network if given."""
    stored = {_MODEL: json.dumps(model, sort_keys=True)} if model else None
    save_file({k: v.detach().cpu().contiguous() for k, v in tensors.items()}, path, stored)
    path.chmod(0o644)  # save_file makes it readable for its owner only


def load_tensors(path: Path) -> dict[str, Tensor]:
    """Read tensors by name.

    Raises:
        CheckpointError: If the file is missing or not safetensors.
    """
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{path} is not a readable safetensors file: {error}") from error


def read_json(path: Path) -> dict[str, object]:
    """Read a JSON object of a checkpoint.

    Raises:
        CheckpointError: If it is missing or damaged.
    """
    try:
        found: object = parsed_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise CheckpointError(f"{path} is not a JSON object: it is damaged")
    return cast("dict[str, object]", found)


class replaced_folder:  # noqa: N801 — used as a function, like contextlib's
    """Fill a new folder, then replace the old one with it; on an error the old one is kept.

    Between the two renames of a replacement the old folder has a hidden name. If the process is
    killed in between, it keeps that name, and `folder_or_backup` finds it.

    Raises:
        ResourceError: If a file cannot be written.
    """

    def __init__(self, folder: Path):
        self._folder = folder

    def __enter__(self) -> Path:
        parent, name = self._folder.parent, self._folder.name
        try:
            parent.mkdir(parents=True, exist_ok=True)
            self._new = Path(tempfile.mkdtemp(prefix=f".new-{name}-", dir=parent))
        except OSError as error:
            raise ResourceError(f"cannot write {self._folder}: {error}") from error
        return self._new

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if kind is not None:
            shutil.rmtree(self._new, ignore_errors=True)
            if isinstance(error, OSError | SafetensorError):
                raise ResourceError(f"cannot write {self._folder}: {error}") from error
            return
        self._new.chmod(0o755)
        old = backup_name(self._folder)
        try:
            if self._folder.exists():
                shutil.rmtree(old, ignore_errors=True)
                self._folder.rename(old)
            self._new.rename(self._folder)
        except OSError as problem:
            raise ResourceError(f"cannot write {self._folder}: {problem}") from problem
        shutil.rmtree(old, ignore_errors=True)
