"""Series of a study as NIfTI files: all are converted before the first is written."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ccsd_core.dicom.convert import convert
from ccsd_core.dicom.series import Series
from ccsd_core.domain.modality import Modality
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.nifti.writer import write_array

LARGEST = np.iinfo(np.int16).max


def write_series(
    used: Mapping[Modality, Series], folder: Path, *, note: Callable[[str], None]
) -> Steps[list[Path]]:
    """Convert series and write them under the names of their sequences.

    Args:
        used: The series by sequence.
        folder: Where to write.
        note: Is told what the converter had to say.

    Raises:
        DicomError: If a series cannot be converted; nothing is written then.
        ResourceError: If a file cannot be written.
    """
    converted = {}
    for done, (modality, series) in enumerate(used.items()):
        yield Progress(done, len(used), f"converting {modality.label}")
        converted[modality] = convert(series)
    written: list[Path] = []
    for modality, made in converted.items():
        for warning in made.warnings:
            note(f"{modality.label}: message of dcm2niix: {warning}")
        path = folder / f"{modality.label.lower()}.nii.gz"
        write_array(path, _smallest(made.volume.array), made.volume.world_from_voxel)
        written.append(path)
    return written


def _smallest(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """Whole numbers as whole numbers, which is what scanners mostly write."""
    whole = array.astype(np.int16) if np.abs(array).max() <= LARGEST else array
    return whole if np.array_equal(whole, array) else array
