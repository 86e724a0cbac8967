"""`segment --dicom-seg`: the segmentation of a DICOM study as a DICOM object for the archive."""

from dataclasses import dataclass
from pathlib import Path

from ccsd_core.domain.case import Case
from ccsd_core.domain.segmentation import Segmentation
from ccsd_core.errors import BadInputError
from ccsd_core.storage.atomic import check_place
from ccsd_core.storage.cases.case_files import CaseFiles


@dataclass(frozen=True, slots=True)
class DicomSeg:
    """The options of `--dicom-seg`.

    Args:
        path: The file to write.
        anonymous: Whether to leave out the patient's name and ID.
    """

    path: Path
    anonymous: bool

    def check(self, found: CaseFiles) -> None:
        """Check, before anything is computed, that the file can be written.

        Raises:
            BadInputError: If the case is not a DICOM study, or the file exists.
            MissingLibraryError: If highdicom is not installed.
        """
        from ccsd_core.storage.studies.filing import highdicom

        if found.study is None:
            raise BadInputError(
                f"{found.id} is not a DICOM study, so --dicom-seg has no images to refer to: give "
                "the DICOM folder, zip or DICOMDIR"
            )
        if self.path.exists():
            raise BadInputError(f"{self.path} exists: choose another file for --dicom-seg")
        check_place(self.path)
        highdicom()

    def write(self, case: Case, folder: Path, segmentation: Segmentation) -> None:
        """Write the file, on the slices of the case's first sequence.

        Args:
            case: The case.
            folder: The converted study.
            segmentation: The result.

        Raises:
            DicomError: If nothing is segmented, or the study is no longer there.
            ResourceError: If the file cannot be written.
        """
        from ccsd_core.storage.studies.dicom_seg import write_dicom_seg
        from ccsd_core.storage.studies.source_images import source_images

        first = case.sources[min(case.volumes)].path
        images = source_images(folder, first.name)
        write_dicom_seg(self.path, segmentation, images, anonymous=self.anonymous)
