"""The scored part of a split, for titles, captions and `summary.json`."""

from ccsd_core.evaluation.results.result import Evaluation
from ccsd_core.storage.names.patients import patients_of


def part_text(evaluation: Evaluation) -> str:
    """`brats2020:test, 2 of 100 patients`; empty if no part of a split was requested."""
    part, scored = evaluation.part, _scored(evaluation)
    if part is None:
        return ""
    if part.listed is None:
        return f"{part.name}, {scored} patient{'s' * (scored != 1)}"
    return f"{part.name}, {scored} of {part.listed} patients"


def part_json(evaluation: Evaluation) -> dict[str, object]:
    """Value of `split` in `summary.json`; empty if no part of a split was requested."""
    part = evaluation.part
    if part is None:
        return {}
    return {
        "split": {
            "name": part.name,
            "patients_scored": _scored(evaluation),
            "patients_listed": part.listed,
        }
    }


def _scored(evaluation: Evaluation) -> int:
    return len(patients_of(case.id.rpartition("/")[2] for case in evaluation.cases))
