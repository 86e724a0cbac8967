"""Writing a picture as DICOM secondary capture, so that an archive files it with the study.

Captions are part of the pixels. Patient and study are copied from the source images (see `filing`);
`anonymous` leaves them out.
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
    filing_headers,
    highdicom,
    save,
)
from ccsd_core.storage.studies.source_images import SourceImages

SERIES_NUMBER = 9001
"""After that of the segmentation."""
LONGEST_DESCRIPTION = 1024
"""Longest text of the value representation ST."""


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
        images: A series of the study that it was made from.
        made_by: Provenance of the segmentation in it.
        about: Description of its content.
        anonymous: Whether to leave out the patient and the study.

    Raises:
        DicomError: If the headers of the series lack required elements.
        MissingLibraryError: If highdicom is not installed.
        ResourceError: If the file cannot be written.
    """
    hd = highdicom()
    source = filing_headers(images.datasets[0], anonymous=anonymous)
    degraded = " (degraded)" if made_by.degraded else ""
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
            series_description=f"CCSD comparison{degraded}, research only",
        )
    except (AttributeError, ValueError, TypeError, KeyError) as error:
        raise DicomError(
            f"the headers of the series lack what secondary capture needs ({error}): export the "
            "picture as PNG instead"
        ) from error
    written.PatientOrientation = None  # several views in one picture have none
    written.ConversionType = "WSD"  # drawn by a workstation
    written.BodyPartExamined = "HEAD"  # not a paired body part, so without laterality
    written.BurnedInAnnotation = "NO"  # the picture does not identify the patient
    written.DerivationDescription = about[:LONGEST_DESCRIPTION]
    save(path, written)
