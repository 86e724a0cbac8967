"""A list of the cases in a folder, from names and headers: what each has, and what is wrong."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ccsd_core.domain.modality import Modality
from ccsd_core.errors import BadInputError, CaseError
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.cases.case_search import find_cases
from ccsd_core.storage.cases.choose import choose
from ccsd_core.storage.cases.inventory import inventory
from ccsd_core.storage.cases.label_folders import with_labels_from
from ccsd_core.storage.cases.overrides import Overrides
from ccsd_core.storage.cases.study_search import find_studies
from ccsd_core.storage.names.identity import unique_ids
from ccsd_core.storage.names.patients import patient_of


@dataclass(frozen=True, slots=True)
class ListedCase:
    """One case of a folder; no voxels were read.

    Args:
        id: Its unique name.
        path: Its folder or file.
        sequences: The sequences that were found.
        labels: Whether it has expert labels.
        patient: Name of the patient, the same for all names of BraTS.
        site: Number of the institution, if it is a known patient of BraTS; "" otherwise.
        problem: Why it cannot be opened; empty otherwise.
        notes: Notes on its files.
        study: Whether it is a DICOM study, whose sequences are known after its conversion.
    """

    id: str
    path: Path
    sequences: tuple[Modality, ...] = ()
    labels: bool = False
    patient: str = ""
    site: str = ""
    problem: str = ""
    notes: tuple[str, ...] = ()
    study: bool = False


def list_cases(
    data: Path,
    *,
    labels: Path | None = None,
    studies: bool = False,
    corrections: Mapping[str, Overrides] | None = None,
) -> Steps[tuple[ListedCase, ...]]:
    """List every case under a folder, by name.

    Args:
        data: The folder.
        labels: Folder of the expert labels, if they are not with the images.
        studies: Whether DICOM studies are listed too, after the cases and by their aliases.
        corrections: The user's choice of files, by the real path of the case.

    Raises:
        CaseError: If the folder does not exist, cannot be read, or contains no case.
    """
    yield Progress(0, 1, f"looking for cases in {data.name}")
    of_dicom = find_studies(data) if studies else {}
    try:
        names = unique_ids(find_cases(data))
    except CaseError:
        if not of_dicom:
            raise
        names = {}
    found: list[ListedCase] = []
    for number, (path, name) in enumerate(names.items()):
        yield Progress(number, len(names), f"reading the headers of {name}")
        chosen = (corrections or {}).get(os.path.realpath(path))
        found.append(_listed(path, name, labels, chosen))
    return (*found, *_listed_studies(of_dicom))


def _listed_studies(studies: Mapping[Path, str]) -> Iterator[ListedCase]:
    """The studies by alias; a study that is there twice, as folder and zip, has two names."""
    seen: dict[str, int] = {}
    for path, alias in studies.items():
        alias = alias or "DICOM"
        seen[alias] = seen.get(alias, 0) + 1
        name = alias if seen[alias] == 1 else f"{alias}-{seen[alias]}"
        yield ListedCase(name, path, study=True)


def _listed(path: Path, name: str, labels: Path | None, chosen: Overrides | None) -> ListedCase:
    patient = patient_of(name)
    case = ListedCase(name, path, patient=patient.id, site=patient.site)
    try:
        place = inventory(path)
        files = with_labels_from(choose(place, chosen).named(name), labels)
        sources = (*files.images.values(), *([files.labels] if files.labels else []))
        errors = (place.entry(source.path).error for source in sources)
        problem = next((str(error) for error in errors if error is not None), "")
        return ListedCase(
            name,
            path,
            tuple(sorted(files.images)),
            labels=files.labels is not None,
            patient=patient.id,
            site=patient.site,
            problem=problem,
            notes=files.notes,
        )
    except BadInputError as error:
        return ListedCase(case.id, path, patient=case.patient, site=case.site, problem=str(error))
