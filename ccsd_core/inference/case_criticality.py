r"""How hard each sequence of one case is to replace, by the features of the network.

    cosine     C_i = 1 − mean_{j≠i} cos(f_i, f_j)     the deepest fused features
    gradient   C_i = ‖ ∂L_seg(M) / ∂f_i ‖₂            of all levels, one backward pass

The gradient's loss is taken against the expert's labels where there are any, and otherwise
against the network's own prediction from all sequences; that shows how much the prediction depends
on a sequence, not how correct it is.

Source: see `ccsd_core.distillation.criticality`; these are the same scores, for a whole case
instead of a training batch.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ccsd_core.data.preprocess import PreparedCase, prepare_target
from ccsd_core.distillation.criticality import (
    cosine_criticality,
    gradient_criticality,
    gradient_sums,
    similarity_sums,
)
from ccsd_core.distillation.path import Path, decremental_path
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.errors import ResourceError
from ccsd_core.inference.cancellation import cancellation_checks
from ccsd_core.inference.hardware.failures import is_out_of_memory
from ccsd_core.inference.memory import free_bytes
from ccsd_core.inference.runner import Runner
from ccsd_core.losses.segmentation import SegmentationLoss
from ccsd_core.model.network import CcsdNetwork, EncodedSequence
from ccsd_core.model.presence import presence_mask
from ccsd_core.progress import Progress, Steps

GRADIENT_FACTOR = 8
"""Factor of the memory that is required: a decode with its backward pass takes about seven times
the memory of the features that it reads."""


@dataclass(frozen=True, slots=True)
class CaseCriticality:
    """How hard each sequence of a case is to replace, by the network's features.

    Args:
        cosine: C_i of each sequence; empty if there is only one.
        gradient: Norm of the loss's gradient for each sequence.
        path: The decremental path of `cosine`: the most critical sequence is removed first.
        against_expert: Whether the loss was taken against the expert's labels.
    """

    cosine: Mapping[Modality, float]
    gradient: Mapping[Modality, float]
    path: Path
    against_expert: bool


def case_criticality(runner: Runner, case: Case, prepared: PreparedCase) -> Steps[CaseCriticality]:
    """Encode again, keep the features of all levels, and compute gradients with respect to them.

    Computed in fp32, whatever the runner's precision is, because small gradients underflow in
    reduced precision.

    Args:
        runner: Runner of the network.
        case: The case.
        prepared: The case on the network's grid, with its images.

    Raises:
        ResourceError: If memory runs out, or is expected to.
    """
    available = case.available
    total = len(available) + 1
    try:
        sequences: list[EncodedSequence | None] = [None] * len(Modality)
        for done, modality in enumerate(available):
            yield Progress(done, total, f"criticality: encoding {modality.label}")
            sequences[modality] = runner.encode_for_gradients(prepared.images[modality], modality)
        _check_memory(sequences, runner.device)
        yield Progress(len(available), total, "criticality: gradients")
        image = prepared.images[next(iter(available))]
        return _scores(runner, sequences, image, available, case, prepared)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise ResourceError(
            f"case {case.id!r}: not enough memory for gradients: close other programs"
        ) from error


def _scores(
    runner: Runner,
    sequences: list[EncodedSequence | None],
    image: Float[Tensor, "x y z"],
    available: ModalitySubset,
    case: Case,
    prepared: PreparedCase,
) -> CaseCriticality:
    network, present = runner.network, presence_mask(available)
    with (
        torch.enable_grad(),
        cancellation_checks(network, runner.raise_if_cancelled, backwards=True),
    ):
        joined = [_with_graph(network, m, s) for m, s in zip(Modality, sequences, strict=True)]
        encoding = runner.collect_for_gradients(joined, available, image)
        logits = network.decode(encoding, present)
        target = _target(case, prepared, logits)
        loss = SegmentationLoss()(logits, target)
        fused = {m: s.fused for m, s in zip(Modality, joined, strict=True) if s is not None}
        gradients = gradient_sums(loss, fused, present)
    similarities = similarity_sums(encoding.deepest("fused"), present)
    cosine = cosine_criticality(similarities.to_cpu())
    return CaseCriticality(
        cosine,
        gradient_criticality(gradients.to_cpu()),
        decremental_path(cosine),
        against_expert=case.reference is not None,
    )


def _with_graph(
    network: CcsdNetwork, modality: Modality, sequence: EncodedSequence | None
) -> EncodedSequence | None:
    """The sequence with fused features that require gradients, and their projections."""
    if sequence is None:
        return None
    fused = [feature.detach().requires_grad_() for feature in sequence.fused]
    projected = [
        network.decoder.project(feature, level=level, modality=modality)
        for level, feature in enumerate(fused)
    ]
    return replace(sequence, fused=fused, projected={"fused": projected})


def _target(
    case: Case, prepared: PreparedCase, logits: Float[Tensor, "1 r x y z"]
) -> Bool[Tensor, "1 r x y z"]:
    if case.reference is not None:
        return prepare_target(case, prepared).to(logits.device)[None]
    return (logits > 0).detach()


def _check_memory(sequences: list[EncodedSequence | None], device: torch.device) -> None:
    """Raise if memory is short, because a system that is out of memory may kill the process."""
    features = [f for s in sequences if s is not None for f in s.fused]
    needed = GRADIENT_FACTOR * sum(f.numel() * f.element_size() for f in features)
    free = free_bytes(device)
    if needed > free:
        raise ResourceError(
            f"gradients need about {needed / 2**30:.1f} GB of memory, {free / 2**30:.1f} GB "
            "are free: close other programs"
        )
