"""The options of `evaluate`, read and checked before a case or the model is opened."""

from collections.abc import Sequence
from pathlib import Path

from ccsd_app.cli.console import say
from ccsd_app.cli.predictions import PredictionsOption
from ccsd_core.data.dataset import case_ids
from ccsd_core.data.division import divide_part
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.errors import BadInputError
from ccsd_core.evaluation.results.result import ScoredPart
from ccsd_core.storage.cases.case_folder import find_cases
from ccsd_core.storage.label_maps.scheme_file import scheme_from
from ccsd_core.training.run.run_cases import read_cases


def predictions_option(
    data: Path,
    folder: Path | None,
    scheme: str | None,
    *,
    model: str | None,
    subset: str | None = None,
) -> PredictionsOption | None:
    """The label maps to score instead of a model's, if `--predictions` names a folder.

    Raises:
        BadInputError: If it cannot be used, or a model is named as well.
    """
    if folder is None:
        if scheme is not None:
            raise BadInputError("--predictions-scheme needs --predictions: give both")
        if subset is not None:
            raise BadInputError(
                "--subset needs --predictions: give both (a model is scored on every subset)"
            )
        return None
    if model is not None:
        raise BadInputError(
            f"--model {model} and --predictions {folder} cannot be scored together: give one of "
            "them"
        )
    label_scheme = None if scheme is None else scheme_from(scheme)
    sequences = None if subset is None else ModalitySubset.parse(subset)
    return PredictionsOption.from_folder(folder, data, label_scheme, subset=sequences)


def check_for_predictions(
    *, postprocess: str | None, corrupt: Sequence[str], criticality: bool
) -> None:
    """Refuse options that need a model, if `--predictions` is given.

    Raises:
        BadInputError: Naming the option.
    """
    if postprocess is not None:
        raise BadInputError(
            "--postprocess changes the output of a model: do not use it with --predictions"
        )
    if criticality:
        raise BadInputError(
            "--criticality needs the features of a model, which label maps do not have: do not use "
            "it with --predictions"
        )
    if corrupt:
        raise BadInputError(
            "--corrupt runs a model on changed images: do not use it with --predictions"
        )


def cases_option(
    data: Path,
    split: str | None,
    predictions: PredictionsOption | None,
    *,
    validation_of: Path | None = None,
) -> tuple[list[Path], ScoredPart | None]:
    """The cases to score, and the part of the split that they are, with a note on missing patients.

    Folders of predictions among the cases would be taken for cases; they are excluded.

    Args:
        data: The folder.
        split: Part of a split, `NAME:PART`; None for all cases.
        predictions: Label maps to score.
        validation_of: Folder of a training run whose validation cases are scored.

    Raises:
        BadInputError: If a split is asked for and two cases have the same name, or the run has no
            validation cases.
        CaseError: If there are no cases.
    """
    cases = find_cases(data)
    if predictions is not None:
        cases = predictions.without_predictions(cases)
    if validation_of is not None:
        if split is not None:
            raise BadInputError("--split and --validation-of both choose the cases: give one")
        return _validation_cases(validation_of, cases), None
    if split is None:
        return cases, None
    by_name = case_ids(cases)
    found = divide_part(split, by_name)
    for note in found.notes:
        say(f"note: {note}")
    return [by_name[name] for name in found.cases], ScoredPart(found.name, found.listed)


def _validation_cases(run: Path, cases: Sequence[Path]) -> list[Path]:
    """The validation cases of a run among all cases.

    Raises:
        BadInputError: If the run has none, or they are not all here.
    """
    wanted = read_cases(run).validation
    if not wanted:
        raise BadInputError(
            f"{run} was trained without validation cases: leave --validation-of out"
        )
    by_name = case_ids(cases)
    missing = [name for name in wanted if name not in by_name]
    if missing:
        raise BadInputError(
            f"{len(missing)} of the {len(wanted)} validation cases of {run} are not in DATA "
            f"({', '.join(missing[:3])}): give the folder that it was trained on"
        )
    return [by_name[name] for name in wanted]
