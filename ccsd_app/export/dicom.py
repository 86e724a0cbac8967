"""Results as DICOM objects for the archive: DICOM-SEG, and pictures as secondary capture.

The archive files both with the study that the open case was converted from.
"""

from pathlib import Path

from ccsd_app.export.errors import ExportError
from ccsd_app.export.label_maps import provenance_of
from ccsd_app.export.png import Rgb
from ccsd_app.export.sequence_maps import segmentation_on
from ccsd_app.session.state import State
from ccsd_app.viewmodel.exporting.export_menu import NOT_DICOM
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.studies.dicom_seg import write_dicom_seg
from ccsd_core.storage.studies.secondary_capture import write_secondary_capture
from ccsd_core.storage.studies.source_images import SourceImages, source_images

ENDING = "dcm"


def dicom_seg(
    state: State, subset: ModalitySubset, path: Path, *, sequence: Modality, anonymous: bool
) -> Steps[tuple[Path, ...]]:
    """Write the regions of one subset as DICOM-SEG on the slices of a sequence.

    Args:
        state: The state.
        subset: The subset whose result is written.
        path: The file.
        sequence: The sequence whose slices it refers to.
        anonymous: Whether to leave out the patient's name and ID.

    Raises:
        ExportError: If the subset is not computed, or the case did not come from DICOM.
        DicomError: If nothing is segmented, or the study no longer exists.
        MissingLibraryError: If highdicom is not installed.
        ResourceError: If it cannot be written.
    """
    yield Progress(0, 2, f"reading the headers of {sequence.label}")
    images = _images(state, sequence)
    yield Progress(1, 2, f"writing {path.name}")
    segmentation = segmentation_on(state, subset, sequence)
    write_dicom_seg(path, segmentation, images, anonymous=anonymous)
    return (path,)


def secondary_capture(
    state: State, rgb: Rgb, path: Path, *, about: str, anonymous: bool
) -> Steps[tuple[Path, ...]]:
    """Write a picture as secondary capture.

    Args:
        state: The state that the picture shows.
        rgb: The picture.
        path: The file.
        about: Description of the picture.
        anonymous: Whether to leave out the patient's name and ID.

    Raises:
        ExportError: If there is no result, or the case did not come from DICOM.
        DicomError: If the study is no longer there.
        MissingLibraryError: If highdicom is not installed.
        ResourceError: If it cannot be written.
    """
    yield Progress(0, 2, "reading the headers of the study")
    images = _images(state, min(state.available))
    yield Progress(1, 2, f"writing {path.name}")
    if state.shown is None:
        raise ExportError("No result yet")
    provenance = provenance_of(state, state.shown)
    write_secondary_capture(path, rgb, images, provenance, about=about, anonymous=anonymous)
    return (path,)


def _images(state: State, sequence: Modality) -> SourceImages:
    """The source images of a sequence of the open case.

    Raises:
        ExportError: If it did not come from DICOM.
    """
    case = state.case
    if case is None or case.study_folder is None:
        raise ExportError(NOT_DICOM)
    return source_images(case.study_folder, case.sources[sequence].path.name)
