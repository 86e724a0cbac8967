"""Which sequences a case lacks only because their files were left where they are.

what the names at a place claim ──less what was opened──▶ not opened; the rest is missing

A file whose name claims nothing is nobody's sequence, and what this program wrote no expert's
labels.
"""

import os
from collections.abc import Collection, Mapping
from pathlib import Path

from ccsd_core.domain.modality import Modality
from ccsd_core.errors import CcsdError
from ccsd_core.storage.cases.layout import is_msd_image, msd_labels, read_folder, sort_files
from ccsd_core.storage.cases.msd import channel_order
from ccsd_core.storage.cases.naming import Role, published_names
from ccsd_core.storage.cases.overrides import Channel, Part, file_of
from ccsd_core.storage.cases.segmentation_file import is_prediction
from ccsd_core.storage.nifti.header import read_header

Claims = Mapping[Role, tuple[Part, ...]]
"""The files, or channels, that claim each role by their names."""


def claims_at(path: Path) -> Claims:
    """What the names at a place claim: of a folder, of a 4-D file, of a file and its neighbours.

    A neighbour whose published name is of another patient claims nothing; free names do not
    tell patients apart.
    """
    claims: dict[Role, tuple[Part, ...]] = {}
    try:
        shape = read_header(path).shape if path.is_file() and is_msd_image(path) else ()
        if len(shape) == 4:
            for index, modality in enumerate(channel_order(path)[: shape[3]]):
                claims[modality] = (Channel(path, index),)
            labels = msd_labels(path)
            claims["labels"] = (labels,) if labels else ()
        else:
            folder = sort_files(_of_one_patient(path)) if path.is_file() else read_folder(path)
            for role, candidates in folder.candidates.items():
                claims[role] = tuple(one.path for one in candidates)
    except CcsdError:
        return {}
    claims["labels"] = tuple(p for p in claims.get("labels", ()) if not is_prediction(file_of(p)))
    return claims


def not_opened(claims: Claims, opened: Mapping[Role, Part]) -> frozenset[Modality | None]:
    """What somebody's name claims, and nothing was opened for; None are the expert labels.

    Args:
        claims: What the names claim.
        opened: What was opened, and as what.
    """
    taken = {_real(part) for part in opened.values()}
    return frozenset(
        role if isinstance(role, Modality) else None
        for role, parts in claims.items()
        if role not in opened and any(_real(part) not in taken for part in parts)
    )


def _of_one_patient(path: Path) -> Collection[Path]:
    named = published_names([path])
    beside = (c.path for cs in read_folder(path.parent).candidates.values() for c in cs)
    return [one for one in beside if not named or published_names([one]) in (named, frozenset())]


def _real(part: Part) -> tuple[str, int | None]:
    return os.path.realpath(file_of(part)), part.index if isinstance(part, Channel) else None
