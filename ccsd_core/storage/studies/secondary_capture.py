"""Writing a picture as DICOM secondary capture, so that an archive files it with the study.

What the picture shows is burned into it; patient and study are copied from the source images
(`filing`), and `anonymous` leaves them out.
"""

# highdicom and pydicom are typed only in part.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.segmentation import Provenance
from ccsd_core.errors import DicomError
from ccsd_core.storage.studies.filing import (
    LONGEST_TEXT,
    MANUFACTURER,
    filed_with,
    highdicom,
    save,
)
from ccsd_core.storage.studies.source_images import SourceImages

SERIES_NUMBER = 9001
"""Behind that of the segmentation."""
LONGEST_DESCRIPTION = 1024
"""DICOM's ST."""


def write_secondary_capture(
    path: Path,
    rgb: NDArray[np.uint8],
    images: SourceImages,
    made_by: Provenance,
    *,
    about: str,
    anonymous: bool = False,
) -> None:
    """Write a picture as one DICOM file.

    Args:
        path: The file.
        rgb: The picture, (rows, columns, 3).
        images: A series of the study that it was made of.
        made_by: What made the segmentation in it.
        about: What it shows, in words.
        anonymous: Whether to leave out who the patient is, and which study it was.

    Raises:
        DicomError: If the headers of the series lack what it needs.
        MissingLibraryError: If highdicom is not installed.
        ResourceError: If the file cannot be written.
    """
    hd = highdicom()
    source = filed_with(images.datasets[0], anonymous=anonymous)
    try:
        written = hd.sc.SCImage.from_ref_dataset(
            ref_dataset=source,
            pixel_array=np.ascontiguousarray(rgb),
            photometric_interpretation=hd.PhotometricInterpretationValues.RGB,
            bits_allocated=8,
            coordinate_system=hd.CoordinateSystemNames.PATIENT,
            series_instance_uid=hd.UID(),
            series_number=SERIES_NUMBER,
            sop_instance_uid=hd.UID(),
            instance_number=1,
            manufacturer=MANUFACTURER,
            patient_orientation=("L", "P"),
            transfer_syntax_uid="1.2.840.10008.1.2.1",  # explicit VR, little endian
            manufacturer_model_name=made_by.model_name[:LONGEST_TEXT],
            software_versions=made_by.software[:LONGEST_TEXT],
            device_serial_number=made_by.model_sha256[:16],
            series_description="CCSD comparison, research only",
        )
    except (AttributeError, ValueError, TypeError, KeyError) as error:
        raise DicomError(
            f"the headers of the series lack what secondary capture needs ({error}): export the "
            "picture as PNG instead"
        ) from error
    written.PatientOrientation = None  # several views in one picture have none
    written.ConversionType = "WSD"  # drawn by a workstation
    written.BodyPartExamined = "HEAD"  # which has no side to name
    written.BurnedInAnnotation = "NO"  # nothing in the picture says who the patient is
    written.DerivationDescription = about[:LONGEST_DESCRIPTION]
    save(path, written)
