"""Recognising the MR sequence from a file name.

Two kinds of names are understood: the endings of the published BraTS sets, exactly; and free
names by their words, where `t1` inside `t1ce` and `t2` inside `t2_flair` must not be matched. The
endings and words are in `name_table`, those that scanners also use in
`ccsd_core.dicom.recognition.vocabulary`.

    words ─▶ labels, a mask? ─▶ another scan? ─▶ FLAIR, T1, T2 (the target of a registration
                                                 is ignored) ─▶ T1: with contrast agent, without,
                                                 both?

A name with two meanings (T1 and T2, native and contrast) is ambiguous: the user is asked.
"""

import re
from collections.abc import Iterable
from functools import cache

from ccsd_core.dicom.recognition.kinds import Kind
from ccsd_core.dicom.recognition.vocabulary import OTHER_SCANS, WEIGHTINGS, WITH, WITHOUT, plain
from ccsd_core.domain.modality import Modality
from ccsd_core.storage.names.name_table import WORDS, Endings, Meaning, Role

__all__ = [
    "UNDERSTOOD",
    "Role",
    "is_another_scan",
    "is_derived",
    "is_mask",
    "is_vocabulary",
    "names_region",
    "published_role",
    "role_by_words",
    "without_common_start",
    "words_of",
]

UNDERSTOOD = (
    "names with flair/t2f, t1ce/t1c/t1gd, t1/t1n, t2/t2w and seg, as .nii or .nii.gz "
    "(for example X_flair.nii.gz or X-t1c.nii.gz)"
)
"""The names that are understood, for messages."""

_C_AFTER_T1 = re.compile(r"(?<!\S)t1\S* (?:\S+ )*cc?(?!\S)")
"""A lone C after T1 means contrast agent; before T1 it may be an initial."""
_BIDS_ENTITY = re.compile(r"(?<!\S)(?:sub|ses|run|acq|rec|dir|task) (?=\S+ \S)")
"""Words of BIDS that mean something else in the description of a series."""
_PLAIN_WORDS = re.compile(r"ax|axial|sag|sagittal|cor|coronal|tra|transversal|3d|2d|mri?|\+")
"""Words that often accompany a sequence and are not a patient's name."""
_BRATS_REGIONS = {"et", "tc", "wt", "ed", "ncr", "net", "netc", "snfh", "rc"}
REGION_WORDS = _BRATS_REGIONS | {
    *("enhancing", "core", "whole", "edema", "oedema", "necrosis", "necrotic", "tumor", "tumour")
}
"""Last words of the names of files that hold one region or tissue."""
_WEIGHTING = r"(?:t1\S*|t2\S*|flair|mprage|sri24|sri|mni\S*|atlas|template)"


def published_role(stem: str, endings: Endings) -> tuple[str, Role] | None:
    """Split a stem into the case's name and the role its ending states, if it has one.

    >>> from ccsd_core.storage.names.name_table import BRATS2021
    >>> published_role("BraTS2021_00006_t1ce", BRATS2021)
    ('BraTS2021_00006', <Modality.T1C: 2>)
    """
    for ending, role in endings.roles.items():
        if stem.lower().endswith(ending) and len(stem) > len(ending):
            return stem[: -len(ending)], role
    return None


def words_of(stem: str) -> tuple[str, ...]:
    """The words of a name, lower case, without accents; a plus sign counts as a word.

    >>> words_of("Sub-01_T1+C (2)")
    ('sub', '01', 't1', '+', 'c', '2')
    """
    return tuple(plain(stem).split())


def role_by_words(words: tuple[str, ...]) -> Role | None:
    """The role of a file with these words in its name, None if it is unclear.

    >>> role_by_words(words_of("p1_t2_flair")), role_by_words(words_of("p1_T1_post"))
    (<Modality.FLAIR: 0>, <Modality.T1C: 2>)
    >>> role_by_words(words_of("Ax_T1_FLAIR_+C")), role_by_words(words_of("flair_reg_to_T1"))
    (<Modality.T1C: 2>, <Modality.FLAIR: 0>)
    """
    if (labels := _labels_or_mask(words)) is not None:
        return labels
    if is_mask(words) or is_another_scan(words):
        return None
    text = _shown(words)
    kinds = {row.kind for row in WEIGHTINGS if row.pattern.search(text)}
    if _contains(text.split(), "sequence"):
        kinds.add(Kind.FLAIR)
    if Kind.T1 in kinds:
        # GE and Siemens have a T1 by inversion recovery, "T1 FLAIR" or "T1 dark fluid".
        return None if Kind.T2 in kinds else _t1_of(text)
    if Kind.FLAIR in kinds:
        return Modality.FLAIR
    return Modality.T2 if kinds == {Kind.T2} else None


