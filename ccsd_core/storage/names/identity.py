"""The name of a case: from the published names of its files, else from its folder.

    a file                    its name without the ending for the sequence
    a folder                  its name, preceded by the beginning of its files' names:
                              PatientID_0003/Timepoint_1/PatientID_0003_Timepoint_1_brain_t1n.nii.gz
    a folder of a time point  Patient-001/week-000-1/T1.nii.gz: the patient's folder before it
    several of one name       preceded by the folders above them that differ

No file is opened. Manifests list the training cases by these names.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from ccsd_core.domain.patient import is_time_point
from ccsd_core.storage.formats import images_in, name_of_image
from ccsd_core.storage.names.name_table import ENDINGS
from ccsd_core.storage.names.naming import published_role

_GENERIC_FOLDERS = frozenset(("anat", "nifti", "nii", "mri", "mr", "images", "imaging"))
_BREAKS = "_-. "
"""Separators between the parts of a name."""


def case_id(path: Path) -> str:
    """The name of the case at a path; no file is opened.

    For a file, its name without the ending for the sequence: `BraTS2021_00006_t1.nii.gz` belongs to
    the case `BraTS2021_00006`, on which a model may have been trained. For a folder, its name,
    extended by the folder above if the name is the same for every patient.
    """
    if not path.is_file():
        return _printable(_name_of_folder(path))
    (name,) = published_names([path]) or [name_of_image(path) or path.name]
    return _printable(name)


def _printable(name: str) -> str:
    """The name as printable text: undecodable bytes in a name from another system are marked."""
    return name.encode("utf-8", errors="replace").decode()


def unique_ids(paths: Iterable[Path]) -> dict[Path, str]:
    """Unique names of cases that are used together, in their order.

    Cases with the same name are distinguished by those folders above them that differ. Names
    that differ only in capitals count as equal, because some disks treat them as equal.
    """
    found = {path: case_id(path) for path in dict.fromkeys(map(Path, paths))}
    by_name: dict[str, list[Path]] = defaultdict(list)
    for path, name in found.items():
        by_name[name.casefold()].append(path)
    for several in by_name.values():
        if len(several) > 1:
            found |= _disambiguated({path: found[path] for path in several})
    return found


def published_names(paths: Iterable[Path]) -> frozenset[str]:
    """The cases that files belong to by the published endings of their names.

    >>> sorted(published_names([Path("a/P1_t1.nii.gz"), Path("P2-t2f.nii"), Path("flair.nii")]))
    ['P1', 'P2']
    """
    stems = [stem for path in paths if (stem := name_of_image(path)) is not None]
    found = [published_role(stem, endings) for stem in stems for endings in ENDINGS]
    return frozenset(named[0] for named in found if named is not None)


def _name_of_folder(folder: Path) -> str:
    real = folder.resolve()
    inside = real
    if real.name.lower() in _GENERIC_FOLDERS and real.parent.name:
        real = real.parent
    longer = _in_file_names(inside, real.name)
    if longer:
        return longer
    if is_time_point(real.name) and real.parent.name:
        return f"{real.parent.name}_{real.name}"
    return real.name


def _in_file_names(folder: Path, name: str) -> str:
    """A folder's name, preceded by the beginning of its files' names; "" if they have none."""
    try:
        images = images_in(folder, sorted(path.name for path in folder.iterdir()))
    except OSError:
        return ""
    found: set[str] = set()
    for stem in images.values():
        start = stem.lower().find(name.lower())
        end = start + len(name)
        if start > 0 and stem[start - 1] in _BREAKS and (stem[end:] or "_")[0] in _BREAKS:
            found.add(stem[:end])
    return found.pop() if len(found) == 1 else ""


def _disambiguated(names: dict[Path, str]) -> dict[Path, str]:
    above = {path: _above(path) for path in names}
    result = dict(names)
    for level in range(max(map(len, above.values()))):
        if _all_differ(list(result.values())):
            return result
        folders = {path: up[level] if level < len(up) else "" for path, up in above.items()}
        if len(set(folders.values())) > 1:
            result = {
                path: f"{folders[path]}_{name}" if folders[path] else name
                for path, name in result.items()
            }
    if _all_differ(list(result.values())):
        return result
    return {path: f"{name}_{i}" for i, (path, name) in enumerate(result.items(), 1)}


def _above(path: Path) -> tuple[str, ...]:
    return tuple(parent.name for parent in path.absolute().parents if parent.name)


def _all_differ(names: Sequence[str]) -> bool:
    return len({name.casefold() for name in names}) == len(names)
