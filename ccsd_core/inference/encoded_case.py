"""A case after its one encoding: everything a subset's decode needs.

A case that fits the network's window keeps features, of which any subset can be decoded. A
larger one is encoded window by window, and features of windows are not worth keeping: it keeps
the logits of the subsets that were asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor

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
        encoding: Features of every available sequence; None for a case in windows.
        logits: Of a case in windows, for each subset that was asked for: (region, x, y, z) on
            the box, float16, on the CPU.
    """

    case: Case
    prepared: PreparedCase
    encoding: Encoding | None
    logits: Mapping[ModalitySubset, Tensor] = field(default_factory=dict)

    @property
    def available(self) -> ModalitySubset:
        return self.case.available
