"""The path that a case is read from: the given path, or the folder of a converted DICOM study."""

from pathlib import Path

from ccsd_core.progress import Steps
from ccsd_core.storage.cases.inventory import inventory
from ccsd_core.storage.formats import name_of_image
from ccsd_core.storage.studies.convert_study import convert_study
from ccsd_core.storage.studies.is_study import is_study


def is_dicom_study(path: Path) -> bool:
    """Whether to read a path as a DICOM study: it contains DICOM, and is not a case of image files.

    Raises:
        CaseError: If the folder cannot be listed.
    """
    if path.is_dir():
        place = inventory(path)
        return place.study is None and not place.claims.is_case and is_study(path)
    return name_of_image(path) is None and is_study(path)


def case_place(path: Path, *, study: str | None = None) -> Steps[Path]:
    """The folder or file that `load_case` reads; a DICOM study is converted first.

    Args:
        path: A case, or a DICOM study: a folder, a zip, a DICOMDIR or a multi-frame file.
        study: Alias of the study, if there are several.

    Raises:
        CaseError: If a folder cannot be listed.
        SeveralStudiesError: If there are several studies and none was chosen.
        DicomError: If the study has no series that can be used.
        MissingLibraryError: If pydicom or dcm2niix is not installed.
        ResourceError: If the cache cannot be written.
    """
    if not is_dicom_study(path):
        return path
    return (yield from convert_study(path, alias=study))
