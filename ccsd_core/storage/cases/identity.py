"""What a case is called: by the published names of its files, else by its folder.

No file is opened. A model remembers the cases it was trained on by these names.
"""

from collections.abc import Iterable
from pathlib import Path

from ccsd_core.storage.cases.name_table import ENDINGS
from ccsd_core.storage.cases.naming import published_role
from ccsd_core.storage.formats import name_of_image

_GENERIC_FOLDERS = frozenset(("anat", "nifti", "nii", "mri", "images"))


def case_id(path: Path) -> str:
    """The name of the case at a path; no file is opened.

    Of a file without the ending that names its sequence: `BraTS2021_00006_t1.nii.gz` is a file of
    the case `BraTS2021_00006`, on which a model may have been trained. Of a folder its name, or
    those above it where the name is the same for every patient.
    """
    if not path.is_file():
        return _name_of_folder(path)
    (name,) = published_names([path]) or [name_of_image(path) or path.name]
    return name


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
    if real.name.lower() in _GENERIC_FOLDERS and real.parent.name:
        real = real.parent
    if real.name.lower().startswith("ses-"):  # BIDS: sub-01/ses-1/anat
        return f"{real.parent.name}_{real.name}"
    return real.name
