"""Logits of one subset from an encoded case, for all ways of encoding."""

from jaxtyping import Float
from torch import Tensor

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.errors import CaseError, ResourceError
from ccsd_core.inference.encoded_case import EncodedCase
from ccsd_core.inference.encoded_tiles import decode_tiles
from ccsd_core.inference.hardware.failures import is_out_of_memory
from ccsd_core.inference.runner import Runner
from ccsd_core.progress import Steps


def decode_logits(
    runner: Runner, encoded: EncodedCase, subset: ModalitySubset
) -> Steps[Float[Tensor, "r x y z"]]:
    """Logits on the box, in fp32, on the device that computed them.

    Args:
        runner: Runner on the device where the case was encoded.
        encoded: The encoded case.
        subset: Sequences to decode from, of those that the case has.

    Raises:
        CaseError: If the case has only logits, and none of this subset.
        ResourceError: If memory runs out.
    """
    try:
        if encoded.encoding is not None:
            return runner.decode(encoded.encoding, subset)
        if encoded.tiles is not None:
            return (yield from decode_tiles(runner, encoded.tiles, subset))
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise ResourceError(
            f"case {encoded.case.id!r}: not enough memory to decode {subset.label}: close "
            "other programs, then encode the case again"
        ) from error
    if subset in encoded.logits:
        return encoded.logits[subset].float()
    known = ", ".join(s.label for s in encoded.logits)
    raise CaseError(
        f"case {encoded.case.id!r} is larger than the model's tile, its features are larger than "
        f"the memory, and it was encoded only for {known}, not for {subset.label}: encode it "
        "again with that subset"
    )
