"""Which images a label map was made from: short digests of their voxels in its header.

    case ──▶ one digest per sequence ──▶ "images: 3f9c… 81b0…" in the map that is written
    existing map ──▶ its digests ──▶ none in common: it was made from other images

Folders of two patients may have the same name, and a name in a header may identify a patient;
digests distinguish the images without identifying anybody. Maps of earlier versions have none.
"""

import hashlib
import re
from pathlib import Path

import numpy as np

from ccsd_core.domain.case import Case
from ccsd_core.storage.label_maps.segmentation_file import comment_of

_DIGEST_BYTES = 6
_LINE = re.compile(r"images: ([0-9a-f ]+)")


def image_digests(case: Case) -> tuple[str, ...]:
    """A short digest of the voxels of each sequence, in channel order."""
    return tuple(
        hashlib.blake2b(
            np.ascontiguousarray(case.volumes[modality].array).tobytes(), digest_size=_DIGEST_BYTES
        ).hexdigest()
        for modality in sorted(case.volumes)
    )


def images_line(case: Case) -> str:
    """The line in the header of a label map about the images it was made from."""
    return f"images: {' '.join(image_digests(case))}"


def is_of_other_images(path: Path, case: Case) -> bool:
    """Whether a label map of this program states other images than those of a case."""
    found = _LINE.search(comment_of(path))
    return found is not None and set(found[1].split()).isdisjoint(image_digests(case))
