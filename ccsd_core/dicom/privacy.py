"""Keeping a patient's name out of everything that is shown or written.

A study is known by an alias made from its UID, a patient by a key that means nothing outside
this process. Words that name the patient are removed from free text (descriptions, folders).
"""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterable

HIDDEN = "…"
MIN_LETTERS = 3
"""Shorter parts of a name are found in too many harmless words."""
_ORDINARY = frozenset(
    (
        "anonymous",
        "anon",
        "unknown",
        "none",
        "test",
        "head",
        "brain",
        "skull",
        "post",
        "pre",
        "axial",
        "sag",
        "cor",
        "tra",
        "flair",
        "contrast",
        "mri",
        "dicom",
        "study",
        "series",
        "patient",
        "phantom",
    )
)
"""Words that describe an image, or stand where a name was removed; Post is a surname, too."""
_SALT = secrets.token_bytes(16)


def alias_of(study_uid: str) -> str:
    """A name for a study that does not identify the patient, the same at every opening.

    It is derived from the study's UID alone: a UID cannot be guessed, a patient's number can.

    >>> alias_of("1.2.3")
    'DICOM-C47F5B'
    """
    return f"DICOM-{hashlib.sha256(study_uid.encode()).hexdigest()[:6].upper()}"


def patient_key(*, id: str, name: str) -> str:
    """Equal for files of one patient, and meaningless anywhere else; empty if there is neither."""
    identity = _plain(id) or " ".join(sorted(_words(name)))
    return (
        hashlib.blake2b(identity.encode(), key=_SALT, digest_size=8).hexdigest() if identity else ""
    )


def naming_words(values: Iterable[str]) -> frozenset[str]:
    """The words by which names and numbers of a patient could be recognised.

    >>> sorted(naming_words(["Doe^Jane^A", "PAT-00123", "Post^Jan"]))
    ['00123', 'doe', 'jan', 'jane', 'pat']
    """
    words = {word for value in values for word in _words(value)}
    return frozenset(w for w in words if len(w) >= MIN_LETTERS and w not in _ORDINARY)


def without_names(text: str, words: frozenset[str]) -> str:
    """A text with every part that names the patient taken out.

    >>> without_names("export/DOE_JANE/T1 MPRAGE", frozenset({"doe", "jane"}))
    'export/…_…/T1 MPRAGE'
    """
    if not words:
        return text

    def hide(match: re.Match[str]) -> str:
        return HIDDEN if _plain(match[0]) in words else match[0]

    return re.sub(r"[^\W_]+", hide, text)


def _words(text: str) -> list[str]:
    return [_plain(word) for word in re.findall(r"[^\W_]+", text)]


def _plain(text: str) -> str:
    """Lower case, without accents or signs."""
    bare = unicodedata.normalize("NFKD", text.strip().lower())
    return "".join(c for c in bare if c.isalnum())
