"""A loaded model: encode a case once, decode it for any subset of its sequences.

    Case ──prepare──▶ box on the network's grid ──encode (per sequence)──▶ EncodedCase
    EncodedCase + subset ──decode──▶ logits ──enlarge──▶ regions on the case's own grid

Only the decode depends on the subset, so toggling a sequence costs one decode.
"""

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ccsd_core.data.grid import sample_block
from ccsd_core.data.preprocess import PreparedCase, prepare
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import Provenance, Segmentation
from ccsd_core.errors import CaseError
from ccsd_core.inference.encoded_case import EncodedCase
from ccsd_core.inference.hardware import choose_device, fast_bf16
from ccsd_core.model.network import CcsdNetwork, Encoding, SequenceEncoding
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.manifest import Manifest
from ccsd_core.version import software_version

FAR_OUTSIDE = -20.0
"""Logit of voxels outside the box: no region is there."""


class Predictor:
    """Runs one network on cases.

    Args:
        network: The network, in evaluation.
        manifest: What it says of itself.
        spacing_mm: Its grid.
        device: `cpu`, `cuda`, or `auto`.
    """

    def __init__(
        self, network: CcsdNetwork, manifest: Manifest, *, spacing_mm: float, device: str = "auto"
    ):
        self.manifest = manifest
        self.spacing_mm = spacing_mm
        self._device = choose_device(device)
        self._dtype = torch.bfloat16 if fast_bf16(self._device) else torch.float32
        network = network.to(self._device).eval()
        network.to(memory_format=torch.channels_last_3d)  # pyright: ignore[reportCallIssue]
        self._network = network.requires_grad_(requires_grad=False)

    @property
    def device(self) -> str:
        return str(self._device)

    def encode(self, case: Case) -> Steps[EncodedCase]:
        """Encode every available sequence, once.

        Raises:
            CaseError: If no sequence has any contrast.
        """
        total = len(case.available) + 1
        yield Progress(0, total, "preparing")
        prepared = prepare(case, spacing_mm=self.spacing_mm)
        sequences: list[SequenceEncoding | None] = [None] * len(Modality)
        for done, modality in enumerate(case.available, start=1):
            yield Progress(done, total, f"encoding {modality.label}")
            sequences[modality] = self._encode_sequence(prepared.images[modality], modality)
        image = prepared.images[next(iter(case.available))]
        encoding = self._collect(sequences, case.available, image)
        yield Progress(total, total, "encoded")
        return EncodedCase(case, replace(prepared, images={}), encoding)

    def predict(self, encoded: EncodedCase, subset: ModalitySubset) -> Segmentation:
        """Segment from `subset` alone: one decode.

        Raises:
            CaseError: If the case lacks a sequence of `subset`.
        """
        case = encoded.case
        if not subset.issubset(case.available):
            raise CaseError(
                f"case {case.id!r} has {case.available.label}, not all of {subset.label}"
            )
        logits = self._decode(encoded.encoding, subset)
        regions = on_case_grid(logits, encoded.prepared, case)
        return Segmentation(
            regions, case.grid, case.stored, case.scheme, self._provenance(case, subset)
        )

    @torch.inference_mode()
    def _encode_sequence(self, image: Tensor, modality: Modality) -> SequenceEncoding:
        batch = image[None, None].to(self._device).contiguous(memory_format=torch.channels_last_3d)
        with torch.autocast(self._device.type, self._dtype, enabled=self._reduced):
            features = self._network.encode_sequence(batch, modality)
        # only what the decoder sums and what criticality compares is kept
        return replace(features, shared=[], specific=[], fused=features.fused[-1:])

    @torch.inference_mode()
    def _collect(
        self, sequences: list[SequenceEncoding | None], available: ModalitySubset, image: Tensor
    ) -> Encoding:
        present = torch.tensor([[m in available for m in Modality]], device=self._device)
        return self._network.collect(sequences, present, image=image[None, None].to(self._device))

    @torch.inference_mode()
    def _decode(self, encoding: Encoding, subset: ModalitySubset) -> Tensor:
        """Logits on the box, fp32 on the CPU: (region, x, y, z)."""
        used = torch.tensor([[m in subset for m in Modality]], device=self._device)
        with torch.autocast(self._device.type, self._dtype, enabled=self._reduced):
            return self._network.decode(encoding, used)[0].float().cpu()

    @property
    def _reduced(self) -> bool:
        return self._dtype is not torch.float32

    def _provenance(self, case: Case, subset: ModalitySubset) -> Provenance:
        return Provenance(
            case_id=case.id,
            model_name=self.manifest.name,
            model_sha256=self.manifest.sha256,
            subset=subset,
            available=case.available,
            software=software_version(),
            seen_in_training=case.id in self.manifest.training_cases,
        )


def on_case_grid(logits: Tensor, prepared: PreparedCase, case: Case) -> NDArray[np.bool_]:
    """Nested regions on the case's grid, from logits on the box.

    Only the part of the case that some region comes near is enlarged: elsewhere every logit is
    negative, and linear interpolation of negative values stays so.

    Args:
        logits: (region, x, y, z) on the prepared box.
        prepared: Where the box lies.
        case: The case.

    Returns:
        Boolean (3, x, y, z); ET ⊂ TC ⊂ WT.
    """
    regions = np.zeros((len(Region), *case.grid.shape), bool)
    positive = (logits > 0).any(dim=0)
    if not bool(positive.any()):
        return regions
    start, stop = _reach(positive, prepared, case.grid.shape)
    whole = prepared.box.paste(logits, prepared.grid_shape, fill=FAR_OUTSIDE)
    block = sample_block(whole, case.grid.shape, start, stop) > 0
    nested = torch.stack([block.any(dim=0), block[1:].any(dim=0), block[2]])
    window = tuple(slice(a, b) for a, b in zip(start, stop, strict=True))
    regions[(slice(None), *window)] = nested.numpy()
    return regions


def _reach(
    positive: Tensor, prepared: PreparedCase, shape: tuple[int, int, int]
) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """The case voxels that lie within one network voxel of a positive logit."""
    starts, stops = [], []
    for axis, n in enumerate(shape):
        others = tuple(a for a in range(3) if a != axis)
        hit = positive.any(dim=others[1]).any(dim=others[0]).nonzero().flatten()
        factor = n / prepared.grid_shape[axis]
        first = int(hit[0]) + prepared.box.start[axis]
        last = int(hit[-1]) + prepared.box.start[axis]
        starts.append(min(max(int((first - 0.5) * factor - 1), 0), n))
        stops.append(max(min(int((last + 1.5) * factor + 2), n), 0))
    a, b, c = starts
    d, e, f = stops
    return (a, b, c), (d, e, f)
