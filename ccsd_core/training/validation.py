"""Scoring the averaged weights during training: Dice over all subsets of unseen cases.

Dice is computed on the network's grid, on which the cases are prepared, after the usual
post-processing; this is sufficient to select a model. Signal masks are computed from the prepared
images. Reported scores come from `ccsd-app evaluate`, on each case's own grid.

    ranks share the cases ──▶ sums and counts by subset and region ──▶ one table for all
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean

import torch
from lightning_fabric import Fabric

from ccsd_core.data.dataset import CaseSet, TrainingCase
from ccsd_core.data.holes import filled
from ccsd_core.data.signal_mask import SignalMasks, joint_signal_mask
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.postprocess_rules import Postprocess
from ccsd_core.domain.region import Region
from ccsd_core.inference.postprocess import processed_regions
from ccsd_core.inference.subset_logits import subset_logits
from ccsd_core.model.network import CcsdNetwork
from ccsd_core.progress import Progress, Steps
from ccsd_core.training.launch import sum_over_ranks

Table = Mapping[ModalitySubset, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Validation:
    """Scores of one validation.

    Args:
        table: Mean Dice of WT, TC, ET by subset, in table order, without subsets that no case has.
        cases: Ids of the cases.
    """

    table: Table
    cases: tuple[str, ...]

    @property
    def mean(self) -> float:
        """Mean Dice over subsets and regions, which selects the best model."""
        return fmean(value for row in self.table.values() for value in row)

    def by_count(self) -> dict[int, tuple[float, ...]]:
        """D_k by k: mean Dice of WT, TC, ET over the subsets of k sequences."""
        counts = sorted({len(subset) for subset in self.table})
        return {
            k: tuple(
                fmean(row[region] for subset, row in self.table.items() if len(subset) == k)
                for region in Region
            )
            for k in counts
        }

    def as_columns(self) -> dict[str, object]:
        """Columns of validation.csv by name, except `step`: mean Dice, and D_k by region."""
        curve = {
            f"D{k}_{region.name}": row[region]
            for k, row in self.by_count().items()
            for region in Region
        }
        return {"mean": self.mean, **curve}


def validate(
    network: CcsdNetwork,
    cases: CaseSet,
    fabric: Fabric,
    *,
    tile: tuple[int, int, int] | None,
    postprocess: Postprocess,
    spacing_mm: float,
    step: int,
    steps: int,
    stop: Callable[[], bool] = lambda: False,
) -> Steps[Validation | None]:
    """Score a network on every case, from every subset of its sequences.

    None if a stop was requested in between.

    Args:
        network: The averaged weights.
        cases: Cases that are not trained on.
        fabric: Devices and ranks; ranks share the cases.
        tile: Largest box that is encoded as a whole.
        postprocess: Post-processing of the output.
        spacing_mm: Voxel edge of the network's grid in mm.
        step: Steps done so far, for the progress.
        steps: Steps of the whole run.
        stop: Called before each case, equally often on all ranks.
    """
    subsets = ModalitySubset.every()
    sums = torch.zeros(len(subsets), len(Region), device=fabric.device)
    counts = torch.zeros(len(subsets), 1, device=fabric.device)
    network.eval()
    for first in range(0, len(cases), fabric.world_size):
        if stop():
            return None
        index = first + fabric.global_rank
        if index >= len(cases):
            continue
        case = cases[index]
        yield Progress(step, steps, f"validating {case.id}, {index + 1} of {len(cases)}")
        for position, dice in _scores(
            network, case, fabric, tile, postprocess, voxel_ml=spacing_mm**3 / 1000
        ):
            sums[position] += dice
            counts[position] += 1
    network.train()
    sums, counts = sum_over_ranks(fabric, sums), sum_over_ranks(fabric, counts)
    means = (sums / counts.clamp(min=1)).tolist()
    scored = zip(subsets, means, counts.flatten().tolist(), strict=True)
    return Validation({s: tuple(row) for s, row, count in scored if count}, cases.ids)


@torch.no_grad()
def _scores(
    network: CcsdNetwork,
    case: TrainingCase,
    fabric: Fabric,
    tile: tuple[int, int, int] | None,
    postprocess: Postprocess,
    *,
    voxel_ml: float,
) -> list[tuple[int, torch.Tensor]]:
    """Dice of each region by position of the subset in table order."""
    everything = ModalitySubset.every()
    images = fabric.to_device(case.images).float()
    truth = fabric.to_device(case.regions)
    signal_masks = _signal_masks(case) if postprocess.has("within_images") else {}
    scores = []
    with fabric.autocast():
        for subset, logits in subset_logits(
            network, images, case.available, case.available.subsets(), tile=tile
        ):
            inside = (
                joint_signal_mask(signal_masks, subset).to(logits.device) if signal_masks else None
            )
            found = processed_regions(logits, postprocess, signal_mask=inside, voxel_ml=voxel_ml)
            scores.append((everything.index(subset), dice_by_region(found, truth)))
    return scores


def _signal_masks(case: TrainingCase) -> SignalMasks:
    """The signal mask of each prepared image: all nonzero voxels, with holes filled."""
    return {m: torch.from_numpy(filled(case.images[m].numpy() != 0)) for m in case.available}


def dice_by_region(prediction: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Dice of each region (r, x, y, z); for an empty truth 1 if the prediction is too, else 0."""
    dims = (1, 2, 3)
    size = prediction.sum(dims) + truth.sum(dims)
    both = (prediction & truth).sum(dims)
    return torch.where(size == 0, 1.0, 2 * both / size.clamp(min=1))
