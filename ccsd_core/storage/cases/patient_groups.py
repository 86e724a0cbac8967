"""A flat folder of several patients: the patient of each image, by the beginning of its name.

    P1_flair  P1_t1  P2_flair  P2_t1      two patients
    1_T1  2_T1_post  3_FLAIR              one: the beginning is the number of a series

Names count as several patients only if they share sequences. Such a patient has no folder of its
own; the case is named by the folder and the patient: `FOLDER/P1`.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations

from ccsd_core.domain.modality import Modality
from ccsd_core.storage.cases.entry import Entry
from ccsd_core.storage.cases.nnunet import channel_of
from ccsd_core.storage.names.name_table import ENDINGS, Role
from ccsd_core.storage.names.naming import is_vocabulary, published_role, role_by_words, words_of

_WORD = re.compile(r"[^-_. ]+")
_SERIES_NUMBER = re.compile(r"\d{1,3}")


def patient_groups(entries: Sequence[Entry]) -> Mapping[str, tuple[Entry, ...]]:
    """The images of each patient, by name; empty if they are not of several."""
    channels = _by_channel(entries)
    if channels:
        return channels
    groups: dict[str, list[Entry]] = defaultdict(list)
    roles: dict[str, set[Role]] = defaultdict(set)
    for entry in entries:
        name, role = _split(entry.stem or "")
        if role is None:
            continue
        if not name and role != "labels":
            return {}  # a name that states only the sequence means a single patient
        groups[name].append(entry)
        roles[name].add(role)
    shown = {name: {r for r in found if isinstance(r, Modality)} for name, found in roles.items()}
    shown = {name: found for name, found in shown.items() if found}
    if len(shown) < 2 or not _are_patients(shown):
        return {}
    return {name: tuple(groups[name]) for name in shown}


def _are_patients(shown: Mapping[str, set[Modality]]) -> bool:
    if any(len(a & b) > 1 for a, b in combinations(shown.values(), 2)):
        return True
    one = next(iter(shown.values()))
    alike = len(one) == 1 and all(found == one for found in shown.values())
    return alike and not all(_SERIES_NUMBER.fullmatch(name) for name in shown)


def _by_channel(entries: Sequence[Entry]) -> Mapping[str, tuple[Entry, ...]]:
    """Images by patient from nnU-Net's names, which have no folder per patient."""
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if found := channel_of(entry.path, entry.stem):
            groups[found[0]].append(entry)
    return {name: tuple(found) for name, found in groups.items()}


def _split(stem: str) -> tuple[str, Role | None]:
    """The part of a name before the words for its role, and the role."""
    role: Role | None = None
    start = len(stem)
    for endings in ENDINGS:
        if published := published_role(stem, endings):
            name, role = published
            start = len(name)
    for word in reversed(list(_WORD.finditer(stem[:start]))):
        if role is not None and not is_vocabulary(words_of(word[0])):
            break
        found = role_by_words(words_of(stem[word.start() :]))
        if role is not None or found is not None:
            role, start = role if found is None else found, word.start()
    return stem[:start].rstrip("-_. "), role
