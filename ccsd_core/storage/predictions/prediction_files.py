"""The case and the sequences of each predicted label map, read from the file names.

    DIR/CASE/FLAIR+T2.nii.gz      one folder per case
    DIR/FLAIR+T2/CASE.nii.gz      one folder per subset
    DIR/CASE_FLAIR+T2.nii.gz      all in one folder; `_labels` may follow, as the window exports

    DIR/CASE.nii.gz               if one subset is stated for all of them

Sequences may be in any order and spelling that `ModalitySubset.parse` reads (T1c, T1C, t1ce). In
folders of cases the files may repeat the case's name. No file is opened here.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.errors import BadInputError, CaseError
from ccsd_core.storage.nifti.nifti_format import stem_of
from ccsd_core.storage.probability_names import is_probability_name
from ccsd_core.storage.sequence_names import is_on_sequence

NAMING = "DIR/CASE/FLAIR+T2.nii.gz, DIR/FLAIR+T2/CASE.nii.gz or DIR/CASE_FLAIR+T2.nii.gz"
"""How to name predictions, for messages."""
_SUFFIX = "_labels"


@dataclass(frozen=True, slots=True)
class PredictionFiles:
    """The label maps of a folder.

    Args:
        folder: Folder of the label maps.
        by_case: Label maps by case and subset; an ambiguous name is listed twice.
        unclear: Images without sequences in their names.
    """

    folder: Path
    by_case: Mapping[str, Mapping[ModalitySubset, tuple[Path, ...]]]
    unclear: tuple[Path, ...] = ()

    def of(self, names: Collection[str]) -> dict[ModalitySubset, Path]:
        """The predictions of a case, in table order.

        Args:
            names: All names of the case.

        Raises:
            CaseError: If two files are predictions from the same subset.
        """
        found: dict[ModalitySubset, Path] = {}
        for subset in ModalitySubset.every():
            paths = [p for n in sorted(names) for p in self.by_case.get(n, {}).get(subset, ())]
            if len(paths) > 1:
                raise CaseError(
                    f"two label maps for {subset.label}: {paths[0]} and {paths[1]}; keep one"
                )
            if paths:
                found[subset] = paths[0]
        return found


def prediction_files(folder: Path, *, subset: ModalitySubset | None = None) -> PredictionFiles:
    """Sort the label maps of a folder by their names.

    Args:
        folder: Folder of the label maps.
        subset: Sequences of the files directly in the folder that do not state them in their names.

    Raises:
        BadInputError: If the folder cannot be read, or no file name in it states a subset.
    """
    folder = Path(folder)
    try:
        images = sorted(_images(folder))
    except OSError as error:
        raise BadInputError(
            f"the folder of predictions {folder} cannot be read ({error.strerror or error}): "
            "check the path"
        ) from error
    by_case: dict[str, dict[ModalitySubset, tuple[Path, ...]]] = {}
    unclear: list[Path] = []
    for path in images:
        meanings = set(_interpretations(path, folder))
        if not meanings and subset is not None and path.parent == folder:
            meanings = {((stem_of(path.name) or "").removesuffix(_SUFFIX), subset)}
        for case, subset in meanings:
            of_case = by_case.setdefault(case, {})
            of_case[subset] = (*of_case.get(subset, ()), path)
        if not meanings:
            unclear.append(path)
    if not by_case:
        seen = (
            f"{len(images)} images, for example {images[0]}"
            if images
            else "no .nii or .nii.gz file"
        )
        raise BadInputError(
            f"no label map in {folder} is named by case and sequences (it contains {seen}): "
            f"name them {NAMING}, or give the sequences of all of them with --subset"
        )
    return PredictionFiles(folder, by_case, tuple(unclear))


def prediction_path(folder: Path, case: str, subset: ModalitySubset) -> Path:
    """The path at which this program writes a prediction, as `prediction_files` expects.

    >>> prediction_path(Path("OUT"), "Patient1", ModalitySubset.parse("t2,t1ce")).as_posix()
    'OUT/Patient1/T1c+T2.nii.gz'
    """
    return folder / case / f"{subset}.nii.gz"


def _images(folder: Path) -> Iterator[Path]:
    """The images of a folder and of its direct subfolders."""
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        inside = list(path.iterdir()) if path.is_dir() else [path]
        yield from (p for p in inside if _is_label_map(p) and p.is_file())


def _is_label_map(path: Path) -> bool:
    """Whether a file is a label map by its name.

    Files written together with a label map are not: probability maps, and the same labels on the
    grids of other sequences.
    """
    stem = stem_of(path.name)
    return stem is not None and not is_probability_name(stem) and not is_on_sequence(stem)


def _interpretations(path: Path, folder: Path) -> Iterator[tuple[str, ModalitySubset]]:
    """The cases and subsets that a file may be the prediction of."""
    stem = stem_of(path.name) or ""
    stem = stem.removesuffix(_SUFFIX)
    case, _, sequences = stem.rpartition("_")
    joined = _subset(sequences)
    if path.parent == folder:
        if case and joined is not None:
            yield case, joined
        return
    above = path.parent.name
    alone, of_folder = _subset(stem), _subset(above)
    if alone is not None:
        yield above, alone
    if of_folder is not None:
        yield stem, of_folder
    if case == above and joined is not None:
        yield above, joined


def _subset(text: str) -> ModalitySubset | None:
    try:
        return ModalitySubset.parse(text)
    except BadInputError:
        return None
