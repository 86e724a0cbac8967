"""A loaded model: encode a case once, decode it for any subset of its sequences.

    Case ──prepare──▶ box on the network's grid ──encode (per sequence)──▶ EncodedCase
    EncodedCase + subset ──decode──▶ logits ──upsample──▶ regions on the case's own grid

Only the decode depends on the subset, so toggling a sequence costs one decode (and one for each
additional view of test-time augmentation). A box larger than the model's tile is encoded and
decoded tile by tile.

The last logits are cached, so that regions, nested labels and probabilities of one subset cost one
decode together.
"""

import weakref
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ccsd_core.data.grid import LATTICE, Box
from ccsd_core.data.preprocess import PreparedCase, prepare
from ccsd_core.data.signal_mask import SignalMasks, joint_signal_mask, signal_masks_of
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.domain.postprocess_rules import DEFAULT_POSTPROCESS, Postprocess
from ccsd_core.domain.reference_scores import ReferenceScores
from ccsd_core.domain.segmentation import Provenance, Segmentation
from ccsd_core.errors import BadInputError, CaseError, ResourceError
from ccsd_core.inference.attempts import attempts
from ccsd_core.inference.cancellation import CancellationCheck
from ccsd_core.inference.case_criticality import CaseCriticality, case_criticality
from ccsd_core.inference.case_grid import nested_labels_on_case_grid, regions_on_case_grid
from ccsd_core.inference.decoding import decode_logits
from ccsd_core.inference.encoded_case import EncodedCase
from ccsd_core.inference.encoding import encode_case
from ccsd_core.inference.hardware.devices import choose_device, fast_bf16
from ccsd_core.inference.hardware.failures import is_out_of_memory
from ccsd_core.inference.hardware.gpus import prepare_gpu
from ccsd_core.inference.postprocess import (
    masked_logits,
    processed_logits,
    processed_nested_labels,
)
from ccsd_core.inference.probabilities import Probabilities
from ccsd_core.inference.reencoding import changed_sequences, reencode_case
from ccsd_core.inference.runner import Runner
from ccsd_core.inference.tta import apply_tta_view, mean_over_tta_views
from ccsd_core.losses.segmentation import SegmentationLoss
from ccsd_core.model.network import CcsdNetwork
from ccsd_core.model.tta_view import TtaView
from ccsd_core.progress import Progress, Steps, as_part_of, drain
from ccsd_core.storage.models.manifest import Manifest
from ccsd_core.version import software_version

Upsampled = TypeVar("Upsampled")


@dataclass(frozen=True, slots=True, eq=False)
class _DecodedLogits:
    """The most recent logits, with their case and subset; the case is not kept alive."""

    encoded: weakref.ref[EncodedCase]
    subset: ModalitySubset
    logits: Tensor


