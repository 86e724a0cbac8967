"""Writing a segmentation as DICOM-SEG, so that an archive files it with the patient's study.

labels on the case's grid ──▶ slices of a series ──▶ highdicom ──▶ one file, one segment per region

Patient and study are copied from the source images, so that an archive can file the object (see
`filing`). `anonymous` leaves them out.
"""

# highdicom and pydicom are typed only in part.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import Provenance, Segmentation
from ccsd_core.errors import DicomError
from ccsd_core.storage.studies.filing import (
    LONGEST_TEXT,
    MANUFACTURER,
    filing_headers,
    highdicom,
    save,
)
from ccsd_core.storage.studies.source_images import SourceImages, labels_on_slices

SERIES_NUMBER = 9000
"""Scanners number from 1; so archives list results of programs after the scanner's series."""
NAMES = {
    Region.WT: "Whole tumour (WT)",
    Region.TC: "Tumour core (TC)",
    Region.ET: "Enhancing tumour (ET)",
}
_CODES = {
    Region.WT: ("52988006", "SCT", "Lesion"),
    Region.TC: ("108369006", "SCT", "Neoplasm"),
    Region.ET: ("C113842", "NCIt", "Enhancing Lesion"),
}
"""Segmented property types of DICOM PS3.16, context group 7159. WT includes oedema, so it is a
lesion."""
_CATEGORY = ("49755003", "SCT", "Morphologically Abnormal Structure")
_BRAIN = ("12738006", "SCT", "Brain")


def write_dicom_seg(
    path: Path,
    segmentation: Segmentation,
    images: SourceImages,
    *,
    anonymous: bool = False,
) -> None:
    """Write nested regions as one DICOM-SEG file on the slices of a series.

    Args:
        path: The file.
        segmentation: The regions and their provenance.
        images: The series that it refers to; it shares the space of the case's grid.
        anonymous: Whether to leave out the patient and the study.

    Raises:
        DicomError: If the segmentation is empty, which the format cannot store, or the headers of
            the series lack required elements.
        MissingLibraryError: If highdicom is not installed.
        ResourceError: If the file cannot be written.
    """
    hd = highdicom()
    nested_labels = segmentation.regions.sum(axis=0, dtype=np.uint8)
    slices = labels_on_slices(nested_labels, segmentation.grid.world_from_voxel, images)
    regions = [region for region in Region if (slices > region).any()]
    if not regions:
        raise DicomError(
            "no voxel is segmented, and DICOM-SEG cannot store an empty segmentation: export "
            "the label map as NIfTI instead"
        )
    sources = [filing_headers(one, anonymous=anonymous) for one in images.datasets]
    pixels = np.stack([slices > region for region in regions], axis=-1).astype(np.uint8)
    made_by = segmentation.provenance
    degraded = " (degraded)" if made_by.degraded else ""
    try:
        written = hd.seg.Segmentation(
            source_images=sources,
            pixel_array=pixels,
            segmentation_type=hd.seg.SegmentationTypeValues.BINARY,
            segment_descriptions=[
                _described(hd, number, region, made_by) for number, region in enumerate(regions, 1)
            ],
            series_instance_uid=hd.UID(),
            series_number=SERIES_NUMBER,
            sop_instance_uid=hd.UID(),
            instance_number=1,
            manufacturer=MANUFACTURER,
            manufacturer_model_name=made_by.model_name[:LONGEST_TEXT],
            software_versions=made_by.software[:LONGEST_TEXT],
            device_serial_number=made_by.model_sha256[:16],
            series_description=f"CCSD from {made_by.subset}{degraded}, research only"[
                :LONGEST_TEXT
            ],
            content_label="CCSD",
            content_description="Brain tumour segmentation, not for diagnosis",
        )
    except (AttributeError, ValueError, TypeError, KeyError) as error:
        raise DicomError(
            f"the headers of the series lack what DICOM-SEG needs ({error}): export the label "
            "map as NIfTI instead"
        ) from error
    save(path, written)


def _described(hd: ModuleType, number: int, region: Region, made_by: Provenance) -> Any:
    coded = hd.sr.CodedConcept
    identification = hd.AlgorithmIdentificationSequence(
        name=f"CCSD {made_by.model_name}"[:LONGEST_TEXT],
        version=made_by.model_sha256[:16],
        family=coded("123110", "DCM", "Artificial Intelligence"),
        parameters={
            "sequences": str(made_by.subset),
            **({"degraded": made_by.degraded_text} if made_by.degraded else {}),
        },
    )
    return hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=NAMES[region],
        segmented_property_category=coded(*_CATEGORY),
        segmented_property_type=coded(*_CODES[region]),
        algorithm_type=hd.seg.SegmentAlgorithmTypeValues.AUTOMATIC,
        algorithm_identification=identification,
        anatomic_regions=[coded(*_BRAIN)],
    )