def is_another_scan(words: tuple[str, ...]) -> bool:
    """Whether the words name a scan other than the four sequences, such as diffusion."""
    text = _BIDS_ENTITY.sub("", " ".join(words))
    return _contains(words, "another scan") or any(row.pattern.search(text) for row in OTHER_SCANS)


def is_vocabulary(words: tuple[str, ...]) -> bool:
    """Whether words describe a sequence, a plane or a mask, and not a patient."""
    text = " ".join(words)
    means = (
        _contains(words, meaning) for meaning in ("labels", "tumour", "mask", "brain", "target")
    )
    return (
        role_by_words(words) is not None
        or is_another_scan(words)
        or bool(WITH.search(text) or WITHOUT.search(text) or _PLAIN_WORDS.fullmatch(text))
        or any(means)
    )


def is_derived(words: tuple[str, ...]) -> bool:
    """Whether the words state that the file was made from another one, which is preferred."""
    return _contains(words, "derived")


def names_region(words: tuple[str, ...]) -> bool:
    """Whether the last word is the name of a region or tissue of a tumour, as in `P1_ET`."""
    return bool(words) and words[-1] in REGION_WORDS


def is_mask(words: tuple[str, ...]) -> bool:
    """Whether the words describe a mask or labels of the brain, which are not a sequence."""
    return (
        _contains(words, "mask")
        or (_contains(words, "labels") and _contains(words, "brain"))
        or ("brainmask" in words)
    )


def _labels_or_mask(words: tuple[str, ...]) -> Role | None:
    """The role "labels" for words of a tumour's labels; None otherwise, also for brain masks."""
    tumour = _contains(words, "tumour")
    labelled = _contains(words, "labels")
    if tumour and (labelled or _contains(words, "mask") or not _names_a_scan(words)):
        return "labels"
    if labelled:
        return None if _contains(words, "brain") else "labels"
    if _contains(words, "mask") and not (_contains(words, "brain") or _names_a_scan(words)):
        return "labels"
    return None


def _names_a_scan(words: tuple[str, ...]) -> bool:
    text = _shown(words)
    return is_another_scan(words) or any(row.pattern.search(text) for row in WEIGHTINGS)


def _shown(words: tuple[str, ...]) -> str:
    """The words without the target of a registration."""
    text = _BIDS_ENTITY.sub("", " ".join(words))
    return _target().sub(" ", text)


def _t1_of(text: str) -> Modality | None:
    """T1 or T1c; None for words that mean both."""
    rest = WITHOUT.sub(" ", text)
    given = WITH.search(rest) is not None or _C_AFTER_T1.search(rest) is not None
    if rest != text:
        return None if given else Modality.T1
    return Modality.T1C if given else Modality.T1


def without_common_start(names: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The names without the words that all of them begin with; each keeps its last word.

    A patient called `T2_study` must not turn all its files into T2.
    """
    names = list(names)
    if len(names) < 2:
        return names
    limit = min(len(words) for words in names) - 1
    shared = 0
    while shared < limit and len({words[shared] for words in names}) == 1:
        shared += 1
    return [words[shared:] for words in names]


def _contains(words: Iterable[str], meaning: Meaning) -> bool:
    """Whether one of the words, or consecutive ones, have this meaning."""
    return _pattern(meaning).search(" ".join(words)) is not None


@cache
def _pattern(meaning: Meaning) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S)(?:{_rows(meaning)})(?!\S)")


@cache
def _target() -> re.Pattern[str]:
    return re.compile(rf"(?<=\S )(?:{_rows('target')}) {_WEIGHTING}(?: space)?(?!\S)")


def _rows(meaning: Meaning) -> str:
    return "|".join(f"(?:{row.pattern})" for row in WORDS if row.means == meaning)