class Predictor:
    """Runs one network on cases.

    Args:
        network: The network; moved to the device, frozen and set to evaluation mode.
        manifest: Manifest of the model.
        spacing_mm: Edge of the isotropic voxels of its grid in mm.
        lattice: Boxes begin and end at multiples of these, in voxels.
        tta: Test-time augmentation: additional views of a case, on grids that are not finer; their
            logits are averaged with those of the first view.
        tile: Largest box in voxels that is encoded as a whole; None for any.
        postprocess: Post-processing of its output.
        device: `cpu`, `cuda`, or `auto`.
        borrowed: Whether to leave the network unchanged on its device, whatever `device` is,
            because it (or the network that it averages) is still being trained.
        dtype: Precision, fp32 or bf16; None for the faster one on the device.
        reference_scores: Scores of the model on many patients, if known.
        raise_if_cancelled: Called between layers, every few milliseconds for a small network. An
            exception that it raises ends the work and reaches the caller; the predictor and encoded
            cases stay usable. It can also be set later.
    """

    def __init__(
        self,
        network: CcsdNetwork,
        manifest: Manifest,
        *,
        spacing_mm: float,
        lattice: tuple[int, int, int] = LATTICE,
        tta: Sequence[TtaView] = (),
        tile: tuple[int, int, int] | None = None,
        postprocess: Postprocess = DEFAULT_POSTPROCESS,
        device: str = "auto",
        borrowed: bool = False,
        dtype: torch.dtype | None = None,
        reference_scores: ReferenceScores | None = None,
        raise_if_cancelled: CancellationCheck | None = None,
    ):
        self.manifest = manifest
        self.reference_scores = reference_scores
        self.spacing_mm = spacing_mm
        self.lattice = lattice
        self.tta = tuple(tta)
        self.tile = tile
        self.postprocess = postprocess
        self.raise_if_cancelled = raise_if_cancelled
        if borrowed:
            where = next(network.parameters()).device
        else:
            where = choose_device(device)
            prepare_gpu(where)
            network = network.to(where).eval()
            network.to(memory_format=torch.channels_last_3d)  # pyright: ignore[reportCallIssue]
            network.requires_grad_(requires_grad=False)
        self._runner = Runner(network, where, dtype or _fastest(where))
        self._cpu_runner: Runner | None = None
        self._last: _DecodedLogits | None = None

    @property
    def device(self) -> str:
        return str(self._runner.device)

    def encode(
        self, case: Case, *, subsets: Collection[ModalitySubset] | None = None
    ) -> Steps[EncodedCase]:
        """Encode every available sequence, once.

        If memory runs out, it is tried again in tiles, in smaller tiles, and on the CPU; this is
        reported in the progress and in the notes of the result.

        Args:
            case: The case.
            subsets: The subsets that will be needed; None for all. This matters only for a box that
                is larger than the tile and has features that do not fit into memory: it is decoded
                now, for these subsets only.

        Raises:
            CaseError: If no sequence has any contrast, or the case lacks a sequence of a subset.
            ResourceError: If no way to encode it fits into memory.
        """
        wanted = case.available.subsets() if subsets is None else tuple(dict.fromkeys(subsets))
        for subset in wanted:
            _check_available(case, subset)
        yield Progress(0, len(case.available) + 1, "preparing")
        prepared = {self.spacing_mm: self._prepared(case, self.spacing_mm)}
        signal_masks = signal_masks_of(
            case, prepared[self.spacing_mm], raise_if_cancelled=self._check_cancelled
        )
        views = (TtaView(spacing_mm=self.spacing_mm), *self.tta)
        encoded: list[EncodedCase] = []
        for index, view in enumerate(views):
            if view.spacing_mm not in prepared:
                prepared[view.spacing_mm] = self._prepared(case, view.spacing_mm)
            steps = self._encode_view(case, apply_tta_view(prepared[view.spacing_mm], view), wanted)
            encoded.append((yield from as_part_of(steps, index, len(views), "pass")))
        notes = dict.fromkeys(note for one in encoded for note in one.notes)
        signal_masks = _signal_masks_on(encoded[0].device, signal_masks)
        return replace(
            encoded[0], signal_masks=signal_masks, others=tuple(encoded[1:]), notes=tuple(notes)
        )

    def reencode(self, encoded: EncodedCase, case: Case) -> Steps[EncodedCase]:
        """Encode a case that differs from an encoded one in the values of some sequences.

        Only sequences with a different volume object are encoded, each normalised by its own
        voxels. The box is kept.

        Args:
            encoded: The encoded case before the change; it stays usable.
            case: The case after the change.

        Raises:
            CaseError: If it has a different grid or other sequences.
            ResourceError: If memory runs out.
        """
        changed = changed_sequences(encoded.case, case)
        if changed is None:
            return encoded
        part = case.restricted_to(changed)
        again: list[EncodedCase] = []
        views = (TtaView(spacing_mm=self.spacing_mm), *self.tta)
        parts = (encoded, *encoded.others)
        for index, (view, one) in enumerate(zip(views, parts, strict=True)):
            kept = one.encoding is not None or one.tiles is not None
            whole = self._prepared(part if kept else case, view.spacing_mm, box=one.prepared.box)
            prepared = apply_tta_view(whole, view)
            if kept:
                runner = self._on(torch.device(one.device))
                steps = reencode_case(runner, one, case, prepared.images)
            else:
                steps = self._encode_view(case, prepared, tuple(one.logits))
            again.append((yield from as_part_of(steps, index, len(views), "pass")))
        signal_masks = {
            **encoded.signal_masks,
            **signal_masks_of(part, encoded.prepared, raise_if_cancelled=self._check_cancelled),
        }
        signal_masks = _signal_masks_on(again[0].device, signal_masks)
        return replace(again[0], signal_masks=signal_masks, others=tuple(again[1:]))

    def predict(self, encoded: EncodedCase, subset: ModalitySubset) -> Segmentation:
        """Segment from the sequences of `subset`, with one decode.

        Raises:
            CaseError: If the case lacks a sequence of `subset`, or has only logits, and none of
                this subset.
            ResourceError: If memory runs out.
        """
        return drain(self.predicting(encoded, subset))

    def predicting(self, encoded: EncodedCase, subset: ModalitySubset) -> Steps[Segmentation]:
        """`predict` as steps: one for each tile of a case in tiles, otherwise none."""
        logits = yield from self._logits(encoded, subset)
        case, postprocess = encoded.case, self.postprocess
        if postprocess.has("nested"):
            regions = self._nested_labels(encoded, logits).regions(case.grid.shape)
        else:
            regions = self._raw_regions(encoded, logits)
        return Segmentation(
            regions, case.grid, case.stored, case.scheme, self.provenance(case, subset)
        )

    def predict_nested_labels(
        self, encoded: EncodedCase, subset: ModalitySubset, *, nesting: bool = False
    ) -> NestedLabels:
        """The regions of `predict` as a cropped map of small integers, to save memory.

        One number per voxel can only represent nested regions. If the model's post-processing lacks
        `nested`, they differ from those of `predict`: inner regions are added to outer ones. This
        must be requested by `nesting`, and should be stated where they are shown.

        Args:
            encoded: The encoded case.
            subset: The sequences that the network is given.
            nesting: Whether to nest the regions of such a model.

        Raises:
            BadInputError: If the post-processing does not nest regions and `nesting` is False.
            CaseError: As `predict`.
            ResourceError: If memory runs out.
        """
        if not (nesting or self.postprocess.has("nested")):
            raise BadInputError(
                f"model {self.manifest.name!r}: its post-processing ({self.postprocess}) does not "
                "nest regions, and nested labels cannot represent others: add nested, ask for "
                "nesting, or use predict"
            )
        return self._nested_labels(encoded, drain(self._logits(encoded, subset)))

    def raw_regions(self, encoded: EncodedCase, subset: ModalitySubset) -> NDArray[np.bool_]:
        """The network's output without post-processing: boolean (3, x, y, z), not nested.

        Raises:
            CaseError: As `predict`.
            ResourceError: If memory runs out.
        """
        return self._raw_regions(encoded, drain(self._network_logits(encoded, subset)))

    def probabilities(self, encoded: EncodedCase, subset: ModalitySubset) -> Probabilities:
        """The network's probability of each region, from the sequences of `subset`.

        Logits are divided by the manifest's temperature for this number of sequences. A `threshold`
        of the post-processing changes the regions, not the probabilities.

        Raises:
            CaseError: As `predict`.
            ResourceError: If memory runs out.
        """
        logits = drain(self._network_logits(encoded, subset))
        signal_mask = joint_signal_mask(encoded.signal_masks, subset)
        logits = masked_logits(logits, self.postprocess, signal_mask=signal_mask)
        logits = logits / self.manifest.temperature(len(subset))
        return Probabilities.of(logits, encoded.prepared, encoded.case.grid.shape)

    def load_for_criticality(self) -> None:
        """Import what `criticality` needs; takes seconds once, and may run in a thread."""
        SegmentationLoss()

    def criticality(self, case: Case) -> Steps[CaseCriticality]:
        """How hard each of the case's sequences is to replace for the network.

        Encodes the case again, in the first view only, because features with gradients take more
        memory.

        Raises:
            CaseError: If no sequence has any contrast.
            ResourceError: If the case is larger than the model's tile, or memory runs out.
        """
        yield Progress(0, len(case.available) + 1, "criticality: preparing")
        prepared = self._prepared(case, self.spacing_mm)
        shape, tile = prepared.box.shape, self.tile
        if tile is not None and any(n > w for n, w in zip(shape, tile, strict=True)):
            raise ResourceError(
                f"case {case.id!r} is larger than the model's tile and is computed in parts: "
                "its features cannot be compared as a whole"
            )
        return (yield from case_criticality(self._on(self._runner.device), case, prepared))

    def provenance(self, case: Case, subset: ModalitySubset) -> Provenance:
        """Model, subset and software that a prediction is made with."""
        return Provenance(
            case_id=case.id,
            model_name=self.manifest.name,
            model_sha256=self.manifest.sha256,
            subset=subset,
            available=case.available,
            software=software_version(),
            seen_in_training=case.is_among(self.manifest.training_cases),
            not_opened=case.not_opened,
            degraded=case.degraded,
        )

    def _nested_labels(self, encoded: EncodedCase, logits: Tensor) -> NestedLabels:
        grid = encoded.case.grid
        found = _with_cpu_fallback(
            lambda logits: nested_labels_on_case_grid(logits, encoded.prepared, grid.shape), logits
        )
        values = processed_nested_labels(found.values, self.postprocess, voxel_ml=grid.voxel_ml)
        return found if values is found.values else NestedLabels.around(values, found.offset)

    def _raw_regions(self, encoded: EncodedCase, logits: Tensor) -> NDArray[np.bool_]:
        shape = encoded.case.grid.shape
        return _with_cpu_fallback(
            lambda logits: regions_on_case_grid(logits, encoded.prepared, shape), logits
        )

    def _logits(self, encoded: EncodedCase, subset: ModalitySubset) -> Steps[Tensor]:
        """Logits on the box, fp32, on the device of decoding; regions are voxels above 0."""
        logits = yield from self._network_logits(encoded, subset)
        signal_mask = joint_signal_mask(encoded.signal_masks, subset)
        return processed_logits(logits, self.postprocess, signal_mask=signal_mask)

    def _network_logits(self, encoded: EncodedCase, subset: ModalitySubset) -> Steps[Tensor]:
        """The network's logits on the box: decoded, or cached from the last call."""
        _check_available(encoded.case, subset)
        last = self._last
        if last is not None and last.encoded() is encoded and last.subset == subset:
            return last.logits
        count = 1 + len(encoded.others)
        logits = yield from as_part_of(self._decoded(encoded, subset), 0, count, "pass")
        if encoded.others:
            others: list[tuple[TtaView, Tensor, PreparedCase]] = []
            for view, other in zip(self.tta, encoded.others, strict=True):
                steps = as_part_of(self._decoded(other, subset), len(others) + 1, count, "pass")
                others.append((view, (yield from steps), other.prepared))
            logits = mean_over_tta_views(logits, encoded.prepared, others)
        self._last = _DecodedLogits(weakref.ref(encoded, self._forget_last), subset, logits)
        return logits

    def _forget_last(self, _: object) -> None:
        """Free the logits of an encoded case that was deleted, which may be in GPU memory."""
        self._last = None

    def _prepared(self, case: Case, spacing_mm: float, *, box: Box | None = None) -> PreparedCase:
        return prepare(
            case,
            spacing_mm=spacing_mm,
            lattice=self.lattice,
            box=box,
            raise_if_cancelled=self._check_cancelled,
        )

    def _encode_view(
        self, case: Case, prepared: PreparedCase, wanted: Sequence[ModalitySubset]
    ) -> Steps[EncodedCase]:
        ways = attempts(
            prepared.box.shape, self.tile, lattice=self.lattice, device=self._runner.device
        )
        return (yield from encode_case(self._on, case, prepared, wanted, tuple(ways)))

    def _decoded(self, encoded: EncodedCase, subset: ModalitySubset) -> Steps[Tensor]:
        runner = self._on(torch.device(encoded.device))
        self._check_cancelled()
        logits = yield from decode_logits(runner, encoded, subset)
        self._check_cancelled()
        return logits

    def _on(self, device: torch.device) -> Runner:
        """The runner of a device: the predictor's own, or the CPU's if memory ran out."""
        runner = self._runner
        if device != runner.device:
            if self._cpu_runner is None:
                self._cpu_runner = runner.on_cpu(_fastest(device))
            runner = self._cpu_runner
        runner.raise_if_cancelled = self.raise_if_cancelled
        return runner

    def _check_cancelled(self) -> None:
        if self.raise_if_cancelled is not None:
            self.raise_if_cancelled()


def _fastest(device: torch.device) -> torch.dtype:
    return torch.bfloat16 if fast_bf16(device) else torch.float32


def _signal_masks_on(device: str, masks: SignalMasks) -> SignalMasks:
    """Signal masks on the device where logits are decoded, since every decode needs them."""
    return {modality: mask.to(device) for modality, mask in masks.items()}


def _with_cpu_fallback(upsample: Callable[[Tensor], Upsampled], logits: Tensor) -> Upsampled:
    """The result of `upsample`, computed on the CPU if it does not fit into the GPU's memory."""
    try:
        return upsample(logits)
    except RuntimeError as error:
        if logits.is_cpu or not is_out_of_memory(error):
            raise
        return upsample(logits.cpu())


def _check_available(case: Case, subset: ModalitySubset) -> None:
    if not subset.issubset(case.available):
        raise CaseError(f"case {case.id!r} has {case.available.label}, not all of {subset.label}")
