"""Removing a patient's identity from everything that is shown or written.

A study is shown under an alias made from its UID; a patient has a key that is valid only within
this process. Words that identify the patient are removed from free text (descriptions, folders).
"""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterable

HIDDEN = "…"
MIN_LETTERS = 3
"""Shorter parts of a name are also found in too many other words."""
_COMMON_WORDS = frozenset(
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
"""Words that describe an image or replace a removed name, even if they are surnames (Post)."""
_SALT = secrets.token_bytes(16)


def alias_of(study_uid: str) -> str:
    """A name for a study that does not identify the patient; always the same for one study.

    It is derived from the study's UID alone: a UID cannot be guessed, but a patient's number can.

    >>> alias_of("1.2.3")
    'DICOM-C47F5B'
    """
    return f"DICOM-{hashlib.sha256(study_uid.encode()).hexdigest()[:6].upper()}"


def patient_key(*, id: str, name: str) -> str:
    """A key that is equal for files of one patient; empty without name and ID."""
    identity = _plain(id) or " ".join(sorted(_words(name)))
    return (
        hashlib.blake2b(identity.encode(), key=_SALT, digest_size=8).hexdigest() if identity else ""
    )


def naming_words(values: Iterable[str]) -> frozenset[str]:
    """The words of names and numbers that could identify a patient.

    >>> sorted(naming_words(["Doe^Jane^A", "PAT-00123", "Post^Jan"]))
    ['00123', 'doe', 'jan', 'jane', 'pat']
    """
    words = {word for value in values for word in _words(value)}
    return frozenset(w for w in words if len(w) >= MIN_LETTERS and w not in _COMMON_WORDS)


def without_names(text: str, words: frozenset[str]) -> str:
    """A text with every part that identifies the patient replaced.

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
    """Lower case, without accents or punctuation."""
    bare = unicodedata.normalize("NFKD", text.strip().lower())
    return "".join(c for c in bare if c.isalnum())
