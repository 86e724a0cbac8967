"""Finding the cases of a folder that a run can use, before they are divided or read.

every case ── without the expert's labels ──▶ skipped, with a note
           ── the others ──▶ divided (selection) ──▶ chosen cases that cannot be opened are an error

Only names and headers are checked; damaged voxel data is found when a file is read.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ccsd_core.domain.word_list import first_few
from ccsd_core.errors import BadInputError, CaseError
from ccsd_core.storage.cases.case_files import CaseFiles
from ccsd_core.storage.cases.choose import choose
from ccsd_core.storage.cases.inventory import Inventory, inventory
from ccsd_core.storage.cases.label_folders import with_labels_from
from ccsd_core.storage.names.identity import unique_ids
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.selection import Selection, select

MOST_NAMES = 3


def select_usable(config: TrainingConfig, paths: Sequence[Path]) -> Selection:
    """Sort the labelled cases of a folder by their use in the configuration.

    Args:
        config: Configuration of the run.
        paths: Every case of the folder.

    Raises:
        CaseError: If no case has labels, or chosen ones cannot be opened (the message names them);
            see also `select`.
    """
    names = unique_ids(paths)
    unlabelled, broken = list[Path](), dict[Path, str]()
    for path in paths:
        try:
            place = inventory(path)
            files = with_labels_from(choose(place).named(names[path]), config.data.label_folder)
            if files.labels is None:
                unlabelled.append(path)
            else:
                _check_headers(files, place)
        except BadInputError as error:
            broken[path] = str(error)
    left = [path for path in paths if path not in set(unlabelled)]
    if not left:
        raise CaseError(
            f"none of the {len(paths)} cases has expert labels: give a folder of cases with "
            "label files"
        )
    chosen = select(config, left, skipped=unlabelled)
    if wrong := [path for path in (*chosen.training, *chosen.validation) if path in broken]:
        reasons = (f"{path.name}: {broken[path]}" for path in wrong)
        raise CaseError(
            f"{len(wrong)} of {len(left)} cases cannot be opened "
            f"({first_few(reasons, most=MOST_NAMES, between='; ')}): repair or "
            "remove them, or list them in data.hold_out"
        )
    return replace(chosen, notes=(*_unlabelled_notes(unlabelled), *chosen.notes))


def _check_headers(files: CaseFiles, place: Inventory) -> None:
    """Check the header of every file that would be read."""
    for source in (*files.images.values(), *([files.labels] if files.labels else [])):
        error = place.entry(source.path).error
        if error is not None:
            raise error


def _unlabelled_notes(unlabelled: Sequence[Path]) -> list[str]:
    """One sentence that names the skipped cases."""
    if not unlabelled:
        return []
    names = ", ".join(path.name for path in unlabelled[:MOST_NAMES])
    if len(unlabelled) == 1:
        return [f"skipped {names}: it has no expert labels"]
    more = ", …" if len(unlabelled) > MOST_NAMES else ""
    return [f"skipped {len(unlabelled)} cases without expert labels ({names}{more})"]
