"""Which sequence the others are registered onto.

stripped before with skull ▶ thinner slices ▶ T1c, T1, FLAIR, T2
"""

from collections.abc import Collection, Mapping

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import CaseError

ORDER = (Modality.T1C, Modality.T1, Modality.FLAIR, Modality.T2)
"""T1c first, as in BraTS."""
SIMILAR_MM = 1.0
"""Differences in slice thickness below about this do not matter."""


def ranked(
    volumes: Mapping[Modality, Volume], with_skull: Collection[Modality]
) -> tuple[Modality, ...]:
    """All sequences, the best reference first."""

    def preference(m: Modality) -> tuple[bool, int, int]:
        thickest = max(volumes[m].spacing_mm)
        return m in with_skull, round(thickest / SIMILAR_MM), ORDER.index(m)

    return tuple(sorted(volumes, key=preference))


def why(volumes: Mapping[Modality, Volume], chosen: Modality) -> str:
    """The rule by which one became the reference."""
    if len(volumes) == 1:
        return "the only sequence"
    mine = max(volumes[chosen].spacing_mm)
    others = [max(v.spacing_mm) for m, v in volumes.items() if m is not chosen]
    if round(mine / SIMILAR_MM) < round(min(others) / SIMILAR_MM):
        return f"thinnest slices ({mine:.2g} mm)"
    return f"first of {', '.join(m.label for m in ORDER)} among the thinnest slices ({mine:.2g} mm)"


def check_given(given: Modality | None, volumes: Mapping[Modality, Volume]) -> None:
    """Refuse a reference that the study does not have.

    Raises:
        CaseError: If it is not.
    """
    if given is not None and given not in volumes:
        there = ", ".join(m.label for m in sorted(volumes))
        raise CaseError(f"{given.label} cannot be the reference: the study has {there}")
