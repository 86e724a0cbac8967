"""Checks whether a label map can be one of a tumour in these images.

    labels on the images' grid ──▶ any at all? ──▶ on the brain? ──▶ far from all of the brain?
           └─ elsewhere, though as many voxels as the images: was its affine lost?

A limit lies far outside what real cases show: tumours of 56 patients fill at most a quarter of the
brain, and lie on it. Refused labels are no reason to refuse the images.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import LabelsError
from ccsd_core.storage.label_maps.segmentation_file import to_stored
from ccsd_core.storage.nifti.reader import background_of, canonical
from ccsd_core.storage.nifti.resample import overlap
from ccsd_core.storage.stored_volume import StoredVolume

LARGEST_SHARE = 0.6
"""More of the brain than this is a mask of it."""
LEAST_ON_BRAIN = 0.5
"""Least share of the labelled voxels on the foreground of the images; in real cases all are."""
FITS_BETTER = 0.05
"""How much more of the labels lies on the brain if their affine is ignored."""
ELSEWHERE_MM = 5.0
"""Grids whose corners lie closer belong together, whatever the labels are."""


def check_expert(
    labels: Volume,
    read: StoredVolume,
    volumes: Mapping[Modality, Volume],
    first: StoredVolume,
    *,
    path: Path,
) -> tuple[str, ...]:
    """Notes on expert labels.

    Args:
        labels: On the grid of the images.
        read: As read from their file.
        volumes: The images.
        first: The first image as read, whose grid they are on.
        path: The label file, for messages.

    Raises:
        LabelsError: If they cannot be labels of a tumour in these images.
    """
    if not read.volume.array.any():
        return (f"{path.name} has no labelled voxel: a case without tumour",)
    shown = _shown(volumes)
    share = _share_on(shown, labels)
    _check_place(share, shown, read, first, path)
    if share < LEAST_ON_BRAIN:
        raise LabelsError(
            f"{path} does not fit the images: only {100 * share:.0f} % of its labelled voxels lie "
            "on the brain; give the labels of this case, registered to its images"
        )
    filled = _filled(shown, labels)
    if filled > LARGEST_SHARE:
        raise LabelsError(
            f"{path} marks {100 * filled:.0f} % of the brain, so it is a mask of the brain and no "
            "label map of a tumour; give the label file, or rename the mask to X_brain_mask"
        )
    return ()


def check_overlap(read: StoredVolume, first: StoredVolume, *, path: Path) -> None:
    """Check that labels of the images' shape lie anywhere near the images.

    Raises:
        LabelsError: If they do not.
    """
    if read.stored.shape == first.stored.shape and not overlap(read.volume, first.volume):
        raise _elsewhere(path)


def _elsewhere(path: Path) -> LabelsError:
    return LabelsError(
        f"{path} lies elsewhere than the images, though it has their shape: was its affine lost? "
        "Write the affine of the images into its header"
    )


def _check_place(
    share: float,
    shown: Mapping[Modality, NDArray[np.bool_]],
    read: StoredVolume,
    first: StoredVolume,
    path: Path,
) -> None:
    """Refuse labels whose affine was lost: they fit the images by voxels, but lie elsewhere."""
    if read.stored.shape != first.stored.shape or not read.placed:
        return
    apart = (
        read.volume.farthest_corner_mm(first.volume)
        if read.volume.shape == first.volume.shape
        else np.inf
    )
    if apart <= ELSEWHERE_MM:
        return
    stored = to_stored(read.volume.array.astype(np.uint8, copy=False), read.stored)
    beside = canonical(stored, first.stored, path=path).volume
    without = _share_on(shown, beside)
    lost = np.allclose(read.stored.affine, np.eye(4))
    if without > share + FITS_BETTER or (lost and without >= share):
        raise _elsewhere(path)


def _shown(volumes: Mapping[Modality, Volume]) -> dict[Modality, NDArray[np.bool_]]:
    return {m: v.array != background_of(v.array) for m, v in volumes.items()}


def _share_on(shown: Mapping[Modality, NDArray[np.bool_]], labels: Volume) -> float:
    """Share of the labelled voxels where at least one image shows something; 0 of none."""
    places = np.flatnonzero(labels.array)
    if not places.size:
        return 0.0
    on = np.zeros(places.size, bool)
    for foreground in shown.values():
        on |= foreground.ravel()[places]
    return float(on.mean())


def _filled(shown: Mapping[Modality, NDArray[np.bool_]], labels: Volume) -> float:
    """Share of the largest foreground that is labelled."""
    foreground = max(shown.values(), key=np.count_nonzero)
    brain = np.count_nonzero(foreground)
    marked = labels.array.astype(np.uint8, copy=False) > 0
    return np.count_nonzero(foreground & marked) / brain if brain else 0.0
