"""Encoding a case again after a sequence has changed; all other features are reused.

    FLAIR T1 T1c T2, encoded ──┐
    another T1c ──▶ encode it ─┴──▶ FLAIR T1 T1c′ T2, encoded

The box is kept, so that the values of one sequence do not move the grid of the others.
"""

from collections.abc import Mapping
from dataclasses import replace

from jaxtyping import Float
from torch import Tensor

from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.errors import CaseError, ResourceError
from ccsd_core.inference.encoded_case import EncodedCase
from ccsd_core.inference.encoded_tiles import reencode_tiles
from ccsd_core.inference.hardware.failures import is_out_of_memory
from ccsd_core.inference.runner import Runner
from ccsd_core.progress import Progress, Steps


def changed_sequences(before: Case, case: Case) -> ModalitySubset | None:
    """The sequences with a different volume object than before; None if all are the same.

    Raises:
        CaseError: If the two do not have the same sequences on one grid.
    """
    if case.available != before.available or not case.grid.same_grid(before.grid):
        raise CaseError(
            f"case {case.id!r} ({case.available.label}, {case.grid.shape}) cannot be encoded as "
            f"a change of {before.id!r} ({before.available.label}, {before.grid.shape}): encode "
            "it as a new case"
        )
    changed = [m for m in case.available if case.volumes[m] is not before.volumes[m]]
    return ModalitySubset.of(*changed) if changed else None


def reencode_case(
    runner: Runner,
    encoded: EncodedCase,
    case: Case,
    images: Mapping[Modality, Float[Tensor, "x y z"]],
) -> Steps[EncodedCase]:
    """One view of a case, with the features of some sequences replaced.

    Args:
        runner: Runner on the device where the case was encoded.
        encoded: The encoded case before the change, with its features.
        case: The case after the change.
        images: The sequences that changed, on the box of `encoded`.

    Raises:
        ResourceError: If memory runs out.
    """
    try:
        if encoded.tiles is not None:
            tiles = yield from reencode_tiles(runner, encoded.tiles, images)
            return replace(encoded, case=case, tiles=tiles)
        assert encoded.encoding is not None, "only logits were kept"
        sequences = list(encoded.encoding.sequences)
        for done, (modality, image) in enumerate(images.items()):
            yield Progress(done, len(images), f"encoding {modality.label}")
            sequences[modality] = runner.encode_sequence(image, modality)
        encoding = replace(encoded.encoding, sequences=tuple(sequences))
        return replace(encoded, case=case, encoding=encoding)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise ResourceError(
            f"case {case.id!r}: not enough memory to encode it again: close other programs"
        ) from error
