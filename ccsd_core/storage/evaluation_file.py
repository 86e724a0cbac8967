"""The evaluation that lies beside a model's weights: `evaluate`'s summary, as it is.

    model.safetensors   manifest.json   evaluation.json ◀── copy of OUT/summary.json

It is only believed for the very weights it was made with.
"""

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.population import Population
from ccsd_core.domain.region import Region
from ccsd_core.errors import BadInputError, CheckpointError, first_line

EVALUATION = "evaluation.json"


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore")
    sha256: str


class _Summary(BaseModel):
    """What is needed of a summary."""

    model_config = ConfigDict(extra="ignore")
    model: _Model
    cases: tuple[str, ...]
    seen_in_training: tuple[str, ...]
    subsets: dict[str, dict[str, float]]


def read_evaluation(folder: Path, *, sha256: str) -> Population | None:
    """The evaluation of the weights with this hash; None where there is none.

    Raises:
        CheckpointError: If the file is no summary, or one of other weights.
    """
    path = folder / EVALUATION
    try:
        summary = _Summary.model_validate(json.loads(path.read_text(encoding="utf-8")))
        dice = {
            ModalitySubset.parse(subset): {Region.parse(r): score for r, score in scores.items()}
            for subset, scores in summary.subsets.items()
        }
    except FileNotFoundError:
        return None
    except (OSError, ValueError, ValidationError, BadInputError) as error:
        raise CheckpointError(
            f"{path} is not the summary of an evaluation ({first_line(error)}): remove it, or copy "
            "summary.json there again"
        ) from error
    if summary.model.sha256 != sha256:
        raise CheckpointError(
            f"{path} belongs to other weights ({summary.model.sha256[:8]}, these are "
            f"{sha256[:8]}): evaluate these, or remove the file"
        )
    whole = set(dice) == set(ModalitySubset.every())
    if not whole or any(set(by_region) != set(Region) for by_region in dice.values()):
        return None  # cases that lack sequences leave subsets out: no table of all fifteen
    return Population(len(summary.cases), not summary.seen_in_training, dice)
