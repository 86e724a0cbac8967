"""Encoding a prepared case: as a whole if possible, otherwise in tiles, otherwise on the CPU.

attempt ──out of memory──▶ next attempt ── … ──▶ EncodedCase, with a note for the user
"""

import gc
from collections.abc import Callable, Sequence
from dataclasses import replace

import torch

from ccsd_core.data.preprocess import PreparedCase
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.errors import ResourceError
from ccsd_core.inference.attempts import Attempt
from ccsd_core.inference.encoded_case import EncodedCase
from ccsd_core.inference.encoded_tiles import EncodedTiles, encode_tiles
from ccsd_core.inference.hardware.failures import is_out_of_memory
from ccsd_core.inference.runner import Runner
from ccsd_core.model.network import EncodedSequence
from ccsd_core.progress import Progress, Steps


def encode_case(
    runner_on: Callable[[torch.device], Runner],
    case: Case,
    prepared: PreparedCase,
    wanted: Sequence[ModalitySubset],
    attempts: Sequence[Attempt],
) -> Steps[EncodedCase]:
    """Encode a case in the first of several ways that fits into memory.

    Args:
        runner_on: Function from a device to the runner that encodes on it.
        case: The case.
        prepared: Images of the case on the network's grid.
        wanted: Subsets that are decoded immediately if features cannot be kept.
        attempts: Ways to encode, the best first.

    Raises:
        ResourceError: If memory ran out in every one of them.
    """
    for attempt in attempts:
        notes: tuple[str, ...] = ()
        if attempt != attempts[0]:
            notes = (
                f"not enough memory to compute {attempts[0]}: computed {attempt}, so results may "
                "differ",
            )
            _free_memory()
            yield Progress(0, 1, f"not enough memory, trying {attempt}")
        try:
            runner = runner_on(attempt.device)
            encoded = yield from _encode_by(runner, case, prepared, wanted, attempt)
            return replace(encoded, notes=notes)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
    raise ResourceError(
        f"case {case.id!r}: not enough memory, even {attempts[-1]}: close other programs, or use a "
        "computer with more memory"
    )


def _encode_by(
    runner: Runner,
    case: Case,
    prepared: PreparedCase,
    wanted: Sequence[ModalitySubset],
    attempt: Attempt,
) -> Steps[EncodedCase]:
    encoded = EncodedCase(case, replace(prepared, images={}), None, device=str(attempt.device))
    if attempt.tile is None:
        return (yield from _encode_whole(runner, encoded, prepared))
    kept = yield from encode_tiles(runner, prepared.images, attempt.tile, wanted)
    if not isinstance(kept, EncodedTiles):
        return replace(encoded, logits=kept)
    if runner.tries_decode:
        runner.decode(kept.on(runner.device, 0, case.available), case.available)
    return replace(encoded, tiles=kept)


def _encode_whole(
    runner: Runner, encoded: EncodedCase, prepared: PreparedCase
) -> Steps[EncodedCase]:
    available = encoded.available
    total = len(available) + 1
    sequences: list[EncodedSequence | None] = [None] * len(Modality)
    for done, modality in enumerate(available, start=1):
        yield Progress(done, total, f"encoding {modality.label}")
        sequences[modality] = runner.encode_sequence(prepared.images[modality], modality)
    encoding = runner.collect(sequences, available, prepared.images[next(iter(available))])
    if runner.tries_decode:
        runner.decode(encoding, available)
    yield Progress(total, total, "encoded")
    return replace(encoded, encoding=encoding)


def _free_memory() -> None:
    """Free the memory of the previous attempt, which is released only when its frames are gone."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
