"""Loading a model by its name or path, as a predictor."""

from pathlib import Path

from pydantic import ValidationError

from ccsd_core.domain.postprocess_rules import Postprocess
from ccsd_core.errors import CheckpointError
from ccsd_core.inference.predictor import Predictor
from ccsd_core.model.build import build_network
from ccsd_core.model.config import ModelConfig
from ccsd_core.storage.models.checkpoint import load_model_file
from ccsd_core.storage.models.evaluation_file import read_evaluation
from ccsd_core.storage.models.find import find_model, folder_or_backup


def load_model(model: str | Path | None = None, *, device: str = "auto") -> Predictor:
    """Load a model.

    Args:
        model: None for the bundled default; a bundled model's name; a training run's folder; a
            model folder; a `.safetensors` file with its manifest next to it.
        device: `auto`, `cpu`, `cuda`.

    Raises:
        CheckpointError: If there is no such model, or it cannot be used.
    """
    path = find_model(model)
    tensors, manifest = load_model_file(path)
    folder = path if path.is_dir() else path.parent
    reference_scores = read_evaluation(folder_or_backup(folder), sha256=manifest.sha256)
    try:
        config = ModelConfig.model_validate(manifest.model)
        network = build_network(config)
        network.load_state_dict(tensors)
    except (ValidationError, RuntimeError) as error:
        first = str(error).splitlines()[0]
        raise CheckpointError(f"{path}: the weights do not fit their manifest ({first})") from error
    return Predictor(
        network,
        manifest,
        spacing_mm=config.spacing_mm,
        lattice=config.lattice,
        tta=config.tta,
        tile=config.tile,
        postprocess=Postprocess.of(config.postprocess),
        device=device,
        reference_scores=reference_scores,
    )
