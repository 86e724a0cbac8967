"""An encoded case: everything that is needed to decode any subset.

A case that fits into the network's tile keeps its features, from which any subset can be decoded. A
larger one is encoded tile by tile and keeps the features of every tile or, if they do not fit into
memory, the logits of the requested subsets.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor

from ccsd_core.data.preprocess import PreparedCase
from ccsd_core.data.signal_mask import SignalMasks
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.inference.encoded_tiles import EncodedTiles
from ccsd_core.model.network import EncodedBatch


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class EncodedCase:
    """The result of `Predictor.encode`, and the input of `Predictor.predict`.

    Args:
        case: The case.
        prepared: Its grid and box; the images are not kept.
        encoding: Features of every available sequence; None for a case in tiles.
        tiles: Features of every tile of a case in tiles.
        logits: For a case in tiles with features that do not fit into memory: the logits of each
            requested subset, (region, x, y, z) on the box, float16, on the CPU.
        signal_masks: The signal mask of each sequence, for the results of all views.
        others: The same case in the additional views of the model's test-time augmentation.
        device: Device on which the case is decoded.
        notes: Sentences for the user about changes that were made because memory ran out.
    """

    case: Case
    prepared: PreparedCase
    encoding: EncodedBatch | None
    tiles: EncodedTiles | None = None
    logits: Mapping[ModalitySubset, Tensor] = field(default_factory=dict)
    signal_masks: SignalMasks = field(default_factory=dict)
    others: tuple["EncodedCase", ...] = ()
    device: str = "cpu"
    notes: tuple[str, ...] = ()

    @property
    def available(self) -> ModalitySubset:
        return self.case.available
