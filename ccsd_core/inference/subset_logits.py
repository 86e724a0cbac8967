"""Logits of many subsets of one patient, encoded once, as a whole or per tile.

images ──▶ fits a tile?      yes: encode ──▶ decode each subset on request
                             no:  for each tile: encode, decode all subsets ──▶ blend
"""

from collections.abc import Iterator, Sequence
from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.inference.tiling import blended, fits
from ccsd_core.model.network import CcsdNetwork
from ccsd_core.model.presence import presence_mask
from ccsd_core.progress import drain


def subset_logits(
    network: CcsdNetwork,
    images: Float[Tensor, "m x y z"],
    available: ModalitySubset,
    subsets: Sequence[ModalitySubset],
    *,
    tile: tuple[int, int, int] | None,
) -> Iterator[tuple[ModalitySubset, Float[Tensor, "r x y z"]]]:
    """Logits of the regions for each subset, in fp32, in the order of `subsets`.

    No gradients; the network is not changed, and arithmetic follows the caller's autocast.

    Args:
        network: Network on the device of the images.
        images: Normalised sequences in channel order; unavailable ones are not read.
        available: The patient's sequences.
        subsets: Subsets of these to decode.
        tile: Largest box that is encoded as a whole; None for any.
    """
    if fits(images.shape[1:], tile):
        with torch.inference_mode():
            encoding = network.encode(images[None], presence_mask(available))
        for subset in subsets:
            with torch.inference_mode():
                logits = network.decode(encoding, presence_mask(subset))[0].float()
            yield subset, logits
        return
    assert tile is not None
    compute = partial(all_logits, network, available=available, subsets=subsets)
    together = drain(blended(compute, images, tile=tile))
    yield from zip(subsets, together.unflatten(0, (len(subsets), -1)), strict=True)


@torch.inference_mode()
def all_logits(
    network: CcsdNetwork,
    images: Float[Tensor, "m x y z"],
    *,
    available: ModalitySubset,
    subsets: Sequence[ModalitySubset],
) -> Float[Tensor, "c x y z"]:
    """Encode one tile, and decode the regions' logits of all subsets, concatenated."""
    encoding = network.encode(images[None], presence_mask(available))
    logits = [network.decode(encoding, presence_mask(s))[0] for s in subsets]
    return torch.cat(logits)
