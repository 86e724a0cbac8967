"""One case of a folder, from its files to its label map."""

from pathlib import Path
from typing import TYPE_CHECKING

from ccsd_app.cli.segmenting.segmentation import (
    Job,
    Outcome,
    check_out,
    files_of,
    is_done,
    load,
    report,
)
from ccsd_core.errors import CcsdError, bug_line
from ccsd_core.progress import Steps

if TYPE_CHECKING:
    from ccsd_core.inference.predictor import Predictor


def segment_case(
    job: Job, path: Path, name: str, predictor: "Predictor", *, skip: bool
) -> Steps[tuple[Outcome, ...] | None]:
    """Segment one case of a folder.

    Args:
        job: The job for the folder; its `out` is a folder.
        path: The case.
        name: Its name among the cases of the folder.
        predictor: The model.
        skip: Whether a case whose output exists is left out.

    Returns:
        One outcome for each label map; None if the case was left out.

    Raises:
        CcsdError: If the case cannot be used, or its output would replace another file.
    """
    found = files_of(job.for_case(path), name=name)
    out = job.out if job.every_subset else job.out / f"{found.id}.nii.gz"
    case_job = job.for_case(path, out=out)
    if skip and is_done(case_job, found):
        return None
    case = load(case_job, found)
    check_out(case_job, case, found)
    return (yield from report(case_job, found, case, predictor))


def one_line(error: Exception) -> str:
    """The message of an error in one line; a fault of the program says so."""
    text = str(error) if isinstance(error, CcsdError | OSError) else bug_line(error)
    return " ".join(text.split())
