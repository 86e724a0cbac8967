"""Every DICOM study of a folder as a case folder; a broken one does not stop the others."""

from pathlib import Path

from ccsd_core.dicom.study import read_studies
from ccsd_core.errors import DicomError
from ccsd_core.progress import Steps
from ccsd_core.storage.studies.convert_study import converted


def convert_studies(path: Path) -> Steps[dict[str, Path | DicomError]]:
    """Convert every study below a path.

    Args:
        path: A folder (searched at any depth), a DICOMDIR or a zip.

    Returns:
        By the alias of each study, its case folder or why it cannot be used.

    Raises:
        DicomError: If there is no DICOM file.
        MissingLibraryError: If pydicom or dcm2niix is not installed.
        ResourceError: If the cache cannot be written.
    """
    studies = yield from read_studies(path)
    found: dict[str, Path | DicomError] = {}
    for alias, study in studies.items():
        try:
            found[alias] = (
                study if isinstance(study, DicomError) else (yield from converted(path, study))
            )
        except DicomError as error:
            found[alias] = error
    return found
