"""Encoding a case tile by tile, if it is too large to be encoded as a whole.

    box ──tiles──▶ encode each ──▶ features fit the memory?  yes: keep them, on the device
                                                                    or in main memory
                                                               no:  decode every wanted subset
                                                                    now, keep the logits

If the features are kept, a subset costs one decode per tile, and the first result is available as
soon as every tile is encoded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.inference.hardware.pinned import copy_to_pinned, wait_for_copies
from ccsd_core.inference.memory import features_bytes, free_bytes
from ccsd_core.inference.runner import Runner
from ccsd_core.inference.tiling import Blend, Place, Shape, TileGrid
from ccsd_core.model.fill import MissingBlocks
from ccsd_core.model.network import EncodedBatch, EncodedSequence, FeatureKind
from ccsd_core.model.presence import presence_mask
from ccsd_core.progress import Steps

FEATURE_SHARE = 0.5
"""Fraction of the free memory that features may take; decoding and other programs need the rest."""

PINNED_SHARE = 0.2
"""Fraction of the free main memory that may be pinned for features of a GPU."""

LARGEST_HALF = 6e4
"""Limit of stored logits, below the largest float16 value, because infinity cannot be
interpolated."""

Logits = Mapping[ModalitySubset, Tensor]
"""Logits by subset: (region, x, y, z) on the box, float16, on the CPU."""


@dataclass(frozen=True, slots=True)
class _Storage:
    """A device that keeps features; `pinned` is for main memory that a GPU reads."""

    device: torch.device
    pinned: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class EncodedTiles:
    """The features of every tile of a case.

    Args:
        grid: The tiles of the box.
        encodings: The encoding of each tile; the features on the device or in main memory. The fill
            of missing sequences depends only on the tiles' size, so all share one, on the device.
    """

    grid: TileGrid
    encodings: tuple[EncodedBatch, ...]

    def on(self, device: torch.device, index: int, subset: ModalitySubset) -> EncodedBatch:
        """One tile's encoding on a device, without the sequences that a subset does not read."""
        return _moved(_restricted_to(self.encodings[index], subset), _Storage(device))


def encode_tiles(
    runner: Runner,
    images: Mapping[Modality, Float[Tensor, "x y z"]],
    tile: Shape,
    wanted: Sequence[ModalitySubset],
) -> Steps[EncodedTiles | Logits]:
    """Encode a case tile by tile: keep its features, or the wanted logits if these do not fit.

    Args:
        runner: Runner that encodes.
        images: Images by available sequence, on the whole box.
        tile: Shape of a tile in voxels.
        wanted: The subsets to keep logits of if features cannot be kept.
    """
    x, y, z = next(iter(images.values())).shape
    grid = TileGrid.over((x, y, z), tile)
    blend = Blend(grid)
    kept: list[EncodedBatch] = []
    missing: MissingBlocks | None = None
    storage: _Storage | None = None
    for done, place in enumerate(grid.places):
        yield grid.progress(done)
        encoding = _encode_tile(runner, images, place, missing)
        if done == 0:
            missing = encoding.missing
            storage = _storage_for(features_bytes(encoding) * len(grid), runner.device)
        if storage is None:
            blend.add(place, torch.cat([runner.decode(encoding, s) for s in wanted]))
        else:
            kept.append(_moved(encoding, storage))
    if storage is not None:
        return EncodedTiles(grid, tuple(kept))
    halves = blend.mean().clamp(-LARGEST_HALF, LARGEST_HALF).half()
    return dict(zip(wanted, runner.to_cpu(halves).unflatten(0, (len(wanted), -1)), strict=True))


def reencode_tiles(
    runner: Runner, tiles: EncodedTiles, images: Mapping[Modality, Float[Tensor, "x y z"]]
) -> Steps[EncodedTiles]:
    """The same tiles with the features of some sequences replaced.

    Args:
        runner: Runner that encodes.
        tiles: The encoded tiles to be updated.
        images: The sequences that changed, on the whole box.
    """
    kept: list[EncodedBatch] = []
    for done, (place, encoding) in enumerate(zip(tiles.grid.places, tiles.encodings, strict=True)):
        yield tiles.grid.progress(done)
        sequences = list(encoding.sequences)
        for modality, image in images.items():
            found = runner.encode_sequence(image[place], modality)
            sequences[modality] = replace(found, fused=[])
        before = encoding.any_projected("fused")[0]
        storage = _Storage(before.device, pinned=before.is_pinned())
        kept.append(_moved(replace(encoding, sequences=tuple(sequences)), storage))
    return replace(tiles, encodings=tuple(kept))


def decode_tiles(
    runner: Runner, tiles: EncodedTiles, subset: ModalitySubset
) -> Steps[Float[Tensor, "r x y z"]]:
    """Logits of one subset on the box, in fp32 on the device: one decode per tile, blended."""
    blend = Blend(tiles.grid)
    for done, place in enumerate(tiles.grid.places):
        yield tiles.grid.progress(done)
        blend.add(place, runner.decode(tiles.on(runner.device, done, subset), subset))
    return blend.mean()


def _encode_tile(
    runner: Runner,
    images: Mapping[Modality, Tensor],
    place: Place,
    missing: MissingBlocks | None,
) -> EncodedBatch:
    """One tile's encoding; `missing` is reused from an earlier tile, if there was one."""
    sequences: list[EncodedSequence | None] = [None] * len(Modality)
    available = ModalitySubset.of(*images)
    for modality, image in images.items():
        found = runner.encode_sequence(image[place], modality)
        sequences[modality] = replace(found, fused=[])
    if missing is not None:
        return EncodedBatch(tuple(sequences), presence_mask(available), missing)
    return runner.collect(sequences, available, next(iter(images.values()))[place])


def _storage_for(needed: int, device: torch.device) -> _Storage | None:
    """Where features of `needed` bytes are kept: on `device`, in main memory, or None."""
    for place in dict.fromkeys((device, torch.device("cpu"))):
        free = free_bytes(place)
        if needed <= FEATURE_SHARE * free:
            reads = device.type == "cuda" and place.type == "cpu"
            return _Storage(place, pinned=reads and needed <= PINNED_SHARE * free)
    return None


def _restricted_to(encoding: EncodedBatch, subset: ModalitySubset) -> EncodedBatch:
    """The encoding without the sequences that a subset does not read."""
    kept = (s if m in subset else None for m, s in zip(Modality, encoding.sequences, strict=True))
    return replace(encoding, sequences=tuple(kept))


def _moved(encoding: EncodedBatch, storage: _Storage) -> EncodedBatch:
    """The encoding with its features in a storage."""
    begun = set[torch.device]()

    def moved(tensor: Tensor) -> Tensor:
        if storage.pinned and tensor.is_cuda:
            begun.add(tensor.device)
            return copy_to_pinned(tensor)
        if storage.pinned:
            return tensor
        # an upload need not be waited for, because the kernels that read it come after it
        return tensor.to(storage.device, non_blocking=storage.device.type == "cuda")

    def maps(tensors: list[Tensor]) -> list[Tensor]:
        return [moved(tensor) for tensor in tensors]

    def sequence(found: EncodedSequence) -> EncodedSequence:
        projected: dict[FeatureKind, list[Tensor]] = {
            kind: maps(tensors) for kind, tensors in found.projected.items()
        }
        return EncodedSequence(
            maps(found.shared), maps(found.specific), maps(found.fused), projected
        )

    sequences = tuple(None if s is None else sequence(s) for s in encoding.sequences)
    for device in begun:
        wait_for_copies(device)
    return replace(encoding, sequences=sequences)
