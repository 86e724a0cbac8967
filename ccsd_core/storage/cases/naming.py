"""Which MR sequence a file's name speaks of.

Two kinds of names are understood: the endings of the published BraTS sets, exactly; and free
names by their words, where `t1` inside `t1ce` and `t2` inside `t2_flair` must not mislead.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Literal

from ccsd_core.domain.modality import SYNONYMS, Modality
from ccsd_core.storage.nifti.nifti_format import stem_of

Role = Modality | Literal["labels"]
"""What a file is to a case."""

UNDERSTOOD = (
    "names with flair/t2f, t1ce/t1c/t1gd, t1/t1n, t2/t2w and seg, as .nii or .nii.gz "
    "(for example X_flair.nii.gz or X-t1c.nii.gz)"
)
"""What to tell a user whose files have other names."""

BRATS2021_ENDINGS: Mapping[str, Role] = {
    "_flair": Modality.FLAIR,
    "_t1": Modality.T1,
    "_t1ce": Modality.T1C,
    "_t2": Modality.T2,
    "_seg": "labels",
}
"""BraTS 2018 to 2021."""
BRATS2023_ENDINGS: Mapping[str, Role] = {
    "-t2f": Modality.FLAIR,
    "-t1n": Modality.T1,
    "-t1c": Modality.T1C,
    "-t2w": Modality.T2,
    "-seg": "labels",
}
"""BraTS 2023 and 2024 adult glioma."""

_LABEL_WORDS = frozenset(
    (
        "seg",
        "segm",
        "segmentation",
        "segmentations",
        "label",
        "labels",
        "lbl",
        "mask",
        "gt",
        "groundtruth",
        "annotation",
    )
)
_BRAIN_WORDS = frozenset(
    ("brain", "brainmask", "bet", "skull", "skullstrip", "head", "tissue", "parenchyma")
)
_OTHER_WORDS = frozenset(
    (
        "adc",
        "dwi",
        "dti",
        "swi",
        "asl",
        "fa",
        "md",
        "cbf",
        "cbv",
        "t2star",
        "t2s",
        "dce",
        "dsc",
        "perfusion",
        "perf",
        "bold",
        "localizer",
    )
)
_CONTRAST_WORDS = frozenset(
    (
        "c",
        "ce",
        "cc",
        "gd",
        "gad",
        "gado",
        "gadolinium",
        "post",
        "postcontrast",
        "contrast",
        "enhanced",
        "km",
    )
)
_OPERATION_WORDS = frozenset(("op", "operative", "surgery", "treatment", "rt"))
_WITHOUT_WORDS = frozenset(("pre", "precontrast", "native", "no", "non", "without"))
_PLANE = r"(?:ax|axial|sag|cor)?"
_T1 = re.compile(rf"{_PLANE}t1(?:w|wi|n|native)?")
_T2 = re.compile(rf"{_PLANE}t2(?:w|wi)?")
_T1C = re.compile(rf"{_PLANE}t1w?(?:c|ce|cc|gd|gad|gado|post|contrast|km|postcontrast)")


def published_role(stem: str, endings: Mapping[str, Role]) -> tuple[str, Role] | None:
    """Split a stem into the case's name and the role its ending states, if it has one.

    >>> published_role("BraTS2021_00006_t1ce", BRATS2021_ENDINGS)
    ('BraTS2021_00006', <Modality.T1C: 2>)
    """
    for ending, role in endings.items():
        if stem.lower().endswith(ending) and len(stem) > len(ending):
            return stem[: -len(ending)], role
    return None


def published_names(paths: Iterable[Path]) -> frozenset[str]:
    """The cases that files belong to by the published endings of their names.

    >>> sorted(published_names([Path("a/P1_t1.nii.gz"), Path("P2-t2f.nii"), Path("flair.nii")]))
    ['P1', 'P2']
    """
    stems = [stem for path in paths if (stem := stem_of(path.name)) is not None]
    found = [published_role(s, e) for s in stems for e in (BRATS2021_ENDINGS, BRATS2023_ENDINGS)]
    return frozenset(named[0] for named in found if named is not None)


def words_of(stem: str) -> tuple[str, ...]:
    """The words of a name, lower case.

    >>> words_of("Sub-01_T1+C (2)")
    ('sub', '01', 't1', 'c', '2')
    """
    return tuple(re.findall(r"[a-z0-9]+", stem.lower()))


def role_by_words(words: tuple[str, ...]) -> Role | None:
    """What a file with these words in its name is, None if the words do not tell.

    >>> role_by_words(words_of("p1_t2_flair")), role_by_words(words_of("p1_T1_post"))
    (<Modality.FLAIR: 0>, <Modality.T1C: 2>)
    """
    if _LABEL_WORDS & set(words):
        return None if _BRAIN_WORDS & set(words) else "labels"
    if _OTHER_WORDS & set(words) or ("t2", "star") in pairwise(words):
        return None
    if any("flair" in word or word in SYNONYMS[Modality.FLAIR] for word in words):
        return Modality.FLAIR
    for position in reversed(range(len(words))):
        word = words[position]
        if _T1C.fullmatch(word):
            return Modality.T1C
        if _T1.fullmatch(word):
            return Modality.T1C if _has_contrast(words, position) else Modality.T1
        if _T2.fullmatch(word):
            return Modality.T2
    return None


def is_derived(words: tuple[str, ...]) -> bool:
    """Whether the words say that the file was made from another one that is to be preferred."""
    return "bias" in words


def without_common_start(names: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The names without the words that all of them begin with; each keeps its last word.

    A patient called `T2_study` must not turn all its files into T2.
    """
    if len(names) < 2:
        return names
    limit = min(len(words) for words in names) - 1
    shared = 0
    while shared < limit and len({words[shared] for words in names}) == 1:
        shared += 1
    return [words[shared:] for words in names]


def _has_contrast(words: tuple[str, ...], position: int) -> bool:
    """Whether the words beside `t1` at `position` speak of contrast agent."""
    of_operation = {
        i
        for i, (a, b) in enumerate(pairwise(words))
        if a in ("pre", "post") and b in _OPERATION_WORDS
    }
    words = tuple("" if i in of_operation else word for i, word in enumerate(words))
    if _WITHOUT_WORDS & set(words):
        return False
    if any(a == "ce" and b not in _WITHOUT_WORDS for a, b in pairwise(words)):
        return True  # BIDS: sub-01_ce-gadolinium_T1w
    before = words[position - 1] if position else ""
    after = words[position + 1] if position + 1 < len(words) else ""
    return after in _CONTRAST_WORDS or before in _CONTRAST_WORDS - {"c", "cc"}
