"""Plausibility checks of expert labels against the images.

    labels on the images' grid ──▶ not empty? ──▶ on the brain? ──▶ not the whole brain?
           └─ same shape, but misaligned with the images: was its affine lost?

Limits are far outside the range of real cases: tumours of 56 patients filled at most a quarter of
the brain, and were inside it. If labels are refused, the images can still be used.
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
"""Labels that cover a larger fraction of the brain are a brain mask."""
LEAST_ON_BRAIN = 0.5
"""Smallest fraction of the labelled voxels on the foreground of the images; 1 in real cases."""
FITS_BETTER = 0.05
"""Increase of that fraction without the labels' affine from which the affine counts as lost."""
MISALIGNED_MM = 5.0
"""Grids with corners closer than this belong together, whatever the labels are."""


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
        labels: The labels on the grid of the images.
        read: The labels as read from their file.
        volumes: The images.
        first: The first image as read; `labels` are on its grid.
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
            f"{path} marks {100 * filled:.0f} % of the brain, so it is a brain mask and not "
            "a label map of a tumour; give the label file, or rename the mask to X_brain_mask"
        )
    return ()


def check_overlap(read: StoredVolume, first: StoredVolume, *, path: Path) -> None:
    """Check that labels with the images' shape overlap them in space.

    Raises:
        LabelsError: If they do not.
    """
    if read.stored.shape == first.stored.shape and not overlap(read.volume, first.volume):
        raise _misaligned_error(path)


def _misaligned_error(path: Path) -> LabelsError:
    return LabelsError(
        f"{path} is misaligned with the images, although it has their shape: was its affine lost? "
        "Write the affine of the images into its header"
    )


def _check_place(
    share: float,
    shown: Mapping[Modality, NDArray[np.bool_]],
    read: StoredVolume,
    first: StoredVolume,
    path: Path,
) -> None:
    """Refuse labels with a lost affine: they fit the images voxel by voxel, but not in space."""
    if read.stored.shape != first.stored.shape or not read.placed:
        return
    apart = (
        read.volume.farthest_corner_mm(first.volume)
        if read.volume.shape == first.volume.shape
        else np.inf
    )
    if apart <= MISALIGNED_MM:
        return
    stored = to_stored(read.volume.array.astype(np.uint8, copy=False), read.stored)
    as_images = canonical(stored, first.stored, path=path).volume
    share_without_affine = _share_on(shown, as_images)
    lost = np.allclose(read.stored.affine, np.eye(4))
    if share_without_affine > share + FITS_BETTER or (lost and share_without_affine >= share):
        raise _misaligned_error(path)


def _shown(volumes: Mapping[Modality, Volume]) -> dict[Modality, NDArray[np.bool_]]:
    return {m: v.array != background_of(v.array) for m, v in volumes.items()}


def _share_on(shown: Mapping[Modality, NDArray[np.bool_]], labels: Volume) -> float:
    """Fraction of the labelled voxels on the foreground of any image; 0 without labelled voxels."""
    places = np.flatnonzero(labels.array)
    if not places.size:
        return 0.0
    on = np.zeros(places.size, bool)
    for foreground in shown.values():
        on |= foreground.ravel()[places]
    return float(on.mean())


def _filled(shown: Mapping[Modality, NDArray[np.bool_]], labels: Volume) -> float:
    """Fraction of the largest foreground that is labelled."""
    foreground = max(shown.values(), key=np.count_nonzero)
    brain = np.count_nonzero(foreground)
    marked = labels.array.astype(np.uint8, copy=False) > 0
    return np.count_nonzero(foreground & marked) / brain if brain else 0.0
