"""The layout of the Medical Segmentation Decathlon, Task01: 4-D files and their labels.

imagesTr/BRATS_001.nii.gz   channels as dataset.json states, else FLAIR, T1, T1c, T2
labelsTr/BRATS_001.nii.gz
"""

from pathlib import Path

from ccsd_core.domain.modality import Modality
from ccsd_core.errors import CaseError, UnknownModalityError
from ccsd_core.storage.documents import parsed_json

TASK01_ORDER = (Modality.FLAIR, Modality.T1, Modality.T1C, Modality.T2)
"""The order that Task01_BrainTumour states."""
IMAGE_FOLDERS = ("imagesTr", "imagesTs", "imagesVal")
LABEL_FOLDERS = ("labelsTr", "labelsTs", "labelsVal")


def is_msd_name(path: Path) -> bool:
    """Whether an image is in an image folder of the MSD layout, or has a name of that data set."""
    return path.parent.name in IMAGE_FOLDERS or path.name.upper().startswith("BRATS_")


def msd_labels(image: Path) -> Path | None:
    """The label file of an image in `imagesTr`; None if there is none."""
    labels = image.parent.parent / "labelsTr" / image.name
    return labels if image.parent.name == "imagesTr" and labels.is_file() else None


def channel_order(image: Path) -> tuple[Modality, ...]:
    """The sequences of a 4-D image by channel: as `dataset.json` states, else Task01's.

    Raises:
        CaseError: If the data set's own description cannot be used.
    """
    description = image.parent.parent / "dataset.json"
    if not description.is_file():
        return TASK01_ORDER
    try:
        stated = parsed_json(description.read_text(encoding="utf-8"))["modality"]
        order = tuple(Modality.parse(stated[str(i)]) for i in range(len(stated)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CaseError(f"{description} does not state the channels ({error!r})") from error
    except UnknownModalityError as error:
        raise CaseError(f"{description} does not describe a brain tumour set: {error}") from error
    if len(set(order)) != len(order) or not order:
        raise CaseError(f"{description} lists one sequence twice: {stated}")
    return order
