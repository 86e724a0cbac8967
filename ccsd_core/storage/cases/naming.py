"""Which MR sequence a file's name speaks of.

Two kinds of names are understood: the endings of the published BraTS sets, exactly; and free
names by their words, where `t1` inside `t1ce` and `t2` inside `t2_flair` must not mislead. The
endings and words themselves stand in `name_table`.
"""

import re
from collections.abc import Iterable
from functools import cache
from itertools import pairwise

from ccsd_core.domain.modality import Modality
from ccsd_core.storage.cases.name_table import WORDS, Endings, Meaning, Role

__all__ = [
    "UNDERSTOOD",
    "Role",
    "is_derived",
    "is_mask",
    "published_role",
    "role_by_words",
    "without_common_start",
    "words_of",
]

UNDERSTOOD = (
    "names with flair/t2f, t1ce/t1c/t1gd, t1/t1n, t2/t2w and seg, as .nii or .nii.gz "
    "(for example X_flair.nii.gz or X-t1c.nii.gz)"
)
"""What to tell a user whose files have other names."""

_BESIDE_ONLY_AFTER = frozenset(("c", "cc"))
"""Too short to speak of contrast agent before T1."""


def published_role(stem: str, endings: Endings) -> tuple[str, Role] | None:
    """Split a stem into the case's name and the role its ending states, if it has one.

    >>> from ccsd_core.storage.cases.name_table import BRATS2021
    >>> published_role("BraTS2021_00006_t1ce", BRATS2021)
    ('BraTS2021_00006', <Modality.T1C: 2>)
    """
    for ending, role in endings.roles.items():
        if stem.lower().endswith(ending) and len(stem) > len(ending):
            return stem[: -len(ending)], role
    return None


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
    if _say(words, "labels"):
        return None if _say(words, "brain") else "labels"
    if _say(words, "another scan"):
        return None
    if _say(words, Modality.FLAIR):
        return Modality.FLAIR
    for position in reversed(range(len(words))):
        word = words[position : position + 1]
        if _say(word, Modality.T1C):
            return Modality.T1C
        if _say(word, Modality.T1):
            return Modality.T1C if _has_contrast(words, position) else Modality.T1
        if _say(word, Modality.T2):
            return Modality.T2
    return None


def is_derived(words: tuple[str, ...]) -> bool:
    """Whether the words say that the file was made from another one that is to be preferred."""
    return _say(words, "derived")


def is_mask(words: tuple[str, ...]) -> bool:
    """Whether the words speak of a mask, which is no sequence that nobody has recognised."""
    return not {"mask", "brainmask"}.isdisjoint(words)


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


def _has_contrast(words: tuple[str, ...], position: int) -> bool:
    """Whether the words beside `t1` at `position` speak of contrast agent."""
    of_operation = {
        i
        for i, (a, b) in enumerate(pairwise(words))
        if a in ("pre", "post") and _say((b,), "operation")
    }
    words = tuple("" if i in of_operation else word for i, word in enumerate(words))
    if _say(words, "no contrast"):
        return False
    if "ce" in words[:-1]:
        return True  # BIDS: sub-01_ce-gadolinium_T1w
    before, after = words[max(position - 1, 0) : position], words[position + 1 : position + 2]
    return _say(after, "contrast") or (
        _say(before, "contrast") and _BESIDE_ONLY_AFTER.isdisjoint(before)
    )


def _say(words: tuple[str, ...], meaning: Meaning) -> bool:
    """Whether one of the words, or some that follow each other, say this."""
    return _pattern(meaning).search(" ".join(words)) is not None


@cache
def _pattern(meaning: Meaning) -> re.Pattern[str]:
    rows = "|".join(f"(?:{row.pattern})" for row in WORDS if row.means == meaning)
    return re.compile(rf"(?<!\S)(?:{rows})(?!\S)")
