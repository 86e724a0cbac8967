"""Labelled cases kept in memory on the network's grid, ready for patches to be drawn.

A case on the 2 mm grid takes about 6 MB in float16, so a thousand fit in memory and disks
are read once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ccsd_core.data.preprocess import prepare, prepare_target
from ccsd_core.domain.modality import Modality
from ccsd_core.errors import BadInputError, CaseError
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.case_folder import load_case


@dataclass(frozen=True, slots=True, eq=False)
class TrainingCase:
    """One labelled case on the network's grid.

    Args:
        id: Its name.
        images: Normalised sequences in channel order, float16; absent ones are 0.
        present: Which sequences it has.
        regions: The expert's WT, TC, ET.
    """

    id: str
    images: Float[Tensor, "m x y z"]
    present: Bool[Tensor, " m"]
    regions: Bool[Tensor, "r x y z"]


def load_training_cases(
    paths: Sequence[Path], *, spacing_mm: float, hold_out: Sequence[str] = ()
) -> Steps[list[TrainingCase]]:
    """Read, prepare and keep every labelled case that is not held out.

    Raises:
        CaseError: If none is left, or a held-out case is not there.
        BadInputError: If a case cannot be read; the message names it.
    """
    cases: list[TrainingCase] = []
    unknown = set(hold_out)
    for i, path in enumerate(paths):
        yield Progress(i, len(paths), f"reading {path.name}")
        case = load_case(path)
        unknown.discard(case.id)
        if case.id in hold_out or case.reference is None:
            continue
        prepared = prepare(case, spacing_mm=spacing_mm)
        images = torch.zeros(len(Modality), *prepared.box.shape, dtype=torch.float16)
        for modality, image in prepared.images.items():
            images[modality] = image.half()
        present = torch.tensor([m in case.available for m in Modality])
        cases.append(TrainingCase(case.id, images, present, prepare_target(case, prepared)))
    if unknown:  # a misspelt name would be trained on and then reported as unseen
        raise CaseError(
            f"data.hold_out names {', '.join(sorted(unknown))}, which is not in the data: correct "
            "the name, or take it out of the configuration"
        )
    if not cases:
        raise CaseError("no labelled case to train on: give a folder of cases with label files")
    _check_unique(cases)
    yield Progress(len(paths), len(paths), f"{len(cases)} cases in memory")
    return cases


def _check_unique(cases: Sequence[TrainingCase]) -> None:
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise BadInputError(f"two cases are called {case.id!r}: rename one, scores go by name")
        seen.add(case.id)
