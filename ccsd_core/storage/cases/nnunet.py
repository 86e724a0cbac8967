"""The raw data of nnU-Net: one file per channel, and labels, as `dataset.json` describes them.

imagesTr/CASE_0000.nii.gz … CASE_0003.nii.gz     one sequence each, by `channel_names`
labelsTr/CASE.nii.gz                             integers or regions, as `labels` states
dataset.json                                     (version 1: `modality` in place of channel_names)

Source: nnU-Net v2, documentation/dataset_format.md (Isensee et al., Nature Methods 2021).
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import SCHEMES, LabelScheme
from ccsd_core.errors import CaseError, LabelSchemeError
from ccsd_core.storage.cases.msd import IMAGE_FOLDERS
from ccsd_core.storage.documents import parsed_json
from ccsd_core.storage.names.naming import role_by_words, words_of

DESCRIPTION = "dataset.json"
_CHANNEL = re.compile(r"(?P<case>.+)_(?P<channel>\d{4})")
_TISSUES = {
    "oedema": re.compile(r"o?edema|ed|snfh|peritumou?ral.*|flair hyperintensity"),
    "necrosis": re.compile(
        r"necro\w*|ncr(?: net)?|netc?|necrotic.*|non ?enhancing.*|(?:tumou?r )?core"
    ),
    "enhancing": re.compile(r"enhancing.*|et|at|active.*|gd enhancing.*"),
    "cavity": re.compile(r"(?:resection )?cavity|rc"),
}


def channel_of(path: Path, stem: str | None) -> tuple[str, int] | None:
    """The case and the channel from a file's name and folder; None outside the layout."""
    if stem is None or path.parent.name not in IMAGE_FOLDERS:
        return None
    found = _CHANNEL.fullmatch(stem)
    return (found["case"], int(found["channel"])) if found else None


def labels_of(folder: Path, case: str, ending: str) -> Path | None:
    """The label file of a case in an image folder; None if there is none."""
    labels = folder.parent / folder.name.replace("images", "labels", 1) / f"{case}{ending}"
    return labels if labels.is_file() else None


def channels_of(folder: Path) -> Mapping[int, Modality]:
    """Which sequence each channel of the cases in an image folder is.

    Raises:
        CaseError: If the data set does not state it.
    """
    path = folder.parent / DESCRIPTION
    stated = _description(path).get("channel_names", _description(path).get("modality"))
    if not isinstance(stated, dict):
        raise CaseError(
            f"{folder} has the layout of nnU-Net (CASE_0000, CASE_0001 …), but {path} does not "
            "state channel_names: add them, or name the files by sequence, such as CASE_flair"
        )
    found: dict[int, Modality] = {}
    for number, name in cast("dict[object, object]", stated).items():
        role = role_by_words(words_of(str(name)))
        if not str(number).isdigit() or not isinstance(role, Modality):
            raise CaseError(
                f"{path} states channel {number} as {str(name)!r}, which is not FLAIR, T1, T1c "
                "or T2: correct channel_names"
            )
        found[int(str(number))] = role
    if len(set(found.values())) != len(found):
        raise CaseError(f"{path} lists one sequence twice: {stated}")
    return found


def scheme_of(folder: Path) -> LabelScheme | None:
    """The label scheme that the data set states; None if it does not.

    Raises:
        LabelSchemeError: If the stated labels do not make up the tumour regions.
    """
    path = folder.parent / DESCRIPTION
    stated = _description(path).get("labels")
    if not isinstance(stated, dict):
        return None
    labels = cast("dict[str, Any]", stated)
    if all(str(key).isdigit() for key in labels):  # version 1: {"1": "edema"}
        labels = {str(name): int(key) for key, name in labels.items()}
    found = _by_tissues(labels) or _by_regions(labels)
    if found is None:
        raise LabelSchemeError(
            f"{path} states the labels {', '.join(map(str, labels))}, of which necrosis, oedema "
            "and enhancing tumour are not recognised: rename them, or choose the label scheme in "
            "the window under Files…"
        )
    ignored = (found["cavity"],) if "cavity" in found else ()
    scheme = LabelScheme(
        DESCRIPTION,
        oedema=found["oedema"],
        necrosis=found["necrosis"],
        enhancing=found["enhancing"],
        ignored=ignored,
    )
    known = (s for s in SCHEMES.values() if _tissues(s) == _tissues(scheme))
    return next(known, scheme)


def _tissues(scheme: LabelScheme) -> tuple[object, ...]:
    return scheme.oedema, scheme.necrosis, scheme.enhancing, scheme.ignored


def _by_tissues(labels: Mapping[str, Any]) -> dict[str, int] | None:
    found: dict[str, int] = {}
    for name, value in labels.items():
        text = " ".join(words_of(str(name)))
        for tissue, pattern in _TISSUES.items():
            if pattern.fullmatch(text) and isinstance(value, int):
                found[tissue] = value
    return found if found.keys() >= {"oedema", "necrosis", "enhancing"} else None


def _by_regions(labels: Mapping[str, Any]) -> dict[str, int] | None:
    """Regions as lists of integers, the larger containing the smaller: WT ⊃ TC ⊃ ET."""
    sets = sorted((_integers(value) - {0} for value in labels.values()), key=len, reverse=True)
    sets = [one for one in sets if one]
    if len(sets) != 3:
        return None
    whole, core, enhancing = sets
    parts = (whole - core, core - enhancing, enhancing)
    if not whole > core > enhancing or any(len(part) != 1 for part in parts):
        return None
    oedema, necrosis, enhancing = (part.pop() for part in parts)
    return {"oedema": oedema, "necrosis": necrosis, "enhancing": enhancing}


def _integers(value: object) -> set[int]:
    several = cast("list[object]", value) if isinstance(value, list) else [value]
    return {one for one in several if isinstance(one, int)}


@cache
def _read(path: Path, changed_ns: int) -> dict[str, Any]:
    del changed_ns  # part of the cache key, so that a corrected file is read again
    try:
        found = parsed_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _description(path: Path) -> dict[str, Any]:
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError:
        return {}
