"""Notes on label maps that were scored instead of a model: their origin, and which are missing."""

from pathlib import Path

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.word_list import first_few
from ccsd_core.evaluation.results.result import EvaluatedCase, Evaluation

MOST_NAMES = 2
"""Number of cases that a line names; `summary.json` has all."""


def prediction_lines(evaluation: Evaluation) -> list[str]:
    """Sentences for the caption of the table; none if a model was scored."""
    found = evaluation.predictions
    if found is None:
        return []
    lines = [
        f"Scored: {found.files} label map{'s' * (found.files != 1)} of {found.folder}; the hash "
        "covers these files."
    ]
    if found.cases_without:
        lines.append(
            f"No prediction of {_cases(len(found.cases_without))} with expert labels "
            f"({first_few(found.cases_without, most=MOST_NAMES)}): not in any mean."
        )
    lacking = [case for case in evaluation.cases if case.unpredicted]
    if lacking:
        count = sum(len(case.unpredicted) for case in lacking)
        listed = first_few(
            (f"{case.id} {_subsets(case)}" for case in lacking), most=MOST_NAMES, between="; "
        )
        lines.append(
            f"{count} prediction{'s' * (count != 1)} of {_cases(len(lacking))} missing ({listed}): "
            "each mean is over the cases that have one; cases with missing predictions have no "
            "AURC."
        )
    return lines


def training_line(evaluation: Evaluation) -> str:
    """Whether the cases were seen in training, if that is known."""
    if evaluation.seen_cases:
        return f"Seen in training, so scores are optimistic: {', '.join(evaluation.seen_cases)}."
    if evaluation.predictions is not None:
        return "It is not known whether a case was seen in training: label maps do not state it."
    return "No case was seen in training (by name)."


def training_text(evaluation: Evaluation) -> str:
    """The same in a few words, for titles of pictures."""
    seen = len(evaluation.seen_cases)
    if not seen and evaluation.predictions is not None:
        return "seen in training: unknown"
    return f"{seen} seen in training"


def predictions_json(evaluation: Evaluation) -> dict[str, object]:
    """Value of `predictions` in `summary.json`; empty if a model was scored."""
    found = evaluation.predictions
    if found is None:
        return {}
    return {
        "predictions": {
            "folder": Path(found.folder).as_posix(),
            "files": found.files,
            "cases_without": list(found.cases_without),
            "missing": {
                case.id: [str(s) for s in ModalitySubset.every() if s in case.unpredicted]
                for case in evaluation.cases
                if case.unpredicted
            },
        }
    }


def _subsets(case: EvaluatedCase) -> str:
    lacking = [s for s in case.available.subsets() if s in case.unpredicted]
    return first_few(("+".join(m.label for m in s) for s in lacking), most=MOST_NAMES)


def _cases(count: int) -> str:
    return f"{count} case{'s' * (count != 1)}"
