"""Sequences that are absent from a case only because their files were not opened.

claims of names ──minus opened files──▶ not opened; the rest is missing

A file with an unrecognised name does not count as a sequence, and files that this program wrote do
not count as expert labels.
"""

import os
from collections.abc import Mapping

from ccsd_core.domain.modality import Modality
from ccsd_core.storage.cases.inventory import Inventory
from ccsd_core.storage.cases.overrides import Channel, Part, file_of
from ccsd_core.storage.names.naming import Role

ClaimedParts = Mapping[Role, tuple[Part, ...]]
"""The files or channels that claim each role by their names."""


def claimed_parts(place: Inventory) -> ClaimedParts:
    """The claims of the names at a place, opened or not, without files that this program wrote.

    Files next to an opened file that belong to another patient by their published names are
    ignored.
    """
    return {
        role: tuple(
            claim.part for claim in claims if role != "labels" or not claim.entry.is_prediction
        )
        for role, claims in place.claims.around.items()
    }


def not_opened(claimed: ClaimedParts, opened: Mapping[Role, Part]) -> frozenset[Modality | None]:
    """The roles that files claim but that were not opened; None stands for the expert labels.

    Args:
        claimed: The claims of the names.
        opened: The opened files by role.
    """
    taken = {_real(part) for part in opened.values()}
    return frozenset(
        role if isinstance(role, Modality) else None
        for role, parts in claimed.items()
        if role not in opened and any(_real(part) not in taken for part in parts)
    )


def _real(part: Part) -> tuple[str, int | None]:
    return os.path.realpath(file_of(part)), part.index if isinstance(part, Channel) else None
