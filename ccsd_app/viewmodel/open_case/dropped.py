"""What to do with files that were dropped on the window.

one folder, image or study ─────▶ Opening
slices of one DICOM study ──────▶ Opening of their folder
several images ── recognised ──▶ Opening
               └─ otherwise ────▶ CaseOffer, for the case table
anything else ──────────────────▶ CannotOpen, with what to drop instead
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ccsd_app.engine.opening import Opening
from ccsd_app.viewmodel.common.sentence import sentence
from ccsd_app.viewmodel.open_case.case_table import case_table, overrides_for
from ccsd_core.storage.cases.case_offer import CaseOffer, case_offer
from ccsd_core.storage.cases.inventory import inventory_of
from ccsd_core.storage.cases.overrides import file_of
from ccsd_core.storage.formats import name_of_image
from ccsd_core.storage.studies.is_study import is_study

WHAT_TO_DROP = "drop the folder of one case, its .nii or .nii.gz files, or a DICOM folder or zip"


@dataclass(frozen=True, slots=True)
class CannotOpen:
    """Why the dropped files cannot be opened, and what to drop instead."""

    message: str


@dataclass(frozen=True, slots=True)
class DragHint:
    """What dropping would do; `accepted` is False if nothing can be opened."""

    text: str
    accepted: bool


def dropped(paths: Sequence[Path]) -> Opening | CaseOffer | CannotOpen:
    """What to do with dropped files; headers are read if there are several."""
    problem = _problem(paths)
    if problem:
        return CannotOpen(problem)
    if len(paths) == 1:
        return Opening(paths[0])
    images = _images(paths)
    if not images:
        return Opening(paths[0].parent)
    if len(images) == 1:
        return Opening(images[0])
    offer = case_offer(inventory_of(images))
    recognised = not doubt_of(offer)
    return Opening(offer.path, overrides_for(offer, {})) if recognised else offer


def doubt_of(offer: CaseOffer) -> str:
    """Why the user is asked before dropped files are opened; "" if that is not needed."""
    if case_table(offer, {}).problem or any(image.role is None for image in offer.images):
        return "Not every dropped file is recognised from its name"
    folders = {file_of(image.part).parent for image in offer.images}
    if len(folders) > 1:
        return f"The dropped files are in {len(folders)} folders: do they belong to one patient?"
    return ""


def drag_hint(paths: Sequence[Path]) -> DragHint:
    """What the window shows while something is dragged over it; no file is read."""
    problem = _problem(paths)
    if problem:
        return DragHint(sentence(problem), accepted=False)
    images = _images(paths)
    if len(paths) == 1:
        name = paths[0].name
    elif images:
        name = f"{len(images)} images as one case"
    else:
        name = f"the DICOM study in {paths[0].parent.name}"
    return DragHint(f"Drop to open {name}", accepted=True)


def _problem(paths: Sequence[Path]) -> str:
    if not paths:
        return f"The dropped item is not a file on this computer: {WHAT_TO_DROP}"
    folders = [path for path in paths if path.is_dir()]
    if len(paths) == 1:
        (path,) = paths
        if folders or _images(paths) or is_study(path):
            return ""
        what = "is neither a NIfTI nor a DICOM file" if path.exists() else "no longer exists"
        return f"{path.name} {what}: {WHAT_TO_DROP}"
    if folders:
        return f"{len(paths)} items were dropped, {len(folders)} of them folders: {WHAT_TO_DROP}"
    if _images(paths) or _are_slices(paths):
        return ""
    return f"None of the {len(paths)} files is a NIfTI or DICOM file: {WHAT_TO_DROP}"


def _are_slices(paths: Sequence[Path]) -> bool:
    """Whether they look like the files of one DICOM study; only the first is read."""
    return len({path.parent for path in paths}) == 1 and is_study(paths[0])


def _images(paths: Sequence[Path]) -> list[Path]:
    return [path for path in paths if name_of_image(path) and path.is_file()]
