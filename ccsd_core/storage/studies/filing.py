"""What every DICOM object that this program writes shares: whose it is, and how it is saved.

Patient and study are those of the source images, or no archive could file the object: the one
place where this program writes who the patient is. `anonymous` leaves that out.
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
"""DICOM's LO."""
_WHO = (
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
"""Elements that have to be there, and may say nothing (type 2); exports often lack them."""


def filed_with(dataset: Any, *, anonymous: bool) -> Any:
    """Headers to copy patient and study from, whole as the standard wants them.

    Args:
        dataset: Headers of a source image.
        anonymous: Whether to leave out who the patient is; then the study gets another UID, the
            same for all its files.
    """
    whole = deepcopy(dataset)
    if anonymous:
        for name in _WHO:
            if name in whole:
                delattr(whole, name)
        digest = hashlib.sha256(str(dataset.StudyInstanceUID).encode()).hexdigest()
        whole.StudyInstanceUID = f"2.25.{int(digest[:30], 16)}"
    for name in _MAY_BE_EMPTY:
        if name not in whole:
            setattr(whole, name, "")
    return whole


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
    """Write an object; the file is there whole or not at all.

    Raises:
        ResourceError: If it cannot be written.
    """
    buffer = io.BytesIO()
    dataset.save_as(buffer)
    write_bytes(path, buffer.getvalue())
