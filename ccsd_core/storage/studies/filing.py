"""What all DICOM objects written by this program share: patient, study, and saving.

Patient and study are copied from the source images, so that an archive can file the object. This is
the only place where the program writes the patient's identity; `anonymous` leaves it out.
"""

# highdicom and pydicom are typed only in part.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import hashlib
import io
from copy import deepcopy
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from ccsd_core.dicom.libraries import INSTALL
from ccsd_core.errors import MissingLibraryError
from ccsd_core.storage.atomic import write_bytes

MANUFACTURER = "CCSD"
LONGEST_TEXT = 64
"""Longest text of the value representation LO."""
_IDENTIFYING = (
    "AccessionNumber", "AdditionalPatientHistory", "EthnicGroup", "InstitutionAddress",
    "InstitutionName", "IssuerOfPatientID", "Occupation", "OtherPatientIDs",
    "OtherPatientIDsSequence", "OtherPatientNames", "PatientAge", "PatientBirthDate",
    "PatientBirthTime", "PatientComments", "PatientID", "PatientName", "PatientSex",
    "PatientSize", "PatientWeight", "PhysiciansOfRecord", "ReferringPhysicianName", "StudyDate",
    "StudyDescription", "StudyID", "StudyTime",
)  # fmt: skip
"""Patient, patient study, general study: DICOM PS3.3 C.7.1.1, C.7.2.1, C.7.2.2."""
_MAY_BE_EMPTY = (
    "AccessionNumber", "PatientBirthDate", "PatientID", "PatientName", "PatientSex",
    "ReferringPhysicianName", "StudyDate", "StudyID", "StudyTime",
)  # fmt: skip
"""Elements that must be present but may be empty (type 2); exports often lack them."""


def filing_headers(dataset: Any, *, anonymous: bool) -> Any:
    """Headers to copy patient and study from, with all elements that the standard requires.

    Args:
        dataset: Headers of a source image.
        anonymous: Whether to leave out the patient's identity; the study then gets another UID, the
            same for all its files.
    """
    headers = deepcopy(dataset)
    if anonymous:
        for name in _IDENTIFYING:
            if name in headers:
                delattr(headers, name)
        digest = hashlib.sha256(str(dataset.StudyInstanceUID).encode()).hexdigest()
        headers.StudyInstanceUID = f"2.25.{int(digest[:30], 16)}"
    for name in _MAY_BE_EMPTY:
        if name not in headers:
            setattr(headers, name, "")
    return headers


def highdicom() -> ModuleType:
    """The library that writes DICOM objects.

    Raises:
        MissingLibraryError: If it is not installed.
    """
    try:
        return import_module("highdicom")
    except ImportError as error:
        raise MissingLibraryError(f"writing DICOM needs highdicom: {INSTALL}") from error


def save(path: Path, dataset: Any) -> None:
    """Write an object; the file is written completely or not at all.

    Raises:
        ResourceError: If it cannot be written.
    """
    buffer = io.BytesIO()
    dataset.save_as(buffer)
    write_bytes(path, buffer.getvalue())
