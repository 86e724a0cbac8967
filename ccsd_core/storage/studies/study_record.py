"""The record of a converted study: `study.json` next to its volumes.

It states the sequence of each file and the reason, because file names of a scanner's export do not.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from ccsd_core.domain.modality import Modality
from ccsd_core.errors import CaseError
from ccsd_core.storage.atomic import write_text
from ccsd_core.storage.documents import parsed_json

RECORD = "study.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class SeriesRecord:
    """One series of a study.

    Args:
        label: The scanner's number of the series, with a letter if it contains several stacks.
        description: The technician's description, without text that identifies the patient.
        file: The name of its volume in the folder; empty if it was not converted.
        sequence: The sequence that it is used as; None if it is not used.
        reason: Why it is used, or not.
        doubtful: Whether a header contradicts it.
    """

    label: str
    description: str
    file: str
    sequence: Modality | None
    reason: str
    doubtful: bool = False

    @property
    def name(self) -> str:
        """For messages: `series 5 (T2 TSE tra)`."""
        return f"series {self.label}" + (f" ({self.description})" if self.description else "")


@dataclass(frozen=True, slots=True)
class StudyRecord:
    """A converted study.

    Args:
        source: The folder, zip or DICOMDIR it was read from.
        series: All its series, in the scanner's order.
        notes: Notes for the user from reading it, one sentence each.
        problem: Why no series is used, and what to do; empty if one is used.
    """

    source: Path
    series: tuple[SeriesRecord, ...]
    notes: tuple[str, ...] = ()
    problem: str = ""


def write_record(folder: Path, record: StudyRecord) -> None:
    """Write the record of a study into its folder.

    Raises:
        ResourceError: If it cannot be written.
    """
    series = [
        asdict(one) | {"sequence": None if one.sequence is None else one.sequence.name}
        for one in record.series
    ]
    whole = {
        "format": FORMAT,
        "source": str(record.source),
        "series": series,
        "notes": list(record.notes),
        "problem": record.problem,
    }
    write_text(folder / RECORD, json.dumps(whole, indent=1, ensure_ascii=False) + "\n")


def read_record(folder: Path) -> StudyRecord | None:
    """The record in a folder; None if the folder is not a converted study.

    Raises:
        CaseError: If there is a record that cannot be used.
    """
    path = folder / RECORD
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{path} cannot be read: open the DICOM study again") from error
    try:
        found = parsed_json(text)
    except ValueError as error:
        raise CaseError(f"{path} is damaged: open the DICOM study again") from error
    # Another program may use the same file name.
    if not isinstance(found, dict) or "series" not in found or "source" not in found:
        return None
    whole = cast("dict[str, Any]", found)
    if whole.get("format") != FORMAT:
        raise CaseError(
            f"{path} was written by another version of this program: open the DICOM study again"
        )
    try:
        return StudyRecord(
            Path(whole["source"]),
            tuple(_series(one) for one in whole["series"]),
            tuple(str(note) for note in whole["notes"]),
            str(whole["problem"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CaseError(f"{path} is damaged: open the DICOM study again") from error


def _series(stored: dict[str, Any]) -> SeriesRecord:
    sequence, file = stored["sequence"], str(stored["file"])
    if file != Path(file).name:  # only a file directly in the folder is accepted
        raise ValueError(file)
    return SeriesRecord(
        str(stored["label"]),
        str(stored["description"]),
        file,
        None if sequence is None else Modality[sequence],
        str(stored["reason"]),
        bool(stored["doubtful"]),
    )
