"""Segmenting a folder of cases: one that fails does not stop the others.

Processes of torchrun share the cases; the first one reports what all have done.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ccsd_app.cli.console import disclaim, say, show, track
from ccsd_app.cli.outputs import write_json
from ccsd_app.cli.segmenting.folder_case import one_line, segment_case
from ccsd_app.cli.segmenting.segmentation import Job, Outcome
from ccsd_core.domain.word_list import first_few
from ccsd_core.errors import BadInputError, CcsdError, FailedError
from ccsd_core.inference.hardware.ranks import (
    device_of_rank,
    is_first_process,
    process_count,
    process_group,
    share,
)
from ccsd_core.inference.load import load_model
from ccsd_core.inference.predictor import Predictor
from ccsd_core.storage.atomic import check_place
from ccsd_core.storage.names.identity import unique_ids

MOST_NAMES = 20
"""Most cases that the message about failures names."""


def segment_folder(
    job: Job,
    paths: Sequence[Path],
    *,
    model: str | None,
    device: str,
    json: Path | None,
    skip: bool,
    unusable: Mapping[Path, CcsdError] | None = None,
) -> None:
    """Segment each of the cases, and print a line for each.

    Args:
        job: The job for the folder; its `out` is a folder.
        paths: The cases inside.
        model: The model; None is the bundled one.
        device: Where it runs.
        json: File for the volumes of all; None writes none.
        skip: Whether cases whose output exists are left out.
        unusable: Those of `paths` that are known to be unusable, and why.

    Raises:
        BadInputError: If `out` is a file, or no case can be used.
        FailedError: If some cases failed.
    """
    if job.out.exists() and not job.out.is_dir():
        raise BadInputError(f"{job.out} is a file: for several label maps give -o a folder")
    check_place(job.out)
    names = unique_ids(paths)
    predictor = load_model(model, device=device_of_rank(device))
    cases: list[dict[str, object]] = []
    failed: dict[Path, Exception] = {}
    skipped = 0
    with process_group() as exchange:
        for path in paths[share()]:
            try:
                if unusable and path in unusable:
                    raise unusable[path]
                outcomes = _segment_case(job, path, names[path], predictor, skip=skip)
            except Exception as error:  # noqa: BLE001 — one broken case must not stop the others
                failed[path] = error
                if len(paths) > 1:  # else the error itself ends the program, in one line
                    say(f"failed: {names[path]}: {one_line(error)}")
                continue
            if outcomes is None:
                skipped += 1
            else:
                cases += [outcome.as_json() for outcome in outcomes]
        if process_count() > 1:
            failed = {path: _without_details(error) for path, error in failed.items()}
        shares = exchange((cases, failed, skipped))
    if not is_first_process():
        return
    cases = [case for cases, _, _ in shares for case in cases]
    failed = {path: error for _, failures, _ in shares for path, error in failures.items()}
    skipped = sum(count for _, _, count in shares)
    if json is not None:
        broken = [{"case": str(path), "error": one_line(error)} for path, error in failed.items()]
        write_json(json, {"cases": cases, "failed": broken})
    if skipped:
        say(f"skipped: {skipped} of {len(paths)} cases, whose output exists")
    if cases:
        disclaim()
    if failed:
        raise _failure({names[path]: error for path, error in failed.items()}, of=len(paths))


def _segment_case(
    job: Job, path: Path, name: str, predictor: Predictor, *, skip: bool
) -> tuple[Outcome, ...] | None:
    """Segment one case and print its notes and lines; None if its output exists already."""
    steps = segment_case(job, path, name, predictor, skip=skip)
    outcomes = track(steps, name, quiet=process_count() > 1)
    if outcomes is None:
        return None
    for note in dict.fromkeys(n for outcome in outcomes for n in outcome.notes):
        say(f"note: {name}: {note}")
    for outcome in outcomes:
        show(outcome.line)
    return outcomes


def _failure(failed: Mapping[str, Exception], *, of: int) -> Exception:
    """One error for all failures: bad input only if every case failed because of its input."""
    errors = list(failed.values())
    if of == 1:
        return errors[0]
    named = first_few(failed, most=MOST_NAMES)
    text = f"{len(failed)} of {of} cases failed ({named}); the reasons are above"
    unusable = len(failed) == of and all(isinstance(error, BadInputError) for error in errors)
    return BadInputError(text) if unusable else FailedError(text)


def _without_details(error: Exception) -> Exception:
    """An error that another process can read: its line, and whether the input is to blame."""
    kind = BadInputError if isinstance(error, BadInputError) else FailedError
    return kind(one_line(error))
