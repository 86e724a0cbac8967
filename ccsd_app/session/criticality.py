"""How hard each sequence of the open case is to replace, as the inference process computed it."""

from collections.abc import Mapping
from dataclasses import dataclass

from ccsd_core.domain.modality import Modality, ModalitySubset


@dataclass(frozen=True, slots=True)
class Criticality:
    """See `ccsd_core.inference.case_criticality.CaseCriticality`, whose values these are."""

    cosine: Mapping[Modality, float]
    gradient: Mapping[Modality, float]
    path: tuple[ModalitySubset, ...]
    against_expert: bool
