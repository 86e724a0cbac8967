"""`segment --dicom-seg` and `--secondary-capture`: results of a DICOM study for its archive."""

from dataclasses import dataclass
from pathlib import Path

from ccsd_core.domain.case import Case
from ccsd_core.domain.segmentation import Segmentation
from ccsd_core.domain.volume_text import ml_text
from ccsd_core.errors import BadInputError
from ccsd_core.storage.atomic import check_place
from ccsd_core.storage.cases.case_files import CaseFiles


@dataclass(frozen=True, slots=True)
class ArchiveFiles:
    """The DICOM objects to write.

    Args:
        seg: The DICOM-SEG to write, or None.
        capture: The secondary capture to write, or None.
        anonymous: Whether to leave out the patient's name and ID.
    """

    seg: Path | None
    capture: Path | None
    anonymous: bool

    @property
    def requested(self) -> dict[str, Path]:
        """The files by their options."""
        both = {"--dicom-seg": self.seg, "--secondary-capture": self.capture}
        return {option: path for option, path in both.items() if path is not None}

    def check(self, found: CaseFiles) -> None:
        """Check, before anything is computed, that the files can be written.

        Raises:
            BadInputError: If the case is not a DICOM study, or a file exists.
            MissingLibraryError: If highdicom is not installed.
        """
        if not self.requested:
            return
        from ccsd_core.storage.studies.filing import highdicom

        for option, path in self.requested.items():
            if found.study is None:
                raise BadInputError(
                    f"{found.id} is not a DICOM study, so {option} has no images to refer to: give "
                    "the DICOM folder, zip or DICOMDIR"
                )
            if path.exists():
                raise BadInputError(f"{path} exists: choose another file for {option}")
            check_place(path)
        if self.seg is not None and self.seg == self.capture:
            raise BadInputError(f"--dicom-seg and --secondary-capture both name {self.seg}")
        highdicom()

    def write(self, case: Case, folder: Path, segmentation: Segmentation) -> tuple[str, ...]:
        """Write the files, on the slices of the case's first sequence.

        Args:
            case: The case.
            folder: The converted study.
            segmentation: The result.

        Returns:
            A note for each file that cannot hold this result.

        Raises:
            DicomError: If the study no longer exists.
            ResourceError: If a file cannot be written.
        """
        if not self.requested:
            return ()
        from ccsd_core.storage.studies.source_images import source_images

        first = min(case.volumes)
        images = source_images(folder, case.sources[first].path.name)
        notes: tuple[str, ...] = ()
        if self.seg is not None and segmentation.regions.any():
            from ccsd_core.storage.studies.dicom_seg import write_dicom_seg

            write_dicom_seg(self.seg, segmentation, images, anonymous=self.anonymous)
        elif self.seg is not None:
            notes = (f"{self.seg} was not written: DICOM-SEG cannot store an empty segmentation",)
        if self.capture is not None:
            from ccsd_app.export.slice_sheet import slice_sheet
            from ccsd_core.storage.studies.secondary_capture import write_secondary_capture

            provenance = segmentation.provenance
            volumes = ", ".join(
                f"{n} {ml_text(v)} mL" for n, v in segmentation.volumes_ml().items()
            )
            about = (
                f"{first.label} with {provenance.model_name}, {provenance.describe_input()}: "
                f"{volumes}"
            )
            picture = slice_sheet(case.volumes[first], segmentation, title=about)
            write_secondary_capture(
                self.capture, picture, images, provenance, about=about, anonymous=self.anonymous
            )
        return notes
