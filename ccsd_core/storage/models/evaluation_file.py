"""The evaluation next to a model's weights: an unchanged summary of `evaluate`.

    model.safetensors   manifest.json   evaluation.json ◀── copy of OUT/summary.json

It is used only with the weights that it was made with.
"""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.reference_scores import ReferenceScores
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume_intervals import VolumeIntervals
from ccsd_core.errors import BadInputError, CheckpointError, first_line
from ccsd_core.storage.documents import parsed_json

EVALUATION = "evaluation.json"


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore")
    sha256: str


class _Present(BaseModel):
    """Means over the cases that have a region; None if there are none."""

    model_config = ConfigDict(extra="ignore")
    cases: dict[str, int]
    subsets: dict[str, dict[str, float | None]]


class _Volumes(BaseModel):
    """Prediction intervals of volumes."""

    model_config = ConfigDict(extra="ignore")
    level: float = Field(gt=0, lt=1)
    patients: int = Field(gt=0)
    coverage_leave_one_out: dict[str, float]
    half_widths_sqrt_ml: dict[str, dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]]]


class _Summary(BaseModel):
    """The parts of a summary that are used."""

    model_config = ConfigDict(extra="ignore")
    model: _Model
    cases: tuple[str, ...]
    seen_in_training: tuple[str, ...]
    subsets: dict[str, dict[str, float]]
    present: _Present | None = None
    volume_intervals: _Volumes | None = None


def read_evaluation(folder: Path, *, sha256: str) -> ReferenceScores | None:
    """The evaluation of the weights with this hash; None if there is none.

    Raises:
        CheckpointError: If the file is not a summary, or belongs to other weights.
    """
    path = folder / EVALUATION
    try:
        summary = _Summary.model_validate(parsed_json(path.read_text(encoding="utf-8")))
        dice = _dice(summary)
        with_region = {} if summary.present is None else summary.present.cases
        volumes = _volumes(summary)
        counts = {Region.parse(name): count for name, count in with_region.items()}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, ValidationError, BadInputError) as error:
        raise CheckpointError(
            f"{path} is not a summary of an evaluation ({first_line(error)}): remove it, or copy "
            "summary.json there again"
        ) from error
    if summary.model.sha256 != sha256:
        raise CheckpointError(
            f"{path} belongs to other weights ({summary.model.sha256[:8]}, these are "
            f"{sha256[:8]}): evaluate these weights, or remove the file"
        )
    whole = set(dice) == set(ModalitySubset.every())
    if not whole or any(set(by_region) != set(Region) for by_region in dice.values()):
        return None  # with missing sequences there is no table of all fifteen subsets
    return ReferenceScores(
        len(summary.cases),
        not summary.seen_in_training,
        dice,
        patients_with=counts,
        ids=frozenset(summary.cases),
        volumes=volumes,
    )


def _volumes(summary: _Summary) -> VolumeIntervals | None:
    """The intervals, if there are any for every subset and region."""
    stored = summary.volume_intervals
    if stored is None:
        return None
    widths = {
        ModalitySubset.parse(subset): {Region.parse(name): width for name, width in row.items()}
        for subset, row in stored.half_widths_sqrt_ml.items()
    }
    coverage = {Region.parse(name): part for name, part in stored.coverage_leave_one_out.items()}
    if set(widths) != set(ModalitySubset.every()):
        return None
    if any(set(row) != set(Region) for row in widths.values()):
        return None
    return VolumeIntervals(stored.level, stored.patients, widths, coverage)


def _dice(summary: _Summary) -> dict[ModalitySubset, dict[Region, float]]:
    """Means over the cases that have the region, if known; otherwise over all cases."""
    present = {} if summary.present is None else summary.present.subsets

    def mean(subset: str, region: str, score: float) -> float:
        of_present = present.get(subset, {}).get(region)
        return score if of_present is None else of_present

    return {
        ModalitySubset.parse(s): {Region.parse(r): mean(s, r, score) for r, score in scores.items()}
        for s, scores in summary.subsets.items()
    }
