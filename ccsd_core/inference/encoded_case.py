"""A case after its one encoding: everything a subset's decode needs."""

from dataclasses import dataclass

from ccsd_core.data.preprocess import PreparedCase
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.model.network import Encoding


@dataclass(frozen=True, slots=True, eq=False)
class EncodedCase:
    """What `Predictor.encode` returns and `Predictor.predict` takes.

    Args:
        case: The case.
        prepared: Its grid and box; the images are not kept.
        encoding: Features of every available sequence.
    """

    case: Case
    prepared: PreparedCase
    encoding: Encoding

    @property
    def available(self) -> ModalitySubset:
        return self.case.available
