"""A loaded model: encode a case once, decode it for any subset of its sequences.

    Case ──prepare──▶ box on the network's grid ──encode (per sequence)──▶ EncodedCase
    EncodedCase + subset ──decode──▶ logits ──enlarge──▶ regions on the case's own grid

Only the decode depends on the subset, so toggling a sequence costs one decode. A box beyond the
model's window is encoded and decoded window by window instead, for all wanted subsets at once.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from ccsd_core.data.grid import LATTICE
from ccsd_core.data.preprocess import PreparedCase, prepare
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.segmentation import Provenance, Segmentation
from ccsd_core.errors import CaseError
from ccsd_core.inference.case_grid import on_case_grid
from ccsd_core.inference.encoded_case import EncodedCase
from ccsd_core.inference.hardware import choose_device, fast_bf16
from ccsd_core.inference.subset_logits import all_logits, mask
from ccsd_core.inference.windows import blended, fits
from ccsd_core.model.fill import OF_SUBSET
from ccsd_core.model.network import CcsdNetwork, Encoding, SequenceEncoding
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.manifest import Manifest
from ccsd_core.version import software_version

LARGEST_HALF = 6e4
"""Logits are kept in float16 within this: an infinite one could not be interpolated."""


class Predictor:
    """Runs one network on cases.

    Args:
        network: The network; moved to the device, frozen and put in evaluation.
        manifest: What it says of itself.
        spacing_mm: Its grid.
        lattice: What the boxes it takes are multiples of.
        window: Largest box that it encodes whole; None is any.
        device: `cpu`, `cuda`, or `auto`.
        borrowed: Leave the network as and where it is, whatever `device` says: it, or what it
            averages, is still being trained.
    """

    def __init__(
        self,
        network: CcsdNetwork,
        manifest: Manifest,
        *,
        spacing_mm: float,
        lattice: tuple[int, int, int] = LATTICE,
        window: tuple[int, int, int] | None = None,
        device: str = "auto",
        borrowed: bool = False,
    ):
        self.manifest = manifest
        self.spacing_mm = spacing_mm
        self.lattice = lattice
        self.window = window
        if borrowed:
            self._device = next(network.parameters()).device
        else:
            self._device = choose_device(device)
            network = network.to(self._device).eval()
            network.to(memory_format=torch.channels_last_3d)  # pyright: ignore[reportCallIssue]
            network.requires_grad_(requires_grad=False)
        self._dtype = torch.bfloat16 if fast_bf16(self._device) else torch.float32
        self._network = network

    @property
    def device(self) -> str:
        return str(self._device)

    def encode(
        self, case: Case, *, subsets: Collection[ModalitySubset] | None = None
    ) -> Steps[EncodedCase]:
        """Encode every available sequence, once.

        Args:
            case: The case.
            subsets: Which subsets will be asked for; None for all of the case's. It matters
                for a box beyond the window only, which is decoded now, for these alone.

        Raises:
            CaseError: If no sequence has any contrast, or the case lacks one of a subset's.
        """
        wanted = case.available.subsets() if subsets is None else tuple(dict.fromkeys(subsets))
        for subset in wanted:
            _check_available(case, subset)
        yield Progress(0, len(case.available) + 1, "preparing")
        prepared = prepare(case, spacing_mm=self.spacing_mm, lattice=self.lattice)
        if not fits(prepared.box.shape, self.window):
            return (yield from self._encode_windows(case, prepared, wanted))
        return (yield from self._encode_whole(case, prepared))

    def predict(self, encoded: EncodedCase, subset: ModalitySubset) -> Segmentation:
        """Segment from `subset` alone: one decode.

        Raises:
            CaseError: If the case lacks a sequence of `subset`, or lies in windows and was
                encoded without it.
        """
        case = encoded.case
        _check_available(case, subset)
        if encoded.encoding is not None:
            logits = self._decode(encoded.encoding, subset)
        elif subset in encoded.logits:
            logits = encoded.logits[subset].float()
        else:
            known = ", ".join(s.label for s in encoded.logits)
            raise CaseError(
                f"case {case.id!r} is larger than the model's window and was encoded for {known} "
                f"alone, not for {subset.label}: encode it again with that subset"
            )
        regions = on_case_grid(logits, encoded.prepared, case)
        return Segmentation(
            regions, case.grid, case.stored, case.scheme, self._provenance(case, subset)
        )

    def _encode_whole(self, case: Case, prepared: PreparedCase) -> Steps[EncodedCase]:
        total = len(case.available) + 1
        sequences: list[SequenceEncoding | None] = [None] * len(Modality)
        for done, modality in enumerate(case.available, start=1):
            yield Progress(done, total, f"encoding {modality.label}")
            sequences[modality] = self._encode_sequence(prepared.images[modality], modality)
        image = prepared.images[next(iter(case.available))]
        encoding = self._collect(sequences, case.available, image)
        yield Progress(total, total, "encoded")
        return EncodedCase(case, replace(prepared, images={}), encoding)

    def _encode_windows(
        self, case: Case, prepared: PreparedCase, subsets: Sequence[ModalitySubset]
    ) -> Steps[EncodedCase]:
        assert self.window is not None
        images = torch.zeros(len(Modality), *prepared.box.shape)
        for modality, image in prepared.images.items():
            images[modality] = image

        def compute(window: Tensor) -> Tensor:
            with torch.autocast(self._device.type, self._dtype, enabled=self._reduced):
                return all_logits(
                    self._network,
                    window.to(self._device),
                    available=case.available,
                    subsets=subsets,
                )

        together = yield from blended(compute, images, window=self.window)
        halves = together.clamp(-LARGEST_HALF, LARGEST_HALF).half().cpu()
        logits = dict(zip(subsets, halves.unflatten(0, (len(subsets), -1)), strict=True))
        return EncodedCase(case, replace(prepared, images={}), None, logits)

    @torch.inference_mode()
    def _encode_sequence(self, image: Tensor, modality: Modality) -> SequenceEncoding:
        batch = image[None, None].to(self._device).contiguous(memory_format=torch.channels_last_3d)
        with torch.autocast(self._device.type, self._dtype, enabled=self._reduced):
            features = self._network.encode_sequence(batch, modality)
        # only what decoding sums or fills in, and what criticality compares, is kept
        shared = features.shared if self._network.fill in OF_SUBSET else []
        return replace(features, shared=shared, specific=[], fused=features.fused[-1:])

    @torch.inference_mode()
    def _collect(
        self, sequences: list[SequenceEncoding | None], available: ModalitySubset, image: Tensor
    ) -> Encoding:
        present = mask(available, self._device)
        return self._network.collect(sequences, present, image=image[None, None].to(self._device))

    @torch.inference_mode()
    def _decode(self, encoding: Encoding, subset: ModalitySubset) -> Tensor:
        """Logits on the box, fp32 on the CPU: (region, x, y, z)."""
        with torch.autocast(self._device.type, self._dtype, enabled=self._reduced):
            return self._network.decode(encoding, mask(subset, self._device))[0].float().cpu()

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


def _check_available(case: Case, subset: ModalitySubset) -> None:
    if not subset.issubset(case.available):
        raise CaseError(f"case {case.id!r} has {case.available.label}, not all of {subset.label}")
