"""The real patients that mixed cases are made from, each with and without its tumour."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from ccsd_core.data.dataset import case_ids
from ccsd_core.data.mixing.pseudo_healthy import pseudo_healthy
from ccsd_core.data.mixing.real_patient import PoolError, RealPatient, real_patient
from ccsd_core.data.mixing.shape_library import ShapeLibrary, read_shapes
from ccsd_core.domain.region import LabelScheme
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.cases.case_folder import find_cases, load_case
from ccsd_core.storage.names.patients import patient_of, patients_of, patients_within

MAX_INVENTED_ML = 20.0
"""Largest volume in ml that may be filled in where a tumour is replaced."""


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """The source patients of mixed cases.

    Args:
        patients: Patients by case id, in the order of ids.
        tumour_free: The same patients with the tumour replaced, if possible.
        spacing_mm: Voxel edge of all of them.
        shapes: Label maps of additional patients, for the shapes of painted tumours.

    Raises:
        PoolError: If it is empty, or no tumour-free patient can be made.
    """

    patients: dict[str, RealPatient]
    tumour_free: dict[str, RealPatient]
    spacing_mm: float
    shapes: ShapeLibrary | None = None

    def __post_init__(self) -> None:
        if not self.patients:
            raise PoolError("no real patient is left to mix from: give a folder with more patients")
        if not self.tumour_free:
            raise PoolError(
                f"no tumour-free case can be made from {', '.join(self.patients)}: add a patient "
                "whose tumour is on one side only"
            )

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(self.patients)

    def without(self, *ids: str) -> "Pool":
        """The pool without some patients, so that no mixed case contains any of their data.

        Args:
            ids: Any names of these patients.

        Raises:
            PoolError: If one of them is not in the pool, or no patient is left.
        """
        out = patients_of(ids)
        kept = {id: p for id, p in self.patients.items() if patient_of(id).id not in out}
        for id in ids:
            if patient_of(id).id not in patients_of(self.patients):
                known = ", ".join(self.patients)
                raise PoolError(f"there is no patient {id!r} to exclude: the patients are {known}")
        tumour_free = {id: p for id, p in self.tumour_free.items() if id in kept}
        shapes = None if self.shapes is None else self.shapes.without(*ids)
        return Pool(kept, tumour_free, self.spacing_mm, shapes)


def read_pool(
    folder: Path,
    *,
    spacing_mm: float,
    leave_out: Iterable[str] = (),
    only: Iterable[str] | None = None,
    shapes: Path | None = None,
    scheme: LabelScheme | None = None,
) -> Steps[Pool]:
    """Read real patients from a folder; files of excluded ones are not opened.

    Args:
        folder: Folder of cases in any layout that can be read.
        spacing_mm: Voxel edge of the mixed cases.
        leave_out: Ids of cases of patients to exclude, under the names of any year.
        only: Ids of the cases to use; None for all.
        shapes: File of further label maps (`read_shapes`), without the excluded patients.
        scheme: Label scheme if the layout does not determine it.

    Raises:
        PoolError: If an id is unknown, a case cannot be used, or no patient is left.
        CaseError: If there is no case.
    """
    paths = case_ids(find_cases(folder))
    within = {id: patients_within(path, name=id) for id, path in paths.items()}
    names, wanted = set(leave_out), set(paths if only is None else only)
    known = frozenset[str]().union(*within.values())
    library = None if shapes is None else read_shapes(shapes)
    if library is not None:
        known |= {patient_of(id).id for id in library.maps}
        library = library.without(*names)
    unknown = {name for name in names if patient_of(name).id not in known}
    for id in sorted(unknown | wanted - paths.keys()):
        raise PoolError(f"no case {id!r} in {folder}: the cases are {', '.join(sorted(paths))}")
    out = patients_of(names)
    chosen = sorted(id for id in wanted if out.isdisjoint(within[id]))
    patients: dict[str, RealPatient] = {}
    tumour_free: dict[str, RealPatient] = {}
    for i, id in enumerate(chosen):
        yield Progress(i, len(chosen), f"reading {id}")
        case = replace(load_case(paths[id], scheme=scheme), id=id)
        patients[id] = real_patient(case, spacing_mm=spacing_mm)
        made = pseudo_healthy(patients[id])
        if made.max_invented_ml <= MAX_INVENTED_ML:
            tumour_free[id] = made.patient
    yield Progress(len(chosen), len(chosen), "real patients read")
    return Pool(patients, tumour_free, spacing_mm, library)
