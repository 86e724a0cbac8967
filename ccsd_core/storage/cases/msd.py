"""Which channel is which sequence in a 4-D file of the Medical Segmentation Decathlon."""

import json
from pathlib import Path

from ccsd_core.domain.modality import Modality
from ccsd_core.errors import CaseError, UnknownModalityError

TASK01_ORDER = (Modality.FLAIR, Modality.T1, Modality.T1C, Modality.T2)
"""The order that Task01_BrainTumour states."""


def channel_order(image: Path) -> tuple[Modality, ...]:
    """The sequences of a 4-D image by channel: as `dataset.json` states, else Task01's.

    Raises:
        CaseError: If the data set's own description cannot be used.
    """
    description = image.parent.parent / "dataset.json"
    if not description.is_file():
        return TASK01_ORDER
    try:
        stated = json.loads(description.read_text(encoding="utf-8"))["modality"]
        order = tuple(Modality.parse(stated[str(i)]) for i in range(len(stated)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CaseError(f"{description} does not state the channels ({error!r})") from error
    except UnknownModalityError as error:
        raise CaseError(f"{description} is not of a brain tumour set: {error}") from error
    if len(set(order)) != len(order) or not order:
        raise CaseError(f"{description} states one sequence twice: {stated}")
    return order
