"""Series of a study as NIfTI files: all are converted before the first is written."""

from collections.abc import Callable, Mapping
from pathlib import Path

from ccsd_core.dicom.convert import convert
from ccsd_core.dicom.series import Series
from ccsd_core.domain.modality import Modality
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.nifti.writer import write_array
from ccsd_core.storage.studies.convert_study import as_stored


def write_series(
    used: Mapping[Modality, Series], folder: Path, *, note: Callable[[str], None]
) -> Steps[list[Path]]:
    """Convert series and write them, named after their sequences.

    Args:
        used: The series by sequence.
        folder: Where to write.
        note: Called with each warning of the converter.

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
        write_array(path, as_stored(made.volume.array), made.volume.world_from_voxel)
        written.append(path)
    return written
